//! A journal that other machines use too: their changes are heard of, and a server that is gone, or has come back with an older
//! copy, is said to be.

use super::tell::{failed, tell};
use super::trust::Trust;
use crate::desk::Msg;
use crate::engine::Engine;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long nothing is heard before the server is asked: whoever does not speak is found so.
const LOOK: Duration = Duration::from_secs(1);

/// Tells the desk of every change by another desk, when the server goes and comes back, and when it has come back as what this
/// machine did not see. For ever; ends at once for a journal in a file, which is looked at otherwise.
pub async fn listen(engine: Engine, sender: UnboundedSender<Msg>) {
    let journal = engine.journal();
    if !journal.is_shared() {
        return;
    }
    let (mut seen, mut away, trust) = (None, false, Trust::of(journal));
    loop {
        match journal.data_version().await {
            Ok(_) if away => {
                away = false;
                tell(&sender, Msg::JournalBack);
            }
            Ok(now) => {
                let before = seen.replace(now);
                if before.is_some_and(|before| before != now) {
                    tell(&sender, Msg::JournalChanged);
                }
            }
            Err(_) if away => {}
            Err(error) => {
                away = true;
                tell(&sender, Msg::JournalAway);
                tell(&sender, failed(None, &error.into(), false));
            }
        }
        // After the word that it is back: the server may have come back with an older copy.
        if !away {
            trust.look(journal, &sender);
        }
        let heard = tokio::time::timeout(LOOK, journal.changed());
        // Both mean the same: look again.
        let _ = heard.await;
    }
}
