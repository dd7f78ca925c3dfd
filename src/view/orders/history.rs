//! The history of the open order, event by event, as the journal has it.

use crate::desk::Model;
use crate::order::doubt::HELD_BACK;
use crate::order::{Digest, Event, HowRead, Timestamp, one_line, whole_seconds, words_a_minute};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::{Page, READABLE};
use crate::view::frame::text::Safe;
use crate::view::frame::words::{plural, wall, zone_where_needed};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The columns of who did it, at the least.
const NAME: usize = 10;
/// What is wider than this can be spared for them.
const ROOMY: usize = 68;
/// From so many columns on a sentence is well read.
const SENTENCE: usize = 30;

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
    let width = page.width;
    // Who did it is what a history is for: a long name takes what a wide screen has to spare.
    let longest = screen.history.iter().map(|recorded| recorded.by.chars().count()).max().unwrap_or(0);
    let name = longest.clamp(NAME, NAME + width.saturating_sub(ROOMY));
    let times: Vec<String> =
        screen.history.iter().map(|recorded| time_of(look, recorded.at, model.now)).collect();
    let by = times.iter().map(|time| time.chars().count() + 6).max().unwrap_or(0).max(15);
    let (hash, what) = (by + 1 + name, by + 12 + name);
    let row = page.blank();
    for (at, title) in [(0, "  #"), (5, "TIME"), (by, "BY"), (hash, "HASH"), (what, "WHAT")] {
        row.put(at, 20, (theme.dim, title));
    }
    for (recorded, time) in screen.history.iter().zip(&times) {
        let row = page.blank();
        row.put_right(3, 3, (theme.dim, &recorded.seq.to_string()));
        row.put(5, by - 6, (theme.base, time));
        row.put(by, name, (theme.base, &recorded.by));
        row.put(hash, 10, (theme.dim, &short(recorded.hash)));
        let after = row.put(what, width.saturating_sub(what), (theme.strong, &kind(&recorded.event)));
        about_in_full(&mut page, &about(&recorded.event), what, after + 2);
    }
    page.draw(buffer, body, model.frame.scroll, layout);
}

/// The time of an event, and of its date no more than the day.
fn time_of(look: &Look, at: Timestamp, now: Timestamp) -> String {
    let wall = wall(look, at, now);
    let short = wall.rsplit_once('-').map_or(wall.as_str(), |(_, day)| day).to_owned();
    zone_where_needed(look, at, short)
}

/// A few words on an event: on its own row after column `after`, if they have room there, else on rows of their own from
/// column `what` on. A note or a reason can be read to its end.
fn about_in_full(page: &mut Page, text: &str, what: usize, after: usize) {
    let (style, width) = (page.look.theme.dim, page.width);
    if text.is_empty() {
        return;
    }
    if after + Safe::line(text).width() <= width {
        page.last().put(after, width - after, (style, text));
        return;
    }
    // On a narrow screen the column of what happened is too narrow for sentences.
    let column = if width < what + SENTENCE { 5 } else { what };
    for line in Safe::paragraph(text, width.saturating_sub(column).clamp(1, READABLE)) {
        page.blank().put_safe(column, style, &line);
    }
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
            personal.as_ref().map_or_else(|| "(erased)".to_owned(), |note| one_line(note.text.expose()))
        }
        Event::TakenOver { from } => format!("from {from}"),
        Event::Assigned { to } => format!("to {to}"),
        Event::CallRefused { error, .. } => format!("{} {}", error.api, error.code()),
        Event::CallFailed { call, failure, .. } => format!("{call}: {}", failure.why()),
        Event::CallCutOff { attempt, held_back: true, .. } => format!("{attempt}: {HELD_BACK}"),
        Event::CallCutOff { attempt, .. } => attempt.to_string(),
        Event::Released { reason } | Event::Abandoned { reason } | Event::Erased { reason } => reason.clone(),
    }
}
