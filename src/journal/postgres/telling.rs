//! Telling the other desks that something has changed.

use super::failure::Failure;
use super::heard::CHANNEL;
use super::server::Server;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// What is said is worth no wait for the disk: what it is about is recorded already. Of this transaction alone.
const SAY: &str = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";

/// How far apart two words to the other desks are.
const BETWEEN_WORDS: Duration = Duration::from_millis(100);

impl Server {
    /// Tells the other desks that the thing has changed. Nobody waits for that: they look now and then by themselves.
    pub async fn tell(&self, kind: &str, id: &str) {
        // Within the append itself it would make all appends wait for each other.
        let mut line = self.reader.lock().await;
        let said = format!("{kind} {id}");
        if let Ok(session) = self.reading(&mut line).await
            && let Err(Failure::Lost(_)) = session.rows(SAY, &[&CHANNEL, &said]).await
        {
            line.session = None;
        }
    }

    /// The same, without waiting for it. Of the words that follow within a moment only the last is said, after that:
    /// whoever hears it looks for all that has changed.
    pub fn tell_later(self: &Arc<Self>, kind: &'static str, id: &str) {
        let mut telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        if telling.busy {
            telling.next = Some((kind, id.to_owned()));
            return;
        }
        telling.busy = true;
        let (server, mut next) = (Arc::clone(self), Some((kind, id.to_owned())));
        tokio::spawn(async move {
            while let Some((kind, id)) = next {
                server.tell(kind, &id).await;
                // Every word wakes every desk of the floor.
                tokio::time::sleep(BETWEEN_WORDS).await;
                let mut telling = server.telling.lock().unwrap_or_else(PoisonError::into_inner);
                next = telling.next.take();
                telling.busy = next.is_some();
            }
        });
    }
}
