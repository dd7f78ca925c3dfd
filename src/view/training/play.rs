//! A run of practice: what is said on the phone, above whatever screen is in front; and the report at its end.

use crate::desk::{Model, PlayView};
use crate::practice::Report;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::style::Style;

/// Draws what is said at the top of `body`, in a run, and gives the place that is left.
pub fn strip(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect) -> Rect {
    let Some(play) = &model.training.play else { return body };
    let mut page = Page::new(look, body.width);
    let theme = &look.theme;
    let line = if play.waits || play.on { "" } else { "   the customer is not on the line" };
    page.row(&[(theme.strong, &play.title), (theme.warn, line)]);
    let (style, text) = said(play, look);
    page.text((style, &text));
    let height = u16::try_from(page.len()).unwrap_or(1);
    let [top, rest] = Split::vertical([Constraint::Length(height + 1), Constraint::Fill(1)]).areas(body);
    page.draw(buffer, top, 0, &mut Layout::default());
    rest
}

fn said(play: &PlayView, look: &Look) -> (Style, String) {
    let theme = &look.theme;
    if play.paused {
        return (theme.warn, "The trainer has paused the run.".to_owned());
    }
    if play.waits {
        return (theme.base, "You have joined. The trainer starts the run.".to_owned());
    }
    match play.said.last() {
        Some((who, text)) => (theme.base, format!("{}: \u{201c}{text}\u{201d}", capital(who))),
        None => (theme.base, play.teaches.clone()),
    }
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
                (theme.good, "✓ ", format!("   {}, {} keys", seconds(took), step.keys.unwrap_or(0)))
            }
            None => (theme.warn, "· ", "   not reached".to_owned()),
        };
        page.row(&[(style, mark), (theme.base, &step.words), (theme.dim, &took)]);
        if let Some(why) = &step.why {
            page.hang(&[(theme.dim, "  ")], (theme.dim, why));
        }
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

fn summary(report: &Report) -> String {
    let pace = report.words_per_minute.map(|pace| format!(", read at {pace} words a minute"));
    let time = seconds(report.seconds * 1000);
    format!("{}, {time}, {} keys{}", report.trainee, report.keys, pace.unwrap_or_default())
}

fn seconds(millis: u64) -> String {
    let seconds = millis / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
