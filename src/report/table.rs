//! Figures for programs: JSON, and CSV with a row for each number. Names and columns are held on to by other people's
//! scripts.

use super::figures::{Figures, MINUTES, Period};
use crate::order::State;
use crate::text::cell;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// As one JSON object.
pub fn json(figures: &Figures, period: &Period) -> Value {
    let states: Map<String, Value> =
        State::ALL.iter().zip(figures.states).map(|(state, n)| (state.name().to_owned(), n.into())).collect();
    let bounds = MINUTES.iter().map(|most| Some(*most)).chain([None]);
    let minutes = bounds.zip(figures.minutes).map(|(most, n)| json!({ "upTo": most, "orders": n }));
    let accepted: Map<String, Value> =
        figures.acceptances.iter().map(|(method, n)| (method.name().to_owned(), (*n).into())).collect();
    let errors = figures.errors.iter().map(|(code, n)| json!({ "code": code, "count": n }));
    let agents = figures.agents.iter().map(|(name, agent)| {
        json!({
            "agent": name,
            "opened": agent.opened,
            "completed": agent.completed,
            "abandoned": agent.abandoned,
            "errors": agent.errors,
        })
    });
    json!({
        "since": period.since,
        "until": period.until,
        "orders": figures.orders,
        "completions": figures.completions(),
        "states": states,
        "completionsByHour": figures.hours,
        "errors": errors.collect::<Vec<_>>(),
        "minutesToComplete": minutes.collect::<Vec<_>>(),
        "acceptances": accepted,
        "agents": agents.collect::<Vec<_>>(),
    })
}

/// As CSV: `figure,key,value`.
pub fn csv(figures: &Figures) -> String {
    let mut out = "figure,key,value\r\n".to_owned();
    let mut row = |figure: &str, key: &str, value: u64| {
        // Writing to a text cannot fail.
        let _ = write!(out, "{figure},{},{value}\r\n", cell(key));
    };
    row("orders", "all", figures.orders);
    row("completions", "all", figures.completions());
    for (state, n) in State::ALL.iter().zip(figures.states) {
        row("state", state.name(), n);
    }
    for (hour, n) in figures.hours.iter().enumerate() {
        row("completions_in_hour", &format!("{hour:02}"), *n);
    }
    for (code, n) in &figures.errors {
        row("error", code, *n);
    }
    let bounds = MINUTES.iter().map(|most| format!("up_to_{most}")).chain(["longer".to_owned()]);
    for (bound, n) in bounds.zip(figures.minutes) {
        row("minutes_to_complete", &bound, n);
    }
    for (method, n) in figures.acceptances {
        row("acceptance", method.name(), n);
    }
    for (name, agent) in &figures.agents {
        row("opened_by", name, agent.opened);
        row("completed_by", name, agent.completed);
        row("abandoned_by", name, agent.abandoned);
        row("errors_of", name, agent.errors);
    }
    out
}
