//! Whether deploys can be recorded just now: whoever started the receiver is told when that changes, and not of each deploy.

use crate::engine::MarketError;
use crate::text::many;
use std::sync::{Mutex, PoisonError};

/// So many causes of one failing are told, each once.
const CAUSES: usize = 4;

/// What was told last.
pub struct Standing {
    tell: fn(&str),
    refused: Mutex<Refused>,
}

/// Deploys that were refused since one was last taken.
#[derive(Default)]
struct Refused {
    deploys: u64,
    causes: Vec<String>,
}

impl Standing {
    /// Of a receiver that has taken nothing yet; `tell` reaches whoever started it.
    pub fn new(tell: fn(&str)) -> Self {
        Self { tell, refused: Mutex::default() }
    }

    /// A deploy is refused with 503 for this error.
    pub fn refuses(&self, error: &MarketError) {
        if let Some(word) = self.refused.lock().unwrap_or_else(PoisonError::into_inner).one_more(error) {
            (self.tell)(&word);
        }
    }

    /// The journal has taken something.
    pub fn takes(&self) {
        let refused = std::mem::take(&mut *self.refused.lock().unwrap_or_else(PoisonError::into_inner));
        if !refused.causes.is_empty() {
            let many = many(refused.deploys, "request");
            (self.tell)(&format!("deploys are taken again; {many} got a 503 meanwhile"));
        }
    }
}

impl Refused {
    /// What is to be said of one more; nothing where that was said before.
    fn one_more(&mut self, error: &MarketError) -> Option<String> {
        let cause = error.to_string();
        if !error.is_for_all() {
            return Some(format!("a deploy gets a 503: {cause}"));
        }
        self.deploys += 1;
        if self.causes.len() == CAUSES || self.causes.contains(&cause) {
            return None;
        }
        let since = if self.causes.is_empty() { "from now on" } else { "still" };
        let word = format!("deploys get a 503 {since}: {cause}");
        self.causes.push(cause);
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once_until_deploys_are_taken_again() {
        static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let standing = Standing::new(|word| TOLD.lock().unwrap().push(word.to_owned()));
        let refuses = |why: &str| standing.refuses(&MarketError::System(why.to_owned()));
        standing.takes();
        ["away", "away", "older", "away", "c", "d", "e"].into_iter().for_each(refuses);
        standing.takes();
        standing.takes();
        refuses("away");
        let expected = [
            "deploys get a 503 from now on: away",
            "deploys get a 503 still: older",
            "deploys get a 503 still: c",
            "deploys get a 503 still: d",
            "deploys are taken again; 7 requests got a 503 meanwhile",
            "deploys get a 503 from now on: away",
        ];
        assert_eq!(*TOLD.lock().unwrap(), expected);
    }
}
