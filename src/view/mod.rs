//! Draws the desk, pure: a model and a look become a frame, and a list of the places on it that can be clicked.
//!
//! Every text, whoever wrote it, becomes cells through [`Safe`] alone. State is told by a word or a glyph, never by color
//! alone. May touch: `desk`'s model, `order`'s, `subscription`'s and `registry`'s values, `report`'s figures, ratatui's buffer.
//! Never: I/O, clocks, messages.
//!
//! `frame` knows no order; `words` has the words for an order's values; `orders`, `market`, `registration`, `supervisor` and
//! `training` draw their screens, and none imports another; `questions` has what is asked before something is done; this file
//! puts them together.

mod beside;
mod frame;
mod market;
mod orders;
mod picture;
mod preview;
mod questions;
mod registration;
mod supervisor;
#[cfg(test)]
mod tests;
mod training;
mod words;

pub use frame::look::{Layout, Look};
pub use frame::text::Safe;
pub use frame::theme::Theme;
pub use frame::words::ago;
pub use orders::history::{about as event_details, kind as event_words};
pub use orders::replay::since;
pub use picture::picture;

pub use crate::desk::SMALLEST;
use crate::desk::{
    Action, Confirm, Model, Overlay, Screen, bindings, next_line, palette_lines, screen_bindings,
};
use frame::chrome::{self, Bar, Chrome};
use frame::lock;
use frame::overlay::{self, Box};
use frame::page::Page;
use frame::words::plural;
use orders::{history, order, queue};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Constraint, Layout as Split, Margin, Rect};
use supervisor::{day, results, stalled};
use training::{play, tour};

/// Draws the whole of the model on `buffer`, whatever was on it.
pub fn view(model: &Model, look: &Look, buffer: &mut Buffer) -> Layout {
    let mut layout = Layout::default();
    let area = buffer.area;
    let mut blank = Cell::EMPTY;
    blank.set_style(look.theme.base);
    buffer.content.fill(blank);
    let desks = desks(model, look);
    let bar = Bar {
        desks: if model.frame.lock.locked { &[] } else { &desks },
        environment: model.setup.environment,
        classroom: model.training.classroom.is_some(),
        agent: &model.setup.agent,
        now: model.now,
        clock_offset: model.training.clock_offset,
    };
    if model.frame.lock.locked {
        lock::draw(&bar, waiting(model).as_deref(), model.frame.under_way, look, buffer, area);
        return layout;
    }
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(&bar, look, buffer, area);
        return layout;
    }
    let bindings = bindings(model);
    let (lead, guide) = tour::lines(model, area);
    let chrome = Chrome {
        bar,
        frame: &model.frame,
        bindings: &bindings,
        kept: if play::names_no_phones(model, area.height) { is_kept_in_run } else { is_kept },
        guide: (&lead, &guide),
        next: &next_line(model),
        under_way: &in_progress(model),
    };
    let body = chrome::draw(&chrome, look, buffer, area, &mut layout);
    let body = play::strip(model, look, buffer, body);
    match &model.frame.overlay {
        Some(Overlay::Help) => {
            overlay::help(
                &screen_bindings(model),
                if model.screen == Screen::Intake { &IN_A_FORM } else { &NOTES },
                model.frame.scroll,
                look,
                buffer,
                body,
                &mut layout,
            );
        }
        Some(Overlay::History) if model.screen == Screen::Stalled => {
            results::draw(model, look, buffer, body, &mut layout);
        }
        Some(Overlay::History) => history::draw(model, look, buffer, body, &mut layout),
        Some(over @ (Overlay::Palette(_) | Overlay::Confirm(_) | Overlay::Ask(..))) => {
            screen(model, look, buffer, body, &mut Layout::default());
            buffer.set_style(body, look.theme.dim);
            boxed(model, over, look, buffer, body, &mut layout);
        }
        None => screen(model, look, buffer, body, &mut layout),
    }
    layout
}

/// What keeps its place in the line of keys.
fn is_kept(action: Action) -> bool {
    matches!(action, Action::Back | Action::Help | Action::Orders)
}

/// The same in a run of practice on a low screen.
fn is_kept_in_run(action: Action) -> bool {
    is_kept(action) || matches!(action, Action::AskCustomer | Action::CallCarrier)
}

/// What help says below the keys.
const NOTES: [&str; 4] = [
    "Ctrl-C ends the program, Ctrl-Z suspends it. F1 is ?, : is Ctrl-P, and F5 is R at the registration.",
    "q goes back as Esc does, unless it is listed above. On a question, n says no as Esc does.",
    "▣ locked: the transaction id and the partner order id stay together for the life of the order.",
    "<U+200B> and the like show a character that would otherwise be invisible.",
];

/// The same in the form of a new order: the keys of every line that is typed.
const IN_A_FORM: [&str; 2] = [
    "In a field: Home and End go to its ends, Ctrl-← and Ctrl-→ by a word.",
    "Ctrl-W deletes the word before the cursor, Ctrl-K what follows it, Ctrl-U the whole field.",
];

/// What the top line says of the desk in front: texts, of which the first one that fits is shown; none where there is one
/// desk alone.
fn desks(model: &Model, look: &Look) -> Vec<String> {
    if let Some(classroom) = &model.training.classroom {
        return training::head::of(classroom);
    }
    let alone = model.setup.market.is_none() && model.setup.registration.is_none();
    // Nobody may take a replay for the live order.
    if alone && model.screen != Screen::Replay {
        return Vec::new();
    }
    match model.screen {
        Screen::Market | Screen::Subscription | Screen::Sending => market::head::of(model, look),
        Screen::Training if model.trains_market() => market::head::of(model, look),
        Screen::Contract | Screen::Applying => registration::head::of(model),
        Screen::Replay => vec!["REPLAY".to_owned()],
        Screen::Queue
        | Screen::Intake
        | Screen::Order
        | Screen::Stalled
        | Screen::Day
        | Screen::Training
        | Screen::Graded => {
            vec!["[1] orders".to_owned()]
        }
    }
}

/// What waits for a supervisor, which a locked desk still tells.
fn waiting(model: &Model) -> Option<String> {
    let alarms = model.queue.counts.alarms;
    let verb = if alarms == 1 { "needs" } else { "need" };
    (alarms > 0).then(|| format!("{} {verb} a supervisor.", plural(alarms, "order")))
}

/// What is in progress, and for which order unless that is the one in front.
fn in_progress(model: &Model) -> String {
    let front = model.order.as_ref().filter(|_| model.screen == Screen::Order);
    let front = front.map(|screen| &screen.order.id);
    let mut others = model.running.iter().filter(|(id, _)| Some(*id) != front);
    match (others.next(), others.count()) {
        (None, _) => "in progress".to_owned(),
        (Some((id, (Some(call), _))), 0) => format!("order {id}: {call} in progress"),
        (Some((id, (None, _))), 0) => format!("order {id}: in progress"),
        (Some(_), more) => format!("{} in progress", plural(more + 1, "order")),
    }
}

/// What lies over a screen that stays in sight behind it.
fn boxed(model: &Model, over: &Overlay, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let (mut page, room) = (overlay::page(look, body), overlay::rows(body));
    let (title, follow) = match over {
        Overlay::Palette(state) => {
            overlay::palette(&mut page, &palette_lines(model), state, body.height.saturating_sub(4).into());
            (" Commands ", 0)
        }
        Overlay::Confirm(confirm) => {
            questions::question(&mut page, model, confirm, room);
            let title = match confirm {
                Confirm::Market(ask) => market::asks::title(ask),
                Confirm::Contract(ask) => registration::asks::title(ask),
                Confirm::RetryAll(plan) if plan.send.is_empty() => " Nothing to retry ",
                _ => " Are you sure? ",
            };
            (title, 0)
        }
        Overlay::Ask(confirm, form) => (" Fill in ", questions::ask(&mut page, model, confirm, form, room)),
        Overlay::Help | Overlay::History => return,
    };
    let around = Box { title, follow, scroll: model.frame.scroll, environment: model.setup.environment };
    overlay::boxed(&page, &around, buffer, body, layout);
}

fn screen(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let (list, side) = beside::split(model, body);
    if let Some(side) = side {
        beside::draw(model, look, buffer, side);
    }
    match model.screen {
        Screen::Queue => queue::draw(model, look, buffer, list, layout),
        Screen::Intake => orders::intake::draw(model, look, buffer, body, layout),
        Screen::Order => order::draw(model, look, buffer, body, layout),
        Screen::Replay => orders::replay::draw(model, look, buffer, body, layout),
        Screen::Stalled => stalled::draw(model, look, buffer, list, layout),
        Screen::Day => day::draw(model, look, buffer, body, layout),
        Screen::Training => training::tabs::draw(model, look, buffer, body, layout),
        Screen::Graded => play::report(model, look, buffer, body, layout),
        Screen::Market => market::lists::draw(model, look, buffer, body, layout),
        Screen::Subscription => market::page::draw(model, look, buffer, body, layout),
        Screen::Sending => market::sending::draw(model, look, buffer, body, layout),
        Screen::Contract => registration::lists::draw(model, look, buffer, body, layout),
        Screen::Applying => registration::applying::draw(model, look, buffer, body, layout),
    }
}

fn too_small(bar: &Bar, look: &Look, buffer: &mut Buffer, area: Rect) {
    let [top, rest] = Split::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    chrome::environment(bar, look, buffer, top);
    let area = if area.width > 24 && area.height > 4 { rest.inner(Margin::new(2, 1)) } else { rest };
    let mut page = Page::new(look, area.width);
    let (width, height) = SMALLEST;
    page.text((look.theme.strong, &format!("pxdesk needs {width}×{height}.")));
    page.text((look.theme.base, &format!("This is {}×{}.", buffer.area.width, buffer.area.height)));
    page.text((look.theme.base, "Nothing is lost. Keys do nothing here; Ctrl-C leaves."));
    page.draw(buffer, area, 0, &mut Layout::default());
}
