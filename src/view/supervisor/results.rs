//! What became of each order of the last batch.

use super::batch::line;
use crate::desk::{How, Model};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::count;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the results, those that came to nothing first.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(batch) = &model.stalled.batch else { return };
    let theme = &look.theme;
    let mut page = Page::new(look, body.width);
    let sum = format!("   {} of {}", count(batch.ended.len()), count(batch.of));
    page.row(&[(theme.strong, "Results of the batch"), (theme.dim, &sum)]);
    page.gap();
    let open = batch.ended.iter().filter(|ended| ended.how != How::Done);
    for ended in open.chain(batch.ended.iter().filter(|ended| ended.how == How::Done)) {
        line(&mut page, ended);
    }
    if batch.left > 0 {
        let were = if batch.left == 1 {
            "was not begun, and stays marked"
        } else {
            "were not begun, and stay marked"
        };
        page.row(&[(theme.dim, &format!("{} {were}", count(batch.left)))]);
    }
    page.draw(buffer, body, model.frame.scroll, layout);
}
