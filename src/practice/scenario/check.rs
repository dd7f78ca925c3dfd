//! What cannot be: a script that asks for the impossible is found before a trainee meets it.

use super::table::Notes;
use super::{Does, Lasts, Scenario, Step, Way, When};
use crate::order::Call;
use crate::practice::moves::Move;

/// The window in which an order can be completed, in minutes (2215, D).
const WINDOW: i64 = 120;

/// At which lines the parts stand.
pub struct Lines {
    pub steps: Vec<usize>,
    pub faults: Vec<usize>,
    pub jumps: Vec<usize>,
    pub turns: Vec<usize>,
}

/// Notes what cannot be.
pub fn check(scenario: &Scenario, lines: &Lines, notes: &mut Notes) {
    steps(scenario, lines, notes);
    faults(scenario, lines, notes);
    customer(scenario, lines, notes);
    let window = scenario.order.prepared_minutes_ago.unwrap_or(0);
    let jumps: i64 = scenario.clock.iter().map(|jump| jump.minutes).sum();
    let completes = scenario.steps.iter().any(|step| step.it == Move::Completed);
    if completes && window + jumps >= WINDOW {
        let line = lines.jumps.last().copied().unwrap_or(1);
        notes.add(
            line,
            "clock",
            format!("the window of {WINDOW} minutes is closed before the order can be completed"),
        );
    }
}

/// What a trainee has done before a step, as far as it matters for the next.
#[derive(Default)]
struct Done {
    retrieved: bool,
    read: bool,
    sent: bool,
    accepted: bool,
    completing: bool,
    over: bool,
}

fn steps(scenario: &Scenario, lines: &Lines, notes: &mut Notes) {
    let mut done = Done::default();
    for (n, step) in scenario.steps.iter().enumerate() {
        let line = lines.steps.get(n).copied().unwrap_or(1);
        let field = format!("step[{}].do", n + 1);
        if let Some(why) = done.impossible(step, scenario) {
            notes.add(line, field, format!("`{}` is not possible here: {why}", step.it.name()));
        }
        done.take(step.it);
    }
    let ends = scenario.steps.last().map(|step| step.it);
    let is_end = matches!(
        ends,
        Some(
            Move::Completed
                | Move::Abandon
                | Move::Decline
                | Move::Note
                | Move::Settle
                | Move::CallCarrier
                | Move::Interrupt
        )
    );
    if !is_end && let Some(line) = lines.steps.last() {
        let ends = "completed, abandon, decline, note, settle, call_carrier or interrupt";
        notes.add(
            *line,
            format!("step[{}].do", scenario.steps.len()),
            format!("a run ends with one of {ends}"),
        );
    }
}

impl Done {
    fn impossible(&self, step: &Step, scenario: &Scenario) -> Option<&'static str> {
        if self.over && !matches!(step.it, Move::Note | Move::CallCarrier | Move::AskCustomer) {
            return Some("the order has ended before it");
        }
        let unless = |good: bool, why: &'static str| (!good).then_some(why);
        match step.it {
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
            Move::Correct | Move::Release => unless(
                scenario.server.iter().any(|fault| fault.fault.get("row").is_some()),
                "Px refuses nothing in this scenario",
            ),
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
            Move::Retrieve => (self.retrieved, self.read, self.accepted) = (true, false, self.accepted),
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

/// A fault at a call that nobody makes would never be met.
fn faults(scenario: &Scenario, lines: &Lines, notes: &mut Notes) {
    let does = |it: Move| scenario.steps.iter().any(|step| step.it == it);
    let sends = does(Move::SendSms) || does(Move::SendEmail);
    for (n, fault) in scenario.server.iter().enumerate() {
        let line = lines.faults.get(n).copied().unwrap_or(1);
        let made = match Call::named(&fault.call) {
            Some(Call::RetrieveRcc) => does(Move::Retrieve),
            Some(Call::SendRcc) => sends,
            Some(Call::GetRccAcceptance) => does(Move::Accepted),
            Some(Call::CompleteOrder) => does(Move::Complete) || does(Move::Completed),
            None => true,
        };
        if !made {
            notes.add(
                line,
                format!("server[{}].call", n + 1),
                format!("no step makes the call {}", fault.call),
            );
        }
        if fault.fault.get("offer").is_some() && fault.call != Call::RetrieveRcc.name() {
            notes.add(line, format!("server[{}].offer", n + 1), "goes with retrieve_rcc alone");
        }
        if let Lasts::Seconds(seconds) = fault.lasts
            && seconds > WINDOW * 60
        {
            notes.add(
                line,
                format!("server[{}].for_seconds", n + 1),
                "is longer than the window of 120 minutes",
            );
        }
    }
}

fn customer(scenario: &Scenario, lines: &Lines, notes: &mut Notes) {
    let at = |it: Move| scenario.steps.iter().position(|step| step.it == it);
    let line = |n: usize| lines.steps.get(n).copied().unwrap_or(1);
    let customer = &scenario.customer;
    if let Some(n) = at(Move::Accepted) {
        match customer.accepts_after {
            _ if customer.declines => {
                notes.add(line(n), "customer.declines", "the customer never accepts what is sent")
            }
            None => {
                notes.add(line(n), "customer.accepts_after_seconds", "is missing: the customer never answers")
            }
            Some(after) if after > WINDOW * 60 => {
                notes.add(
                    line(n),
                    "customer.accepts_after_seconds",
                    "the customer never answers within the window of 120 minutes",
                );
            }
            Some(_) => {}
        }
    }
    if let Some(n) = at(Move::SaidYes).filter(|_| customer.declines) {
        notes.add(line(n), "customer.declines", "the customer never says yes");
    }
    let contact = [
        (Move::SendSms, scenario.order.phone.is_some(), "order.phone", Way::Sms),
        (Move::SendEmail, scenario.order.email.is_some(), "order.email", Way::Email),
    ];
    for (it, known, field, way) in contact {
        let needed = at(it).map(line).or((customer.wants == way).then_some(1));
        if let Some(line) = needed.filter(|_| !known) {
            notes.add(line, field, "is missing: the text could not be sent there");
        }
    }
    for (n, turn) in customer.turns.iter().enumerate() {
        let line = lines.turns.get(n).copied().unwrap_or(1);
        let reads = [Move::BeginReading, Move::Read, Move::Interrupt].into_iter().any(|it| at(it).is_some());
        let sends = at(Move::SendSms).is_some() || at(Move::SendEmail).is_some();
        let never = match turn.when {
            When::Section(_) => !reads,
            When::Sent => !sends,
            When::Accepted => at(Move::SaidYes).is_none() && at(Move::Accepted).is_none(),
            When::InDoubt => at(Move::Settle).is_none() && at(Move::Probe).is_none(),
            When::Start | When::Retrieved | When::After(_) => false,
        };
        if never {
            notes.add(line, format!("customer.turn[{}].when", n + 1), "never comes: no step leads there");
        }
        if matches!(turn.does, Does::Says) && turn.says.is_none() {
            notes.add(line, format!("customer.turn[{}].says", n + 1), "is missing");
        }
    }
}
