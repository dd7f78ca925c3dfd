//! `market usage add`: a bad line is reported with its number and field, and the good ones are taken in all the same.

use super::market;
use crate::cli::args::UsageCommand;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::engine::{Intake, Late, Usage};
use crate::subscription::{Amount, Calendar, Line, Month, Refusal, Sku};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// So many lines are recorded together. Their keys stand all over the journal's index, so that a group writes most pages of
/// it whatever its size; this many take a few megabytes.
const GROUP: usize = 10_000;

/// A line that is no usage: the field, and what is not right with it.
struct Fault {
    field: &'static str,
    problem: String,
}

type Read1 = Result<Usage, Fault>;

/// Takes in what `command` names.
pub async fn run(settings: &Settings, command: &UsageCommand, console: &Console) -> Result<Exit, Failed> {
    let UsageCommand::Add { json, csv, of, sku, month, count, key, late, reason, by } = command else {
        return Ok(Exit::Done);
    };
    let late = match (late, reason, by) {
        (true, Some(reason), Some(name)) => Some(Late { reason: reason.clone(), name: name.clone() }),
        _ => market(settings)?.carries(&settings.agent),
    };
    let (place, lines): (PathBuf, Lines) = match (json, csv, of, sku, month, count, key) {
        (Some(file), ..) => (file.clone(), json_lines(open(file)?)),
        (_, Some(file), ..) => (file.clone(), table(open(file)?)),
        (_, _, Some(of), Some(sku), Some(month), Some(count), Some(key)) => {
            let line = Line { key: key.clone(), count: *count };
            let usage = Usage { of: of.clone(), sku: sku.clone(), month: *month, line };
            (PathBuf::from("by hand"), Box::new(std::iter::once((1, Ok(usage)))))
        }
        _ => return Err(Failed::new(Exit::BadInput, "no usage was given to add")),
    };
    let session = Session::open_for_market(settings, false).await?;
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let intake = Intake::new(session.engine.clone(), calendar, late);
    let mut adding = Adding { place, console, intake, added: 0, known: 0, bad: 0, late: 0 };
    adding.all(lines).await?;
    let Adding { added, known, bad, late, place, .. } = adding;
    if added + known + bad + late == 0 {
        return Err(Failed::new(Exit::BadInput, format!("{}: there is no usage in it", place.display())));
    }
    if console.is_json() {
        console.json_line(&json!({ "added": added, "known": known, "refused": bad + late }))?;
    } else {
        console.text(&format!("{added} added, {known} known already, {} refused", bad + late))?;
    }
    Ok(match (bad, late) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::RefusedHere,
        _ => Exit::BadInput,
    })
}

/// Lines with their numbers, from 1.
type Lines = Box<dyn Iterator<Item = (usize, Read1)>>;

struct Adding<'a> {
    place: PathBuf,
    console: &'a Console,
    intake: Intake,
    added: usize,
    known: usize,
    bad: usize,
    /// Refused because their month was reported.
    late: usize,
}

impl Adding<'_> {
    async fn all(&mut self, lines: Lines) -> Result<(), Failed> {
        let mut group = Vec::with_capacity(GROUP);
        for (number, line) in lines {
            match line {
                Ok(usage) => group.push((number, usage)),
                Err(fault) => self.fault(number, &fault)?,
            }
            if group.len() >= GROUP {
                self.group(std::mem::take(&mut group)).await?;
            }
        }
        self.group(group).await
    }

    async fn group(&mut self, group: Vec<(usize, Usage)>) -> Result<(), Failed> {
        if group.is_empty() {
            return Ok(());
        }
        let (numbers, usage): (Vec<usize>, Vec<Usage>) = group.into_iter().unzip();
        let taken = self.intake.add(&usage).await.map_err(|error| {
            let mut failed = Failed::from(error);
            failed.next = Some("Give the same lines again: none counts twice.".to_owned());
            failed
        })?;
        for (number, taken) in numbers.into_iter().zip(taken) {
            match taken {
                Ok(true) => self.added += 1,
                Ok(false) => self.known += 1,
                Err(refusal) => self.refused(number, &refusal)?,
            }
        }
        Ok(())
    }

    fn refused(&mut self, number: usize, refusal: &Refusal) -> Result<(), Failed> {
        let problem = match refusal {
            Refusal::Late { .. } => format!("{refusal}. {}", refusal.next()),
            _ => refusal.to_string(),
        };
        if matches!(refusal, Refusal::Late { .. }) {
            self.late += 1;
        } else {
            self.bad += 1;
        }
        self.tell(number, refusal.field(), &problem)
    }

    fn fault(&mut self, number: usize, fault: &Fault) -> Result<(), Failed> {
        self.bad += 1;
        self.tell(number, fault.field, &fault.problem)
    }

    fn tell(&self, number: usize, field: &str, problem: &str) -> Result<(), Failed> {
        let place = self.place.display();
        let label = if field.is_empty() { String::new() } else { format!("{field}: ") };
        self.console.note(&format!("{place}:{number}: {label}{problem}"));
        if self.console.is_json() {
            self.console.json_line(&json!({ "line": number, "field": field, "problem": problem }))?;
        }
        Ok(())
    }
}

pub(super) fn open(file: &Path) -> Result<Box<dyn Read>, Failed> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let opened = File::open(file);
    let opened =
        opened.map_err(|e| Failed::new(Exit::BadInput, format!("cannot read {}: {e}", file.display())))?;
    Ok(Box::new(opened))
}

/// A line as JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonLine<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    provisioning_id: Option<Text<'a>>,
    customer_id: Option<Text<'a>>,
    sku: Option<Text<'a>>,
    month: Option<Text<'a>>,
    count: Option<&'a RawValue>,
    key: Option<Text<'a>>,
}

/// A text that is not copied unless it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn json_lines(file: Box<dyn Read>) -> Lines {
    let mut reader = BufReader::new(file);
    let (mut number, mut bytes) = (0, Vec::new());
    Box::new(std::iter::from_fn(move || {
        loop {
            bytes.clear();
            number += 1;
            return match reader.read_until(b'\n', &mut bytes) {
                Ok(0) => None,
                Ok(_) if bytes.trim_ascii().is_empty() => continue,
                Ok(_) => Some((number, json_line(&bytes))),
                Err(error) => Some((
                    number,
                    Err(Fault { field: "", problem: format!("the line cannot be read: {error}") }),
                )),
            };
        }
    }))
}

fn json_line(bytes: &[u8]) -> Read1 {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let line: JsonLine<'_> = serde_json::from_slice(bytes).map_err(|error| {
        // serde's words for what is missing or of another type; the place within the line says no more.
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_owned();
        Fault { field: "", problem: format!("is not a line of usage: {}", crate::text::quote(&what)) }
    })?;
    let JsonLine { id, provisioning_id, customer_id, sku, month, count, key } = line;
    let of = provisioning_id.or(customer_id).or(id);
    let [of, sku, month, key] = [&of, &sku, &month, &key].map(|text| text.as_ref().map(|Text(text)| &**text));
    let count = count.map(|raw| raw.get().trim_matches('"'));
    usage([of, sku, month, count, key])
}

/// What every form of a line comes down to: who, SKU, month, count, key.
fn usage<'a>([of, sku, month, count, key]: [Option<&'a str>; 5]) -> Read1 {
    let need = |field, value: Option<&'a str>| {
        let value = value.filter(|value| !value.trim().is_empty());
        value.ok_or_else(|| Fault { field, problem: "is missing".to_owned() })
    };
    let of = need("provisioningId", of)?.to_owned();
    let sku =
        Sku::new(need("sku", sku)?).map_err(|error| Fault { field: "sku", problem: error.to_string() })?;
    let month =
        Month::parse(need("month", month)?.trim()).map_err(|problem| Fault { field: "month", problem })?;
    let count = Amount::parse(need("count", count)?).map_err(|problem| Fault { field: "count", problem })?;
    let key = need("key", key)?;
    if key.chars().count() > 256 || key.contains(crate::text::is_invisible) {
        let problem = "is longer than 256 characters, or holds one that cannot be seen".to_owned();
        return Err(Fault { field: "key", problem });
    }
    Ok(Usage { of, sku, month, line: Line { key: key.to_owned(), count } })
}

/// The places of the columns: who, SKU, month, count, key.
type Places = [Option<usize>; 5];

fn places(columns: &csv::StringRecord) -> Places {
    let place = |name: &str| columns.iter().position(|column| column.eq_ignore_ascii_case(name));
    let of = place("provisioningId").or_else(|| place("customerId")).or_else(|| place("id"));
    [of, place("sku"), place("month"), place("count"), place("key")]
}

/// A table, a line at a time: so that each has its number whatever is blank between them.
fn table(file: Box<dyn Read>) -> Lines {
    let mut reader = BufReader::new(file);
    let mut number = 0;
    let mut columns: Option<Places> = None;
    Box::new(std::iter::from_fn(move || {
        loop {
            let mut bytes = Vec::new();
            number += 1;
            let fault = |problem: String| Some((number, Err(Fault { field: "", problem })));
            match reader.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) if bytes.trim_ascii().is_empty() => continue,
                Ok(_) => {}
                Err(error) => return fault(format!("the line cannot be read: {error}")),
            }
            let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
            let mut line = csv::ReaderBuilder::new();
            let mut line = line.has_headers(false).trim(csv::Trim::All).from_reader(bytes);
            let record = match line.records().next() {
                Some(Ok(record)) => record,
                Some(Err(error)) => return fault(format!("the line cannot be read: {error}")),
                None => continue,
            };
            let Some(places) = columns else {
                columns = Some(places(&record));
                continue;
            };
            let fields = places.map(|place| place.and_then(|at| record.get(at)));
            return Some((number, usage(fields)));
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> (&'static str, String) {
        let fault = json_line(line.as_bytes()).err().unwrap();
        (fault.field, fault.problem)
    }

    #[test]
    fn a_count_is_read_to_its_last_digit() {
        let line = r#"{"customerId":"C-1","sku":"S","month":"2026-11","count":0.1000000001,"key":"k"}"#;
        let usage = json_line(line.as_bytes()).ok().unwrap();
        assert_eq!((usage.of.as_str(), usage.line.count.to_string().as_str()), ("C-1", "0.1000000001"));
        let line = line.replace("0.1000000001", "\"2.50\"");
        assert_eq!(json_line(line.as_bytes()).ok().unwrap().line.count.to_string(), "2.5");
    }

    #[test]
    fn a_bad_line_names_the_field() {
        for (change, field) in [
            (("\"C-1\"", "\"\""), "provisioningId"),
            (("\"S\"", "\"\""), "sku"),
            (("2026-11", "2026-13"), "month"),
            ((":1,", ":1e309,"), "count"),
            ((":1,", ":-1,"), "count"),
            (("\"k\"", "\" \""), "key"),
        ] {
            let line = r#"{"customerId":"C-1","sku":"S","month":"2026-11","count":1,"key":"k"}"#;
            assert_eq!(fault(&line.replace(change.0, change.1)).0, field, "{change:?}");
        }
        for line in ["{", "[]", r#"{"count":NaN}"#, r#"{"sku":1}"#] {
            assert!(fault(line).1.starts_with("is not a line of usage"), "{line}");
        }
    }

    #[test]
    fn a_table_says_the_same() {
        let text = "customerId,sku,month,count,key\nC-1,S,2026-11,1.5,k1\n\nC-1,S,2026-11,x,k2\n";
        let lines: Vec<_> = table(Box::new(text.as_bytes())).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].0, lines[1].0), (2, 4));
        assert!(lines[0].1.is_ok());
        assert_eq!(lines[1].1.as_ref().err().unwrap().field, "count");
    }
}
