//! Reading the text to the customer, section by section, and keeping the bookmark.

use super::hands::worked_on_by;
use super::run::run;
use super::screen::{OrderScreen, Pane};
use super::tell::say;
use crate::desk::effect::{Effect, Task};
use crate::desk::frame::notice::Severity;
use crate::desk::frame::seen::Seen;
use crate::desk::model::{Model, Screen};
use crate::order::{Command, Timestamp, section_time};
use jiff::SignedDuration;

/// The current section was read, or as much of it as the screen has room for.
pub fn section_read(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let Some(screen) = &mut model.order else { return Vec::new() };
    let Some(bookmark) = screen.order.reading.as_ref().and_then(crate::order::Reading::bookmark) else {
        return Vec::new();
    };
    if let Some(seen) = screen.seen.filter(|seen| !seen.is_whole()) {
        // Nobody has read what was not shown.
        screen.begin_at(seen.through);
        return Vec::new();
    }
    if screen.is_out_of_sight() {
        screen.scroll_to(0);
        return Vec::new();
    }
    if screen.section != bookmark {
        // The agent had looked back: show the next section without marking it as read.
        screen.show((screen.section + 1).min(bookmark));
        return Vec::new();
    }
    if screen.seen.is_none() || time_left(model).is_some() {
        if let Some(screen) = &mut model.order {
            screen.too_soon = true;
        }
        return Vec::new();
    }
    let millis = model.order.as_ref().and_then(|screen| shown_for(screen, now));
    run(model, Task::Do(Command::SectionRead { section: bookmark, millis }))
}

/// A frame showed so much of the current section.
pub fn shown(model: &mut Model, seen: Seen) {
    if let Some(screen) = model.order.as_mut().filter(|screen| screen.section == seen.section) {
        screen.seen = Some(seen);
        screen.top = seen.top;
    }
}

/// What is left of the time that the current section takes to read; none when it may be marked read.
pub fn time_left(model: &Model) -> Option<SignedDuration> {
    let screen = model.order.as_ref()?;
    let time = section_time(&screen.order, shown_for(screen, model.now), &model.timing())?;
    Some(time.left).filter(|left| !left.is_zero())
}

/// What the current section takes at the least, while that has not passed.
pub fn least_time(model: &Model) -> Option<SignedDuration> {
    let screen = model.order.as_ref()?;
    let time = section_time(&screen.order, shown_for(screen, model.now), &model.timing())?;
    (time.section == screen.section && !time.left.is_zero()).then(|| time.elapsed + time.left)
}

/// How long the shown section has been read: where its time counts, what counts of it.
pub fn time_so_far(model: &Model, screen: &OrderScreen) -> SignedDuration {
    let shown = screen.shown_for(model.now);
    let time = section_time(&screen.order, shown_for(screen, model.now), &model.timing());
    time.filter(|time| time.section == screen.section).map_or(shown, |time| time.elapsed.min(shown))
}

/// For how many milliseconds the current section has been in front; none when the clock went back.
fn shown_for(screen: &OrderScreen, now: Timestamp) -> Option<u64> {
    u64::try_from(screen.shown_for(now).as_millis()).ok()
}

/// Nobody could read while the program was stopped: the current section's time starts again.
pub fn begin_anew(model: &mut Model) {
    if let Some(screen) = &mut model.order {
        screen.shown_at = None;
    }
}

/// Nobody reads a text that something covers, or that somebody else has in hand: the current section's time runs only while it
/// is in front, and starts again when it comes back there.
pub fn follow(model: &mut Model) {
    let other = model.order.as_ref().is_some_and(|screen| worked_on_by(model, &screen.order).is_some());
    let in_front = is_in_front(model) && !other;
    let now = model.now;
    if let Some(screen) = &mut model.order {
        let in_front = in_front && !screen.is_out_of_sight();
        screen.shown_at = if in_front { screen.shown_at.or(Some(now)) } else { None };
    }
}

/// True while nothing lies over the screen of the open order: no page, help, palette, history or question, and not the lock.
fn is_in_front(model: &Model) -> bool {
    let frame = &model.frame;
    model.screen == Screen::Order && frame.overlay.is_none() && !frame.lock.locked && frame.fits()
}

/// Shows the previous section.
pub fn look_back(model: &mut Model) -> Vec<Effect> {
    if let Some(screen) = &mut model.order {
        screen.show(screen.section.saturating_sub(1));
    }
    Vec::new()
}

/// Interrupts a reading: its bookmark is saved in the journal, not only on the screen.
pub fn interrupt(model: &mut Model) -> Vec<Effect> {
    let reading = model.order.as_ref().filter(|screen| {
        screen.pane == Pane::Reading
            && screen.order.reading.as_ref().is_some_and(|r| !r.interrupted && r.left() > 0)
    });
    let Some(id) = reading.map(|screen| screen.order.id.clone()) else { return Vec::new() };
    let effects = run(model, Task::Do(Command::Interrupt));
    if !effects.is_empty() {
        say(model, &id, Severity::Info, "reading stopped; the bookmark is saved");
    }
    effects
}
