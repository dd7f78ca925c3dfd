//! The day at a glance: the report's pictures, in as many columns as there is room for.

use crate::desk::Model;
use crate::report::{Look as Picture, Period, text};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::text::Safe;
use crate::view::frame::words::time;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// The narrowest column of pictures.
const COLUMN: u16 = 56;
/// Blank columns between two.
const GAP: u16 = 4;

/// From this width on there is room for the whole heading.
const ROOMY: u16 = 100;

const TITLE: &str = "The day at a glance";

/// Draws the day.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let day = &model.day;
    let [head, body] = Split::vertical([Constraint::Length(2), Constraint::Fill(1)]).areas(body);
    let mut page = Page::new(look, head.width);
    let Some(figures) = &day.figures else {
        let said = if day.loading { "   …  reading the journal" } else { "   not read; r reads it" };
        page.row(&[(theme.strong, TITLE), (theme.dim, said)]);
        return page.draw(buffer, head, 0, layout);
    };
    let sum = format!("   {} orders, {} completed", figures.orders, figures.completions());
    let loading = if day.loading { "…  " } else { "" };
    let since = if head.width >= ROOMY { "since midnight, " } else { "" };
    let until = format!("{loading}{since}as of {}", time(look, day.until, model.now));
    let fits = |title: &str| title.len() + sum.len() + 2 + Safe::line(&until).width() <= head.width.into();
    let title = if fits(TITLE) { TITLE } else { "The day" };
    let row = page.row(&[(theme.strong, title), (theme.base, &sum)]);
    row.put_right(head.width.into(), 40, (theme.dim, &until));
    page.draw(buffer, head, 0, layout);

    let columns = ((body.width + GAP) / (COLUMN + GAP)).clamp(1, 3);
    let width = (body.width + GAP) / columns - GAP;
    let period = Period { since: day.since, until: day.until, zone: look.zone.clone() };
    let picture = text(figures, &period, Picture { width: width.into(), ascii: false, goes_on: true });
    // The first two lines say what the heading says already.
    let sections: Vec<&str> = picture.split("\n\n").skip(1).collect();
    for (n, sections) in deal(&sections, columns.into()).into_iter().enumerate() {
        let x = body.x + u16::try_from(n).unwrap_or(0) * (width + GAP);
        let mut page = Page::new(look, width);
        for section in sections {
            add(&mut page, section);
        }
        page.draw(buffer, Rect { x, width, ..body }, day.top, layout);
    }
}

/// Deals the sections into columns of about the same height, in their order.
fn deal<'a>(sections: &[&'a str], columns: usize) -> Vec<Vec<&'a str>> {
    let height = |section: &str| section.lines().count() + 1;
    let all: usize = sections.iter().map(|section| height(section)).sum();
    let mut dealt = vec![Vec::new()];
    let mut used = 0;
    for section in sections {
        // A section goes where its middle lies.
        let column = (used + height(section) / 2) * columns / all.max(1);
        while dealt.len() <= column && dealt.len() < columns {
            dealt.push(Vec::new());
        }
        if let Some(last) = dealt.last_mut() {
            last.push(*section);
        }
        used += height(section);
    }
    dealt
}

/// A section: its title, and a row for each figure, whose bar has the accent.
fn add(page: &mut Page, section: &str) {
    let look = page.look;
    let theme = &look.theme;
    page.gap();
    for (n, line) in section.trim_end().lines().enumerate() {
        if n == 0 {
            page.row(&[(theme.strong, line)]);
            continue;
        }
        let bar = line.find(['█', '▏', '▎', '▍', '▌', '▋', '▊', '▉']).unwrap_or(line.len());
        let (words, bar) = line.split_at(bar);
        page.row(&[(theme.base, words), (theme.accent, bar)]);
    }
}
