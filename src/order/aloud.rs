//! What may happen while a text is read aloud.
//!
//! The evidence of a legal text is worth what its reading is worth. So a section counts as read no sooner than its
//! words allow, by clocks that the person at the keys does not set.

use super::event::{Event, NamePersonal};
use super::guard::{Decision, guard_open, text_to_read};
use super::intake::check_text;
use super::pace::Pace;
use super::reading::{HowRead, Reading, Timing, Unread, span_of};
use super::{Digest, Method, Order, Personal, Refusal};
use jiff::SignedDuration;

/// What is left of the time that the section at the bookmark takes, and how long it has been lit. `measured`: the
/// milliseconds that the screen has counted; the less of the two is what counts.
///
/// None when there is no such section.
pub fn section_time(order: &Order, measured: Option<u64>, timing: &Timing) -> Option<SectionTime> {
    let reading = order.reading.as_ref()?;
    let section = reading.bookmark()?;
    let text = order.retrieval.as_ref()?.text.as_ref()?;
    let words = text.read_sections().get(section)?.words();
    let elapsed = [reading.lit.since(timing), measured.map(span_of)].into_iter().flatten().min();
    let elapsed = elapsed.unwrap_or_default();
    let left = (timing.fastest.time_for(words) - elapsed).max(SignedDuration::ZERO);
    Some(SectionTime { section, words, elapsed, left })
}

/// The section that is read now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionTime {
    /// From 0.
    pub section: usize,
    pub words: usize,
    pub elapsed: SignedDuration,
    /// Zero when it may be marked read.
    pub left: SignedDuration,
}

/// Begins to read, or goes on.
pub(super) fn read(order: &Order, timing: &Timing) -> Decision {
    let sha256 = text_to_read(order, timing.now)?;
    Ok(if is_under_way(order, sha256) { Vec::new() } else { vec![started(sha256, false, timing)] })
}

/// Begins again from the start.
pub(super) fn read_again(order: &Order, timing: &Timing) -> Decision {
    let sha256 = text_to_read(order, timing.now)?;
    Ok(vec![started(sha256, true, timing)])
}

fn started(sha256: Digest, afresh: bool, timing: &Timing) -> Event {
    Event::ReadingStarted { sha256, afresh, uptime: timing.uptime.clone() }
}

/// True while the text is being read: a section is lit, and its time runs.
fn is_under_way(order: &Order, sha256: Digest) -> bool {
    let reading = order.reading.as_ref().filter(|r| r.sha256 == sha256 && !r.interrupted);
    reading.is_some() && order.method == Some(Method::Verbal)
}

/// The section at the bookmark was read: never sooner than its words allow.
pub(super) fn section_read(order: &Order, number: usize, measured: Option<u64>, timing: &Timing) -> Decision {
    let sha256 = text_to_read(order, timing.now)?;
    let not_now = |wanted| Refusal::NotNow { state: order.standing(), wanted };
    let at_bookmark = section_time(order, measured, timing)
        .filter(|time| time.section == number && is_under_way(order, sha256))
        .ok_or_else(|| not_now("mark a section read that is not being read"))?;
    let SectionTime { words, elapsed, left, .. } = at_bookmark;
    if !left.is_zero() {
        return Err(Refusal::TooFast { section: number, left, fastest: timing.fastest });
    }
    let millis = u64::try_from(elapsed.as_millis()).ok();
    Ok(vec![Event::SectionRead {
        section: number,
        millis,
        words: Some(words),
        uptime: timing.uptime.clone(),
    }])
}

/// Stops reading for now.
pub(super) fn interrupt(order: &Order) -> Decision {
    guard_open(order)?;
    let bookmark = order.reading.as_ref().filter(|r| !r.interrupted).and_then(Reading::bookmark);
    Ok(bookmark.map(|section| Event::ReadingInterrupted { section }).into_iter().collect())
}

/// A person says that the text was read to the customer elsewhere. Nothing is vouched for that was read by the clock.
pub(super) fn vouch(order: &Order, timing: &Timing) -> Decision {
    let sha256 = text_to_read(order, timing.now)?;
    let mut events = read(order, timing)?;
    if how_read(order, sha256, timing.fastest).is_err() {
        events.push(Event::ReadingVouched { sha256 });
    }
    Ok(events)
}

/// The customer said yes to all of the text.
pub(super) fn accept_verbally(order: &Order, name: Personal, timing: &Timing) -> Decision {
    let sha256 = text_to_read(order, timing.now)?;
    check_text(name.expose()).map_err(|problem| Refusal::NotAName { problem })?;
    let read = Some(how_read(order, sha256, timing.fastest)?);
    Ok(vec![Event::AcceptedVerbally { sha256, read, personal: Some(NamePersonal { name }) }])
}

fn how_read(order: &Order, sha256: Digest, fastest: Pace) -> Result<HowRead, Refusal> {
    let text = order.retrieval.as_ref().and_then(|r| r.text.as_ref());
    let reading = order.reading.as_ref().filter(|r| r.sha256 == sha256);
    match (reading, text) {
        (Some(reading), Some(text)) => reading.how(text, fastest).map_err(|unread| match unread {
            Unread::Left(left) => Refusal::NotRead { left },
            Unread::TooFast(sections) => Refusal::ReadTooFast { sections, fastest },
        }),
        (None, Some(text)) => Err(Refusal::NotRead { left: text.read_sections().len() }),
        (_, None) => Err(Refusal::NotRead { left: 1 }),
    }
}
