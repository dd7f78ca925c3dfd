//! Whatever is pressed, and whatever the world answers in whatever order: no harm is done.

use super::*;
use crate::order::{Failure, Retry, Who};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The world around the desk: two orders, and what the desk has asked for and was not told the end of yet.
struct World {
    model: Model,
    now: Timestamp,
    histories: BTreeMap<OrderId, Vec<Recorded>>,
    pending: Vec<Effect>,
}

/// One thing that happens; the number picks among what may happen.
#[derive(Clone, Debug)]
enum Happening {
    Key(Key),
    Click(Key),
    Row(usize),
    Paste(&'static str),
    Answer(usize, u8),
    Reload(usize),
    LoadFails(usize),
    Timer,
    Time(i64),
    JournalChanged,
    Resized(u16),
}

impl World {
    fn new(environment: Environment) -> Self {
        let mut kit = Kit::with_order();
        kit.model.setup.environment = environment;
        kit.model.setup.lock_after = Some(SECOND * 300);
        let mut second = kit.history.clone();
        if let Event::Opened { identity, .. } = &mut second[0].event {
            identity.transaction_id = crate::order::TransactionId::new("T2").unwrap();
        }
        let histories = [(OrderId::from_bits(1), kit.history), (OrderId::from_bits(2), second)].into();
        let mut world = Self { model: kit.model, now: kit.now, histories, pending: Vec::new() };
        let rows = world.histories.keys().map(|id| Summary::of(&world.order(id))).collect();
        world.tell(whole(rows));
        world
    }

    fn order(&self, id: &OrderId) -> Order {
        Order::fold(id, &self.histories[id]).unwrap()
    }

    fn read(&self, id: &OrderId, after: bool) -> Msg {
        let history = Arc::new(self.histories[id].clone());
        Msg::Order { order: Arc::new(self.order(id)), history, after }
    }

    /// The orders that something of the desk's is under way for.
    fn busy(&self) -> Vec<OrderId> {
        let orders = |effect: &Effect| match effect {
            Effect::Run(id, _) | Effect::Item(id, _) => vec![id.clone()],
            Effect::LoadQueue(..)
            | Effect::Search(_)
            | Effect::LoadStalled { .. }
            | Effect::LoadOrder(_)
            | Effect::Glance(_)
            | Effect::LoadDay
            | Effect::Open(_)
            | Effect::Timer { .. }
            | Effect::Copy(_)
            | Effect::Notify(_)
            | Effect::Simulate(_)
            | Effect::Talk(_)
            | Effect::Market(_)
            | Effect::Contract(_)
            | Effect::Classroom(_)
            | Effect::Suspend
            | Effect::Quit => Vec::new(),
        };
        self.pending.iter().flat_map(orders).collect()
    }

    /// Tells the desk something and holds it to its promises.
    fn tell(&mut self, msg: Msg) {
        let pressed =
            if let Msg::Key(key) | Msg::Clicked(Target::Key(key)) = &msg { Some(*key) } else { None };
        let production = self.model.setup.environment == Environment::Production;
        let asked =
            matches!(self.model.frame.overlay, Some(Overlay::Confirm(Confirm::Complete(_) | Confirm::Probe)));
        let asked_twice = matches!(&self.model.frame.overlay, Some(Overlay::Ask(Confirm::Live(_), _)));
        let (locked, persons) =
            (self.model.frame.lock.locked, matches!(msg, Msg::Key(_) | Msg::Paste(_) | Msg::Clicked(_)));
        let effects = update(&mut self.model, msg, self.now);
        // What the key that unlocks it brings into sight is read after a pause.
        let harmless = effects.iter().all(|effect| matches!(effect, Effect::Timer { .. }));
        assert!(!(locked && persons) || harmless, "a locked desk does nothing: {effects:?}");
        for effect in &effects {
            let complete = matches!(effect, Effect::Run(_, Task::Complete(_) | Task::Probe));
            let yes = asked && pressed == Some(Key::char('y'));
            let word =
                asked_twice && (pressed == Some(Key::plain(Code::Enter)) || pressed == Some(Key::ctrl('s')));
            assert!(!complete || yes || word, "an unasked Complete");
            assert!(!complete || !production || self.model.live, "a real order without the word");
        }
        let section = self.model.order.as_ref().map(|screen| screen.section);
        if let Some(section) = section {
            // A frame of a large screen.
            let seen = Seen { section, top: 0, from: 0, through: 1, all: 1, in_sight: true };
            assert_eq!(update(&mut self.model, Msg::Shown(seen), self.now), []);
        }
        self.pending.extend(effects.into_iter().filter(|e| {
            matches!(e, Effect::Run(..) | Effect::Item(..) | Effect::Open(_) | Effect::LoadOrder(_))
        }));
        let mut busy = self.busy();
        let all = busy.len();
        busy.sort();
        busy.dedup();
        assert_eq!(busy.len(), all, "two things for one order: {:?}", self.pending);
        let awaited = self.pending.iter().filter(|e| !matches!(e, Effect::LoadOrder(_))).count();
        assert_eq!(self.model.frame.under_way, awaited, "what is under way is counted: {:?}", self.pending);
        for (id, polling) in &self.model.polls {
            let wakes = self.model.running.contains_key(id) || polling.next_at.is_some();
            assert!(wakes, "polling that nothing would wake");
        }
        self.check_keys();
    }

    /// The table of keys says one thing about each key, and at most one of them is the next one.
    fn check_keys(&self) {
        let bindings = bindings(&self.model);
        assert!(bindings.iter().filter(|b| b.primary).count() <= 1);
        for (at, one) in bindings.iter().enumerate() {
            assert!(bindings[..at].iter().all(|b| b.key != one.key), "two meanings: {one:?}");
        }
        assert!(!next_line(&self.model).is_empty());
        assert!(next_tick(&self.model, self.now).is_none_or(|tick| tick >= SECOND));
    }

    fn happen(&mut self, happening: &Happening) {
        let ids: Vec<OrderId> = self.histories.keys().cloned().collect();
        match *happening {
            Happening::Key(key) => {
                // A key that was let go before, by somebody who takes the time that a short section needs.
                self.model.frame.held = Held::default();
                self.now += SECOND * 2;
                self.tell(Msg::Key(key));
            }
            Happening::Click(key) => self.tell(Msg::Clicked(Target::Key(key))),
            Happening::Row(row) => self.tell(Msg::Clicked(Target::Row(row))),
            Happening::Paste(text) => self.tell(Msg::Paste(text.to_owned())),
            Happening::Answer(which, how) => self.answer(which, how),
            Happening::Reload(which) => self.tell(self.read(&ids[which % 2], false)),
            Happening::LoadFails(which) => {
                let id = Some(ids[which % 2].clone());
                self.tell(Msg::Failed { id, problem: problem(), after: false, retry_after: None });
            }
            Happening::Timer => self.tell(Msg::Timer(self.model.frame.timers)),
            Happening::Time(minutes) => {
                self.now += SECOND * 20 * i32::try_from(minutes).unwrap();
                self.tell(Msg::Tick);
            }
            Happening::JournalChanged => self.tell(Msg::JournalChanged),
            Happening::Resized(height) => self.tell(Msg::Resized { width: 80, height }),
        }
    }

    /// The world answers one of the things that are under way.
    fn answer(&mut self, which: usize, how: u8) {
        if self.pending.is_empty() {
            return;
        }
        match self.pending.remove(which % self.pending.len()) {
            Effect::Run(id, action) => {
                if self.engine(&id, action, how) {
                    self.tell(self.read(&id, true));
                } else {
                    self.tell(Msg::Failed {
                        id: Some(id.clone()),
                        problem: problem(),
                        after: true,
                        retry_after: None,
                    });
                    self.tell(self.read(&id, false));
                }
            }
            Effect::Item(id, job) => {
                let done = match job.command() {
                    None => true,
                    Some(command) => self.engine(&id, Task::Do(command), how),
                };
                // It counts as under way until the second of the two messages.
                let read = self.read(&id, false);
                update(&mut self.model, read, self.now);
                self.tell(Msg::Ended(Ended { id, how: How::of(done), what: "answered".into() }));
            }
            Effect::Open(_) => {
                self.tell(Msg::Failed { id: None, problem: problem(), after: true, retry_after: None });
            }
            Effect::LoadOrder(id) => self.tell(self.read(&id, false)),
            other => panic!("not awaited: {other:?}"),
        }
    }

    /// What the engine and Px make of an action; false when it is refused here.
    fn engine(&mut self, id: &OrderId, task: Task, how: u8) -> bool {
        let sender = Sender { owner: "d".into(), request: Digest::of(b""), uptime: None };
        let (command, good) = match task {
            Task::Retrieve => (Command::BeginRetrieve { sender }, rcc()),
            Task::Send(to) => {
                (Command::BeginSend { to, sender }, Outcome::Sent { sent_at: None, tx_id: None })
            }
            Task::Complete(_) => {
                let number = || "N1".to_owned();
                let good = Outcome::Completed {
                    order_number: number(),
                    order_status: None,
                    tx_id: None,
                    details: None,
                };
                (Command::BeginComplete { sender, room: SECOND * 120 }, good)
            }
            Task::Probe => {
                let good = refused("complete_order/2130");
                (Command::BeginProbe { sender, quiet: SECOND * 240 }, good)
            }
            Task::Resolve(statement) => {
                return self.decided(id, Command::Resolve { statement, quiet: SECOND * 240, uptime: None });
            }
            Task::Check => {
                let accepted = Outcome::Accepted { method: None, accepted_at: None, tx_id: None };
                let outcome = if how.is_multiple_of(2) { Outcome::NotAccepted } else { accepted };
                return self.decided(id, Command::Checked { outcome });
            }
            Task::Do(command) => return self.decided(id, command),
        };
        if !self.decided(id, command) {
            return false;
        }
        let outcome = match how {
            0 => Outcome::Failed(Failure::Unknown("cut".into())),
            1 => Outcome::Failed(Failure::NotSent("no route".into())),
            2 => refused("retrieve_rcc/2000"),
            3 => refused("complete_order/1210"),
            _ => good,
        };
        let attempt = self.order(id).under_way().unwrap().number;
        self.decided(id, Command::End { attempt, outcome, uptime: None })
    }

    fn decided(&mut self, id: &OrderId, command: Command) -> bool {
        let Ok(events) = decide(&self.order(id), command, self.now) else { return false };
        for event in events {
            let history = self.histories.get_mut(id).unwrap();
            let seq = history.len() as u64 + 1;
            history.push(Recorded { seq, at: self.now, by: "r.diaz".into(), event, hash: Digest::of(b"") });
        }
        true
    }
}

fn problem() -> Problem {
    Problem {
        what: "it did not work".into(),
        field: "order".into(),
        who: Who::Agent,
        next: "look again".into(),
        retry: Retry::Useful,
        code: None,
        tx_id: None,
    }
}

fn key() -> impl Strategy<Value = Key> {
    let plain = [
        Code::Enter,
        Code::Enter,
        Code::Esc,
        Code::Tab,
        Code::BackTab,
        Code::Backspace,
        Code::Up,
        Code::Down,
        Code::Right,
        Code::Left,
        Code::PageDown,
        Code::PageUp,
        Code::Home,
        Code::End,
        Code::F(1),
        Code::F(2),
    ];
    let typed = "yyns srevdgbiRxXaAuhctTq/?: jk17pp**GNOUh";
    prop_oneof![
        4 => prop::sample::select(plain.to_vec()).prop_map(Key::plain),
        6 => prop::sample::select(typed.chars().collect::<Vec<_>>()).prop_map(Key::char),
        1 => prop::sample::select(vec!['s', 'p', 'c', 'u', 'l']).prop_map(Key::ctrl),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let texts =
        vec!["live", "3035550123", "{\"salesCode\":\"S\"}", "{oops", "x\u{1b}[2J\ny", "[]", "[{}]", ""];
    prop_oneof![
        12 => key().prop_map(Happening::Key),
        1 => key().prop_map(Happening::Click),
        1 => (0..4usize).prop_map(Happening::Row),
        1 => prop::sample::select(texts).prop_map(Happening::Paste),
        8 => (0..4usize, 0..24u8).prop_map(|(which, how)| Happening::Answer(which, how)),
        1 => (0..2usize).prop_map(Happening::Reload),
        1 => (0..2usize).prop_map(Happening::LoadFails),
        1 => Just(Happening::Timer),
        1 => (0..30i64).prop_map(Happening::Time),
        1 => Just(Happening::JournalChanged),
        1 => (0..40u16).prop_map(Happening::Resized),
    ]
}

/// The keys of a whole walk, so that chance does not have to find the way to the later steps by itself.
fn walk(kind: u8) -> Vec<Happening> {
    let answer = || Happening::Answer(0, 23);
    let key = |code| Happening::Key(Key::plain(code));
    let mut walk = vec![key(Code::Enter), answer(), key(Code::Enter), answer()];
    match kind {
        0 => {}
        1 => walk.extend([key(Code::Char('s')), key(Code::Enter), answer()]),
        2 => {
            // Px cannot be reached, and the supervisor retries.
            walk[3] = Happening::Answer(0, 1);
            walk.push(key(Code::Esc));
            walk.extend(['s', 'A', 'y'].map(|c| key(Code::Char(c))));
        }
        _ => {
            walk.extend([key(Code::Enter), answer()]);
            walk.extend((0..2).flat_map(|_| [key(Code::Char(' ')), answer()]));
            walk.extend([key(Code::Enter), key(Code::Enter), key(Code::Char('y')), answer()]);
        }
    }
    walk
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn no_harm_is_done(kind in 0..4u8, environment in prop::sample::select(&Environment::ALL[..]), happenings in prop::collection::vec(happening(), 1..150)) {
        let mut world = World::new(environment);
        // Kit::with_order has the order open already; begin from the queue.
        world.happen(&Happening::Key(Key::plain(Code::Esc)));
        for happening in walk(kind).into_iter().chain(happenings) {
            world.happen(&happening);
        }
    }
}

#[test]
fn the_walks_lead_where_they_are_meant_to() {
    for (kind, pane) in [(0, Pane::Deliver), (1, Pane::Sent), (2, Pane::Retrieve), (3, Pane::Complete)] {
        let mut world = World::new(Environment::Embedded);
        world.happen(&Happening::Key(Key::plain(Code::Esc)));
        for happening in walk(kind) {
            world.happen(&happening);
        }
        assert_eq!(world.model.order.as_ref().unwrap().pane, pane);
        assert_eq!(world.busy().len(), usize::from(kind == 2), "only the retry is still on its way");
    }
}
