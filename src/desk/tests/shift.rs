//! A shift: 200 orders, 40 of them stalled by 12 causes, and a supervisor who clears them.

use super::*;
use crate::order::stalled::{cause, outlook};
use crate::order::{Failure, Retry};
use std::collections::{BTreeMap, BTreeSet};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Orders, an engine and a Px that answers well, as far as a desk can tell.
pub struct Floor {
    pub kit: Kit,
    pub orders: BTreeMap<OrderId, Vec<Recorded>>,
    /// The orders that were retried.
    pub retried: Vec<OrderId>,
    pub keys: usize,
}

fn sender() -> Sender {
    Sender { owner: "d".into(), request: Digest::of(b""), uptime: None }
}

impl Floor {
    pub fn new() -> Self {
        Self { kit: Kit::new(), orders: BTreeMap::new(), retried: Vec::new(), keys: 0 }
    }

    pub fn order(&self, id: &OrderId) -> Order {
        Order::fold(id, &self.orders[id]).unwrap()
    }

    /// Adds an order of j.lee's that was opened and last touched `ago`, and prepared `prepared` ago.
    pub fn add(&mut self, ago: i32, prepared: i32, commands: Vec<Command>) -> OrderId {
        let n = self.orders.len() as u64 + 1;
        let (id, at) = (OrderId::from_bits(n * 7_919), self.kit.now - MINUTE * ago);
        let new = parse_order(&new_order(&n.to_string()), self.kit.now).unwrap();
        let event = Event::Opened {
            environment: Environment::Embedded,
            identity: new.identity,
            prepared_at: Some(self.kit.now - MINUTE * prepared),
            language: None,
            despite_doubt: None,
            personal: None,
        };
        let first = Recorded { seq: 1, at, by: "j.lee".into(), event, hash: Digest::of(b"") };
        self.orders.insert(id.clone(), vec![first]);
        for command in commands {
            assert!(self.decided(&id, command.clone(), "j.lee", at), "{command:?}");
        }
        id
    }

    fn decided(&mut self, id: &OrderId, command: Command, by: &str, at: Timestamp) -> bool {
        let Ok(events) = decide(&self.order(id), command, at) else { return false };
        let history = self.orders.get_mut(id).unwrap();
        for event in events {
            let seq = history.len() as u64 + 1;
            history.push(Recorded { seq, at, by: by.into(), event, hash: Digest::of(b"") });
        }
        true
    }

    fn call(&mut self, id: &OrderId, begin: Command, outcome: Outcome) {
        let now = self.kit.now;
        assert!(self.decided(id, begin, "r.diaz", now));
        let attempt = self.order(id).under_way().unwrap().number;
        assert!(self.decided(id, Command::End { attempt, outcome, uptime: None }, "r.diaz", now));
    }

    pub fn summaries(&self) -> Vec<Summary> {
        let mut rows: Vec<Summary> = self.orders.keys().map(|id| Summary::of(&self.order(id))).collect();
        rows.sort_by_cached_key(|row| row.sort_key(self.kit.now));
        rows
    }

    /// A key, and whatever follows from it until the desk waits for the next one.
    pub fn strike(&mut self, key: Key) {
        self.keys += 1;
        let effects = self.kit.strikes(key);
        self.follow(effects);
    }

    pub fn strikes(&mut self, keys: &str) {
        for key in keys.chars() {
            self.strike(if key == '\r' { Key::plain(Code::Enter) } else { Key::char(key) });
        }
    }

    pub fn follow(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let answers = self.answers(effect);
            for answer in answers {
                let effects = self.kit.tell(answer);
                self.follow(effects);
            }
        }
    }

    fn loaded(&self, id: &OrderId, after: bool) -> Msg {
        Msg::Order { order: Arc::new(self.order(id)), history: Arc::new(self.orders[id].clone()), after }
    }

    fn answers(&mut self, effect: Effect) -> Vec<Msg> {
        let now = self.kit.now;
        match effect {
            Effect::LoadQueue(..) => vec![whole(self.summaries())],
            Effect::LoadStalled { after, limit } => {
                let mut rows: Vec<Summary> =
                    self.summaries().into_iter().filter(|row| row.stall(now).is_some()).collect();
                if let Some(after) = &after {
                    let at = rows.iter().position(|row| row.id == after.id).unwrap();
                    rows.drain(..=at);
                }
                let more = rows.len() > limit;
                rows.truncate(limit);
                vec![Msg::Stalled { after: after.map(|row| row.id), rows, more }]
            }
            Effect::LoadOrder(id) => vec![self.loaded(&id, false)],
            Effect::Item(id, job) => {
                let done = match job.command() {
                    None => self.retry(&id),
                    Some(command) => self.decided(&id, command, "r.diaz", now),
                };
                vec![
                    self.loaded(&id, false),
                    Msg::Ended(Ended { id, how: How::of(done), what: "said".into() }),
                ]
            }
            Effect::Run(id, Task::Probe) => {
                let begin = Command::BeginProbe { sender: sender(), quiet: SECOND * 240 };
                self.call(&id, begin, refused("complete_order/2130"));
                vec![self.loaded(&id, true)]
            }
            Effect::Run(id, Task::Resolve(statement)) => {
                let (by, quiet) = (self.kit.model.setup.agent.clone(), SECOND * 240);
                let command = Command::ResolveByTwo { statement, by: by.clone(), quiet, uptime: None };
                assert!(self.decided(&id, command, &by, now));
                vec![self.loaded(&id, true)]
            }
            Effect::Run(id, Task::Do(command)) => {
                assert!(self.decided(&id, command, "r.diaz", now));
                vec![self.loaded(&id, true)]
            }
            Effect::Timer { .. } | Effect::Glance(_) => Vec::new(),
            other => panic!("{other:?}"),
        }
    }

    fn retry(&mut self, id: &OrderId) -> bool {
        self.retried.push(id.clone());
        let row = Summary::of(&self.order(id));
        assert_eq!(outlook(&row, self.kit.now).retry, Retry::Useful, "{row:?}");
        self.call(id, Command::BeginRetrieve { sender: sender() }, rcc());
        true
    }
}

fn retrieve() -> Command {
    Command::BeginRetrieve { sender: sender() }
}

fn ends(attempt: u32, outcome: Outcome) -> Command {
    Command::End { attempt, outcome, uptime: None }
}

fn failed(attempt: u32, failure: Failure) -> Command {
    ends(attempt, Outcome::Failed(failure))
}

fn sends() -> Vec<Command> {
    let to = Contact::parse("3035550123").unwrap();
    vec![retrieve(), ends(1, rcc()), Command::BeginSend { to, sender: sender() }]
}

/// How an order comes to be in doubt.
pub fn doubted() -> Vec<Command> {
    let accepted = Outcome::Accepted { method: None, accepted_at: None, tx_id: None };
    let rest = vec![
        ends(2, Outcome::Sent { sent_at: None, tx_id: None }),
        Command::Checked { outcome: accepted },
        Command::BeginComplete { sender: sender(), room: SECOND * 120 },
        failed(3, Failure::Unknown("no answer".into())),
    ];
    [sends(), rest].concat()
}

/// How an order comes to stand still, and how many do.
fn causes() -> Vec<(usize, Vec<Command>)> {
    let unknown = || Failure::Unknown("no answer".into());
    vec![
        (4, vec![retrieve(), failed(1, Failure::NotSent("no route".into()))]),
        (4, vec![retrieve(), failed(1, Failure::Credentials("401".into()))]),
        (4, vec![retrieve(), failed(1, unknown())]),
        (4, vec![retrieve(), Command::CutOff { attempt: 1, uptime: None }]),
        (4, vec![retrieve(), ends(1, refused("retrieve_rcc/4040"))]),
        (4, vec![retrieve(), ends(1, refused("retrieve_rcc/4050"))]),
        (3, vec![retrieve(), ends(1, refused("retrieve_rcc/2000"))]),
        (3, vec![retrieve(), ends(1, refused("retrieve_rcc/2131"))]),
        (2, [sends(), vec![failed(2, unknown())]].concat()),
        (2, doubted()),
        (3, Vec::new()),
    ]
}

fn floor() -> (Floor, BTreeSet<OrderId>) {
    let mut floor = Floor::new();
    let mut stalled = BTreeSet::new();
    for (many, commands) in causes() {
        stalled.extend((0..many).map(|_| floor.add(20, 60, commands.clone())));
    }
    stalled.extend((0..3).map(|_| floor.add(20, 130, Vec::new())));
    for _ in stalled.len()..200 {
        floor.add(5, 30, vec![retrieve(), ends(1, rcc())]);
    }
    let rows = floor.summaries();
    floor.kit.tell(whole(rows));
    (floor, stalled)
}

#[test]
fn a_supervisor_clears_forty_orders_of_twelve_causes_in_fewer_than_sixty_keys() {
    let (mut floor, stalled) = floor();
    let now = floor.kit.now;
    let rows = floor.summaries();
    let keys: BTreeSet<String> = rows.iter().filter_map(|row| cause(row, now)).map(|c| c.key).collect();
    assert_eq!((rows.len(), stalled.len(), keys.len()), (200, 40, 12), "{keys:?}");

    // Everything that is safe to retry, in one batch.
    floor.strikes("sAy");
    assert_eq!(floor.retried.len(), 24);
    assert_eq!(floor.kit.model.stalled.rows.len(), 16);
    // The two in doubt, one after the other, by a probe each.
    floor.strikes("\rj");
    for _ in 0..2 {
        floor.strikes("\rpy");
        floor.strike(Key::plain(Code::Esc));
    }
    assert_eq!(floor.kit.model.stalled.groups.len(), 5);
    // Expired: ended, with a reason.
    floor.strike(Key::plain(Code::End));
    floor.strikes("*Xtoo late\r");
    // The rest needs somebody on the phone: given to an agent, all at once.
    assert_eq!(floor.kit.model.stalled.groups.len(), 4);
    floor.strike(Key::plain(Code::Home));
    floor.strikes("*j*j*j*Gk.ono\r");
    assert!(floor.kit.model.stalled.marked.is_empty(), "all of it is done");

    for id in &stalled {
        let order = floor.order(id);
        let moves = Summary::of(&order).stall(now).is_none();
        assert!(moves || order.holder == "k.ono", "{order:?}");
    }
    assert_eq!(floor.retried.len(), 24, "nothing was retried twice");
    assert!(floor.keys < 60, "{} keys", floor.keys);
}
