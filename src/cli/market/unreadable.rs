//! Deploys of the marketplace that nobody could read: each may be a purchase, so each is listed, and can be looked at.

use crate::cli::{Console, Exit, Failed, Session, opened};
use crate::config::Settings;
use crate::engine::MarketError;
use crate::kind::Timestamp;
use crate::order::Right;
use crate::subscription::{OddBytes, Refusal, Sender, SenderEvent, masked};
use serde_json::{Value, json};

/// One of them.
pub struct Odd {
    /// From 1, in the order in which they came.
    number: usize,
    at: Timestamp,
    pub why: String,
    /// Who has set it aside, and why, where somebody has.
    pub aside: Option<Aside>,
    /// As it came, as far as it is text; none once its key is gone.
    body: Option<String>,
    /// What it is where it is no text.
    bytes: Option<OddBytes>,
}

/// A person's word that it was looked at.
pub struct Aside {
    at: Timestamp,
    by: String,
    reason: String,
}

impl Odd {
    fn size(&self) -> Option<usize> {
        let odd = self.bytes.as_ref().and_then(|odd| usize::try_from(odd.bytes).ok());
        odd.or_else(|| self.body.as_ref().map(String::len))
    }

    /// As it came, but for passwords: those are shown to nobody. So nothing is where nobody can tell what they are.
    fn shown(&self) -> Option<String> {
        self.body.as_deref().filter(|_| self.bytes.is_none()).map(masked)
    }

    /// What is said instead of what is not shown.
    fn not_shown(&self) -> String {
        self.bytes.as_ref().map_or_else(
            || "(erased)".to_owned(),
            |odd| {
                format!("({} bytes; {}; not shown, as a password could stand in it)", odd.bytes, odd.encoding)
            },
        )
    }

    /// In the list: without what a buyer filled in.
    pub fn listed(&self) -> Value {
        let aside = self.aside.as_ref();
        let aside = aside.map(|aside| json!({ "at": aside.at, "by": aside.by, "reason": aside.reason }));
        json!({ "number": self.number, "at": self.at, "why": self.why, "size": self.size(), "setAside": aside })
    }

    /// In the list, as text.
    pub fn line(&self) -> String {
        let Self { number, at, why, .. } = self;
        let at = crate::cli::dates::local(*at);
        let size = self.size().map_or_else(|| "erased".to_owned(), |size| format!("{size} bytes"));
        let aside = self.aside.as_ref();
        let aside =
            aside.map_or_else(String::new, |aside| format!("; set aside by {}: {}", aside.by, aside.reason));
        format!("unreadable {number}: {at}, {size}: {why}{aside}")
    }
}

/// All of them, the first one first.
pub async fn all(session: &Session) -> Result<Vec<Odd>, Failed> {
    let id = Sender::id_of(session.engine.environment());
    let history = session.engine.journal().history::<Sender>(&id).await?;
    let mut all: Vec<Odd> = Vec::new();
    for recorded in history {
        let at = recorded.at;
        match recorded.event {
            SenderEvent::UnreadableDeploy { why, personal } => {
                let (body, bytes) = personal.map_or((None, None), |personal| {
                    let body = personal.body.expose().to_owned();
                    let bytes = personal.odd.or_else(|| OddBytes::kept(&body));
                    (Some(body), bytes)
                });
                all.push(Odd { number: all.len() + 1, at, why, aside: None, body, bytes });
            }
            SenderEvent::SetAside { unreadable, reason, .. } => {
                let is_one =
                    |odd: &&mut Odd| unreadable.iter().any(|n| usize::try_from(*n) == Ok(odd.number));
                for odd in all.iter_mut().filter(is_one) {
                    odd.aside = Some(Aside { at, by: recorded.by.clone(), reason: reason.clone() });
                }
            }
            SenderEvent::SenderKnown { .. }
            | SenderEvent::ReportingTakenOver { .. }
            | SenderEvent::Strangers { .. } => {}
        }
    }
    Ok(all)
}

/// `market requests --show`
pub async fn show(settings: &Settings, number: usize, console: &Console) -> Result<Exit, Failed> {
    let allowed = settings.role().check(Right::ReadUnreadable);
    allowed.map_err(|forbidden| MarketError::Refusal(Refusal::NotYourRole(forbidden.0)))?;
    let session = opened::market_to_read(settings).await?;
    let known = match session.engine.sender().await? {
        Some(_) => all(&session).await?,
        None => Vec::new(),
    };
    let Some(odd) = known.into_iter().find(|odd| odd.number == number) else {
        let what = format!("there is no unreadable deploy with the number {number}");
        let next = Some("`market requests` lists them.".to_owned());
        return Err(Failed { exit: Exit::BadInput, what, next });
    };
    if console.is_json() {
        let mut shown = odd.listed();
        shown["body"] = json!(odd.shown());
        shown["encoding"] = json!(odd.bytes.as_ref().map(|odd| &odd.encoding));
        console.json(&shown)?;
    } else {
        console.text(&odd.shown().unwrap_or_else(|| odd.not_shown()))?;
    }
    Ok(Exit::Done)
}
