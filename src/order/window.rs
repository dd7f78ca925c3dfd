//! The 120 minutes between a successful prepare and Complete (2215, D).
//!
//! Prepare belongs to another API, so the clock has started before an order reaches the desk; when its time was not
//! given, nothing here guesses it.

use super::intake::CLOCK_TOLERANCE;
use super::{State, Timestamp};
use jiff::SignedDuration;

/// How long after prepare a Complete is still taken (2215, D).
pub const LENGTH: SignedDuration = SignedDuration::from_mins(120);

/// An order's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When prepare succeeded, if it is known.
    pub prepared_at: Option<Timestamp>,
}

/// The window, seen at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// The prepare time was not given.
    Unknown,
    /// It was prepared later than it is now, by a clock that must have been set back: what is left is not known.
    Ahead,
    /// This much is left.
    Open(SignedDuration),
    /// It is over since this long.
    Over(SignedDuration),
}

impl Window {
    /// The last instant at which Complete is taken, if it is known.
    pub fn expires_at(self) -> Option<Timestamp> {
        self.prepared_at.and_then(|at| at.checked_add(LENGTH).ok())
    }

    /// What is left at `now`.
    pub fn at(self, now: Timestamp) -> WindowState {
        match self.expires_at() {
            None => WindowState::Unknown,
            Some(end) if end.duration_since(now) > LENGTH + CLOCK_TOLERANCE => WindowState::Ahead,
            Some(end) if now > end => WindowState::Over(now.duration_since(end)),
            // By clocks that differ it may have been prepared a moment from now.
            Some(end) => WindowState::Open(end.duration_since(now).min(LENGTH)),
        }
    }

    /// True when the window is known to be over at `now`.
    pub fn is_over(self, now: Timestamp) -> bool {
        matches!(self.at(now), WindowState::Over(_))
    }

    /// True where Px calls an order in this state expired while the prepare time given here says that it is not.
    pub fn is_disputed(self, state: State, now: Timestamp) -> bool {
        state == State::Expired && self.prepared_at.is_some() && !self.is_over(now)
    }

    /// True when the end of the window of an order in this state is known.
    pub fn is_known(self, state: State, now: Timestamp) -> bool {
        self.prepared_at.is_some() && !self.is_disputed(state, now)
    }

    /// True when a call that may last `room` and starts at `now` would end inside the window, or the window is unknown.
    pub fn has_room(self, now: Timestamp, room: SignedDuration) -> bool {
        match self.at(now) {
            WindowState::Unknown | WindowState::Ahead => true,
            WindowState::Open(left) => left >= room,
            WindowState::Over(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_120_minutes_to_the_second() {
        let start: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
        let window = Window { prepared_at: Some(start) };
        let at = |secs| start + SignedDuration::from_secs(secs);
        assert_eq!(window.at(at(0)), WindowState::Open(LENGTH));
        assert_eq!(window.at(at(7200)), WindowState::Open(SignedDuration::ZERO));
        assert_eq!(window.at(at(7201)), WindowState::Over(SignedDuration::from_secs(1)));
        assert!(window.has_room(at(7080), SignedDuration::from_secs(120)));
        assert!(!window.has_room(at(7081), SignedDuration::from_secs(120)));
        // A clock that was set back leaves no days of it.
        assert_eq!(window.at(at(-300)), WindowState::Open(LENGTH));
        assert_eq!(window.at(at(-301)), WindowState::Ahead);
        assert!(window.is_disputed(State::Expired, at(60)) && !window.is_known(State::Expired, at(60)));
        assert!(window.is_known(State::Expired, at(7201)) && window.is_known(State::Accepted, at(60)));
        let unknown = Window { prepared_at: None };
        assert_eq!(unknown.at(at(0)), WindowState::Unknown);
        assert!(unknown.has_room(at(99_999), SignedDuration::from_secs(120)) && !unknown.is_over(at(99_999)));
    }
}
