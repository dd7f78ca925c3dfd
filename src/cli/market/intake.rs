//! `market usage add`: a bad line is reported with its number and field, and the good ones are taken in all the same.

mod form;
mod lines;
mod quotes;
pub(super) mod table;

use self::form::{Fault, Lines};
use super::market;
use crate::cli::args::UsageCommand;
use crate::cli::{Console, Exit, Failed, opened};
use crate::config::{MarketTarget, Settings};
use crate::engine::{Intake, Late, MarketError, Usage};
use crate::subscription::{Calendar, Called, Refusal};
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// So many lines are recorded together. Their keys stand all over the journal's index, so that a group writes most pages of
/// it whatever its size; this many take a few megabytes.
const GROUP: usize = 10_000;

/// Takes in what `command` names.
pub async fn run(settings: &Settings, command: &UsageCommand, console: &Console) -> Result<Exit, Failed> {
    let UsageCommand::Add { json, csv, of, sku, month, count, key, late, reason, by } = command else {
        return Ok(Exit::Done);
    };
    let late = match (late, reason, by) {
        (true, Some(reason), _) if reason.trim().is_empty() => {
            return Err(MarketError::Refusal(Refusal::NoReason("late usage")).into());
        }
        (true, _, Some(name)) if name.trim().is_empty() => {
            return Err(MarketError::Refusal(Refusal::NobodySaysSo).into());
        }
        (true, Some(reason), Some(name)) => Some(Late { reason: reason.clone(), name: name.clone() }),
        _ => None,
    };
    let carried = market(settings)?.carries(&settings.agent);
    let (place, lines): (PathBuf, Lines) = match (json, csv, of, sku, month, count, key) {
        (Some(file), ..) => (file.clone(), lines::read(open(file)?)),
        (_, Some(file), ..) => (file.clone(), table::read(open(file)?)),
        (_, _, Some(of), Some(sku), Some(month), Some(count), Some(key)) => {
            let (month, count) = (month.to_string(), count.to_string());
            let rest = [sku.as_str(), &month, &count, key].map(Some);
            let usage = form::usage(Called::Any(of.clone()), Vec::new(), rest);
            (PathBuf::from("by hand"), Box::new(std::iter::once((1, usage))))
        }
        _ => return Err(Failed::new(Exit::BadInput, "no usage was given to add")),
    };
    let session = opened::market_to_change(settings).await?;
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let in_process = settings.market.as_ref().is_none_or(|market| market.target == MarketTarget::InProcess);
    let clock_error = session.engine.market_clock_error(in_process);
    let intake =
        Intake::new(session.engine.clone(), calendar, late).by_clock(clock_error).or_carried(carried);
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
            Refusal::Late { .. }
            | Refusal::AfterEnd { .. }
            | Refusal::BeforePurchase { .. }
            | Refusal::BoughtAhead { .. } => format!("{refusal}. {}", refusal.next()),
            Refusal::SkuEnded(_) => {
                format!("{refusal}. Usage of until its end is added with --late, --reason and --by.")
            }
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
        self.tell(number, &fault.field, &fault.problem)
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
