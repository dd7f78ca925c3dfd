//! Who is in the classroom, a row each; and how to join it.

use super::words::{last_key, standing};
use crate::desk::{Classroom, Model, Trainee};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::table::{self, Cell, Column, Rows, left, right};
use crate::view::frame::words::minutes;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// From this width on names and titles have room.
const ROOMY: u16 = 100;
/// From this width on all columns fit.
const WHOLE: u16 = 76;

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(classroom) = &model.training.classroom else { return };
    let alone = classroom.is_here_alone();
    let rows_below = if alone { 4 } else { 3 };
    let [list, how] = Split::vertical([Constraint::Fill(1), Constraint::Length(rows_below)]).areas(body);
    if classroom.trainees.is_empty() {
        let mut page = Page::new(look, list.width);
        page.text((look.theme.base, "Nobody has joined yet."));
        page.draw(buffer, list, 0, layout);
    } else {
        rows(model, classroom, look, buffer, list, layout);
    }
    let mut page = Page::new(look, how.width);
    page.blank();
    let joins = if alone {
        let lead =
            if how.width < ROOMY { "For other machines:" } else { "To let other machines join, start with:" };
        page.row(&[(look.theme.dim, lead), (look.theme.dim, " pxdesk trainer --listen 0.0.0.0:4100")]);
        "A trainee on this machine joins with"
    } else {
        "A trainee joins, here or on another machine, with"
    };
    page.row(&[(look.theme.dim, joins)]);
    page.row(&[(look.theme.strong, &classroom.command())]);
    page.draw(buffer, how, 0, layout);
}

fn rows(
    model: &Model,
    classroom: &Classroom,
    look: &Look,
    buffer: &mut Buffer,
    list: Rect,
    layout: &mut Layout,
) {
    let columns = columns(list.width);
    let rows = Rows {
        columns: &columns,
        len: classroom.trainees.len(),
        selected: model.training.selected(),
        top: 0,
    };
    table::draw(&rows, look, buffer, list, layout, |at| {
        classroom.trainees.get(at).map_or_else(Vec::new, |trainee| cells(model, trainee, look, list.width))
    });
}

/// At 80 columns they leave none over. On a narrower screen the section and the last key give way: the trainee's page has them.
fn columns(width: u16) -> Vec<Column> {
    let (name, scenario) = if width < ROOMY { (11, 11) } else { (24, 30) };
    let mut columns = vec![
        left("NAME", name),
        left("SCENARIO", scenario),
        left("STATE", 13),
        left("SECT.", 5),
        right("TIME", 5),
        left("LAST KEY", 11),
        right("MISTAKES", 8),
    ];
    leave_out(&mut columns, width);
    columns
}

fn leave_out<T>(columns: &mut Vec<T>, width: u16) {
    if width < WHOLE {
        columns.remove(5);
        columns.remove(3);
    }
}

fn cells(model: &Model, trainee: &Trainee, look: &Look, width: u16) -> Vec<Cell> {
    let theme = &look.theme;
    let run = &trainee.snapshot;
    let scenario = if width < ROOMY { &run.scenario } else { &run.title };
    let section = run.section.map_or_else(String::new, |(at, of)| format!("{at}/{of}"));
    let time = if run.scenario.is_some() { minutes(trainee.lasted(model.now)) } else { String::new() };
    let mistakes = run.mistakes.len();
    let mut cells = vec![
        (theme.strong, trainee.name.clone()),
        (theme.base, scenario.clone().unwrap_or_else(|| "–".to_owned())),
        (theme.base, standing(trainee)),
        (theme.dim, section),
        (theme.base, time),
        (if trainee.away { theme.warn } else { theme.dim }, last_key(trainee, model.now)),
        (if mistakes > 0 { theme.bad } else { theme.dim }, mistakes.to_string()),
    ];
    leave_out(&mut cells, width);
    cells
}
