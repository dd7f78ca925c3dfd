//! Keys and pastes: into what is being typed first, else through the table of bindings.

use super::bindings::{Binding, Deed, bindings, screen_bindings};
use super::effect::Effect;
use super::form::Form;
use super::model::{Model, Overlay, Screen};
use super::{Code, Key, ask, deeds, intake};
use crate::order::is_invisible;
use tui_input::{Input, InputRequest};

/// A key was pressed.
pub fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    match key {
        Key { code: Code::Char('c'), ctrl: true, .. } => return deeds::perform(model, Deed::Quit),
        Key { code: Code::Char('z'), ctrl: true, .. } => return vec![Effect::Suspend],
        Key { code: Code::Char('l'), ctrl: true, .. } => return deeds::perform(model, Deed::Lock),
        _ => {}
    }
    if is_typing(model) && type_key(model, key) {
        return Vec::new();
    }
    let key = if is_typing(model) { key } else { alias(model, key) };
    match bindings(model).into_iter().find(|b| b.key == key) {
        Some(binding) => deeds::perform(model, binding.deed),
        None => Vec::new(),
    }
}

/// Other keys for the same: the arrows' letters, and Enter for the passage that was read.
fn alias(model: &Model, key: Key) -> Key {
    let reading = model.overlay.is_none() && bindings(model).iter().any(|b| b.deed == Deed::PassageRead);
    match key {
        Key { code: Code::Char('j'), ctrl: false, .. } => Key::plain(Code::Down),
        Key { code: Code::Char('k'), ctrl: false, .. } => Key::plain(Code::Up),
        Key { code: Code::Char(':'), .. } => Key::ctrl('p'),
        Key { code: Code::F(1), .. } => Key::char('?'),
        Key { code: Code::Enter, .. } if reading => Key::char(' '),
        Key { code: Code::Up, .. } if reading => Key::char('b'),
        Key { code: Code::Char('q'), .. } if model.screen != Screen::Queue || model.overlay.is_some() => {
            Key::plain(Code::Esc)
        }
        Key { code: Code::Char('n'), .. } if matches!(model.overlay, Some(Overlay::Confirm(_))) => {
            Key::plain(Code::Esc)
        }
        other => other,
    }
}

/// True while letters go into a field.
fn is_typing(model: &Model) -> bool {
    match &model.overlay {
        Some(Overlay::Ask(..) | Overlay::Palette(_)) => true,
        Some(Overlay::Help | Overlay::History | Overlay::Confirm(_)) => false,
        None => model.screen == Screen::Intake || (model.screen == Screen::Queue && model.queue.filtering),
    }
}

/// The form that has the keys, if one has.
pub fn form(model: &mut Model) -> Option<&mut Form> {
    match &mut model.overlay {
        Some(Overlay::Ask(_, form)) => Some(form),
        None if model.screen == Screen::Intake => Some(&mut model.intake),
        Some(Overlay::Help | Overlay::History | Overlay::Confirm(_) | Overlay::Palette(_)) | None => None,
    }
}

/// The line that is being typed.
fn line(model: &mut Model) -> Option<&mut Input> {
    let form = match &mut model.overlay {
        Some(Overlay::Palette(palette)) => return Some(&mut palette.input),
        Some(Overlay::Ask(_, form)) => form,
        Some(Overlay::Help | Overlay::History | Overlay::Confirm(_)) => return None,
        None => match model.screen {
            Screen::Queue => return Some(&mut model.queue.filter),
            Screen::Intake => &mut model.intake,
            Screen::Order | Screen::Stalled | Screen::Training => return None,
        },
    };
    form.fields.get_mut(form.focus).map(|field| &mut field.input)
}

/// True when the key was one of editing.
fn type_key(model: &mut Model, key: Key) -> bool {
    let request = match (key.code, key.ctrl, key.alt) {
        (Code::Char('a'), true, _) => InputRequest::GoToStart,
        (Code::Char('e'), true, _) => InputRequest::GoToEnd,
        (Code::Char('u'), true, _) => InputRequest::DeleteLine,
        (Code::Char('w'), true, _) => InputRequest::DeletePrevWord,
        (Code::Char('k'), true, _) => InputRequest::DeleteTillEnd,
        (Code::Char(c), false, false) if !is_invisible(c) => InputRequest::InsertChar(c),
        (Code::Backspace, ..) => InputRequest::DeletePrevChar,
        (Code::Delete, ..) => InputRequest::DeleteNextChar,
        (Code::Left, true, _) => InputRequest::GoToPrevWord,
        (Code::Right, true, _) => InputRequest::GoToNextWord,
        (Code::Left, ..) => InputRequest::GoToPrevChar,
        (Code::Right, ..) => InputRequest::GoToNextChar,
        (Code::Home, ..) if form(model).is_some() => InputRequest::GoToStart,
        (Code::End, ..) if form(model).is_some() => InputRequest::GoToEnd,
        (Code::Down, ..) if form(model).is_some() => return step_field(model, 1),
        (Code::Up, ..) if form(model).is_some() => return step_field(model, -1),
        // Enter goes on to the next field; what it does on the last one is the form's own binding, or Ctrl-S.
        (Code::Enter, ..) if form(model).is_some_and(|f| f.focus + 1 < f.fields.len()) => {
            return step_field(model, 1);
        }
        _ => return false,
    };
    if let Some(line) = line(model) {
        line.handle(request);
    }
    typed(model);
    true
}

/// Moves the focus by one field, round and round.
pub fn step_field(model: &mut Model, by: isize) -> bool {
    if let Some(form) = form(model) {
        let count = form.fields.len().max(1);
        form.focus = (form.focus + count).saturating_add_signed(by) % count;
    }
    true
}

/// The same, as a deed.
pub fn go_to_field(model: &mut Model, by: isize) -> Vec<Effect> {
    step_field(model, by);
    Vec::new()
}

/// What follows from a changed line.
fn typed(model: &mut Model) {
    if let Some(form) = form(model) {
        form.error = None;
        let focus = form.focus;
        if let Some(field) = form.fields.get_mut(focus) {
            field.error = None;
        }
    } else if let Some(Overlay::Palette(palette)) = &mut model.overlay {
        palette.selected = 0;
    } else {
        model.queue.selected = 0;
        model.queue.top = 0;
        model.queue.refilter(None);
    }
}

/// Text was pasted: an order's JSON into the intake form, anything else into the line that is being typed.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let json = text.trim_start().starts_with(['{', '[']);
    let taking_in = model.overlay.is_none()
        && matches!(model.screen, Screen::Intake | Screen::Queue)
        && !model.queue.filtering;
    if json && taking_in {
        return intake::paste(model, text);
    }
    if !is_typing(model) {
        return Vec::new();
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let left_out = visible.len() < text.trim_end_matches(['\r', '\n']).len();
    if let Some(line) = line(model) {
        // One insertion, however long it is.
        let (value, cursor) = (line.value(), line.cursor());
        let at = value.char_indices().nth(cursor).map_or(value.len(), |(at, _)| at);
        let whole = format!("{}{visible}{}", &value[..at], &value[at..]);
        let cursor = cursor + visible.chars().count();
        *line = Input::new(whole).with_cursor(cursor);
    }
    typed(model);
    if left_out && let Some(form) = form(model) {
        let focus = form.focus;
        if let Some(field) = form.fields.get_mut(focus) {
            field.error =
                Some("line breaks and invisible characters were left out of what you pasted".to_owned());
        }
    }
    Vec::new()
}

/// The palette's lines: every command of the screen that holds all the words typed.
pub fn palette_lines(model: &Model) -> Vec<Binding> {
    let Some(Overlay::Palette(palette)) = &model.overlay else { return Vec::new() };
    let wanted = palette.input.value().to_lowercase();
    let holds = |b: &Binding| {
        let text = format!("{} {}", b.label, b.help).to_lowercase();
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    screen_bindings(model).into_iter().filter(|b| b.deed != Deed::Palette && holds(b)).collect()
}

/// Submits what is being typed.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Palette(palette)) = &model.overlay {
        let chosen = palette_lines(model).into_iter().nth(palette.selected);
        model.overlay = None;
        return chosen.map_or_else(Vec::new, |b| deeds::perform(model, b.deed));
    }
    if let Some(Overlay::Ask(confirm, form)) = model.overlay.take() {
        return ask::answer(model, confirm, form);
    }
    if model.screen == Screen::Queue {
        model.queue.filtering = false;
        return Vec::new();
    }
    intake::submit(model)
}
