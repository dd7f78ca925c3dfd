//! A run of practice: what is said on the phone, above whatever screen is in front; and the report at its end.

use super::tour::{LOW, is_read_aloud};
use crate::desk::frame::state::TALL;
use crate::desk::{Action, Model, PlayView, Screen, bindings};
use crate::practice::Report;
use crate::practice::report::time;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::{Bit, Page};
use crate::view::frame::text::Safe;
use crate::view::frame::words::{key, plural};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::style::Style;

/// Of how many rows one may go to what is said: nobody can have it said again, so it is not cut off before that.
const PART: u16 = 3;
/// How many rows it takes at the most on a low screen, where the order needs them.
const FEW: usize = 2;
/// What a pause does not hold back is said with it.
const PAUSED: &str = "The trainer has paused the run. A call already under way will still finish.";
/// The widest line of it.
const WIDE: u16 = 100;

/// Draws what is said at the top of `body`, in a run, and gives the place that is left.
pub fn strip(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect) -> Rect {
    // The report says itself what it is about.
    let Some(play) = model.training.play.as_ref().filter(|_| model.screen != Screen::Graded) else {
        return body;
    };
    let mut page = Page::new(look, body.width);
    let theme = &look.theme;
    let height = buffer.area.height;
    let brief = height < LOW || (height < TALL && is_read_aloud(model));
    let rows = if height < LOW { FEW } else { usize::from(body.height / PART) };
    let away = !play.on && play.over.is_none();
    if brief {
        let (style, text) = if away && !play.paused {
            (theme.warn, "The customer is not on the line.".to_owned())
        } else {
            said(play, look).unwrap_or_else(|| (theme.strong, play.title.clone()))
        };
        add(&mut page, (style, &text), rows);
    } else {
        let line = if away { "   the customer is not on the line" } else { "" };
        page.row(&[(theme.strong, &play.title), (theme.warn, line)]);
        let used = Safe::line(&play.title).width() + Safe::line(line).width();
        hint(&mut page, model, used);
        let (style, text) = said(play, look).unwrap_or_else(|| (theme.base, play.teaches.clone()));
        add(&mut page, (style, &text), rows);
        page.blank();
    }
    let height = u16::try_from(page.len()).unwrap_or(1);
    let [top, rest] = Split::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(body);
    page.draw(buffer, top, 0, &mut Layout::default());
    rest
}

/// True in a run on a screen that is too low for the row that names whom one can talk to: the line of keys does it.
pub fn names_no_phones(model: &Model, height: u16) -> bool {
    model.training.play.as_ref().is_some_and(|play| play.over.is_none()) && height < LOW
}

/// Whom one can talk to and with which keys, after so many columns of the last row, if there is room.
fn hint(page: &mut Page, model: &Model, used: usize) {
    let theme = &page.look.theme;
    let asks = |action: &Action| matches!(action, Action::AskCustomer | Action::CallCarrier);
    let keys: Vec<_> = bindings(model).into_iter().filter(|binding| asks(&binding.action)).collect();
    let names: Vec<_> =
        keys.iter().map(|binding| (key(binding.key), format!(" {}", binding.label))).collect();
    let width = |(key, label): &(String, String)| Safe::line(key).width() + Safe::line(label).width();
    let all = names.iter().map(width).sum::<usize>() + 3 * names.len().saturating_sub(1);
    let Some(mut at) = page.width.checked_sub(all).filter(|at| *at >= used + 3 && !names.is_empty()) else {
        return;
    };
    let (end, row) = (page.width, page.last());
    for (key, label) in &names {
        at = row.put(at, end.saturating_sub(at), (theme.key, key));
        at = row.put(at, end.saturating_sub(at), (theme.dim, label)) + 3;
    }
}

/// A text in so many rows at the most; what is cut off says so.
fn add(page: &mut Page, (style, text): Bit<'_>, rows: usize) {
    let width = page.width.min(WIDE.into());
    let mut lines = Safe::paragraph(text, width);
    if lines.len() > rows {
        lines.truncate(rows);
        lines[rows - 1] = lines[rows - 1].shortened(width);
    }
    for line in lines {
        page.blank().put_safe(0, style, &line);
    }
}

/// What there is to hear, if anything was said yet.
fn said(play: &PlayView, look: &Look) -> Option<(Style, String)> {
    let theme = &look.theme;
    if play.over.is_some() {
        return Some((theme.base, "The run is over. F5 shows how it went.".to_owned()));
    }
    if play.paused {
        return Some((theme.warn, PAUSED.to_owned()));
    }
    let (who, text) = play.said.last()?;
    Some((theme.base, format!("{}: \u{201c}{text}\u{201d}", capital(who))))
}

fn capital(who: &str) -> String {
    let mut chars = who.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

/// Draws the report.
pub fn report(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(report) = model.training.play.as_ref().and_then(|play| play.over.as_ref()) else { return };
    let theme = &look.theme;
    let mut page = Page::new(look, body.width);
    page.row(&[(theme.strong, &format!("{} of 100   ", report.grade)), (theme.base, &report.title)]);
    page.row(&[(theme.dim, &summary(report))]);
    page.gap();
    page.row(&[(theme.dim, "STEPS")]);
    for step in &report.steps {
        let (style, mark, took) = match step.took {
            Some(took) => {
                (theme.good, "✓ ", format!("   {}, {}", seconds(took), keys(step.keys.unwrap_or(0))))
            }
            None => (theme.warn, "· ", "   not reached".to_owned()),
        };
        page.row(&[(style, mark), (theme.base, &step.words), (theme.dim, &took)]);
        if let Some(why) = &step.why {
            page.hang(&[(theme.dim, "  ")], (theme.dim, why));
        }
    }
    if let Some(missed) = report.not_reached() {
        page.text((theme.warn, &missed));
    }
    page.gap();
    page.row(&[(theme.dim, "MISTAKES")]);
    if report.mistakes.is_empty() {
        page.row(&[(theme.good, "None.")]);
    }
    for made in &report.mistakes {
        let cost = if made.points == 0 { "–".to_owned() } else { format!("−{}", made.points) };
        let (cost, at) = (format!("{cost:<5}"), format!("{:<7}", seconds(made.at)));
        page.hang(&[(theme.bad, "× "), (theme.bad, &cost), (theme.dim, &at)], (theme.base, &made.what));
        page.hang(
            &[(theme.dim, &" ".repeat(2 + cost.chars().count() + at.len()))],
            (theme.dim, &made.instead),
        );
    }
    page.draw(buffer, body, model.training.report_top, layout);
}

fn keys(pressed: u32) -> String {
    plural(usize::try_from(pressed).unwrap_or(usize::MAX), "key")
}

fn summary(report: &Report) -> String {
    let pace = report.words_per_minute.map(|pace| format!(", read at {pace} words a minute"));
    let time = seconds(report.seconds * 1000);
    format!("{}, {time}, {}{}", report.trainee, keys(report.keys), pace.unwrap_or_default())
}

fn seconds(millis: u64) -> String {
    time::clock(millis / 1000)
}
