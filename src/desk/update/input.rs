//! Keys, clicks and pastes: into what is being typed first, else through the table of bindings.

use super::{navigation, perform::perform};
use crate::desk::action::Action;
use crate::desk::bindings::bindings;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::held::Press;
use crate::desk::frame::key::{Code, Key};
use crate::desk::frame::notice::Severity;
use crate::desk::frame::target::Target;
use crate::desk::frame::typing::{InForm, insert, request, request_in_form};
use crate::desk::model::{Model, Overlay, Screen};
use crate::desk::orders::{hands, intake, questions, search};
use crate::desk::registration::{act::Act, forms as contract};
use crate::desk::screen_keys::lacking;
use crate::desk::training::{act::Act as TrainerAct, state::Tab};
use crate::order::Refusal;
use tui_input::InputRequest;

/// What is said of a key that comes again and again, until the next one that counts.
const HELD_DOWN: &str = "That key came again at once, as if held down: let go of it, and press it once.";

/// A key was pressed. One that has been down since before types and moves, and does nothing else.
pub fn press(model: &mut Model, key: Key, pressed: Press) -> Vec<Effect> {
    match key {
        Key { code: Code::Char('c'), ctrl: true, .. } => return perform(model, Action::Quit),
        Key { code: Code::Char('z'), ctrl: true, .. } => return vec![Effect::Suspend],
        Key { code: Code::Char('l'), ctrl: true, .. } => return perform(model, Action::Lock),
        // Whatever lies over the screen: a tour can be left at every step.
        Key { code: Code::F(2), .. } if matches!(pressed, Press::Fresh | Press::Again) => {
            return perform(model, Action::Tour);
        }
        _ => {}
    }
    let typing = model.is_typing();
    if questions::answers_too_early(model, key) {
        return Vec::new();
    }
    if typing && let Some(effects) = type_key(model, key) {
        counted(model);
        return effects;
    }
    let key = if typing { key } else { alias(model, key) };
    match bindings(model).into_iter().find(|b| b.key == key) {
        Some(binding) if counts(model, binding.action, pressed) => {
            counted(model);
            perform(model, binding.action)
        }
        Some(binding) => {
            // A key that is really down comes sooner: this is a person who presses it twice, or again and again. And a key that
            // asked to be pressed twice is expected to do something the second time.
            let twice = matches!(binding.action, Action::Trainer(TrainerAct::End | TrainerAct::StartAll));
            let tapped = matches!(pressed, Press::Twice | Press::Slow);
            if tapped || twice || (typing && binding.action == Action::Submit) {
                model.say(Severity::Warning, HELD_DOWN);
            }
            Vec::new()
        }
        None => {
            if !typing && model.frame.overlay.is_none() {
                say_why_not(model, key);
            }
            Vec::new()
        }
    }
}

/// A key counted: what was said of one that did not is over.
fn counted(model: &mut Model) {
    if model.frame.notice.as_ref().is_some_and(|notice| notice.text == HELD_DOWN) {
        model.frame.notice = None;
    }
}

/// The keys of an order's steps, which do nothing while somebody else works on it.
const STEPS: [Code; 9] = [
    Code::Enter,
    Code::Char(' '),
    Code::Char('v'),
    Code::Char('s'),
    Code::Char('e'),
    Code::Char('g'),
    Code::Char('d'),
    Code::Char('w'),
    Code::Char('R'),
];

/// A key that would do something if the agent's role included it, or if nobody else worked on the order.
fn say_why_not(model: &mut Model, key: Key) {
    if let Some(right) = lacking(model, key) {
        let refusal = Refusal::NotYourRole(right);
        model.say(Severity::Warning, refusal.to_string());
    } else if model.screen == Screen::Order
        && STEPS.contains(&key.code)
        && let Some(worker) = model.order.as_ref().and_then(|open| hands::worked_on_by(model, &open.order))
    {
        let text =
            format!("{} is working on this order: nothing is done here. O takes it over.", worker.name);
        model.say(Severity::Warning, text);
    }
}

/// True when a key that came like this may do `action`.
fn counts(model: &mut Model, action: Action, pressed: Press) -> bool {
    match pressed {
        Press::Fresh => true,
        Press::Again => action != Action::Yes,
        Press::Slow => repeats(model, action) || (action == Action::Submit && is_long_form(model)),
        Press::Twice | Press::Held => repeats(model, action),
    }
}

/// True of a form that is walked through with Enter. What is asked in one line alone may be evidence: its Enter is a new one.
fn is_long_form(model: &mut Model) -> bool {
    model.form().is_some_and(|form| form.fields.len() > 1)
}

/// True for what a held key may go on doing: moving, other colors, closing what only shows something, and opening an order,
/// where its next step does not follow.
fn repeats(model: &Model, action: Action) -> bool {
    let asks = matches!(model.frame.overlay, Some(Overlay::Confirm(_) | Overlay::Ask(..)));
    match action {
        // A filter that is kept, not a form; and a group that opens would close again.
        Action::Submit => model.frame.overlay.is_none() && keeps_filter(model),
        Action::OpenChosen => model.screen == Screen::Queue || model.stalled.row().is_some(),
        Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::First
        | Action::Last
        | Action::NextField
        | Action::PreviousField
        | Action::LookBack
        | Action::NextEvent
        | Action::PreviousEvent
        | Action::Theme
        | Action::Contract(Act::Left | Act::Right | Act::NextList | Act::PreviousList)
        | Action::Trainer(TrainerAct::NextTab | TrainerAct::PreviousTab) => true,
        Action::Back => !asks,
        _ => false,
    }
}

/// True while a list's filter is typed, which Enter keeps.
fn keeps_filter(model: &Model) -> bool {
    matches!(model.screen, Screen::Queue | Screen::Market | Screen::Contract) && model.is_filtering()
}

/// Other keys for the same: the arrows' letters, and Enter for the section that was read.
fn alias(model: &Model, key: Key) -> Key {
    let reading =
        model.frame.overlay.is_none() && bindings(model).iter().any(|b| b.action == Action::SectionRead);
    match key {
        Key { code: Code::Char('j'), ctrl: false, .. } => Key::plain(Code::Down),
        Key { code: Code::Char('k'), ctrl: false, .. } => Key::plain(Code::Up),
        Key { code: Code::Char(':'), .. } => Key::ctrl('p'),
        Key { code: Code::F(1), .. } => Key::char('?'),
        Key { code: Code::F(5), .. } if model.screen == Screen::Contract => Key::char('R'),
        Key { code: Code::Delete, .. } if model.screen == Screen::Contract => Key::char('d'),
        Key { code: Code::Enter, .. } if reading => Key::char(' '),
        Key { code: Code::Up, .. } if reading => Key::char('b'),
        Key { code: Code::Char('q'), .. }
            if !(matches!(
                model.screen,
                Screen::Queue | Screen::Market | Screen::Contract | Screen::Graded
            ) || is_classroom(model))
                || model.frame.overlay.is_some() =>
        {
            Key::plain(Code::Esc)
        }
        Key { code: Code::Char('n'), .. } if matches!(model.frame.overlay, Some(Overlay::Confirm(_))) => {
            Key::plain(Code::Esc)
        }
        other => other,
    }
}

/// True at the trainer's screen where it is all there is.
fn is_classroom(model: &Model) -> bool {
    let training = &model.training;
    let within = training.over.is_some() || (training.tab == Tab::Server && training.call.is_some());
    model.screen == Screen::Training && training.classroom.is_some() && !within
}

/// What follows when the key was one of editing.
fn type_key(model: &mut Model, key: Key) -> Option<Vec<Effect>> {
    let wanted = match model.form() {
        Some(form) => request_in_form(form, key),
        None => request(key).map(InForm::Edit),
    };
    match wanted {
        Some(InForm::Edit(wanted)) => Some(edit(model, wanted)),
        Some(InForm::Step(by)) => {
            if let Some(form) = model.form() {
                form.step(by);
            }
            Some(Vec::new())
        }
        None => None,
    }
}

fn edit(model: &mut Model, request: InputRequest) -> Vec<Effect> {
    let changed = model.line().and_then(|line| line.handle(request)).is_some_and(|change| change.value);
    if changed && let Some(form) = model.form() {
        form.typed = true;
    }
    typed(model)
}

/// What follows from a changed line.
fn typed(model: &mut Model) -> Vec<Effect> {
    let of_contract = matches!(&model.frame.overlay, Some(Overlay::Ask(Confirm::Contract(_), _)));
    if let Some(form) = model.form() {
        form.changed();
        if of_contract {
            contract::typed(form);
        }
    } else if let Some(Overlay::Palette(palette)) = &mut model.frame.overlay {
        palette.selected = 0;
    } else if model.screen == Screen::Market {
        model.market.typed(model.now);
    } else if model.screen == Screen::Contract {
        model.registration.typed();
    } else if model.screen != Screen::Training {
        return search::typed(model);
    }
    Vec::new()
}

/// Text was pasted: an order's JSON into the form of a new order, anything else into the line that is being typed.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let text = text.trim_start_matches('\u{feff}');
    let json = text.trim_start().starts_with(['{', '[']);
    let for_orders = model.frame.overlay.is_none()
        && matches!(model.screen, Screen::Intake | Screen::Queue)
        && !model.queue.filtering;
    if json && for_orders {
        return intake::paste(model, text);
    }
    if !model.is_typing() {
        return Vec::new();
    }
    let whole = model.line().is_none_or(|line| insert(line, text));
    if let Some(form) = model.form() {
        form.typed = true;
    }
    let effects = typed(model);
    if !whole {
        model.say(Severity::Info, "Line breaks became spaces, and invisible characters were removed.");
    }
    effects
}

/// True for a key that answers a question, or says that a section was read: what is sent or is evidence takes the key itself.
/// The next step's place is the same at every step, so that clicks on one spot would say yes to whatever comes.
fn takes_its_key(model: &Model, key: Key) -> bool {
    let asks = matches!(model.frame.overlay, Some(Overlay::Ask(..)));
    bindings(model).iter().filter(|binding| binding.key == key).any(|binding| match binding.action {
        Action::Yes | Action::SectionRead => true,
        Action::Submit => asks,
        _ => false,
    })
}

/// The mouse was pressed on a place that the view had named.
pub fn clicked(model: &mut Model, target: Target, pressed: Press) -> Vec<Effect> {
    match target {
        Target::Key(key) if takes_its_key(model, key) => {
            model.say(Severity::Info, "This is answered with its key: a click is not enough.");
            Vec::new()
        }
        Target::Key(key) => press(model, key, pressed),
        Target::Row(row) => match navigation::click(model, row) {
            Some(action) => perform(model, action),
            None => Vec::new(),
        },
        Target::Field(field) => {
            if let Some(form) = model.form()
                && field < form.fields.len()
            {
                form.focus = field;
            }
            Vec::new()
        }
    }
}
