//! The open order: the four steps, the identifiers, the window's clock, and the pane of the current step.

mod busy;
mod change;
mod deliver;
mod doubt;
mod outcome;
mod reading;
mod steps;
mod submit;
mod trouble;

pub use submit::contents as evidence;

use crate::desk::{Model, OrderScreen, Pane, Screen};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// From this size on, the steps and the identifiers stand beside the pane instead of above it.
const ROOMY: (u16, u16) = (106, 26);

/// Draws the open order.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(screen) = &model.order else {
        let mut page = Page::new(look, body.width);
        page.text((look.theme.base, "No order is open. Choose one in the queue."));
        page.draw(buffer, body, 0, layout);
        return;
    };
    let place = if body.width >= ROOMY.0 && body.height >= ROOMY.1 {
        let [side, _, place] =
            Split::horizontal([Constraint::Length(30), Constraint::Length(5), Constraint::Fill(1)])
                .areas(body);
        let mut page = Page::new(look, side.width);
        steps::beside(&mut page, screen, model);
        page.draw(buffer, side, 0, layout);
        place
    } else {
        let mut page = Page::new(look, body.width);
        if gives_way(model, screen, look, body) {
            steps::clock(&mut page, screen, model);
        } else {
            steps::above(&mut page, screen, model);
        }
        let height = u16::try_from(page.len()).unwrap_or(u16::MAX);
        let [head, place] = Split::vertical([Constraint::Length(height), Constraint::Fill(1)]).areas(body);
        page.draw(buffer, head, 0, layout);
        place
    };
    pane(model, screen, look, buffer, place, layout);
}

/// So many rows of a replay are for the pane of a step at the least.
const LEAST: u16 = 4;

/// True where the steps and the identifiers would leave too little room: for the text that is read, or for anything at all under
/// the strip of a replay.
fn gives_way(model: &Model, screen: &OrderScreen, look: &Look, body: Rect) -> bool {
    let wanted = match model.screen {
        _ if is_reading(screen) => reading::wanted(model, screen, look, body.width),
        Screen::Replay => LEAST,
        _ => return false,
    };
    body.height < steps::ABOVE.saturating_add(wanted)
}

fn is_reading(screen: &OrderScreen) -> bool {
    screen.pane == Pane::Reading && screen.order.retrieval.is_some()
}

fn pane(
    model: &Model,
    screen: &OrderScreen,
    look: &Look,
    buffer: &mut Buffer,
    place: Rect,
    layout: &mut Layout,
) {
    if is_reading(screen) {
        reading::draw(model, screen, look, buffer, place, layout);
        return;
    }
    let mut page = Page::new(look, place.width);
    busy::add(&mut page, screen, model.now);
    match screen.pane {
        Pane::Retrieve => deliver::retrieve(&mut page, model, screen),
        Pane::Deliver | Pane::Reading => deliver::choose(&mut page, model, screen),
        Pane::Sent => deliver::sent(&mut page, model, screen),
        Pane::Complete => submit::summary(&mut page, model, screen),
        Pane::Outcome => outcome::outcome(&mut page, model, screen),
    }
    page.draw(buffer, place, screen.top, layout);
    page.mark_above(buffer, place, screen.top);
}
