//! The history of the open order, event by event, as the journal has it.

use crate::desk::Model;
use crate::order::{Digest, Event, HowRead, whole_seconds, words_a_minute};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::{plural, time};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the history, the newest event last.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let theme = &look.theme;
    let mut page = Page::new(look, body.width);
    let Some(screen) = &model.order else { return };
    let events = plural(screen.history.len(), "event");
    page.row(&[
        (theme.strong, "History   "),
        (theme.dim, screen.order.id.as_str()),
        (theme.dim, "   "),
        (theme.dim, &events),
    ]);
    page.gap();
    let row = page.blank();
    for (at, title) in [(0, "  #"), (5, "TIME"), (15, "BY"), (26, "HASH"), (37, "WHAT")] {
        row.put(at, 20, (theme.dim, title));
    }
    let width = page.width;
    for recorded in screen.history.iter() {
        let time = time(look, recorded.at, model.now);
        let row = page.blank();
        row.put_right(3, 3, (theme.dim, &recorded.seq.to_string()));
        row.put(5, 9, (theme.base, time.rsplit_once('-').map_or(time.as_str(), |(_, day)| day)));
        row.put(15, 10, (theme.base, &recorded.by));
        row.put(26, 10, (theme.dim, &short(recorded.hash)));
        let after = row.put(37, width.saturating_sub(37), (theme.strong, &kind(&recorded.event)));
        let about = about(&recorded.event);
        if !about.is_empty() {
            row.put(after + 2, width.saturating_sub(after + 2), (theme.dim, &about));
        }
    }
    page.draw(buffer, body, model.frame.scroll, layout);
}

fn short(hash: Digest) -> String {
    hash.to_string()[..8].to_owned()
}

/// The event's name, in words.
pub fn kind(event: &Event) -> String {
    event.word().replace("rcc", "RCC").replace('_', " ")
}

/// A few words on it; no personal data but what somebody wrote in a note.
pub fn about(event: &Event) -> String {
    match event {
        Event::Opened { environment, despite_doubt: Some(despite), .. } => {
            format!("in {environment}, despite the doubt about {}: {}", despite.order, despite.reason)
        }
        Event::Opened { environment, despite_doubt: None, .. } => format!("in {environment}"),
        Event::Amended { sales_code, partner_id, address_detail_id, payment_token, gift_cards, .. } => {
            let parts = [
                (sales_code.is_some(), "sales code"),
                (partner_id.is_some(), "partner"),
                (address_detail_id.is_some(), "address"),
                (*payment_token, "payment token"),
                (*gift_cards, "gift cards"),
            ];
            parts.iter().filter(|(changed, _)| *changed).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
        }
        Event::CallStarted { attempt, call, probe: true, .. } => format!("{attempt}: {call}, a probe"),
        Event::CallStarted { attempt, call, .. } => format!("{attempt}: {call}"),
        Event::RccRetrieved { sections, words, sha256, .. } => {
            format!("{}, {}, {}", plural(*sections, "section"), plural(*words, "word"), short(*sha256))
        }
        Event::RccSent { method, sha256, .. } => format!("by {}, {}", method.title(), short(*sha256)),
        Event::AcceptancePending { answered: true, .. } => "a check is answered again".to_owned(),
        Event::AcceptancePending { checks, answered: false } => plural(*checks as usize, "check"),
        Event::AcceptanceReceived { method, sha256, .. } => {
            format!("by {}, {}", method.title(), short(*sha256))
        }
        Event::ReadingStarted { afresh: true, .. } => "from the start".to_owned(),
        Event::ReadingStarted { afresh: false, .. } | Event::Declined { method: None } => String::new(),
        Event::SectionRead { section, millis, words, .. } => {
            let taken = |ms: u64| match words {
                Some(words) => {
                    format!(" in {} s, {} words a minute", whole_seconds(ms), words_a_minute(*words, ms))
                }
                None => format!(" in {} s", whole_seconds(ms)),
            };
            let seconds = millis.map_or_else(|| format!(", {}", HowRead::VOUCHED), taken);
            format!("{}{seconds}", section + 1)
        }
        Event::ReadingInterrupted { section } => format!("before {}", section + 1),
        Event::ReadingVouched { sha256 } => format!("{}, {}", short(*sha256), HowRead::VOUCHED),
        Event::AcceptedVerbally { sha256, read: None, .. } => short(*sha256),
        Event::AcceptedVerbally { sha256, read: Some(read), .. } => format!("{}, {read}", short(*sha256)),
        Event::Declined { method: Some(method) } => method.title().to_owned(),
        Event::Completed { order_number, .. } => order_number.clone(),
        Event::CompletionInferred { attempt, earlier, .. } => {
            format!("{attempt} got 2130: {earlier} had arrived")
        }
        Event::VerdictProposed { placed, reference, name } | Event::Resolved { placed, reference, name } => {
            format!("{}, {name}: {reference}", if *placed { "placed" } else { "not placed" })
        }
        Event::Noted { personal } => {
            personal.as_ref().map_or_else(|| "(erased)".to_owned(), |note| note.text.expose().to_owned())
        }
        Event::TakenOver { from } => format!("from {from}"),
        Event::Assigned { to } => format!("to {to}"),
        Event::CallRefused { error, .. } => format!("{} {}", error.api, error.code()),
        Event::CallFailed { call, failure, .. } => format!("{call}: {}", failure.why()),
        Event::CallCutOff { attempt, .. } => attempt.to_string(),
        Event::Released { reason } | Event::Abandoned { reason } | Event::Erased { reason } => reason.clone(),
    }
}
