//! Reading aloud: the current section, the progress, the time that the rest takes.

use super::deliver::read_time;
use super::{busy, trouble};
use crate::desk::{Model, OrderScreen};
use crate::order::{HowRead, ReadSection, Reading, WindowState, reading_seconds, words_a_minute};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::{Page, READABLE};
use crate::view::frame::text::Safe;
use crate::view::frame::words::{minutes, plural};
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// Rows of the previous section that stay in sight.
const CONTEXT: usize = 6;
/// Below this height all rows are for the current section.
const SHORT: usize = 16;

/// Draws the pane. [`OrderScreen::top`] counts from the current section: 0 shows its heading near the top of the pane.
pub fn draw(
    model: &Model,
    screen: &OrderScreen,
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    let mut head = Page::new(look, place.width);
    busy::add(&mut head, screen, model.now);
    trouble::add(&mut head, screen, model.now);
    let text = screen.order.retrieval.as_ref().and_then(|r| r.text.as_ref());
    let Some(text) = text else {
        head.text((look.theme.base, "The text was erased."));
        head.draw(buffer, place, 0, layout);
        return;
    };
    let sections = text.read_sections();
    progress(&mut head, model, screen, &sections);
    let height = u16::try_from(head.len()).unwrap_or(u16::MAX).min(place.height / 2 + 1);
    let [above, below] = Split::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(place);
    head.draw(buffer, above, 0, layout);
    if is_read(screen) {
        summary(screen, &sections, look, buffer, below, layout);
    } else {
        words_to_read(screen, &sections, look, buffer, below, layout);
    }
}

fn is_read(screen: &OrderScreen) -> bool {
    screen.order.reading.as_ref().is_some_and(|r| !r.sections.is_empty() && r.left() == 0)
}

fn is_section_read(reading: Option<&Reading>, at: usize) -> bool {
    reading.and_then(|r| r.sections.get(at)).is_some_and(Option::is_some)
}

/// The progress, and whether the rest can be read within the window.
fn progress(page: &mut Page, model: &Model, screen: &OrderScreen, sections: &[ReadSection]) {
    let look = page.look;
    let theme = &look.theme;
    let reading = screen.order.reading.as_ref();
    if is_read(screen) {
        page.row(&[
            (theme.good, "✓ Every section was read."),
            (theme.strong, "   Ask: \"Do you accept?\" and record who says yes."),
        ]);
        page.gap();
        return;
    }
    let words_left: usize = sections
        .iter()
        .enumerate()
        .filter(|(at, _)| !is_section_read(reading, *at))
        .map(|(_, p)| p.words())
        .sum();
    let needed = reading_seconds(words_left);
    let at = format!("section {} of {}", screen.section + 1, sections.len());
    let rest = format!("   {} left, about {}", plural(words_left, "word"), read_time(needed));
    let row = page.row(&[(theme.strong, "Reading aloud   "), (theme.accent, &at), (theme.base, &rest)]);
    let so_far = minutes(model.now.duration_since(screen.shown_at));
    row.put_right(READABLE + 3, 8, (theme.dim, &so_far));
    let short = match screen.order.window().at(model.now) {
        WindowState::Open(left) => {
            left < SignedDuration::from_secs(i64::try_from(needed).unwrap_or(i64::MAX))
        }
        WindowState::Over(_) => true,
        WindowState::Unknown => false,
    };
    if short {
        page.row(&[(theme.bad, "! The order will expire before the rest can be read.")]);
    }
    page.gap();
}

fn words_to_read(
    screen: &OrderScreen,
    sections: &[ReadSection],
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    let mut page = Page::new(look, place.width.min(u16::try_from(READABLE + 3).unwrap_or(u16::MAX)));
    let current = screen.section.min(sections.len().saturating_sub(1));
    let mut current_row = 0;
    let enough = usize::from(place.height) + screen.top;
    for (at, section) in sections.iter().enumerate().skip(current.saturating_sub(1)) {
        if at == current {
            current_row = page.len();
        }
        if at > current && page.len() > current_row + enough {
            break;
        }
        let read = screen.order.reading.as_ref().and_then(|r| r.sections.get(at).copied().flatten());
        let word = match (at == current, read) {
            (true, None) => "▸ read this now".to_owned(),
            (true, Some(_)) => "▸ already read".to_owned(),
            (false, Some(Some(ms))) => format!("✓ read in {}", minutes(millis_of(ms))),
            (false, Some(None)) => "✓ vouched for".to_owned(),
            (false, None) => "○ to come".to_owned(),
        };
        add_section(&mut page, at, section, at == current, &word);
    }
    let context = if usize::from(place.height) < SHORT { 0 } else { CONTEXT };
    let top = current_row.saturating_sub(context) + screen.top;
    page.draw(buffer, place, top, layout);
}

/// A section: its heading and state, then its words, beside a bar when it is the current one.
fn add_section(page: &mut Page, at: usize, section: &ReadSection, current: bool, word: &str) {
    let look = page.look;
    let theme = &look.theme;
    let width = page.width;
    let bar = if current { "▌" } else { " " };
    let style = if current { theme.accent } else { theme.dim };
    let row = page.blank();
    row.put(0, 2, (style, bar));
    let title = format!("{}  {}", at + 1, section.title.unwrap_or_default());
    row.put(2, width.saturating_sub(20), (if current { theme.strong } else { theme.dim }, &title));
    row.put_right(width, 16, (style, word));
    for line in Safe::paragraph(section.text.trim_end_matches(['\n', '\r']), width.saturating_sub(3)) {
        let row = page.blank();
        row.put(0, 2, (style, bar));
        row.put_safe(2, if current { theme.strong } else { theme.dim }, &line);
    }
    page.gap();
    if !section.text.ends_with('\n') {
        page.gap();
    }
}

/// All sections with the time that each took.
fn summary(
    screen: &OrderScreen,
    sections: &[ReadSection],
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    let theme = &look.theme;
    let Some(reading) = &screen.order.reading else { return };
    let mut page = Page::new(look, place.width);
    let mut total = 0;
    for (at, (section, taken)) in sections.iter().zip(&reading.sections).enumerate() {
        let first = || section.text.lines().next().unwrap_or_default();
        let title = section.title.unwrap_or_else(first);
        let millis = taken.flatten();
        total += millis.unwrap_or(0);
        let row = page.blank();
        row.put(0, 2, (theme.good, "✓"));
        row.put(2, 40, (theme.base, &format!("{}  {title}", at + 1)));
        let time = millis.map_or_else(String::new, |ms| minutes(millis_of(ms)));
        row.put_right(50, 6, (theme.dim, &time));
        let speed = |ms| format!("{} words a minute", words_a_minute(section.words(), ms));
        row.put_right(74, 22, (theme.dim, &millis.map_or_else(|| HowRead::VOUCHED.to_owned(), speed)));
    }
    page.gap();
    let row = page.blank();
    row.put(2, 38, (theme.dim, "total"));
    row.put_right(50, 6, (theme.strong, &minutes(millis_of(total))));
    let words = sections.iter().map(ReadSection::words).sum();
    if total > 0 {
        let speed = format!("{} words a minute", words_a_minute(words, total));
        row.put_right(74, 22, (theme.strong, &speed));
    }
    page.draw(buffer, place, screen.top, layout);
}

fn millis_of(millis: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
