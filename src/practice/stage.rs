//! What happens around the trainee: the customer on the line, the carrier's phone, the clock. Told what was seen and how many
//! seconds have passed, it says what happens now.

use super::moves::Move;
use super::scenario::{Does, Scenario, Step, Way, When};
use super::seen::What;
use crate::order::Call;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// How long a customer takes to answer a text that was read, in seconds.
const THINKS: i64 = 4;

/// Something that happens now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cue", rename_all = "snake_case")]
pub enum Cue {
    /// Somebody speaks: "customer", "carrier" or "trainer".
    Says { who: String, text: String },
    /// The customer is on the line, or is not.
    Line { on: bool },
    /// The customer answers the text that was read.
    Answers { yes: bool },
    /// The customer wants the text this way from now on.
    Wants { way: Way },
    /// The customer accepts what was sent.
    Accepts,
    /// The customer declines what was sent.
    Declines,
    /// The clock jumps.
    Advance { minutes: i64 },
}

/// Who speaks for the customer.
pub const CUSTOMER: &str = "customer";
/// Who speaks for the carrier.
pub const CARRIER: &str = "carrier";
/// Who is said to move the clock.
pub const CLOCK: &str = "clock";

/// The scene of one run.
#[derive(Clone, Debug)]
pub struct Stage {
    scenario: Scenario,
    /// What is still to come by the clock: when, in seconds since the beginning.
    later: Vec<(i64, Cue)>,
    /// Which turns and jumps were taken already.
    turned: BTreeSet<usize>,
    jumped: BTreeSet<usize>,
    /// Whether the customer is on the line, and when they are back.
    on: bool,
    /// What is sent goes to somebody else, who answers nothing.
    elsewhere: bool,
    /// Px has refused something, or given no answer.
    trouble: Trouble,
    /// What the customer said last of their own accord: on the screen it stands only until somebody speaks again.
    wish: Option<String>,
}

/// What the customer may know of what went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trouble {
    None,
    /// Something was refused, or failed.
    Met,
    /// The text was sent in vain, last of all.
    InVain,
}

impl Stage {
    /// Before the run begins.
    pub fn new(scenario: Scenario) -> Self {
        let (turned, jumped) = (BTreeSet::new(), BTreeSet::new());
        Self {
            scenario,
            later: Vec::new(),
            turned,
            jumped,
            on: true,
            elsewhere: false,
            trouble: Trouble::None,
            wish: None,
        }
    }

    /// The run begins.
    pub fn start(&mut self) -> Vec<Cue> {
        self.wish.clone_from(&self.scenario.customer.says);
        let mut cues: Vec<Cue> = self.wish.clone().map(customer).into_iter().collect();
        cues.push(Cue::Wants { way: self.scenario.customer.wants });
        cues.extend(self.reached(When::Start, 0));
        cues
    }

    /// True while the customer is on the line.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// True while the customer has nothing to tell yet: what they are to be asked for is what Px refuses later.
    pub fn is_asked_too_early(&self) -> bool {
        let asks = |step: &Step| matches!(step.it, Move::AskCustomer | Move::Correct);
        let steps = &self.scenario.steps;
        let first = steps.iter().position(asks).unwrap_or_default();
        self.trouble == Trouble::None
            && self.scenario.customer.when_asked.is_some()
            && steps[..first].iter().any(|step| step.it.call().is_some())
    }

    /// Something was seen, `at` seconds after the beginning.
    pub fn take(&mut self, what: &What, at: i64) -> Vec<Cue> {
        self.note(what);
        match what {
            What::Retrieved { .. } => self.reached(When::Retrieved, at),
            What::ReadingBegan { .. } => self.reached(When::Section(1), at),
            What::SectionRead { section, left, .. } if *left > 0 => {
                self.reached(When::Section(section + 2), at)
            }
            // Nobody answers a question that they have not heard to its end.
            What::SectionRead { .. } if self.on => {
                let yes = !self.scenario.customer.declines;
                self.later.push((at + THINKS, Cue::Answers { yes }));
                Vec::new()
            }
            What::Sending { elsewhere, .. } => {
                self.elsewhere = *elsewhere;
                Vec::new()
            }
            What::Sent { .. } if self.elsewhere => Vec::new(),
            What::Sent { .. } => {
                let customer = &self.scenario.customer;
                if customer.declines {
                    self.later.push((at + THINKS, Cue::Declines));
                } else if let Some(after) = customer.accepts_after {
                    self.later.push((at + after, Cue::Accepts));
                }
                self.reached(When::Sent, at)
            }
            What::SaidYes { .. } | What::Accepted => self.reached(When::Accepted, at),
            What::Failed { call: Call::CompleteOrder, unknown: true } => self.reached(When::InDoubt, at),
            What::AskedCustomer if self.on && self.is_asked_too_early() => {
                vec![customer("What do you need to know?".to_owned())]
            }
            What::AskedCustomer if self.on => {
                let again = |said: &String| format!("That's all I know. As I said: {said}");
                let wish = || self.wish.as_ref().map_or_else(|| "That's all I know.".to_owned(), again);
                let nothing = || {
                    if self.trouble == Trouble::InVain { "No, nothing has come.".to_owned() } else { wish() }
                };
                vec![customer(self.scenario.customer.when_asked.clone().unwrap_or_else(nothing))]
            }
            What::AskedCustomer => vec![customer("(Nobody answers.)".to_owned())],
            What::CalledCarrier => {
                let says = self.scenario.carrier.says.clone();
                let text = says.unwrap_or_else(|| "We have nothing to tell you about this order.".to_owned());
                vec![Cue::Says { who: CARRIER.to_owned(), text }]
            }
            What::Opened
            | What::SectionRead { .. }
            | What::Looks { .. }
            | What::KeyAfter { .. }
            | What::TooSoon { .. }
            | What::Interrupted
            | What::Declined
            | What::Refused { .. }
            | What::Failed { .. }
            | What::Retrieving
            | What::Completing { .. }
            | What::Completed { .. }
            | What::Corrected { .. }
            | What::Released
            | What::Settled { .. }
            | What::Noted
            | What::Abandoned
            | What::CarrierSays { .. }
            | What::Cue { .. }
            | What::Wants { .. }
            | What::Line { .. }
            | What::Answered { .. } => Vec::new(),
        }
    }

    /// Keeps what went wrong.
    fn note(&mut self, what: &What) {
        self.trouble = match what {
            What::Refused { call: Call::SendRcc, .. } | What::Failed { call: Call::SendRcc, .. } => {
                Trouble::InVain
            }
            What::Refused { .. } | What::Failed { .. } => Trouble::Met,
            What::Sent { .. } if self.trouble == Trouble::InVain => Trouble::Met,
            _ => self.trouble,
        };
    }

    /// Time has passed: what is due now.
    pub fn tick(&mut self, at: i64) -> Vec<Cue> {
        let mut cues = Vec::new();
        for n in 0..self.scenario.customer.turns.len() {
            if matches!(self.scenario.customer.turns[n].when, When::After(after) if after <= at) {
                cues.extend(self.turn(n, at));
            }
        }
        for n in 0..self.scenario.clock.len() {
            if matches!(self.scenario.clock[n].when, When::After(after) if after <= at) {
                cues.extend(self.jump(n));
            }
        }
        let all = std::mem::take(&mut self.later).into_iter();
        let (mut due, later): (Vec<_>, Vec<_>) =
            all.partition(|(when, cue)| *when <= at && self.can_come(cue));
        self.later = later;
        due.sort_by_key(|(when, _)| *when);
        for (_, cue) in due {
            self.comes(cue, &mut cues);
        }
        cues
    }

    /// Whoever is away answers what was read to them when they are back.
    fn can_come(&self, cue: &Cue) -> bool {
        self.on || !matches!(cue, Cue::Answers { .. })
    }

    /// Something that was due comes now.
    fn comes(&mut self, cue: Cue, cues: &mut Vec<Cue>) {
        match cue {
            Cue::Line { on } => {
                self.on = on;
                cues.push(Cue::Line { on });
                if on {
                    cues.push(customer("Hello? I'm back.".to_owned()));
                }
            }
            Cue::Answers { yes } => {
                cues.push(Cue::Answers { yes });
                let says = if yes { "Yes, I accept that." } else { "No. I don't want that after all." };
                cues.push(customer(says.to_owned()));
            }
            Cue::Accepts => {
                cues.push(Cue::Accepts);
                cues.push(customer("I just accepted it.".to_owned()));
            }
            Cue::Declines => {
                cues.push(Cue::Declines);
                cues.push(Cue::Answers { yes: false });
                cues.push(customer("I read it, and I don't want it.".to_owned()));
            }
            Cue::Says { .. } | Cue::Wants { .. } | Cue::Advance { .. } => cues.push(cue),
        }
    }

    /// The trainer made this happen: what the scenario had in mind from here on follows it.
    pub fn directed(&mut self, cue: &Cue) {
        match cue {
            Cue::Line { on } => {
                self.on = *on;
                self.later.retain(|(_, cue)| !matches!(cue, Cue::Line { .. }));
            }
            Cue::Accepts | Cue::Answers { yes: true } => self.answered(false),
            Cue::Declines | Cue::Answers { yes: false } => self.answered(true),
            Cue::Says { .. } | Cue::Wants { .. } | Cue::Advance { .. } => {}
        }
    }

    /// The customer has answered for good: nothing that they were about to answer comes any more.
    fn answered(&mut self, declines: bool) {
        self.scenario.customer.declines = declines;
        self.later.retain(|(_, cue)| !matches!(cue, Cue::Accepts | Cue::Declines | Cue::Answers { .. }));
    }

    /// When something is due next, in seconds since the beginning.
    pub fn next(&self) -> Option<i64> {
        let after = |when: When| match when {
            When::After(at) => Some(at),
            When::Start
            | When::Retrieved
            | When::Section(_)
            | When::Sent
            | When::Accepted
            | When::InDoubt => None,
        };
        let turns = self.scenario.customer.turns.iter().enumerate();
        let turns = turns.filter(|(n, _)| !self.turned.contains(n)).filter_map(|(_, turn)| after(turn.when));
        let jumps = self.scenario.clock.iter().enumerate();
        let jumps = jumps.filter(|(n, _)| !self.jumped.contains(n)).filter_map(|(_, jump)| after(jump.when));
        let later = self.later.iter().filter(|(_, cue)| self.can_come(cue)).map(|(at, _)| *at);
        later.chain(turns).chain(jumps).min()
    }

    /// The scenario that is played.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    fn reached(&mut self, point: When, at: i64) -> Vec<Cue> {
        let mut cues = Vec::new();
        for n in 0..self.scenario.clock.len() {
            if self.scenario.clock[n].when == point {
                cues.extend(self.jump(n));
            }
        }
        for n in 0..self.scenario.customer.turns.len() {
            if self.scenario.customer.turns[n].when == point {
                cues.extend(self.turn(n, at));
            }
        }
        cues
    }

    fn jump(&mut self, n: usize) -> Vec<Cue> {
        let first = self.jumped.insert(n);
        let jump = self.scenario.clock.get(n).filter(|_| first);
        jump.map(|jump| Cue::Advance { minutes: jump.minutes }).into_iter().collect()
    }

    fn turn(&mut self, n: usize, at: i64) -> Vec<Cue> {
        if !self.turned.insert(n) {
            return Vec::new();
        }
        let turn = self.scenario.customer.turns[n].clone();
        self.wish = turn.says.clone().or(self.wish.take());
        let mut cues: Vec<Cue> = turn.says.map(customer).into_iter().collect();
        match turn.does {
            Does::Says => {}
            Does::HangsUp { seconds } | Does::Holds { seconds } => {
                self.on = false;
                cues.push(Cue::Line { on: false });
                self.later.push((at + seconds, Cue::Line { on: true }));
            }
            Does::Wants(way) => cues.push(Cue::Wants { way }),
            Does::Declines => {
                self.scenario.customer.declines = true;
                self.later.retain(|(_, cue)| !matches!(cue, Cue::Accepts | Cue::Answers { yes: true }));
                cues.push(Cue::Declines);
                cues.push(Cue::Answers { yes: false });
            }
        }
        cues
    }
}

fn customer(text: String) -> Cue {
    Cue::Says { who: CUSTOMER.to_owned(), text }
}
