//! The scenarios that can be started.

use crate::desk::Model;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::{self, Rows, left};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// Lower than this there is room for little more than the list.
const LOW: u16 = 10;

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(classroom) = &model.training.classroom else { return };
    let theme = &look.theme;
    let lessons = &classroom.lessons;
    let height = if body.height < LOW { 2 } else { 5 };
    let [list, said] = Split::vertical([Constraint::Fill(1), Constraint::Length(height)]).areas(body);
    let longest = lessons.iter().map(|lesson| lesson.name.chars().count()).max().unwrap_or_default();
    let name = longest.max("SCENARIO".len());
    let columns = [left("SCENARIO", name), left("TITLE", usize::from(list.width).saturating_sub(name + 2))];
    let rows = Rows { columns: &columns, len: lessons.len(), selected: model.training.selected(), top: 0 };
    table::draw(&rows, look, buffer, list, layout, |at| {
        lessons.get(at).map_or_else(Vec::new, |lesson| {
            vec![(theme.strong, lesson.name.clone()), (theme.base, lesson.title.clone())]
        })
    });
    let mut page = Page::new(look, said.width);
    if body.height >= LOW {
        page.blank();
    }
    match model.training.lesson() {
        Some(lesson) => {
            page.text((theme.strong, &lesson.title));
            page.text((theme.base, &lesson.teaches));
        }
        None => page.text((theme.dim, "There is no scenario.")),
    }
    page.draw(buffer, said, 0, layout);
}
