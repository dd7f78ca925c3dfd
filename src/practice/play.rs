//! A run as it goes on: facts in, what happens around the trainee out.
//!
//! The shell says what the desk shows now, and how many milliseconds have passed on a clock that nobody moves. From that the
//! run notes what was done, asks the stage what happens next, and knows when it is over.

use super::classroom::Snapshot;
use super::grade::{self, By, Ended, Report, Who, grade};
use super::moves::Move;
use super::scenario::{Carrier, Scenario, mentions, reference_in};
use super::seen::{Seen, What, of_event};
use super::stage::{CARRIER, CLOCK, CUSTOMER, Cue, Stage};
use crate::order::{Call, Order, Recorded, Retry};

/// How long without a key is worth noting, in milliseconds.
const PAUSE: u64 = 30_000;
/// How much of what was said, and of what happened, a trainer is told.
const SAID: usize = 8;
const HAPPENED: usize = 30;

/// What the desk shows now.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The open order, and its history.
    pub order: Option<(&'a Order, &'a [Recorded])>,
    /// Whether the order's own screen is in front.
    pub at_order: bool,
    /// The section, from 0, that was tried to be marked read too soon, while the screen says so.
    pub too_soon: Option<usize>,
    /// A key was pressed just now.
    pub key: bool,
    /// What is left of the window, in seconds.
    pub window: Option<i64>,
}

/// What the Px of practice has done with the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtPx {
    Placed { order_number: String },
    NotPlaced,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Play {
    stage: Stage,
    who: Who,
    seen: Vec<Seen>,
    said: Vec<(String, String)>,
    on: bool,
    keys: u32,
    /// When the last key came.
    key_at: u64,
    /// What was left of the window when the desk was last looked at, and when that was.
    window: Option<i64>,
    looked_at: u64,
    /// The number of the last event of the order that was looked at.
    seq: u64,
    opened: bool,
    at_order: bool,
    too_soon: Option<usize>,
}

impl Play {
    /// A run that has not begun.
    pub fn new(scenario: Scenario, who: Who) -> Self {
        Self {
            stage: Stage::new(scenario),
            who,
            seen: Vec::new(),
            said: Vec::new(),
            on: true,
            keys: 0,
            key_at: 0,
            window: None,
            looked_at: 0,
            seq: 0,
            opened: false,
            at_order: false,
            too_soon: None,
        }
    }

    /// It begins.
    pub fn start(&mut self) -> Vec<Cue> {
        let cues = self.stage.start();
        self.take_cues(cues, 0)
    }

    /// The desk has changed, `at` milliseconds after the beginning; what happens now.
    pub fn look(&mut self, facts: &Facts, at: u64) -> Vec<Cue> {
        self.window = facts.window;
        self.looked_at = at;
        let mut news = Vec::new();
        if facts.key {
            let silent = at.saturating_sub(self.key_at);
            self.keys += 1;
            self.key_at = at;
            if silent >= PAUSE {
                news.push(What::KeyAfter { seconds: silent / 1000 });
            }
        }
        if facts.at_order != self.at_order {
            self.at_order = facts.at_order;
            if std::mem::replace(&mut self.opened, true) {
                news.push(What::Looks { at_order: facts.at_order });
            } else {
                news.push(What::Opened);
            }
        }
        if facts.too_soon != self.too_soon {
            self.too_soon = facts.too_soon;
            news.extend(facts.too_soon.map(|section| What::TooSoon { section }));
        }
        if let Some((order, history)) = facts.order {
            let since = self.seq;
            let right = |field: &str, value: &str| self.is_right(field, value);
            news.extend(history.iter().filter(|r| r.seq > since).filter_map(|r| of_event(r, order, &right)));
            self.seq = history.last().map_or(since, |last| last.seq);
        }
        news.into_iter().flat_map(|what| self.did(what, at)).collect()
    }

    /// Whether what was entered is what the customer, the carrier or the order system says.
    fn is_right(&self, field: &str, value: &str) -> bool {
        let scenario = self.stage.scenario();
        let said = |by: &'static str| {
            self.said.iter().filter(move |(who, _)| who == by).map(|(_, text)| text.as_str())
        };
        match field {
            "to" => scenario.order.is_reached_at(value) || said(CUSTOMER).any(|text| mentions(text, value)),
            "name" => {
                let own = scenario.customer.is_called(value);
                own || said(CUSTOMER).any(|text| text.to_lowercase().contains(&value.trim().to_lowercase()))
            }
            "reference" => {
                let given: Vec<&str> = said(CARRIER).filter_map(reference_in).collect();
                let value = value.to_lowercase();
                given.is_empty() || given.iter().any(|given| value.contains(&given.to_lowercase()))
            }
            field => scenario.is_right(field, value, grade::refuses(&self.seen, field)),
        }
    }

    /// The trainee did this; what happens now.
    pub fn did(&mut self, what: What, at: u64) -> Vec<Cue> {
        // A question before its time tells nothing, and one that nobody hears neither: it is no step.
        let in_vain = self.stage.is_asked_too_early() || !self.stage.is_on();
        let asked_in_vain = what == What::AskedCustomer && in_vain;
        let cues = self.stage.take(&what, seconds(at));
        if !asked_in_vain {
            self.note(what, at);
        }
        self.take_cues(cues, at)
    }

    /// The trainee calls the carrier, who says what the scenario has them say. What it says nothing of, such as a failure that
    /// the trainer has caused, they know from Px.
    pub fn calls_carrier(&mut self, px: Option<&AtPx>, at: u64) -> Vec<Cue> {
        let Some(px) = px.filter(|_| self.is_unforeseen()) else { return self.did(What::CalledCarrier, at) };
        let (placed, text) = match px {
            AtPx::Placed { order_number } => {
                (true, format!("That order was placed: its number is {order_number}."))
            }
            AtPx::NotPlaced => (false, "That order was not placed.".to_owned()),
        };
        self.note(What::CalledCarrier, at);
        self.note(What::CarrierSays { placed }, at);
        self.take_cues(vec![Cue::Says { who: CARRIER.to_owned(), text }], at)
    }

    /// True when Complete left open whether the order was placed, and the scenario knows of neither that nor the carrier.
    fn is_unforeseen(&self) -> bool {
        let scenario = self.stage.scenario();
        let foreseen = scenario.carrier != Carrier::default() || scenario.leaves_open();
        let open = |seen: &Seen| match seen.what {
            What::Refused { call: Call::CompleteOrder, retry, .. } => Some(retry == Retry::Dangerous),
            What::Failed { call: Call::CompleteOrder, unknown } => Some(unknown),
            What::Completed { .. } => Some(false),
            _ => None,
        };
        !foreseen && self.seen.iter().rev().find_map(open) == Some(true)
    }

    /// Time has passed: what is due now.
    pub fn tick(&mut self, at: u64) -> Vec<Cue> {
        let cues = self.stage.tick(seconds(at));
        self.take_cues(cues, at)
    }

    /// When something is due next, in milliseconds since the beginning.
    pub fn next(&self) -> Option<u64> {
        self.stage.next().map(|at| u64::try_from(at).unwrap_or_default() * 1000)
    }

    /// The trainer made this happen. What is left for the shell to do comes back.
    pub fn directed(&mut self, cues: Vec<Cue>, at: u64) -> Vec<Cue> {
        for cue in &cues {
            self.stage.directed(cue);
        }
        self.take_cues(cues, at)
    }

    /// Somebody else made this happen: a trainer, or the stage. What is left for the shell to do comes back.
    fn take_cues(&mut self, cues: Vec<Cue>, at: u64) -> Vec<Cue> {
        for cue in &cues {
            match cue.clone() {
                Cue::Says { who, text } => {
                    self.said.push((who.clone(), text.clone()));
                    self.note(What::Cue { who, text }, at);
                }
                Cue::Line { on } => {
                    self.on = on;
                    self.note(What::Line { on }, at);
                }
                Cue::Answers { yes } => self.note(What::Answered { yes }, at),
                Cue::Wants { way } => self.note(What::Wants { way }, at),
                Cue::Advance { minutes } => {
                    let text = if minutes == 1 {
                        "1 minute passes".to_owned()
                    } else {
                        format!("{minutes} minutes pass")
                    };
                    self.note(What::Cue { who: CLOCK.to_owned(), text }, at);
                }
                Cue::Accepts | Cue::Declines => {}
            }
        }
        cues
    }

    fn note(&mut self, what: What, at: u64) {
        self.seen.push(Seen { at, window: self.window_at(at), keys: self.keys, what });
    }

    /// What is left of the window then, as far as nobody moved the clock since the desk was last looked at.
    fn window_at(&self, at: u64) -> Option<i64> {
        self.window.map(|left| left.saturating_sub(seconds(at.saturating_sub(self.looked_at))))
    }

    /// True once the last right move was reached, or the order has ended another way.
    pub fn is_over(&self) -> bool {
        grade::is_over(self.stage.scenario(), &self.seen)
    }

    /// What it is worth so far; `end`: nothing more will come, since then and because of whom.
    pub fn report(&self, end: Option<(u64, By)>) -> Report {
        let ended = end.map(|(at, by)| Ended { at, by, key_at: self.key_at, window: self.window_at(at) });
        grade(self.stage.scenario(), &self.seen, &self.who, ended.as_ref())
    }

    /// How much was seen.
    pub fn seen(&self) -> usize {
        self.seen.len()
    }

    /// What was said, by whom; the newest last.
    pub fn said(&self) -> &[(String, String)] {
        &self.said
    }

    /// Whether the customer is on the line.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// The scenario that is played.
    pub fn scenario(&self) -> &Scenario {
        self.stage.scenario()
    }

    /// How it stands, for a trainer; what only the desk knows is left to be filled in.
    pub fn snapshot(&self, at: u64) -> Snapshot {
        let (report, over) = (self.report(None), self.is_over());
        let scenario = self.stage.scenario();
        let last = |all: usize, most: usize| all.saturating_sub(most);
        let words = self.seen.iter().filter_map(|seen| Some((seen.at, words(&seen.what)?)));
        let events: Vec<(u64, String)> = words.collect();
        Snapshot {
            trainee: self.who.trainee.clone(),
            scenario: Some(scenario.name.clone()),
            title: Some(scenario.title.clone()),
            elapsed: at,
            keys: self.keys,
            words_per_minute: report.words_per_minute,
            said: self.said[last(self.said.len(), SAID)..].to_vec(),
            ended: over,
            grade: over.then_some(report.grade),
            steps: report.steps,
            mistakes: report.mistakes,
            events: events[last(events.len(), HAPPENED)..].to_vec(),
            ..Snapshot::default()
        }
    }
}

fn seconds(millis: u64) -> i64 {
    i64::try_from(millis / 1000).unwrap_or(i64::MAX)
}

/// What was seen, for people; none for what is said elsewhere.
pub fn words(what: &What) -> Option<String> {
    let moved = Move::ALL.iter().find(|(it, ..)| it.is(what) && !matches!(it, Move::Read));
    Some(match what {
        What::Opened => "opened the order".to_owned(),
        What::Looks { at_order } => {
            if *at_order { "came back to the order" } else { "left the order" }.to_owned()
        }
        What::KeyAfter { seconds } => format!("a key after {seconds} s without one"),
        What::Retrieved { changed: false } => "the text has arrived".to_owned(),
        What::Retrieved { changed: true } => "the text has arrived, and it is another one".to_owned(),
        What::ReadingBegan { again: false } => "began to read".to_owned(),
        What::SectionRead { section, millis, words, .. } => {
            let pace = crate::order::words_a_minute(*words, *millis);
            format!("section {} read, {pace} words a minute", section + 1)
        }
        What::TooSoon { section } => format!("Space too soon at section {}", section + 1),
        What::Sending { elsewhere: true, .. } => "sends the text to somebody else".to_owned(),
        What::Sent { method } => format!("sent by {method}"),
        What::Accepted => "Px has the acceptance".to_owned(),
        What::Refused { call, row, .. } => {
            let code =
                row.as_deref().and_then(|row| row.split_once('/')).map_or("without a known row", |(_, c)| c);
            format!("{call} was refused: {code}")
        }
        What::Failed { call, unknown: true } => format!("{call}: the outcome is not known"),
        What::Failed { call, unknown: false } => format!("{call} could not be sent"),
        What::Settled { placed: true, .. } => "settled: it was placed".to_owned(),
        What::Settled { placed: false, .. } => "settled: it was not placed".to_owned(),
        What::Completed { order_number } => format!("completed {order_number}").trim_end().to_owned(),
        What::Line { on: true } => "the customer is on the line".to_owned(),
        What::Line { on: false } => "the customer is away".to_owned(),
        What::Answered { yes: true } => "the customer said yes".to_owned(),
        What::Answered { yes: false } => "the customer said no".to_owned(),
        What::Cue { who, text } if who == CLOCK => text.clone(),
        What::Cue { .. } | What::Wants { .. } | What::CarrierSays { .. } => return None,
        What::ReadingBegan { again: true }
        | What::Interrupted
        | What::SaidYes { .. }
        | What::Declined
        | What::Sending { .. }
        | What::Retrieving
        | What::Completing { .. }
        | What::Corrected { .. }
        | What::Released
        | What::Noted
        | What::Abandoned
        | What::AskedCustomer
        | What::CalledCarrier => moved.map(|(.., words)| (*words).to_owned())?,
    })
}
