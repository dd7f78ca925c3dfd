//! Figures as a picture made of text.

use super::figures::{Figures, MINUTES, Period};
use crate::order::{State, one_line};
use crate::text::many;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// How the picture is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: usize,
    /// Nothing but ASCII.
    pub ascii: bool,
    /// The period has not ended: its end is now.
    pub goes_on: bool,
}

/// The narrowest that is drawn for; a narrower terminal wraps lines.
const NARROWEST: usize = 40;
/// The longest label; a longer name is cut.
const LONGEST_LABEL: usize = 28;
/// Columns for a number, with a blank at either side.
const NUMBER: usize = 9;

/// The whole report.
pub fn text(figures: &Figures, period: &Period, look: Look) -> String {
    let local = |at: crate::order::Timestamp| {
        at.to_zoned(period.zone.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string()
    };
    let mut out = format!("From {} until {}\n", local(period.since), local(period.until));
    let orders = usize::try_from(figures.orders).unwrap_or(usize::MAX);
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{}, {} of them completed\n", many(orders, "order"), figures.completions());
    let states = State::ALL.iter().zip(figures.states).filter(|(_, n)| *n > 0);
    section(
        &mut out,
        look,
        if look.goes_on { "Orders by state now" } else { "Orders by state at the end" },
        states.map(|(state, n)| (state.title().to_owned(), n)),
    );
    section(&mut out, look, "Completions by the hour of the day", hours(figures));
    section(&mut out, look, "Minutes from opened to completed", minutes(figures));
    let methods = figures.acceptances.iter().filter(|(_, n)| *n > 0);
    section(&mut out, look, "Acceptances", methods.map(|(method, n)| (method.title().to_owned(), *n)));
    let mut errors: Vec<(String, u64)> = figures.errors.iter().map(|(code, n)| (code.clone(), *n)).collect();
    errors.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    section(&mut out, look, "Errors", errors);
    agents(&mut out, figures);
    out
}

/// From the first hour with a completion to the last one.
fn hours(figures: &Figures) -> Vec<(String, u64)> {
    let busy = |(_, n): &(usize, &u64)| **n > 0;
    let first = figures.hours.iter().enumerate().find(busy).map_or(0, |(hour, _)| hour);
    let after = figures.hours.iter().enumerate().rfind(busy).map_or(0, |(hour, _)| hour + 1);
    (first..after).map(|hour| (format!("{hour:02}:00"), figures.hours[hour])).collect()
}

fn minutes(figures: &Figures) -> Vec<(String, u64)> {
    if figures.completions() == 0 {
        return Vec::new();
    }
    let last = MINUTES.last().copied().unwrap_or_default();
    let names = MINUTES.iter().map(|most| format!("up to {most}")).chain([format!("more than {last}")]);
    names.zip(figures.minutes).collect()
}

/// A title and a bar for each row, all to one scale.
fn section(out: &mut String, look: Look, title: &str, rows: impl IntoIterator<Item = (String, u64)>) {
    let rows: Vec<(String, u64)> = rows.into_iter().map(|(label, n)| (short(&label), n)).collect();
    let _ = writeln!(out, "{title}");
    if rows.is_empty() {
        out.push_str("  none\n\n");
        return;
    }
    let label = rows.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    let room = look.width.max(NARROWEST).saturating_sub(2 + label + NUMBER);
    for (name, n) in rows {
        let blanks = " ".repeat(label - name.width());
        let line = format!("  {name}{blanks} {n:>7} {}", bar(n, most, room, look.ascii));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out.push('\n');
}

/// A bar of at most `room` columns. What is more than nothing can be seen.
fn bar(n: u64, most: u64, room: usize, ascii: bool) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let parts = if ascii { 1 } else { 8 };
    let full = u128::from(n) * (room * parts) as u128 / u128::from(most);
    let full = usize::try_from(full).unwrap_or(room * parts).max(usize::from(n > 0));
    if ascii { "#".repeat(full) } else { format!("{}{}", "█".repeat(full / 8), EIGHTHS[full % 8]) }
}

fn agents(out: &mut String, figures: &Figures) {
    out.push_str("By agent\n");
    if figures.agents.is_empty() {
        out.push_str("  none\n");
        return;
    }
    let names: Vec<String> = figures.agents.keys().map(|name| short(name)).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0).max(4);
    let _ = writeln!(
        out,
        "  {:width$} {:>9} {:>9} {:>9} {:>9}",
        "", "opened", "completed", "abandoned", "errors"
    );
    for (name, agent) in names.iter().zip(figures.agents.values()) {
        let blanks = " ".repeat(width - name.width());
        let _ = writeln!(
            out,
            "  {name}{blanks} {:>9} {:>9} {:>9} {:>9}",
            agent.opened, agent.completed, agent.abandoned, agent.errors
        );
    }
}

/// A label with nothing hidden in it, not too long.
fn short(label: &str) -> String {
    let label = one_line(label);
    if label.width() <= LONGEST_LABEL {
        return label;
    }
    let mut cut = String::new();
    for c in label.chars() {
        if cut.width() + 4 > LONGEST_LABEL {
            break;
        }
        cut.push(c);
    }
    cut + "..."
}
