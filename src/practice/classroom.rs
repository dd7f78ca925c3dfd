//! What trainee and trainer tell each other.

use super::grade::{Made, Reached};
use crate::order::{Call, State, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a trainee's run stands, as the trainer sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Snapshot {
    pub trainee: String,
    /// The scenario's name and title; none while they wait for one.
    pub scenario: Option<String>,
    pub title: Option<String>,
    /// Why what the trainer started last could not begin there.
    pub failed: Option<String>,
    pub paused: bool,
    pub ended: bool,
    /// Milliseconds since the run began, pauses left out.
    pub elapsed: u64,
    pub keys: u32,
    /// How long ago the last of them was pressed when this was sent, in milliseconds; earlier releases do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ago: Option<u64>,
    /// Where the order stands; none before it is there.
    pub state: Option<State>,
    pub transaction_id: Option<String>,
    /// The section that is lit, from 1, and of how many, while the text is read.
    pub section: Option<(usize, usize)>,
    /// Words a minute so far.
    pub words_per_minute: Option<u64>,
    /// When the window closes, on the trainee's own clock, and what that clock says.
    pub expires_at: Option<Timestamp>,
    pub now: Option<Timestamp>,
    /// What the trainee sees: the screen's name, and the line that says what the next key does.
    pub screen: String,
    pub next_line: String,
    /// What was said last, by whom; the newest last, eight at most.
    pub said: Vec<(String, String)>,
    pub steps: Vec<Reached>,
    pub mistakes: Vec<Made>,
    /// What was seen last, in words, each with its milliseconds; the newest last, thirty at most.
    pub events: Vec<(u64, String)>,
    /// What the embedded Px received and did, as its ledger says it.
    pub ledger: Option<Value>,
    /// Once it has ended.
    pub grade: Option<u8>,
}

/// What a trainer does at a trainee's desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Directive {
    /// Begin this scenario: its file's text, which the trainee's side reads anew.
    Start {
        scenario: String,
    },
    Pause,
    Resume,
    /// Move the clock, the trainee's and Px's.
    Advance {
        minutes: i64,
    },
    /// The customer accepts: what was sent, or what was read to them.
    Accept,
    Decline,
    /// The customer says this.
    Say {
        text: String,
    },
    /// The customer hangs up, or is back.
    Line {
        on: bool,
    },
    /// The next such call fails so, in the embedded Px's own JSON.
    Fail {
        call: Call,
        fault: Value,
    },
    /// End the run now.
    End,
}
