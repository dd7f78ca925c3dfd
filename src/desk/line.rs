//! One sentence about the next key.

use super::confirm::Confirm;
use super::model::{Model, Overlay, Screen};
use super::orders::line::order_line;

/// The one line that says what the next key does.
pub fn next_line(model: &Model) -> String {
    match (&model.frame.overlay, model.screen, &model.order) {
        (Some(Overlay::Confirm(Confirm::Complete)), ..) => {
            "y submits the order, once. Esc goes back; nothing is sent.".to_owned()
        }
        (Some(Overlay::Confirm(_)), ..) => "y confirms. Esc goes back.".to_owned(),
        (Some(Overlay::Ask(Confirm::Live(_), _)), ..) => {
            "Type live and press Enter: a real order is submitted. Esc goes back; nothing is sent.".to_owned()
        }
        (Some(Overlay::Ask(..)), ..) => "Fill in the form and press Enter. Esc cancels.".to_owned(),
        (Some(Overlay::Help | Overlay::History), ..) => "Esc closes this.".to_owned(),
        (Some(Overlay::Palette(_)), ..) => {
            "Type to search, choose with the arrows, Enter runs it.".to_owned()
        }
        (None, Screen::Queue, _) if model.queue.filtering => {
            "Type to filter. Enter keeps the filter, Esc clears it.".to_owned()
        }
        (None, Screen::Queue, _) if model.queue.rows.is_empty() => "n adds the first order.".to_owned(),
        (None, Screen::Queue, _) => "Enter opens the chosen order. n adds a new one.".to_owned(),
        (None, Screen::Intake, _) => "Fill in the form or paste the order's JSON. Ctrl-S adds it.".to_owned(),
        (None, Screen::Stalled, _) if model.stalled.rows.is_empty() => {
            "Nothing to do here. Esc goes back.".to_owned()
        }
        (None, Screen::Stalled, _) => "Enter opens the order; r retries it if that is safe.".to_owned(),
        (None, Screen::Training, _) => "Enter makes the chosen thing happen on the embedded Px.".to_owned(),
        (None, Screen::Order, Some(screen)) => order_line(model, screen),
        (None, Screen::Order, None) => "Esc goes back to the queue.".to_owned(),
    }
}
