//! `order open`: a bad line is reported with its number and field, and the good ones are added all the same.

use super::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::engine::Error;
use crate::journal;
use crate::order::{FieldError, Line, NewOrder, Order, Refusal, Timestamp, parse_intake, parse_line};
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

/// So many lines are recorded together at most, and none waits longer than this for the others.
const GROUP: usize = 256;
const LONGEST_WAIT: Duration = Duration::from_millis(50);

/// Adds the orders of `file`, `-` being standard input. A line's id is printed when it is on disk, and not before.
pub async fn run(
    settings: &Settings,
    file: &Path,
    despite_doubt: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let mut source = Source::open(file)?;
    let session = Session::open(settings).await?;
    let mut adding = Adding { session: &session, file, despite_doubt, console, worst: Exit::Done };
    let mut some = false;
    while let Some(group) = source.next_group(session.engine.clock().now())? {
        some |= !group.is_empty();
        adding.group(group).await?;
    }
    if !some {
        return Err(Failed::new(Exit::BadInput, format!("{}: there is no order in it", file.display())));
    }
    Ok(adding.worst)
}

/// Lines on their way into the journal.
struct Adding<'a> {
    session: &'a Session,
    file: &'a Path,
    despite_doubt: Option<&'a str>,
    console: &'a Console,
    worst: Exit,
}

impl Adding<'_> {
    /// Records what is good of a group, then says what became of each line, in their order.
    async fn group(&mut self, group: Vec<Line>) -> Result<(), Failed> {
        let Some(first) = group.first().map(|line| line.number) else { return Ok(()) };
        let mut told = Vec::with_capacity(group.len());
        let mut good = Vec::new();
        for Line { number, order } in group {
            match order {
                Ok(mut new) => {
                    new.despite_doubt = self.despite_doubt.map(str::to_owned);
                    self.warn(number, &new);
                    told.push((number, None));
                    good.push(new);
                }
                Err(errors) => told.push((number, Some(errors))),
            }
        }
        let opened = self.session.engine.open_many(good).await;
        let mut opened = opened.map_err(|error| self.failed(first, error))?.into_iter();
        for (number, errors) in told {
            let exit = match errors {
                Some(errors) => self.bad(number, &errors)?,
                None => match opened.next() {
                    Some(opened) => self.opened(number, opened)?,
                    None => Exit::Done,
                },
            };
            // Bad input weighs more than an identity that is locked.
            if self.worst != Exit::BadInput && exit != Exit::Done {
                self.worst = exit;
            }
        }
        Ok(())
    }

    fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.file.display())
    }

    fn warn(&self, line: usize, new: &NewOrder) {
        let place = self.place(line);
        for field in &new.ignored {
            let what = format!("{place}: warning: {field} is not a field of an order and was left out");
            self.console.note(&what);
        }
        if new.gift_cards.len() > 1 {
            let cards = new.gift_cards.len();
            self.console.note(&format!("{place}: warning: Px takes one gift card (1215); there are {cards}"));
        }
    }

    fn bad(&self, line: usize, errors: &[FieldError]) -> Result<Exit, Failed> {
        for error in errors {
            self.console.note(&format!("{}: {error}", self.place(line)));
        }
        if self.console.is_json() {
            let errors: Vec<_> = errors
                .iter()
                .map(|e| json!({ "field": e.field, "problem": e.problem, "text": e.to_string() }))
                .collect();
            self.console.json_line(&json!({ "line": line, "errors": errors }))?;
        }
        Ok(Exit::BadInput)
    }

    fn opened(&self, line: usize, opened: Result<Order, Error>) -> Result<Exit, Failed> {
        let console = self.console;
        match opened {
            Ok(order) if console.is_json() => {
                console.json_line(&json!({ "line": line, "id": order.id, "state": order.state(self.session.engine.clock().now()) }))?;
                Ok(Exit::Done)
            }
            Ok(order) => console.text(order.id.as_str()).map(|()| Exit::Done),
            Err(Error::Refusal(
                refusal @ (Refusal::IdentityLocked { .. }
                | Refusal::AlreadyAdded { .. }
                | Refusal::SameSaleInDoubt { .. }),
            )) => {
                console.note(&format!("{}: {refusal}. {}", self.place(line), refusal.next()));
                if console.is_json() {
                    let what = refusal.to_string();
                    let errors = [json!({ "field": refusal.field(), "problem": what, "text": what })];
                    let mut told = json!({ "line": line, "errors": errors });
                    if let Refusal::AlreadyAdded { order, differs } = &refusal {
                        (told["known"], told["id"], told["differs"]) =
                            (json!(true), json!(order), json!(differs));
                    }
                    console.json_line(&told)?;
                }
                Ok(Exit::RefusedHere)
            }
            Err(error) => Err(self.failed(line, error)),
        }
    }

    fn failed(&self, line: usize, error: Error) -> Failed {
        let certain =
            !matches!(&error, Error::Journal(journal::Error::Io { .. } | journal::Error::Unknown { .. }));
        let mut failed = Failed::from(error);
        failed.what = format!("{}: {}", self.place(line), failed.what);
        let next = if certain {
            "The orders whose ids were printed are added; the rest are not."
        } else {
            "The orders whose ids were printed are added; those of the next lines may be added as well. Give the same \
             lines again: none is added twice."
        };
        failed.next = Some(next.to_owned());
        failed
    }
}

/// A line, or why it cannot be read.
type Text = Result<String, String>;

/// Where the orders come from.
enum Source {
    /// One JSON value over several lines, or an array: read whole.
    Whole(Option<String>),
    /// JSON Lines, read as they come: by a thread, because a pipe may let itself be waited for.
    Lines { lines: Receiver<Text>, number: usize, first: Option<Text> },
}

impl Source {
    /// Looks at the first line: a whole JSON object on it means JSON Lines, and so does what is no text at all.
    fn open(file: &Path) -> Result<Self, Failed> {
        let bad = |e: &dyn std::fmt::Display| {
            Failed::new(Exit::BadInput, format!("cannot read {}: {e}", file.display()))
        };
        let mut reader: Box<dyn BufRead + Send> = if file == Path::new("-") {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(file).map_err(|e| bad(&e))?))
        };
        let mut first = Vec::new();
        reader.read_until(b'\n', &mut first).map_err(|e| bad(&e))?;
        let line = as_text(first.clone()).map(|line| line.trim_start_matches('\u{feff}').to_owned());
        let object =
            |line: &String| serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(line).is_ok();
        if line.as_ref().map_or(true, object) {
            let (sender, lines) = std::sync::mpsc::sync_channel(GROUP);
            std::thread::spawn(move || send_lines(reader, &sender));
            return Ok(Self::Lines { lines, number: 0, first: Some(line) });
        }
        reader.read_to_end(&mut first).map_err(|e| bad(&e))?;
        text_of(file, first).map(|text| Self::Whole(Some(text)))
    }

    /// The next lines that are recorded together; none at the end.
    fn next_group(&mut self, now: Timestamp) -> Result<Option<Vec<Line>>, Failed> {
        let (lines, number, first) = match self {
            Self::Whole(text) => return Ok(text.take().map(|text| parse_intake(&text, now))),
            Self::Lines { lines, number, first } => (lines, number, first),
        };
        let mut group = Vec::new();
        let mut until = Instant::now() + LONGEST_WAIT;
        loop {
            let line = match first.take() {
                Some(line) => Ok(line),
                None if group.is_empty() => lines.recv().map_err(|_| RecvTimeoutError::Disconnected),
                None => lines.recv_timeout(until.saturating_duration_since(Instant::now())),
            };
            match line {
                Ok(line) => {
                    *number += 1;
                    if group.is_empty() {
                        until = Instant::now() + LONGEST_WAIT;
                    }
                    group.extend(read_line(line, *number, now));
                }
                Err(RecvTimeoutError::Disconnected) if group.is_empty() => return Ok(None),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(Some(group)),
            }
            if group.len() >= GROUP {
                return Ok(Some(group));
            }
        }
    }
}

fn read_line(line: Text, number: usize, now: Timestamp) -> Option<Line> {
    match line {
        Ok(text) if text.trim().is_empty() => None,
        Ok(text) => Some(parse_line(&text, number, now)),
        Err(problem) => {
            let problem = format!("the line {problem}");
            Some(Line { number, order: Err(vec![FieldError { field: String::new(), problem }]) })
        }
    }
}

fn send_lines(mut reader: impl BufRead, lines: &SyncSender<Text>) {
    loop {
        let mut bytes = Vec::new();
        let line = match reader.read_until(b'\n', &mut bytes) {
            Ok(0) => return,
            Ok(_) => as_text(bytes),
            Err(error) => {
                let _ = lines.send(Err(format!("cannot be read: {error}")));
                return;
            }
        };
        if lines.send(line).is_err() {
            return;
        }
    }
}

fn as_text(bytes: Vec<u8>) -> Text {
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}

fn text_of(file: &Path, bytes: Vec<u8>) -> Result<String, Failed> {
    String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].split(|b| *b == b'\n').count();
        Failed::new(Exit::BadInput, format!("{}:{line}: is not UTF-8 text", file.display()))
    })
}
