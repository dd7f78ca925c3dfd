//! The model and the program say the same: every journal that the model can reach is written once more by the program's
//! own decisions, which must stand where the model stands and allow what the model allows.

use super::protocol::{ATTEMPTS, Action, Protocol};
use super::state::{Basis, Choice, End, Record, Standing, State, attempts, standing};
use jiff::SignedDuration;
use pxdesk::order::{self, Command, Digest, Environment, Event, Failure, Order, OrderId, Outcome, Refusal};
use stateright::Model as _;
use std::collections::{BTreeSet, HashSet};

const QUIET: SignedDuration = SignedDuration::from_mins(4);

/// Every history of order A that the model reaches, with what may be done once the quiet period is over.
fn histories() -> Vec<(Vec<Record>, Vec<Choice>)> {
    let protocol = Protocol { off: None };
    let mut seen: HashSet<State> = protocol.init_states().into_iter().collect();
    let mut pending: Vec<State> = seen.iter().cloned().collect();
    let mut histories = Vec::new();
    let mut told = HashSet::new();
    while let Some(state) = pending.pop() {
        if told.insert(state.journal[0].clone()) {
            let quiet = State { journal: state.journal.clone(), ..State::default() };
            histories.push((state.journal[0].clone(), protocol.choices(&quiet, 0)));
        }
        // What happens to order B is never written to order A.
        let steps = protocol.next_steps(&state).into_iter().filter(|(action, _)| *action != Action::OpenAnew);
        pending.extend(steps.map(|(_, next)| next).filter(|next| seen.insert(next.clone())));
    }
    histories
}

/// An order of the program, and the time.
struct Desk {
    order: Order,
    now: order::Timestamp,
}

impl Desk {
    /// An order whose text was read and accepted.
    fn new() -> Self {
        let now = "2026-11-20T15:00:00Z".parse().unwrap();
        let new = order::parse_order(
            &serde_json::json!({
                "salesCode": "S", "partnerId": "P", "partnerOrderId": "PO", "transactionId": "T", "addressDetailId": "A"
            }),
            now,
        )
        .unwrap();
        let opened = Event::Opened {
            environment: Environment::Embedded,
            identity: new.identity,
            prepared_at: None,
            language: None,
            despite_doubt: None,
            personal: None,
        };
        let first = order::Recorded { seq: 1, at: now, by: "r".into(), event: opened, hash: Digest([0; 32]) };
        let mut desk = Self { order: Order::opened(&OrderId::from_bits(1), &first).unwrap(), now };
        let section = order::Section { id: None, title: None, text: "Yes?".into() };
        let rcc = order::Rcc { language: None, sections: vec![section] };
        desk.does(Command::BeginRetrieve { sender: sender() });
        desk.ends(1, Outcome::Rcc { rcc, tx_id: None });
        desk.does(Command::Vouch);
        desk.does(Command::AcceptVerbally { name: "Ann".into() });
        desk
    }

    fn may(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        order::decide(&self.order, command, self.now)
    }

    fn does(&mut self, command: Command) {
        for event in self.may(command).unwrap() {
            let (seq, at) = (self.order.seq + 1, self.now);
            self.order.apply(&order::Recorded { seq, at, by: "r".into(), event, hash: Digest([0; 32]) });
        }
    }

    fn ends(&mut self, attempt: u32, outcome: Outcome) {
        self.does(Command::End { attempt, outcome, uptime: None });
    }

    /// Writes `record` as the program would. Attempt 1 of the order is the retrieval. `other`: of two ways that are one
    /// to the model, the other.
    fn writes(&mut self, record: Record, other: bool) {
        self.now += QUIET;
        let number = |attempt: usize| u32::try_from(attempt).unwrap() + 1;
        match record {
            Record::Opened => {}
            Record::Started if self.order.doubt().is_some() => self.does(probe()),
            Record::Started => self.does(complete()),
            Record::Ended(attempt, End::Unknown) if other => {
                self.does(Command::CutOff { attempt: number(attempt), uptime: None });
            }
            Record::Ended(attempt, end) => self.ends(number(attempt), outcome(end, other)),
            // Two people must say the same, and until both have, it stands where it stood.
            Record::Verdict { placed } if other => {
                let before = (self.standing(), self.may(probe()).is_ok());
                self.does(verdict_of_two(!placed, "M. Ruiz", "desk a"));
                self.does(verdict_of_two(placed, "J. Lee", "desk b"));
                assert_eq!((self.standing(), self.may(probe()).is_ok()), before);
                self.does(verdict_of_two(placed, "M. Ruiz", "desk a"));
            }
            Record::Verdict { placed } => self.does(verdict(placed)),
            Record::Abandoned => self.does(Command::Abandon { reason: "no".into() }),
        }
    }

    fn standing(&self) -> Standing {
        match (self.order.standing(), &self.order.completion) {
            (order::State::Completed, Some(completion)) => Standing::Completed(match completion.basis {
                order::Basis::Confirmed => Basis::Confirmed,
                order::Basis::Inferred { .. } => Basis::Inferred,
                order::Basis::Verdict { .. } => Basis::Verdict,
            }),
            _ if self.order.under_way().is_some() => Standing::UnderWay,
            (order::State::InDoubt, _) => Standing::InDoubt,
            (order::State::Accepted, _) => Standing::Accepted,
            (order::State::Refused, _) => Standing::Alarm,
            (order::State::Abandoned, _) => Standing::Abandoned,
            (other, _) => panic!("the model knows no {other:?}"),
        }
    }
}

fn sender() -> order::Sender {
    order::Sender { owner: "desk-1".into(), request: Digest([1; 32]), uptime: None }
}

fn complete() -> Command {
    Command::BeginComplete { sender: sender(), room: SignedDuration::from_secs(120) }
}

fn probe() -> Command {
    Command::BeginProbe { sender: sender(), quiet: QUIET }
}

fn verdict(placed: bool) -> Command {
    let statement = order::Statement { placed, reference: "ticket 1".into(), name: "J. Lee".into() };
    Command::Resolve { statement, quiet: QUIET, uptime: None }
}

fn verdict_of_two(placed: bool, name: &str, by: &str) -> Command {
    let statement = order::Statement { placed, reference: "ticket 1".into(), name: name.into() };
    Command::ResolveByTwo { statement, by: by.into(), quiet: QUIET, uptime: None }
}

fn outcome(end: End, other: bool) -> Outcome {
    match end {
        End::Nothing if other => Outcome::Failed(Failure::Credentials("401".into())),
        End::Nothing => Outcome::Failed(Failure::NotSent("no route".into())),
        End::Unknown => Outcome::Failed(Failure::Unknown("no reply".into())),
        End::Confirmed => {
            Outcome::Completed { order_number: "N1".into(), order_status: None, tx_id: None, details: None }
        }
        End::Inferred | End::Alarm => Outcome::Refused(order::CallError {
            api: order::Call::CompleteOrder,
            http_status: 400,
            internal_code: Some("2130".into()),
            user_message: "already submitted".into(),
            tx_id: None,
            row: Some("complete_order/2130".into()),
        }),
    }
}

#[test]
fn the_program_does_what_the_model_does() {
    let histories = histories();
    let mut stood = BTreeSet::new();
    for (records, choices) in &histories {
        for other in [false, true] {
            let mut desk = Desk::new();
            for record in records {
                desk.writes(*record, other);
            }
            assert_eq!(desk.standing(), standing(records), "{records:?}");
            stood.insert(format!("{:?}", standing(records)));
            if let Some(Record::Ended(_, End::Unknown)) = records.last() {
                let early = [desk.may(probe()), desk.may(verdict(false))];
                assert!(early.iter().all(|may| matches!(may, Err(Refusal::TooEarly { .. }))), "{early:?}");
            }
            desk.now += QUIET;
            let used_up = attempts(records) == ATTEMPTS[0];
            for (choice, command) in [
                (Choice::Complete, complete()),
                (Choice::Probe, probe()),
                (Choice::Verdict { placed: false }, verdict(false)),
            ] {
                let is_attempt = choice != Choice::Verdict { placed: false };
                if !(used_up && is_attempt) {
                    let may = desk.may(command);
                    assert_eq!(
                        may.is_ok(),
                        choices.contains(&choice),
                        "{choice:?} after {records:?}: {may:?}"
                    );
                }
            }
        }
    }
    println!("{} histories of an order, written by the program as well", histories.len());
    assert_eq!(stood.len(), 8, "{stood:?}");
}
