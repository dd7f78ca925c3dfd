//! What lies over a screen: help, the palette, the box around a question.

use super::form;
use super::look::{Layout, Look};
use super::page::Page;
use super::table::position;
use super::text::Safe;
use super::words;
use crate::desk::frame::binding::Binding;
use crate::desk::frame::list::first_shown;
use crate::desk::frame::overlay::Palette;
use crate::order::Environment;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

/// The widest box.
const WIDEST: u16 = 76;

/// The keys of this screen, a sentence each, and notes on what is seen there.
pub fn help<A>(
    bindings: &[Binding<A>],
    notes: &[&str],
    scroll: usize,
    look: &Look,
    buffer: &mut Buffer,
    body: Rect,
    layout: &mut Layout,
) {
    let mut page = Page::new(look, body.width);
    page.row(&[(look.theme.strong, "Keys on this screen")]);
    page.gap();
    for binding in bindings {
        key_row(&mut page, binding);
    }
    page.gap();
    for note in notes {
        page.text((look.theme.dim, note));
    }
    page.draw(buffer, body, scroll, layout);
}

fn key_row<A>(page: &mut Page, binding: &Binding<A>) {
    let theme = &page.look.theme;
    let key = format!("{:<11}", words::key(binding.key));
    // A long name keeps its distance, too.
    let label = if Safe::line(binding.label).width() < 15 {
        format!("{:<16}", binding.label)
    } else {
        format!("{}  ", binding.label)
    };
    page.hang(&[(theme.key, &key), (theme.strong, &label)], (theme.base, binding.help));
}

/// What surrounds the contents of a box.
pub struct Box {
    pub title: &'static str,
    /// The row of the contents that has to be in sight: the last one of a form's field. None of a question without a form.
    pub follow: usize,
    /// Where the person has scrolled to.
    pub scroll: usize,
    pub environment: Environment,
}

fn width(body: Rect) -> u16 {
    body.width.min(WIDEST)
}

/// An empty page for the contents of a box on `body`.
pub fn page(look: &Look, body: Rect) -> Page<'_> {
    Page::new(look, width(body) - 6)
}

/// How many rows of contents are seen at once in a box on `body`.
pub fn rows(body: Rect) -> usize {
    body.height.saturating_sub(2).into()
}

/// Draws a box that leaves the screen in sight behind it. The first row of its contents is always seen.
pub fn boxed(page: &Page, around: &Box, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let (look, width) = (page.look, width(body));
    let wanted = u16::try_from(page.len() + 4).unwrap_or(u16::MAX);
    let height = wanted.min(body.height);
    let place =
        Rect { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 3, width, height };
    // The rows beside the box too: a list's marker stands in the margin.
    let rows = Rect { x: buffer.area.x, width: buffer.area.width, ..place };
    Clear.render(rows, buffer);
    buffer.set_style(rows, look.theme.base);
    Block::bordered().border_type(BorderType::Rounded).border_style(look.theme.accent).render(place, buffer);
    let line = Rect { x: place.x + 2, width: place.width.saturating_sub(4), height: 1, ..place };
    Safe::line(around.title).draw(buffer, line, look.theme.accent, look.theme.mark);
    if around.environment == Environment::Production {
        let name = Safe::line(" PRODUCTION ");
        let width = u16::try_from(name.width()).unwrap_or(0).min(line.width);
        let at = Rect { x: line.right() - width, width, ..line };
        name.draw(buffer, at, look.theme.environment(Environment::Production), look.theme.mark);
    }
    let margin = Margin::new(3, if wanted > body.height { 1 } else { 2 });
    let inner = place.inner(margin);
    let follow = (around.follow + 1).saturating_sub(inner.height.into());
    if around.follow > 0 {
        page.draw_form(buffer, inner, follow, layout);
    } else {
        page.draw_titled(buffer, inner, around.scroll, layout);
    }
}

/// What can be done here, by its words.
pub fn palette<A>(page: &mut Page, found: &[Binding<A>], state: &Palette, height: usize) {
    let theme = &page.look.theme;
    let room = height.saturating_sub(3).max(1);
    let position = position(state.selected, found.len(), room);
    let (text, cursor) = form::visible_part(&state.input, page.width.saturating_sub(4 + position.len()));
    let width = page.width;
    let row = page.row(&[(theme.accent, "▸ ")]);
    row.put_safe(2, theme.strong, &text);
    row.put_right(width, position.len(), (theme.dim, &position));
    row.cursor = Some(2 + cursor);
    page.gap();
    if found.is_empty() {
        page.row(&[(theme.dim, "No command matches.")]);
    }
    // A name is shown whole: it is what is typed.
    let names = found.iter().map(|binding| Safe::line(binding.label).width()).max().unwrap_or(0).max(16);
    let top = first_shown(0, state.selected, found.len(), room);
    for (at, binding) in found.iter().enumerate().skip(top).take(room) {
        let chosen = at == state.selected;
        let row = page.blank();
        row.fill = chosen.then_some(theme.chosen);
        let style = if chosen { theme.chosen } else { theme.base };
        row.put(0, 2, (style, if chosen { "▸" } else { " " }));
        row.put(2, names, (style, binding.label));
        row.put(names + 4, width.saturating_sub(names + 16), (style, binding.help));
        row.put_right(width, 10, (if chosen { style } else { theme.key }, &words::key(binding.key)));
    }
}
