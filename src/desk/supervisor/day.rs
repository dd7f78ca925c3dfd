//! The day at a glance: what happened since midnight.

use crate::desk::effect::Effect;
use crate::desk::model::{Model, Screen};
use crate::order::Timestamp;
use crate::report::{Figures, Look, Period, text};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// After how long the figures are read again while they are looked at.
pub const AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// Shows the day; what was read before stays until there is something newer.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.screen = Screen::Day;
    model.day.top = 0;
    load(model)
}

/// Asks for the figures, unless they are on their way.
pub fn load(model: &mut Model) -> Vec<Effect> {
    if model.day.loading {
        return Vec::new();
    }
    model.day.loading = true;
    model.day.asked_at = Some(model.now);
    vec![Effect::LoadDay]
}

/// The figures came.
pub fn loaded(model: &mut Model, figures: Arc<Figures>, since: Timestamp, until: Timestamp) {
    let day = &mut model.day;
    let period = Period { since, until, zone: TimeZone::UTC };
    // However wide it is drawn, it has as many lines.
    day.lines = text(&figures, &period, Look { width: 80, ascii: true, goes_on: true }).lines().count();
    (day.figures, day.since, day.until, day.loading) = (Some(figures), since, until, false);
}

/// Time has passed.
pub fn tick(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let old = model.day.asked_at.is_some_and(|at| now.duration_since(at) >= AGAIN);
    if model.screen == Screen::Day && old { load(model) } else { Vec::new() }
}
