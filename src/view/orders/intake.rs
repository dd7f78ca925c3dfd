//! The form for a new order.

use crate::desk::Model;
use crate::view::frame::form::fields;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the form.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let mut page = Page::new(look, body.width);
    let roomy = usize::from(body.height) > model.intake.fields.len() * 2 + 6;
    page.row(&[
        (look.theme.strong, "New order"),
        (look.theme.dim, "   * required   ·   paste its JSON anywhere to fill the form"),
    ]);
    page.gap();
    let focus = fields(&mut page, &model.intake, roomy);
    page.draw(buffer, body, (focus + 3).saturating_sub(body.height.into()), layout);
}
