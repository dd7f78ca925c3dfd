//! A connection that is made anew when it is lost. A server that cannot be reached is left alone for a while, a little longer
//! each time; whoever asks meanwhile is told at once.

use super::failure::Failure;
use super::session::Session;
use std::time::{Duration, Instant};

/// How long a server that could not be reached is left alone at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A connection that is made anew when it is lost.
#[derive(Default)]
pub struct Line {
    pub session: Option<Session>,
    /// When it may be tried again, how long after that, and what was said last.
    later: Option<(Instant, Duration, String)>,
    closed: bool,
}

impl Line {
    /// One that is there.
    pub fn with(session: Session) -> Self {
        Self { session: Some(session), ..Self::default() }
    }

    pub fn is_lost(&self) -> bool {
        self.session.as_ref().is_none_or(Session::is_closed)
    }

    pub fn close(&mut self) {
        self.session = None;
        self.closed = true;
    }

    /// Connects, unless that has just failed.
    pub async fn again<F>(&mut self, open: impl Fn() -> F) -> Result<Session, Failure>
    where
        F: Future<Output = Result<Session, Failure>> + Send,
    {
        if self.closed {
            return Err(Failure::Away("pxdesk is ending".to_owned()));
        }
        self.session = None;
        if let Some((until, _, why)) = &self.later
            && Instant::now() < *until
        {
            return Err(Failure::Away(why.clone()));
        }
        let opened = open().await;
        self.later = match &opened {
            Ok(_) | Err(Failure::Told(_) | Failure::Refused(_) | Failure::Unfit(_)) => None,
            Err(Failure::Away(why) | Failure::Lost(why)) => {
                let pause =
                    self.later.as_ref().map_or(FIRST_PAUSE, |(_, pause, _)| (*pause * 2).min(LONGEST_PAUSE));
                Some((Instant::now() + pause, pause, why.clone()))
            }
        };
        match opened {
            // Nothing was asked for yet.
            Err(Failure::Lost(why)) => Err(Failure::Away(why)),
            other => other,
        }
    }
}
