//! `scenario`: what trainees can practice, and what is wrong in a trainer's own files.

use super::args::Looked;
use super::{Console, Exit, Failed};
use crate::config::{Places, Settings};
use crate::practice::scenario::{Does, Lasts, Way, When, shipped};
use crate::practice::{Mistake, Move, Report, Scenario};
use crate::session::practice_refusal;
use crate::session::scenarios::{self, Found, WrongIn};
use crate::terminal::practice::{Trainee, play};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Does what the flags say.
pub fn run(places: &Places, asked: &Looked<'_>, console: &Console) -> Result<Exit, Failed> {
    match *asked {
        Looked::List => list(places, console),
        Looked::Show { name } => show(places, name, console),
    }
}

/// Reads files and, where practice is to be had, has a script play what is in them. `settings`: none where they are broken.
pub fn check(
    places: &Places,
    settings: Option<&Settings>,
    files: &[PathBuf],
    console: &Console,
) -> Result<Exit, Failed> {
    let (found, mut wrong) = scenarios::look(files, places);
    match settings.filter(|settings| practice_refusal(settings).is_none()) {
        Some(settings) => wrong.extend(unplayable(settings, &found)),
        None if found.is_empty() => {}
        None => console.note("only read, not played: there is no practice here"),
    }
    if console.is_json() {
        console.json(&wrong)?;
    }
    if found.is_empty() && wrong.is_empty() {
        let what = "there is no scenario to check: no file that ends in .toml";
        return Err(Failed::new(Exit::BadInput, what));
    }
    if wrong.is_empty() {
        let all = match found.len() {
            1 => "1 scenario, nothing wrong in it".to_owned(),
            n => format!("{n} scenarios, nothing wrong in them"),
        };
        console.note(&all);
        return Ok(Exit::Done);
    }
    if !console.is_json() {
        tell(&wrong, console);
    }
    Ok(Exit::BadInput)
}

/// The step at which a script that makes no mistakes gets no further, in each scenario where it does not; one that cannot
/// begin, too.
fn unplayable(settings: &Settings, found: &[Found]) -> Vec<WrongIn> {
    let mut wrong = Vec::new();
    // A copy of a shipped one has been played.
    let shipped = shipped::all();
    for found in found.iter().filter(|found| !shipped.contains(&found.scenario)) {
        match play(settings, &found.scenario, Trainee::Perfect) {
            Ok(report) => {
                wrong.extend(stops(&report).map(|(step, what)| WrongIn::in_step(found, step, what)));
            }
            Err(failed) => {
                wrong.push(WrongIn::in_file(&found.source, format!("cannot be played: {}", failed.what)));
            }
        }
    }
    wrong
}

/// At which step a run stopped, and why that is no good; none when it was worth all there is.
fn stops(report: &Report) -> Option<(usize, String)> {
    let reached = report.steps.iter().rposition(|step| step.at.is_some()).map_or(0, |last| last + 1);
    if let Some(step) = report.steps.get(reached) {
        return Some((
            reached,
            format!("a script without mistakes gets no further: it cannot {}", step.words),
        ));
    }
    if let Some(missed) = report.steps.iter().position(|step| step.at.is_none()) {
        let what = format!("a script without mistakes goes on without it: {}", report.steps[missed].words);
        return Some((missed, what));
    }
    let made = report.mistakes.first()?;
    let before = report.steps.iter().position(|step| step.at.is_some_and(|at| at >= made.at));
    let what = format!("a script that does what the steps say makes a mistake: {}", made.what);
    Some((before.unwrap_or_default(), what))
}

fn tell(wrong: &[WrongIn], console: &Console) {
    for wrong in wrong {
        console.note(&wrong.to_string());
    }
}

/// All scenarios; a trainer's own file with a mistake in it is told, and keeps all others from being listed.
fn all(places: &Places, console: &Console) -> Result<Vec<Found>, Failed> {
    scenarios::all(places).map_err(|wrong| {
        tell(&wrong, console);
        Failed::new(
            Exit::BadInput,
            format!(
                "{} {} wrong in {}",
                wrong.len(),
                if wrong.len() == 1 { "thing is" } else { "things are" },
                scenarios::folder(places).display()
            ),
        )
    })
}

fn list(places: &Places, console: &Console) -> Result<Exit, Failed> {
    let all = all(places, console)?;
    if console.is_json() {
        console.json(&all.iter().map(json_of).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let widest = all.iter().map(|found| found.scenario.name.len()).max().unwrap_or_default();
    let mut lines = String::new();
    for Found { scenario, source, .. } in &all {
        let own = if source.is_shipped() { "" } else { " (your own)" };
        let steps = scenario.steps.len();
        let _ = writeln!(lines, "{:widest$}  {}{own}, {steps} steps", scenario.name, scenario.title);
        if !scenario.rows().is_empty() {
            let _ = writeln!(lines, "{:widest$}  {}", "", scenario.rows().join(", "));
        }
    }
    console.text(&lines)?;
    Ok(Exit::Done)
}

fn json_of(found: &Found) -> Value {
    let scenario = &found.scenario;
    json!({
        "name": scenario.name,
        "title": scenario.title,
        "teaches": scenario.teaches,
        "rows": scenario.rows(),
        "steps": scenario.steps.iter().map(|step| json!({
            "do": step.it.name(), "or": step.or.map(Move::name), "field": step.field, "value": step.value, "why": step.why,
        })).collect::<Vec<_>>(),
        "mistakes": scenario.mistakes.iter().map(|(mistake, points)| json!({
            "mistake": mistake.name(), "points": points,
        })).collect::<Vec<_>>(),
        "shipped": found.source.is_shipped(),
        "file": found.source.to_string(),
    })
}

fn show(places: &Places, name: &str, console: &Console) -> Result<Exit, Failed> {
    let all = all(places, console)?;
    let Some(found) = all.iter().find(|found| found.scenario.name == name) else {
        let names: Vec<_> = all.iter().map(|found| found.scenario.name.as_str()).collect();
        return Err(Failed {
            exit: Exit::BadInput,
            what: format!("there is no scenario `{name}`"),
            next: Some(format!("There are {}.", names.join(", "))),
        });
    };
    if console.is_json() {
        console.json(&json_of(found))?;
    } else {
        console.text(&whole(found))?;
    }
    Ok(Exit::Done)
}

/// A scenario for people.
fn whole(found: &Found) -> String {
    let scenario = &found.scenario;
    let mut out = format!("{} ({})\n{}\n", scenario.title, scenario.name, scenario.teaches);
    let _ = writeln!(out, "From {}", found.source);
    section(&mut out, "The order", &order(scenario));
    section(&mut out, "The customer", &customer(scenario));
    let carrier = &scenario.carrier;
    section(
        &mut out,
        "The carrier",
        &carrier.says.iter().map(|says| format!("says: {says}")).collect::<Vec<_>>(),
    );
    section(&mut out, "What goes wrong at Px", &faults(scenario));
    let jumps = scenario.clock.iter().map(|jump| format!("{} minutes on, {}", jump.minutes, when(jump.when)));
    section(&mut out, "The clock", &jumps.collect::<Vec<_>>());
    section(&mut out, "What is right", &steps(scenario));
    section(&mut out, "What a mistake costs", &mistakes(scenario));
    out
}

fn section(out: &mut String, heading: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(out, "\n{heading}");
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
    }
}

fn order(scenario: &Scenario) -> Vec<String> {
    let order = &scenario.order;
    let cards = order.gift_cards.join(", ");
    let fields = [
        ("text", order.offer.as_deref()),
        ("language", order.language.as_deref()),
        ("phone", order.phone.as_deref()),
        ("e-mail", order.email.as_deref()),
        ("salesCode", order.sales_code.as_deref()),
        ("partnerId", order.partner_id.as_deref()),
        ("addressDetailId", order.address_detail_id.as_deref()),
        ("paymentToken", order.payment_token.as_deref()),
        ("giftCards", Some(cards.as_str()).filter(|cards| !cards.is_empty())),
        ("payment", order.payment_required.then_some("required")),
    ];
    let mut lines: Vec<String> =
        fields.iter().filter_map(|(name, value)| Some(format!("{name:16}{}", (*value)?))).collect();
    let prepared = order.prepared_minutes_ago;
    lines.extend(prepared.map(|minutes| format!("{:16}{minutes} minutes before", "prepared")));
    lines
}

fn customer(scenario: &Scenario) -> Vec<String> {
    let customer = &scenario.customer;
    let mut lines = vec![format!("{}, {}", customer.name, wants(customer.wants))];
    lines.extend(customer.says.iter().map(|says| format!("at the beginning: {says}")));
    lines.extend(customer.when_asked.iter().map(|says| format!("when asked: {says}")));
    if customer.declines {
        lines.push("declines in the end".to_owned());
    }
    lines
        .extend(customer.accepts_after.map(|seconds| format!("accepts {seconds} seconds after it was sent")));
    for turn in &customer.turns {
        let does = match turn.does {
            Does::Says => "says".to_owned(),
            Does::HangsUp { seconds } => format!("hangs up, calls back after {seconds} seconds"),
            Does::Holds { seconds } => format!("puts the phone down for {seconds} seconds"),
            Does::Wants(way) => wants(way).to_owned(),
            Does::Declines => "no longer wants it".to_owned(),
        };
        let says = turn.says.as_ref().map_or_else(String::new, |says| format!(": {says}"));
        lines.push(format!("{}: {does}{says}", when(turn.when)));
    }
    lines
}

fn wants(way: Way) -> &'static str {
    match way {
        Way::Aloud => "wants it read aloud",
        Way::Sms => "wants it by SMS",
        Way::Email => "wants it by e-mail",
    }
}

fn when(when: When) -> String {
    match when {
        When::Start => "at the beginning".to_owned(),
        When::Retrieved => "when the text is there".to_owned(),
        When::Section(section) => format!("at section {section}"),
        When::Sent => "when it was sent".to_owned(),
        When::Accepted => "when it is accepted".to_owned(),
        When::InDoubt => "when Complete is in doubt".to_owned(),
        When::After(seconds) => format!("after {seconds} seconds"),
    }
}

fn faults(scenario: &Scenario) -> Vec<String> {
    let one = |fault: &crate::practice::scenario::Fault| {
        let lasts = match fault.lasts {
            Lasts::Times(1) => "once".to_owned(),
            Lasts::Times(times) => format!("{times} times"),
            Lasts::Seconds(seconds) => format!("for {seconds} seconds"),
        };
        let after = match fault.after_calls {
            0 => String::new(),
            calls => format!(", after {calls} that went well"),
        };
        let members = fault.fault.as_object().into_iter().flatten();
        let what = members.map(|(name, value)| match value {
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        });
        format!("{}: {}, {lasts}{after}", fault.call, what.collect::<Vec<_>>().join(", "))
    };
    scenario.server.iter().map(one).collect()
}

fn steps(scenario: &Scenario) -> Vec<String> {
    let mut lines = Vec::new();
    for (n, step) in scenario.steps.iter().enumerate() {
        let to = step.field.as_ref().zip(step.value.as_ref());
        let to = to.map_or_else(String::new, |(field, value)| format!(": {field} to {value}"));
        let or = step.or.map_or_else(String::new, |or| format!(", or {}", or.words()));
        lines.push(format!("{:>2}. {}{to}{or}", n + 1, step.it.words()));
        lines.extend(step.why.iter().map(|why| format!("    {why}")));
    }
    lines
}

fn mistakes(scenario: &Scenario) -> Vec<String> {
    let cost = |(mistake, points): &(Mistake, u8)| format!("{points:>3}  {}", mistake.what());
    let out = |mistake: &Mistake| format!("  -  {}", mistake.what());
    let free = Mistake::ALL.iter().map(|row| row.0).filter(|of| scenario.points(*of).is_none());
    scenario.mistakes.iter().map(cost).chain(free.map(|of| out(&of))).collect()
}
