//! Forms of one-line fields, and the part of a long value that is seen.

use super::page::Page;
use super::text::Safe;
use crate::desk::frame::form::{Field, Form};
use crate::desk::frame::target::Target;
use ratatui::style::Modifier;
use tui_input::Input;

/// The column at which the fields begin.
const FIELD: usize = 22;
/// The widest a field is drawn.
const WIDEST: usize = 60;

/// Adds the fields of a form; the row of the focused one's last line. `roomy`: with a blank row between them.
pub fn fields(page: &mut Page, form: &Form, roomy: bool) -> usize {
    let theme = &page.look.theme;
    if let Some(error) = &form.error {
        page.hang(&[(theme.bad, "× ")], (theme.bad, error));
        page.gap();
    }
    let mut focused = 0;
    for (number, field) in form.fields.iter().enumerate() {
        let focus = number == form.focus;
        one(page, number, field, focus);
        if focus {
            focused = page.len();
        }
        if roomy {
            page.gap();
        }
    }
    focused
}

fn one(page: &mut Page, number: usize, field: &Field, focus: bool) {
    let look = page.look;
    let theme = &look.theme;
    let width = page.width.saturating_sub(FIELD + 1).clamp(1, WIDEST);
    let (text, cursor) = match (field.secret, focus) {
        (true, _) => dots(&field.input, width),
        (false, true) => visible_part(&field.input, width),
        (false, false) => (beginning(&field.input, width), 0),
    };
    let label = format!(
        "{} {}{}",
        if focus { "▸" } else { " " },
        field.label,
        if field.required { " *" } else { "" }
    );
    let row = page.blank();
    row.target = Some(Target::Field(number));
    row.put(0, FIELD - 1, (if focus { theme.accent } else { theme.dim }, &label));
    let style = if focus { theme.chosen } else { theme.base };
    let shown = text.width();
    row.put_safe(FIELD, style.add_modifier(Modifier::UNDERLINED), &text);
    let rest = " ".repeat(width.saturating_sub(shown));
    row.put(FIELD + shown, width, (style.add_modifier(Modifier::UNDERLINED), &rest));
    if focus {
        row.cursor = Some(FIELD + cursor);
    }
    let indent = " ".repeat(FIELD);
    if let Some(error) = &field.error {
        page.hang(&[(theme.base, &indent), (theme.bad, "× ")], (theme.bad, error));
    } else if focus && !field.hint.is_empty() {
        page.hang(&[(theme.base, &indent)], (theme.dim, field.hint));
    }
}

/// The part of a value around its cursor that fits `width` columns, and the column of the cursor in it; `…` says at either end
/// that it goes on there. However long the value is, only about two such parts of it are looked at.
pub fn visible_part(input: &Input, width: usize) -> (Safe, usize) {
    let value = input.value();
    let at = value.char_indices().nth(input.cursor()).map_or(value.len(), |(at, _)| at);
    let (before, after) = value.split_at(at);
    // The character under the cursor is seen, and whether others follow it.
    let room = width.saturating_sub(if after.chars().nth(1).is_some() { 2 } else { 1 });
    let mut start = at;
    let mut columns = 0;
    for (byte, c) in before.char_indices().rev() {
        columns += Safe::line(c.encode_utf8(&mut [0; 4])).width();
        if columns > room {
            break;
        }
        start = byte;
    }
    let mut shown = value[start..at].to_owned();
    if start > 0
        && let Some(first) = shown.chars().next()
    {
        // It takes the place of one character, however wide that is.
        let blanks = Safe::line(first.encode_utf8(&mut [0; 4])).width().saturating_sub(1);
        shown.replace_range(..first.len_utf8(), &format!("…{}", " ".repeat(blanks)));
    }
    let cursor = Safe::line(&shown).width().min(width.saturating_sub(1));
    let end = after.char_indices().nth(width + 1).map_or(value.len(), |(end, _)| at + end);
    shown.push_str(&value[at..end]);
    (Safe::line(&shown).fit(width), cursor)
}

/// The beginning of a value that is not being typed; `…` says that it goes on.
fn beginning(input: &Input, width: usize) -> Safe {
    let value = input.value();
    // A character may take no column of its own; of a value without end only so much is looked at.
    let end = value.char_indices().nth(width.saturating_mul(8)).map_or(value.len(), |(end, _)| end);
    Safe::line(&value[..end]).fit(width)
}

/// A secret: a dot for each character, and how many there are when they do not fit.
fn dots(input: &Input, width: usize) -> (Safe, usize) {
    let length = input.value().chars().count();
    let cursor = input.cursor().min(width.saturating_sub(1));
    if length <= width {
        return (Safe::line(&"•".repeat(length)), cursor);
    }
    let count = format!("•••••••• ({length} characters)");
    (Safe::line(&count).clip(width), cursor.min(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_shows_what_is_around_its_cursor() {
        let input = Input::new("abcdefghij".repeat(10_000));
        let (text, cursor) = visible_part(&input, 8);
        assert_eq!((text.as_str(), cursor), ("…efghij", 7));
        let (text, cursor) = visible_part(&input.clone().with_cursor(0), 8);
        assert_eq!((text.as_str(), cursor), ("abcdefg…", 0));
        let (text, cursor) = visible_part(&input.with_cursor(50), 8);
        assert_eq!((text.as_str(), cursor), ("…fghija…", 6), "the character under the cursor is seen");
        let (text, cursor) = visible_part(&Input::new("abcdefg".into()), 8);
        assert_eq!((text.as_str(), cursor), ("abcdefg", 7));
    }

    #[test]
    fn a_value_that_is_not_being_typed_shows_its_beginning_and_that_it_goes_on() {
        let input = Input::new("abcdefghij".repeat(10_000));
        assert_eq!(beginning(&input, 8).as_str(), "abcdefg…");
        assert_eq!(beginning(&Input::new("abcdefgh".into()), 8).as_str(), "abcdefgh");
    }

    #[test]
    fn a_secret_shows_only_its_length() {
        assert_eq!(dots(&Input::new("tok".into()), 8).0.as_str(), "•••");
        assert_eq!(dots(&Input::new("x".repeat(90)), 40).0.as_str(), "•••••••• (90 characters)");
    }
}
