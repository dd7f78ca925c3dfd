//! Keys and pastes that go into a line.

use super::form::Form;
use super::key::{Code, Key};
use crate::order::is_invisible;
use tui_input::{Input, InputRequest};

/// What a key means in a line of text; none when it is no key of editing.
pub fn request(key: Key) -> Option<InputRequest> {
    Some(match (key.code, key.ctrl, key.alt) {
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
        _ => return None,
    })
}

/// What a key means in a form, beside what it means in every line.
pub enum InForm {
    Edit(InputRequest),
    /// To another field, so many on.
    Step(isize),
}

/// The same for a field of `form`. Enter goes on to the next field; what it does on the last one is the form's own
/// binding, or Ctrl-S.
pub fn request_in_form(form: &Form, key: Key) -> Option<InForm> {
    match key.code {
        Code::Home => Some(InForm::Edit(InputRequest::GoToStart)),
        Code::End => Some(InForm::Edit(InputRequest::GoToEnd)),
        Code::Down => Some(InForm::Step(1)),
        Code::Up => Some(InForm::Step(-1)),
        Code::Enter if form.focus + 1 < form.fields.len() => Some(InForm::Step(1)),
        _ => request(key).map(InForm::Edit),
    }
}

/// Puts pasted text into a line in one insertion, however long it is; a line break between words becomes a blank. False when
/// that happened, or something that cannot be seen was left out.
pub fn insert(line: &mut Input, text: &str) -> bool {
    let text = text.trim_end_matches(['\r', '\n']);
    let visible = visible(text);
    let whole_text = visible == text;
    let (value, cursor) = (line.value(), line.cursor());
    let at = value.char_indices().nth(cursor).map_or(value.len(), |(at, _)| at);
    let whole = format!("{}{visible}{}", &value[..at], &value[at..]);
    let cursor = cursor + visible.chars().count();
    *line = Input::new(whole).with_cursor(cursor);
    whole_text
}

fn visible(text: &str) -> String {
    let lines =
        text.split(['\r', '\n']).map(|line| line.chars().filter(|c| !is_invisible(*c)).collect::<String>());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_two_lines_do_not_run_together() {
        let table = [
            ("one\r\ntwo\n\nthree\n", "one two three", false),
            ("one two\n", "one two", true),
            ("a\u{200b}b", "ab", false),
            ("\n", "", true),
        ];
        for (pasted, expected, whole) in table {
            let mut line = Input::new("x".to_owned());
            assert_eq!(insert(&mut line, pasted), whole, "{pasted:?}");
            assert_eq!(line.value(), format!("x{expected}"));
        }
    }
}
