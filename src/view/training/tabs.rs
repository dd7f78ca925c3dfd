//! Whatever is in front, under its tabs.

use super::{items, scenarios, trainee, trainees, words};
use crate::desk::{Model, Over, Tab};
use crate::view::frame::form::visible_part;
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::ago;
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let [head, body] = Split::vertical([Constraint::Length(3), Constraint::Fill(1)]).areas(body);
    let mut page = Page::new(look, head.width);
    heading(&mut page, model);
    whom(&mut page, model);
    page.draw(buffer, head, 0, layout);
    let training = &model.training;
    match (training.over, training.tab) {
        (Some(Over::Scenarios { .. }), _) => scenarios::draw(model, look, buffer, body, layout),
        (Some(Over::Trainee), _) => trainee::draw(model, look, buffer, body, layout),
        (None, Tab::Trainees) => trainees::draw(model, look, buffer, body, layout),
        (None, Tab::Customer | Tab::Clock | Tab::Server) => {
            items::draw(model, look, buffer, body, layout);
        }
    }
}

/// The tabs, the one in front in brackets; the clock, where it was moved.
fn heading(page: &mut Page, model: &Model) {
    let theme = &page.look.theme;
    let width = page.width;
    let offset = model.training.clock_offset;
    let row = page.blank();
    let mut at = 0;
    for tab in model.training.tabs() {
        let title = match (tab, &model.training.classroom) {
            (Tab::Trainees, Some(classroom)) => format!("Trainees {}", classroom.trainees.len()),
            (tab, _) => tab.title().to_owned(),
        };
        let (style, text) = if *tab == model.training.tab {
            (theme.accent, format!("[{title}]"))
        } else {
            (theme.dim, format!(" {title} "))
        };
        at = row.put(at, width.saturating_sub(at), (style, &text)) + 1;
    }
    if offset != SignedDuration::ZERO {
        let clock = format!("Px's clock is {} ahead", ago(offset));
        row.put_right(width, width.saturating_sub(at + 2), (theme.dim, &clock));
    }
}

/// Whose customer, clock and server it is about; or what the customer is about to say.
fn whom(page: &mut Page, model: &Model) {
    let theme = &page.look.theme;
    let training = &model.training;
    if let Some(saying) = &training.saying {
        let lead = "The customer says: ";
        let (text, cursor) = visible_part(saying, page.width.saturating_sub(lead.len() + 2));
        let row = page.row(&[(theme.accent, lead)]);
        row.put_safe(lead.len(), theme.strong, &text);
        row.cursor = Some(lead.len() + cursor);
        return;
    }
    match (&training.classroom, training.trainee(), &model.order) {
        (Some(_), Some(trainee), _) => {
            let standing = words::standing(trainee);
            let scenario = trainee.snapshot.title.as_deref().unwrap_or("no scenario yet");
            page.row(&[(theme.strong, &trainee.name), (theme.dim, &format!("   {scenario} · {standing}"))]);
        }
        (Some(_), None, _) => {
            page.row(&[(theme.dim, "nobody is here yet")]);
        }
        (None, _, Some(screen)) => {
            let id = screen.order.identity.transaction_id.as_str();
            page.row(&[(theme.dim, "order "), (theme.strong, id)]);
        }
        (None, _, None) if model.trains_market() => {
            page.row(&[(theme.dim, "the embedded marketplace")]);
        }
        (None, _, None) => {
            page.row(&[(theme.dim, "no order is open")]);
        }
    }
}
