//! One trainee, live: how the run stands, what was reached, what went wrong, what was said, what happened, the newest first.

use super::words::{clock, ledger, presence, standing};
use crate::desk::{Model, Trainee};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{countdown, minutes, plural};
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::style::Style;

/// On a screen so low, one line of what was said has to do.
const LOW: u16 = 24;
/// From this width on what was reached and what happened stand side by side.
const BESIDE: u16 = 70;

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(trainee) = model.training.trainee() else { return };
    let mut facts = Page::new(look, body.width);
    run(&mut facts, model, trainee);
    let height = u16::try_from(facts.len() + 1).unwrap_or(body.height);
    if body.width < BESIDE {
        facts.gap();
        reached(&mut facts, trainee);
        facts.gap();
        happened(&mut facts, model, trainee);
        return facts.draw(buffer, body, model.training.page_top, layout);
    }
    let [head, rest] = Split::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(body);
    facts.draw(buffer, head, 0, layout);
    let parts = [Constraint::Percentage(48), Constraint::Length(2), Constraint::Fill(1)];
    let [left, _, right] = Split::horizontal(parts).areas(rest);
    let mut page = Page::new(look, left.width);
    reached(&mut page, trainee);
    page.draw(buffer, left, model.training.page_top, layout);
    let mut page = Page::new(look, right.width);
    happened(&mut page, model, trainee);
    page.draw(buffer, right, model.training.page_top, layout);
}

/// How the run stands.
fn run(page: &mut Page, model: &Model, trainee: &Trainee) {
    let theme = &page.look.theme;
    let run = &trainee.snapshot;
    let mut facts = vec![standing(trainee)];
    if run.scenario.is_some() {
        facts.push(minutes(trainee.lasted(model.now)));
        facts.push(plural(usize::try_from(run.keys).unwrap_or_default(), "key"));
    }
    facts.push(presence(trainee, model.now));
    if trainee.waiting > 0 {
        facts.push(format!("{} pending", trainee.waiting));
    }
    page.row(&[(if trainee.away { theme.warn } else { theme.base }, &facts.join(" · "))]);
    if let Some(why) = &run.failed {
        page.text((theme.bad, why));
    }
    if !run.next_line.is_empty() {
        let lead =
            if run.screen.is_empty() { "sees   ".to_owned() } else { format!("sees   {}: ", run.screen) };
        page.row(&[(theme.dim, &lead), (theme.base, &run.next_line)]);
    }
    let window = trainee.window(model.now).map(|left| window(page, left));
    let section = run.section.map(|(at, of)| format!("section {at} of {of}"));
    let speed = run.words_per_minute.map(|speed| format!("{speed} words a minute"));
    let reads: Vec<String> = section.into_iter().chain(speed).collect();
    let joint = if window.is_some() && !reads.is_empty() { " · " } else { "" };
    let reads = format!("{joint}{}", reads.join(" · "));
    match window {
        Some((style, left)) => {
            page.row(&[(theme.dim, "window "), (style, &left), (theme.base, &reads)]);
        }
        None if !reads.is_empty() => {
            page.row(&[(theme.base, &reads)]);
        }
        None => {}
    }
    if let Some(received) = ledger(run.ledger.as_ref()) {
        page.row(&[(theme.dim, "Px got "), (theme.base, &received)]);
    }
}

/// How much of the order's window is left, in words.
fn window(page: &Page, left: SignedDuration) -> (Style, String) {
    let theme = &page.look.theme;
    if left <= SignedDuration::ZERO {
        (theme.bad, "closed".to_owned())
    } else if left.as_mins() < 10 {
        (theme.warn, format!("closes in {}", countdown(left)))
    } else {
        (theme.base, format!("closes in {} min", left.as_mins()))
    }
}

/// The right moves, and the mistakes.
fn reached(page: &mut Page, trainee: &Trainee) {
    let theme = &page.look.theme;
    let run = &trainee.snapshot;
    page.row(&[(theme.dim, "STEPS")]);
    if run.steps.is_empty() {
        page.text((theme.dim, "None yet: s starts a scenario."));
    }
    for step in &run.steps {
        match step.at {
            Some(at) => {
                let time = format!("{:>5} ", clock(at));
                page.hang(&[(theme.good, "✓ "), (theme.dim, &time)], (theme.base, &step.words));
            }
            None => page.hang(&[(theme.dim, "○       ")], (theme.dim, &step.words)),
        }
    }
    page.gap();
    page.row(&[(theme.dim, "MISTAKES")]);
    if run.mistakes.is_empty() {
        page.text((theme.dim, "None."));
    }
    for made in &run.mistakes {
        let time = format!("{:>5} ", clock(made.at));
        page.hang(&[(theme.bad, "× "), (theme.dim, &time)], (theme.base, &made.what));
    }
}

/// What was said and what happened, the newest first.
fn happened(page: &mut Page, model: &Model, trainee: &Trainee) {
    let theme = &page.look.theme;
    let run = &trainee.snapshot;
    page.row(&[(theme.dim, "SAID, newest first")]);
    if run.said.is_empty() {
        page.text((theme.dim, "Nothing."));
    }
    for (who, text) in run.said.iter().rev().take(if model.frame.size.1 > LOW { 3 } else { 1 }) {
        page.hang(&[(theme.accent, &format!("{who}: "))], (theme.base, text));
    }
    page.gap();
    page.row(&[(theme.dim, "EVENTS, newest first")]);
    if run.events.is_empty() {
        page.text((theme.dim, "None yet."));
    }
    for (at, what) in run.events.iter().rev() {
        page.hang(&[(theme.dim, &format!("{:>5} ", clock(*at)))], (theme.base, what));
    }
}
