//! Reading aloud: the current section, the progress, the time that the rest takes.

use super::deliver::read_time;
use super::{busy, trouble};
use crate::desk::{Model, OrderScreen, Seen, section_least_time, section_time_so_far, worked_on_by};
use crate::order::{
    HowRead, ReadSection, Reading, WindowState, reading_seconds, whole_seconds, words_a_minute,
};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::{Page, READABLE};
use crate::view::frame::text::Safe;
use crate::view::frame::words::{countdown, minutes};
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use std::ops::Range;

/// Rows of the previous section that stay in sight.
const CONTEXT: usize = 6;
/// Below this height all rows are for the current section.
const SHORT: usize = 16;

/// So many rows are for the current section at the least: its heading, five of its text, and one that says that more follow.
const LEAST: u16 = 7;

/// How many rows the pane needs, so that every section is in sight as a whole: the heading, the text, and a row that says that
/// more follow. By the longest one, for the screen is to stay as it is from section to section.
pub fn wanted(model: &Model, screen: &OrderScreen, look: &Look, width: u16) -> u16 {
    let head = head(model, screen, look, width).len();
    let text = screen.order.retrieval.as_ref().and_then(|retrieval| retrieval.text.as_ref());
    let sections = text.map(crate::order::Rcc::read_sections).unwrap_or_default();
    let rows = |(at, section): (usize, &ReadSection)| {
        heading(at, section, text_width(width)).len() + lines(section, text_width(width)).len() + 1
    };
    let longest = sections.iter().enumerate().map(rows).max().unwrap_or(0);
    u16::try_from(head + longest.max(usize::from(LEAST))).unwrap_or(u16::MAX)
}

/// The columns of the text and of the bar beside it.
fn text_width(width: u16) -> u16 {
    width.min(u16::try_from(READABLE + 3).unwrap_or(u16::MAX))
}

/// The lines of a section's heading, beside the bar and before the word that says how far the section is. What is read aloud is
/// shown whole.
fn heading(at: usize, section: &ReadSection, width: u16) -> Vec<Safe> {
    let title = format!("{}  {}", at + 1, section.title.unwrap_or_default());
    Safe::line(&title).wrap(usize::from(width).saturating_sub(20))
}

/// The lines of a section's text, beside the bar.
fn lines(section: &ReadSection, width: u16) -> Vec<Safe> {
    Safe::paragraph(section.text.trim_end_matches(['\n', '\r']), usize::from(width).saturating_sub(3))
}

/// What stands above the text: what is under way, what went wrong, and how far the reading has come.
fn head<'a>(model: &Model, screen: &OrderScreen, look: &'a Look, width: u16) -> Page<'a> {
    let mut head = Page::new(look, width);
    busy::add(&mut head, screen, model.now);
    trouble::add(&mut head, screen, model.now);
    match screen.order.retrieval.as_ref().and_then(|r| r.text.as_ref()) {
        Some(text) => progress(&mut head, model, screen, &text.read_sections()),
        None => head.text((look.theme.base, "The text was erased.")),
    }
    head
}

/// Draws the pane. [`OrderScreen::top`] counts from the current section: 0 shows its heading near the top of the pane.
pub fn draw(
    model: &Model,
    screen: &OrderScreen,
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    let head = head(model, screen, look, place.width);
    let Some(text) = screen.order.retrieval.as_ref().and_then(|r| r.text.as_ref()) else {
        head.draw(buffer, place, 0, layout);
        return;
    };
    let sections = text.read_sections();
    // Once all is read, what to ask counts for more than how long each section took.
    let least = if is_read(screen) { 3 } else { LEAST };
    let height = u16::try_from(head.len()).unwrap_or(u16::MAX).min(place.height.saturating_sub(least));
    let [above, below] = Split::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(place);
    head.draw(buffer, above, 0, layout);
    if is_read(screen) {
        summary(screen, &sections, look, buffer, below, layout);
    } else {
        words_to_read(model, screen, &sections, look, buffer, below, layout);
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
        let (read, ask) = ("✓ Every section was read.", "Ask: \"Do you accept?\" and record who says yes.");
        page.row(&[(theme.good, read)]);
        if page.width < read.len() + 3 + ask.len() {
            page.text((theme.strong, ask));
        } else {
            page.last().put(28, ask.len(), (theme.strong, ask));
        }
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
    let mut so_far = minutes(section_time_so_far(model, screen));
    if worked_on_by(model, &screen.order).is_some() {
        so_far.clear();
    } else if let Some(least) = section_least_time(model) {
        so_far = format!("{so_far} of {}", countdown(least));
    }
    let rest = format!("   about {} left", read_time(needed));
    let end = page.width.min(READABLE + 3);
    // The time is whole at every width: what stands before it gives way.
    let room = end.saturating_sub(so_far.len() + 2);
    let title =
        if "Reading aloud   ".len() + at.len() + rest.len() <= room { "Reading aloud   " } else { "" };
    let rest = if title.len() + at.len() + rest.len() <= room { rest.as_str() } else { "" };
    let row = page.row(&[(theme.strong, title), (theme.accent, &at), (theme.base, rest)]);
    row.put_right(end, so_far.len(), (theme.dim, &so_far));
    let needed = SignedDuration::from_secs(i64::try_from(needed).unwrap_or(i64::MAX));
    let late = match screen.order.window().at(model.now) {
        WindowState::Open(left) if left < needed => {
            Some("! The order will expire before the rest can be read.")
        }
        WindowState::Over(_) => Some("! The order has expired: it is of no use to read on."),
        WindowState::Open(_) | WindowState::Unknown | WindowState::Ahead => None,
    };
    if let Some(late) = late {
        page.row(&[(theme.bad, late)]);
    }
    page.gap();
}

fn words_to_read(
    model: &Model,
    screen: &OrderScreen,
    sections: &[ReadSection],
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    let mut page = Page::new(look, text_width(place.width));
    let current = screen.section.min(sections.len().saturating_sub(1));
    let (mut current_row, mut inks, mut whole) = (0, Vec::new(), true);
    let height = usize::from(place.height);
    // Somebody else reads it, at their own desk.
    let others = worked_on_by(model, &screen.order).is_some();
    let times = screen.order.reading.as_ref().map(Reading::seconds).unwrap_or_default();
    for (at, section) in sections.iter().enumerate().skip(current.saturating_sub(1)) {
        if at == current {
            current_row = page.len();
        }
        let scrolled = if screen.anchor.is_some() { inks.len() } else { screen.top };
        if at > current && page.len() > current_row + height + scrolled {
            whole = false;
            break;
        }
        let read =
            is_section_read(screen.order.reading.as_ref(), at).then(|| times.get(at).copied().flatten());
        let word = match (at == current, read) {
            (true, None) if others => "○ not read yet".to_owned(),
            (true, None) => "▸ read this now".to_owned(),
            (true, Some(_)) => "▸ already read".to_owned(),
            (false, Some(Some(seconds))) => format!("✓ read in {}", minutes(seconds_of(seconds))),
            (false, Some(None)) => "✓ vouched for".to_owned(),
            (false, None) => "○ to come".to_owned(),
        };
        let lines = add_section(&mut page, at, section, at == current, &word);
        if at == current {
            inks = lines;
        }
    }
    let context = if height < SHORT { 0 } else { CONTEXT.min(height.saturating_sub(inks.len() + 1)) };
    let scrolled = match screen.anchor {
        // It is seen as a whole now.
        Some(_) if inks.len() < height => 0,
        Some(character) => row_of(&inks, character),
        None => screen.top,
    };
    let top = current_row.saturating_sub(context) + scrolled;
    if whole {
        page.draw(buffer, place, top, layout);
    } else {
        page.draw_beginning(buffer, place, top, layout);
    }
    let before = screen.seen.filter(|seen| seen.section == current).map_or(0, |seen| seen.through);
    let in_sight = page.seen(place.height, top);
    let part = seen(current, &inks, current_row, &in_sight, before);
    let from = inks.iter().take(top.saturating_sub(current_row)).sum();
    layout.seen = Some(Seen { top: scrolled, from, ..part });
}

/// The line that holds this character, of lines that have so many characters each.
fn row_of(inks: &[usize], character: usize) -> usize {
    let mut end = 0;
    let ends_before = |ink: &&usize| {
        end += **ink;
        end <= character
    };
    inks.iter().take_while(ends_before).count()
}

/// How far a section has been shown whose lines have so many characters each, the first of them in the page's row `first`,
/// when `rows` of the page are in sight and everything through `before` was.
fn seen(section: usize, inks: &[usize], first: usize, rows: &Range<usize>, before: usize) -> Seen {
    let (mut through, mut end, mut in_sight) = (before, 0, false);
    for (line, ink) in inks.iter().enumerate() {
        let begin = end;
        end += ink;
        if rows.contains(&(first + line)) {
            in_sight = true;
            if begin <= through {
                through = through.max(end);
            }
        }
    }
    Seen { section, top: 0, from: 0, through, all: end, in_sight }
}

/// A section: its heading and state, then its words, beside a bar when it is the current one. How many characters each
/// of its lines has, those of the heading first.
fn add_section(page: &mut Page, at: usize, section: &ReadSection, current: bool, word: &str) -> Vec<usize> {
    let look = page.look;
    let theme = &look.theme;
    let width = page.width;
    let bar = if current { "▌" } else { " " };
    let style = if current { theme.accent } else { theme.dim };
    let columns = u16::try_from(width).unwrap_or(u16::MAX);
    let all = [heading(at, section, columns), lines(section, columns)].concat();
    for (line, safe) in all.iter().enumerate() {
        let row = page.blank();
        row.put(0, 2, (style, bar));
        row.put_safe(2, if current { theme.strong } else { theme.dim }, safe);
        if line == 0 {
            row.put_right(width, 16, (style, word));
        }
    }
    page.gap();
    if !section.text.ends_with('\n') {
        page.gap();
    }
    all.iter().map(Safe::ink).collect()
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
    // The time, and the speed behind it, keep their room; a title is cut.
    let end = page.width.min(74);
    let (time_at, title_room) = (end.saturating_sub(24), end.saturating_sub(34));
    let mut total = 0;
    let times = reading.seconds();
    for (at, ((section, taken), seconds)) in sections.iter().zip(&reading.sections).zip(times).enumerate() {
        let first = || section.text.lines().next().unwrap_or_default();
        let title = section.title.unwrap_or_else(first);
        let millis = taken.flatten();
        total += millis.unwrap_or(0);
        let row = page.blank();
        row.put(0, 2, (theme.good, "✓"));
        row.put(2, title_room, (theme.base, &format!("{}  {title}", at + 1)));
        let time = seconds.map_or_else(String::new, |seconds| minutes(seconds_of(seconds)));
        row.put_right(time_at, 6, (theme.dim, &time));
        let speed = |ms| format!("{} words a minute", words_a_minute(section.words(), ms));
        row.put_right(end, 22, (theme.dim, &millis.map_or_else(|| HowRead::VOUCHED.to_owned(), speed)));
    }
    page.gap();
    let row = page.blank();
    row.put(2, title_room, (theme.dim, "total"));
    row.put_right(time_at, 6, (theme.strong, &minutes(seconds_of(whole_seconds(total)))));
    let words = sections.iter().map(ReadSection::words).sum();
    if total > 0 {
        let speed = format!("{} words a minute", words_a_minute(words, total));
        row.put_right(end, 22, (theme.strong, &speed));
    }
    page.draw(buffer, place, screen.top, layout);
}

fn seconds_of(seconds: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}
