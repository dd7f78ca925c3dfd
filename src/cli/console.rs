//! Stdout for data, stderr for everything else. No text of a server reaches either unchanged.

use super::{Exit, Failed};
use crate::order::one_line;
use clap::ValueEnum;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Text for people, JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Text,
    Json,
    /// A table; for `report` and `grades` only
    Csv,
}

/// Where a command prints.
#[derive(Debug)]
pub struct Console {
    output: Output,
    /// Whether the command goes on when its data cannot be written.
    goes_on: bool,
    /// Why data was not written, where the command went on.
    unwritten: OnceLock<io::Error>,
}

impl Console {
    /// A console that prints data as `output` says. A command that changes something `goes_on` when that fails: half of
    /// it would be done, and what came of it is still to be said.
    pub fn new(output: Output, goes_on: bool) -> Self {
        Self { output, goes_on, unwritten: OnceLock::new() }
    }

    /// True when data goes out as JSON.
    pub fn is_json(&self) -> bool {
        self.output == Output::Json
    }

    /// How data goes out.
    pub fn output(&self) -> Output {
        self.output
    }

    /// Data as text: lines to stdout, each made safe.
    pub fn text(&self, text: &str) -> Result<(), Failed> {
        let mut safe = String::with_capacity(text.len() + 1);
        for line in text.lines() {
            safe.push_str(&one_line(line));
            safe.push('\n');
        }
        self.write(safe.as_bytes())
    }

    /// Data as JSON to stdout: one value, over several lines.
    pub fn json(&self, value: &impl Serialize) -> Result<(), Failed> {
        self.write(&to_json(value, PrettyFormatter::new())?)
    }

    /// Data as JSON to stdout: one value on one line.
    pub fn json_line(&self, value: &impl Serialize) -> Result<(), Failed> {
        self.write(&to_json(value, CompactFormatter)?)
    }

    /// Data to stdout. Where the command goes on, nothing follows a part that is missing.
    fn write(&self, bytes: &[u8]) -> Result<(), Failed> {
        if self.unwritten.get().is_some() {
            return Ok(());
        }
        match to_stdout(bytes) {
            Err(error) if self.goes_on => {
                let _ = self.unwritten.set(error);
                Ok(())
            }
            written => written.map_err(|error| unwritten(&error)),
        }
    }

    /// The status of a command that ended with `exit`: one whose data was not written is not done.
    pub fn ended(&self, exit: Exit) -> Exit {
        let Some(error) = self.unwritten.get() else { return exit };
        self.note(&format!("pxdesk: cannot write to stdout: {error}. What was done stands in the journal."));
        if exit == Exit::Done { Exit::Unexpected } else { exit }
    }

    /// A remark to stderr.
    pub fn note(&self, text: &str) {
        remark(text);
    }

    /// How far something has come, to stderr: for a person who waits, not for a log.
    pub fn progress(&self, text: &str) {
        if io::IsTerminal::is_terminal(&io::stderr()) {
            self.note(text);
        }
    }

    /// What went wrong, to stderr.
    pub fn problem(&self, failed: &Failed) {
        if failed.what.is_empty() {
            return;
        }
        self.note(&format!("pxdesk: {}", failed.what));
        if let Some(next) = &failed.next {
            self.note(next);
        }
    }
}

/// A remark to stderr, for what has no console at hand.
pub(super) fn remark(text: &str) {
    // Nobody is left to tell when stderr is gone.
    let _ = writeln!(io::stderr().lock(), "{}", one_line(text));
}

/// Data as one JSON array to stdout, a line for each value, so that a long one is never held whole. As text it is nothing.
#[derive(Debug)]
pub struct Array<'a> {
    console: &'a Console,
    empty: bool,
}

impl Console {
    /// Begins a JSON array, where data goes out as JSON.
    pub fn array(&self) -> Result<Array<'_>, Failed> {
        if self.is_json() {
            self.write(b"[")?;
        }
        Ok(Array { console: self, empty: true })
    }
}

impl Array<'_> {
    /// One more value.
    pub fn item(&mut self, value: &impl Serialize) -> Result<(), Failed> {
        if !self.console.is_json() {
            return Ok(());
        }
        let mut bytes = if self.empty { b"\n".to_vec() } else { b",\n".to_vec() };
        self.empty = false;
        bytes.extend_from_slice(to_json(value, CompactFormatter)?.trim_ascii_end());
        self.console.write(&bytes)
    }

    /// Its end.
    pub fn end(self) -> Result<(), Failed> {
        if self.console.is_json() { self.console.write(b"\n]\n") } else { Ok(()) }
    }
}

/// The first line of standard input, for what must not stand among the arguments; `what` it is for.
pub fn line_from_stdin(what: &str) -> Result<Zeroizing<String>, Failed> {
    let mut line = Zeroizing::new(String::new());
    let read = io::stdin().read_line(&mut line);
    read.map_err(|e| Failed::new(Exit::BadInput, format!("cannot read {what} from standard input: {e}")))?;
    strip_mark(&mut line);
    if line.trim().is_empty() {
        let what = format!("{what}: the first line of standard input is empty");
        return Err(Failed::new(Exit::BadInput, what));
    }
    Ok(line)
}

/// Takes away the byte order mark that some programs put before a text: nobody typed it.
fn strip_mark(text: &mut String) {
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
}

/// A note from standard input. Somebody who types it ends it with Enter; what comes from elsewhere is one line, and nothing of it
/// is left out without a word.
pub fn note_from_stdin() -> Result<Zeroizing<String>, Failed> {
    let what = "the note";
    if io::stdin().is_terminal() {
        return line_from_stdin(what);
    }
    let mut text = Zeroizing::new(String::new());
    let read = io::stdin().read_to_string(&mut text);
    read.map_err(|e| Failed::new(Exit::BadInput, format!("cannot read {what} from standard input: {e}")))?;
    strip_mark(&mut text);
    match text.trim() {
        "" => Err(Failed::new(Exit::BadInput, format!("{what}: standard input is empty"))),
        note if note.contains('\n') => Err(Failed::new(
            Exit::BadInput,
            format!("{what}: standard input has more than one line; give one line, or a note for each"),
        )),
        note => Ok(Zeroizing::new(note.to_owned())),
    }
}

/// Writes to stdout. A reader that has gone away ends the command quietly.
pub fn write_stdout(bytes: &[u8]) -> Result<Exit, Failed> {
    to_stdout(bytes).map(|()| Exit::Done).map_err(|error| unwritten(&error))
}

fn to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

fn unwritten(error: &io::Error) -> Failed {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failed::new(Exit::Unexpected, ""),
        _ => Failed::new(Exit::Unexpected, format!("cannot write to stdout: {error}")),
    }
}

fn to_json(value: &impl Serialize, inner: impl Formatter) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Visible(inner));
    value
        .serialize(&mut serializer)
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot make JSON: {e}")))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// JSON whose strings hold no invisible character but as `\u....`: exact for a program, harmless on a terminal.
struct Visible<F>(F);

macro_rules! forward {
    ($($name:ident($($arg:ident: $type:ty),*)),* $(,)?) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $arg: $type)*) -> io::Result<()> {
            self.0.$name(writer $(, $arg)*)
        })*
    };
}

impl<F: Formatter> Formatter for Visible<F> {
    forward! {
        begin_array(), end_array(), begin_array_value(first: bool), end_array_value(),
        begin_object(), end_object(), begin_object_key(first: bool), end_object_key(), begin_object_value(), end_object_value(),
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| crate::order::is_invisible(*c)) {
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_exact_and_harmless() {
        let text = "a\u{202e}b\u{9b}31m\u{1b}[0m\te\u{e0001}ü";
        let bytes = to_json(&serde_json::json!({ "text": text }), CompactFormatter).unwrap();
        let json = String::from_utf8(bytes).unwrap();
        assert!(!json.trim_end().chars().any(crate::order::is_invisible), "{json:?}");
        let back: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back["text"], text);
    }
}
