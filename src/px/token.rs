//! The OAuth 2.0 access token: fetched when it is needed, kept until shortly before it ends.

use super::credentials::Source;
use super::grant::{Granted, grant};
use crate::order::{Failure, Secret};
use crate::wire::host;
use oauth2::url::Url;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

/// A token that comes without a lifetime is kept this long.
const UNSAID_LIFETIME: Duration = Duration::from_mins(1);
/// No token is kept longer than this, whatever it says.
const LONGEST_LIFETIME: Duration = Duration::from_hours(24);
/// The longest that a token is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Fetches tokens, one at a time, and keeps the last.
pub struct Tokens {
    url: Url,
    source: Source,
    last: Mutex<Last>,
}

/// What the last fetch brought.
#[derive(Default)]
struct Last {
    token: Option<Held>,
    /// Why it brought none, and when that was known.
    failure: Option<(Instant, Failure)>,
}

struct Held {
    token: Secret,
    since: Instant,
    life: Duration,
    /// As the service told it.
    told: Option<Duration>,
}

impl Held {
    /// True when the token may be used at `now` for a call that lasts up to `need`. The last minute of its life, or
    /// the last tenth of a short one, is left unused: its clock and ours may differ.
    fn serves(&self, now: Instant, need: Duration) -> bool {
        let margin = (self.life / 10).min(Duration::from_mins(1));
        now.duration_since(self.since) + need.max(margin) < self.life
    }
}

impl Tokens {
    pub fn new(url: Url, source: Source) -> Self {
        Self { url, source, last: Mutex::default() }
    }

    /// A token with at least `need` left to live, if the service gives any so long. Waits no longer than `limit`.
    ///
    /// # Errors
    /// [`Failure::Credentials`] when the service refuses key and secret; otherwise [`Failure::NotSent`], for the call
    /// that needs the token has not been sent.
    pub async fn get(
        &self,
        http: &reqwest::Client,
        need: Duration,
        limit: Duration,
    ) -> Result<Secret, Failure> {
        let limit = limit.min(LONGEST_WAIT);
        self.kept_or(need, limit, grant(&self.url, &self.source, http, limit)).await
    }

    /// The token that is held, or what `fetch` brings; it is begun only where it is needed.
    async fn kept_or(
        &self,
        need: Duration,
        limit: Duration,
        fetch: impl Future<Output = Result<Granted, Failure>>,
    ) -> Result<Secret, Failure> {
        let asked = Instant::now();
        let late = || Failure::NotSent(format!("no token from {} within {limit:?}", host(&self.url)));
        // Held while fetching, so that all who wait share one fetch, and its failure.
        let mut last = timeout_at(asked + limit, self.last.lock()).await.map_err(|_| late())?;
        if let Some(held) = last.token.as_ref().filter(|held| held.serves(Instant::now(), need)) {
            return Ok(held.token.clone());
        }
        if let Some((_, failure)) = last.failure.as_ref().filter(|(known, _)| asked < *known) {
            return Err(failure.clone());
        }
        let since = Instant::now();
        // Ended in here: that nothing came in time is the failure of all who wait, too.
        match timeout_at(asked + limit, fetch).await.unwrap_or_else(|_| Err(late())) {
            Err(failure) => {
                last.failure = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
            Ok(Granted { token, life: told }) => {
                let life = told.unwrap_or(UNSAID_LIFETIME).min(LONGEST_LIFETIME);
                let held = Held { token: token.clone(), since, life, told };
                *last = Last { token: Some(held), failure: None };
                Ok(token)
            }
        }
    }

    /// How long the service said that the token lives which is held now.
    pub async fn told_life(&self) -> Option<Duration> {
        self.last.lock().await.token.as_ref()?.told
    }

    /// Drops `token`, which the gateway refused, unless a newer one is held by now.
    pub async fn forget(&self, token: &Secret) {
        let mut last = self.last.lock().await;
        last.token.take_if(|held| held.token == *token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_silent_service_is_asked_once_by_all_who_wait() {
        let tokens = Tokens::new(Url::parse("http://127.0.0.1:9/token").unwrap(), Source::practice());
        let asked = std::sync::atomic::AtomicU32::new(0);
        let silent = || async {
            asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::future::pending().await
        };
        // The second one would wait for long; what it waits for ends with the first.
        let (first, second) = tokio::join!(
            tokens.kept_or(Duration::ZERO, Duration::from_millis(20), silent()),
            tokens.kept_or(Duration::ZERO, Duration::from_hours(1), silent()),
        );
        assert!(matches!(&first, Err(Failure::NotSent(_))), "{first:?}");
        assert_eq!((second, asked.into_inner()), (first, 1));
    }

    #[test]
    fn a_token_is_not_used_near_its_end() {
        let since = Instant::now();
        let held =
            |secs| Held { token: Secret::new("t"), since, life: Duration::from_secs(secs), told: None };
        let serves =
            |life, at, need| held(life).serves(since + Duration::from_secs(at), Duration::from_secs(need));
        assert!(serves(1799, 1738, 0) && !serves(1799, 1740, 0), "a minute's margin");
        assert!(serves(100, 89, 0) && !serves(100, 91, 0), "a tenth of a short life");
        assert!(serves(1799, 1600, 120) && !serves(1799, 1700, 120), "room for a long call");
        assert!(!serves(0, 0, 0), "used once");
    }
}
