//! Whether the journal can be written to, for as long as the desk is open: when that changes, the desk is told.

use super::tell::{failed, tell};
use crate::desk::Msg;
use crate::journal::{Error, Journal};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::UnboundedSender;

/// What the last look at a journal found.
pub struct Trust(AtomicBool);

impl Trust {
    /// Of a journal that was just opened: what is wrong with it is said already.
    pub fn of(journal: &Journal) -> Self {
        Self(AtomicBool::new(journal.doubt().is_some()))
    }

    /// Looks again, and says what is news.
    pub fn look(&self, journal: &Journal, sender: &UnboundedSender<Msg>) {
        let lasting = match journal.trust() {
            Ok(()) => None,
            Err(error @ (Error::Doubted { .. } | Error::Lost { .. })) => Some(error),
            // It may pass, and is said when something is to be recorded.
            Err(_) => return,
        };
        if self.0.swap(lasting.is_some(), Ordering::Relaxed) == lasting.is_some() {
            return;
        }
        match lasting {
            None => tell(sender, Msg::JournalTrusted),
            Some(error) => {
                tell(sender, Msg::JournalDoubted);
                tell(sender, failed(None, &error.into(), false));
            }
        }
    }
}
