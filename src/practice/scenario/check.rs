//! What cannot be: a script that asks for the impossible is found before a trainee meets it.

use super::meets;
use super::parts::{Numbers, does, makes};
use super::table::Notes;
use super::{Does, Lasts, Scenario, Way, When};
use crate::order::Call;
use crate::practice::moves::Move;

/// The window in which an order can be completed, in minutes (2215, D).
const WINDOW: i64 = 120;

/// Notes what cannot be.
pub fn check(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    faults(scenario, numbers, notes);
    customer(scenario, numbers, notes);
    answers(scenario, notes);
    if numbers.all_steps {
        steps(scenario, numbers, notes);
        verdict(scenario, notes);
        calls(scenario, numbers, notes);
        moments(scenario, numbers, notes);
        meets::check(scenario, numbers, notes);
    }
    let prepared = scenario.order.prepared_minutes_ago.unwrap_or(0);
    let jumps: i64 = scenario.clock.iter().map(|jump| jump.minutes).sum();
    if does(scenario, Move::Completed) && prepared + jumps >= WINDOW {
        let what = format!("the window of {WINDOW} minutes is closed before the order can be completed");
        notes.add_at("clock", what);
    }
}

fn sends(scenario: &Scenario) -> bool {
    does(scenario, Move::SendSms) || does(scenario, Move::SendEmail)
}

/// What a trainee has done before a step, as far as it matters for the next.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Done {
    /// Whether Px refuses anything.
    refused: bool,
    retrieved: bool,
    read: bool,
    sent: bool,
    accepted: bool,
    completing: bool,
    over: bool,
}

fn steps(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    let refuses = scenario.server.iter().any(|fault| fault.fault.get("row").is_some());
    let mut done = Done { refused: refuses || !numbers.all_faults, ..Done::default() };
    // What may have been done by whoever has taken the other move of a step.
    let mut either = done.clone();
    for (n, step) in scenario.steps.iter().enumerate() {
        let field = |key: &str| format!("step[{}].{key}", n + 1);
        if let Some(why) = done.impossible(step.it, scenario) {
            notes.add_at(&field("do"), format!("`{}` is not possible here: {why}", step.it.name()));
            // That is told once, not at each step that follows.
            done.over = false;
        }
        if let Some(or) = step.or {
            if let Some(what) = either.wrong_other(step.it, or, scenario) {
                notes.add_at(&field("or"), what);
            }
            either.take(or);
        }
        done.take(step.it);
        either.take(step.it);
        either.over = done.over;
    }
    if let Some(last) = scenario.steps.last() {
        let moves = [("do", Some(last.it)), ("or", last.or)];
        for (key, _) in moves.into_iter().filter(|(_, it)| it.is_some_and(|it| !is_end(it))) {
            let ends = "completed, abandon, decline, note, settle, call_carrier or interrupt";
            let field = format!("step[{}].{key}", scenario.steps.len());
            notes.add_at(&field, format!("a run ends with one of {ends}"));
        }
    }
}

fn is_end(it: Move) -> bool {
    matches!(
        it,
        Move::Completed
            | Move::Abandon
            | Move::Decline
            | Move::Note
            | Move::Settle
            | Move::CallCarrier
            | Move::Interrupt
    )
}

impl Done {
    /// What is wrong with `or`, the move that is to be as good as `it`.
    fn wrong_other(&self, it: Move, or: Move, scenario: &Scenario) -> Option<String> {
        if or == it {
            return Some("is the same move as `do`".to_owned());
        }
        if or == Move::Correct {
            return Some("`correct` goes with `do` alone, where its field and value stand".to_owned());
        }
        let why = self.impossible(or, scenario)?;
        Some(format!("`{}` is not possible here: {why}", or.name()))
    }

    fn impossible(&self, it: Move, scenario: &Scenario) -> Option<&'static str> {
        if self.over && !matches!(it, Move::Note | Move::CallCarrier | Move::AskCustomer) {
            return Some("the order has ended before it");
        }
        let unless = |good: bool, why: &'static str| (!good).then_some(why);
        match it {
            Move::Retrieve | Move::Note | Move::Abandon => None,
            Move::BeginReading
            | Move::Read
            | Move::ReadAgain
            | Move::SendSms
            | Move::SendEmail
            | Move::Interrupt => unless(self.retrieved, "no text was retrieved before it"),
            Move::SaidYes => unless(self.read, "nothing was read before it"),
            Move::Decline => unless(self.retrieved, "there is no text yet that could be declined"),
            Move::Accepted => unless(self.sent, "nothing was sent before it"),
            Move::Complete => unless(self.accepted, "nothing was accepted before it"),
            Move::Completed => unless(self.completing || self.accepted, "nothing was accepted before it"),
            Move::Correct | Move::Release => unless(self.refused, "Px refuses nothing in this scenario"),
            Move::Probe | Move::Settle => unless(self.completing, "no Complete was sent before it"),
            Move::AskCustomer => unless(
                scenario.customer.when_asked.is_some(),
                "the customer has nothing to say: set customer.when_asked",
            ),
            Move::CallCarrier => {
                unless(scenario.carrier.says.is_some(), "the carrier has nothing to say: set carrier.says")
            }
        }
    }

    fn take(&mut self, it: Move) {
        match it {
            Move::Retrieve => (self.retrieved, self.read) = (true, false),
            Move::Read => self.read = true,
            Move::SendSms | Move::SendEmail => self.sent = true,
            Move::SaidYes | Move::Accepted => self.accepted = true,
            Move::Complete => self.completing = true,
            Move::Completed | Move::Abandon => self.over = true,
            Move::BeginReading
            | Move::ReadAgain
            | Move::Interrupt
            | Move::Decline
            | Move::AskCustomer
            | Move::CallCarrier
            | Move::Correct
            | Move::Release
            | Move::Probe
            | Move::Settle
            | Move::Note => {}
        }
    }
}

fn faults(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    for (fault, n) in scenario.server.iter().zip(&numbers.faults) {
        if fault.fault.get("offer").is_some() && fault.call != Call::RetrieveRcc.name() {
            notes.add_at(&format!("server[{n}].offer"), "goes with retrieve_rcc alone");
        }
        if let Lasts::Seconds(seconds) = fault.lasts
            && seconds > WINDOW * 60
        {
            let what = format!("is longer than the window of {WINDOW} minutes");
            notes.add_at(&format!("server[{n}].for_seconds"), what);
        }
    }
}

/// Whoever is to say whether the order was placed has to be told it.
fn verdict(scenario: &Scenario, notes: &mut Notes) {
    let says = [Move::Settle, Move::Release].into_iter().find(|it| does(scenario, *it));
    if let Some(it) = says
        && scenario.carrier.placed.is_none()
    {
        let what = format!("is missing: `{}` is done by what the carrier says of the order", it.name());
        notes.add_at("carrier.placed", what);
    }
}

/// A fault at a call that nobody makes would never be met.
fn calls(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    for (fault, n) in scenario.server.iter().zip(&numbers.faults) {
        let is_made = |call| scenario.steps.iter().any(|step| makes(step, call));
        if !Call::named(&fault.call).is_none_or(is_made) {
            notes.add_at(&format!("server[{n}].call"), format!("no step makes the call {}", fault.call));
        }
    }
}

/// What the customer does must be possible, whatever the trainee does.
fn customer(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    let contact = [
        (Move::SendSms, scenario.order.phone.is_some(), "order.phone", Way::Sms),
        (Move::SendEmail, scenario.order.email.is_some(), "order.email", Way::Email),
    ];
    let turns = &scenario.customer.turns;
    for (it, known, field, way) in contact {
        let asks = turns.iter().any(|turn| turn.does == Does::Wants(way));
        if !known && (does(scenario, it) || asks || scenario.customer.wants == way) {
            notes.add_at(field, "is missing: the text could not be sent there");
        }
    }
    for (turn, n) in turns.iter().zip(&numbers.turns) {
        if matches!(turn.does, Does::Says) && turn.says.is_none() {
            notes.add_at(&format!("customer.turn[{n}].says"), "is missing");
        }
    }
}

/// What the trainee is to wait for must come.
fn answers(scenario: &Scenario, notes: &mut Notes) {
    let customer = &scenario.customer;
    let after = customer.accepts_after.unwrap_or_default();
    let left = WINDOW - scenario.order.prepared_minutes_ago.unwrap_or(0) - jumped(scenario, after);
    if does(scenario, Move::Accepted) {
        match customer.accepts_after {
            _ if customer.declines => {
                notes.add_at("customer.declines", "the customer never accepts what is sent");
            }
            None => notes.add_at(
                "customer.accepts_after_seconds",
                "is missing: the customer never answers what is sent",
            ),
            // A window that the clock closes is told there.
            Some(_) if left <= 0 && does(scenario, Move::Completed) => {}
            Some(after) if after >= left * 60 => {
                let left = left.max(0);
                let what = format!("the customer never answers within the {left} minutes of the window");
                notes.add_at("customer.accepts_after_seconds", what);
            }
            Some(_) => {}
        }
    }
    if does(scenario, Move::SaidYes) && customer.declines {
        notes.add_at("customer.declines", "the customer never says yes");
    }
}

/// By how many minutes the clock has jumped for certain when the customer answers, so many seconds after the text was sent.
fn jumped(scenario: &Scenario, after: i64) -> i64 {
    let surely = scenario.clock.iter().filter(|jump| match jump.when {
        When::Start | When::Retrieved | When::Sent => true,
        When::After(seconds) => seconds <= after,
        When::Section(_) | When::Accepted | When::InDoubt => false,
    });
    surely.map(|jump| jump.minutes).sum()
}

/// What is to happen at a moment that no step leads to would never happen.
fn moments(scenario: &Scenario, numbers: &Numbers, notes: &mut Notes) {
    let turns = scenario.customer.turns.iter().map(|turn| turn.when).zip(&numbers.turns);
    let turns = turns.map(|(when, n)| (when, format!("customer.turn[{n}].when")));
    let jumps = scenario.clock.iter().map(|jump| jump.when).zip(&numbers.jumps);
    let jumps = jumps.map(|(when, n)| (when, format!("clock[{n}].when")));
    for (_, field) in turns.chain(jumps).filter(|(when, _)| !comes(scenario, *when)) {
        notes.add_at(&field, "never comes: no step leads there");
    }
}

fn comes(scenario: &Scenario, when: When) -> bool {
    match when {
        When::Section(_) => {
            [Move::BeginReading, Move::Read, Move::Interrupt].into_iter().any(|it| does(scenario, it))
        }
        When::InDoubt => does(scenario, Move::Settle) || does(scenario, Move::Probe),
        When::Sent => sends(scenario),
        When::Accepted => does(scenario, Move::SaidYes) || does(scenario, Move::Accepted),
        When::Start | When::Retrieved | When::After(_) => true,
    }
}
