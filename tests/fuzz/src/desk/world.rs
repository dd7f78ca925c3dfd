//! The world around the desk: two orders, and what the desk has asked for and was not told the end of yet.

use jiff::SignedDuration;
use pxdesk::desk::{
    Code, Confirm, Effect, Ended, How, Key, Model, Msg, Overlay, Page, Problem, Setup, Target, Task,
    ThemeName, bindings, next_line, next_tick, update,
};
use pxdesk::order::{
    CallError, Command, Details, Digest, Environment, Event, Failure, NewOrder, OpenedPersonal, Order,
    OrderId, Outcome, Pauses, Rcc, Recorded, Retry, Role, Section, Sender, Summary, Timestamp, Who, decide,
    parse_order, remedy,
};
use pxdesk::view::Layout;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const QUIET: SignedDuration = SignedDuration::from_secs(240);

/// What a hostile server might send, until something else was pasted.
const HOSTILE: &str =
    "\u{1b}[2J$10\t20 a \u{202e}month\u{200b}\r\nor\r中\u{301}\u{301}\u{9b}31m 👩\u{200d}👧 \u{fe0f}";

static OPENED: LazyLock<[Recorded; 2]> = LazyLock::new(|| ["1", "2"].map(opened));

pub struct World {
    pub model: Model,
    /// The places of the last drawing.
    pub layout: Layout,
    now: Timestamp,
    histories: BTreeMap<OrderId, Vec<Recorded>>,
    pending: Vec<Effect>,
    /// What the server says next: whatever was pasted last.
    said: String,
}

/// One thing that happens. The numbers pick among what may happen.
pub enum Happening {
    Tell(Msg),
    Paste(String),
    /// One of the things under way ends, some way.
    Answer(usize, u8),
    Reload(usize),
    LoadFails(usize),
    Timer,
    /// So many times twenty seconds pass.
    Time(i32),
}

fn start() -> Timestamp {
    Timestamp::from_second(1_795_186_800).expect("2026-11-20T15:00:00Z")
}

fn opened(n: &str) -> Recorded {
    let order = json!({
        "salesCode": "S", "partnerId": "P", "partnerOrderId": format!("PO{n}"), "transactionId": format!("T{n}"),
        "addressDetailId": "A", "preparedAt": "2026-11-20T14:50:00Z",
        "customer": { "name": "Ann Okafor", "phone": "3035550123", "email": "ann@example.com" },
        "paymentToken": "tok_1",
    });
    let event = opening(parse_order(&order, start()).expect("a good order"));
    Recorded { seq: 1, at: start(), by: "r.diaz".into(), event, hash: Digest([0; 32]) }
}

fn opening(new: NewOrder) -> Event {
    let personal = OpenedPersonal {
        customer: new.customer,
        payment_token: new.payment_token,
        gift_cards: new.gift_cards,
    };
    Event::Opened {
        environment: Environment::Embedded,
        identity: new.identity,
        prepared_at: new.prepared_at,
        language: new.language,
        despite_doubt: None,
        personal: Some(personal),
    }
}

impl World {
    pub fn new(environment: Environment) -> Self {
        let setup = Setup {
            environment,
            agent: "r.diaz".into(),
            role: Role::Supervisor,
            two_people: false,
            pauses: Pauses { first: SECOND * 2, longest: SECOND * 30, give_up_after: SECOND * 10 },
            complete_room: SECOND * 120,
            quiet_period: QUIET,
            market_quiet: QUIET,
            fastest: pxdesk::order::Pace::FASTEST,
            lock_after: Some(SECOND * 300),
            notify: true,
            practice_offered: true,
            market: None,
            registration: None,
        };
        let (model, _) = Model::new(setup, ThemeName::Dark, start(), (80, 24));
        let ids = [OrderId::from_bits(1), OrderId::from_bits(2)];
        let histories = ids.into_iter().zip(OPENED.iter().map(|opened| vec![opened.clone()])).collect();
        let (now, said) = (start(), HOSTILE.to_owned());
        let mut world = Self { model, layout: Layout::default(), now, histories, pending: Vec::new(), said };
        let rows = world.histories.keys().map(|id| Summary::of(&world.order(id))).collect();
        world.tell(Msg::Queue(Box::new(Page::whole(rows))));
        world
    }

    fn order(&self, id: &OrderId) -> Order {
        Order::fold(id, &self.histories[id]).expect("a history of decisions")
    }

    fn read(&self, id: &OrderId, after: bool) -> Msg {
        let history = Arc::new(self.histories[id].clone());
        Msg::Order { order: Arc::new(self.order(id)), history, after }
    }

    pub fn happen(&mut self, happening: Happening) {
        let id = |which: usize| OrderId::from_bits(1 + which as u64 % 2);
        match happening {
            Happening::Tell(msg) => self.tell(msg),
            Happening::Paste(text) => {
                self.said.clone_from(&text);
                self.tell(Msg::Paste(text));
            }
            Happening::Answer(which, how) => self.answer(which, how),
            Happening::Reload(which) => self.tell(self.read(&id(which), false)),
            Happening::LoadFails(which) => {
                let problem = self.problem();
                self.tell(Msg::Failed { id: Some(id(which)), problem, after: false, retry_after: None });
            }
            Happening::Timer => self.tell(Msg::Timer(self.model.frame.timers)),
            Happening::Time(by) => {
                self.now += SECOND * 20 * by;
                self.tell(Msg::Tick);
            }
        }
    }

    /// Tells the desk what of a text the last frame showed.
    pub fn shown(&mut self) {
        if let Some(seen) = self.layout.seen {
            self.tell(Msg::Shown(seen));
        }
    }

    /// Tells the desk something and holds it to its promises.
    fn tell(&mut self, msg: Msg) {
        let pressed =
            if let Msg::Key(key) | Msg::Clicked(Target::Key(key)) = &msg { Some(*key) } else { None };
        let asked = match &self.model.frame.overlay {
            Some(Overlay::Confirm(confirm)) if pressed == Some(Key::char('y')) => Some(confirm.clone()),
            Some(Overlay::Ask(Confirm::Live(confirm), _)) if is_submit(pressed) => Some(*confirm.clone()),
            _ => None,
        };
        let a_person = matches!(msg, Msg::Key(_) | Msg::Paste(_) | Msg::Clicked(_));
        let locked = self.model.frame.lock.locked && a_person;
        let effects = update(&mut self.model, msg, self.now);
        // What the key that unlocks it brings into sight is read after a pause.
        let harmless = effects.iter().all(|effect| matches!(effect, Effect::Timer { .. }));
        assert!(!locked || harmless, "a locked desk does nothing: {effects:?}");
        for effect in &effects {
            let Effect::Run(_, task) = effect else { continue };
            let question = match task {
                Task::Complete(shown) => Confirm::Complete(*shown),
                Task::Probe => Confirm::Probe,
                Task::Resolve(statement) => Confirm::Settle(statement.clone()),
                Task::Retrieve | Task::Send(_) | Task::Check | Task::Do(_) => continue,
            };
            assert_eq!(asked.as_ref(), Some(&question), "{task:?}, and nobody was asked");
            let real = self.model.setup.environment == Environment::Production
                && matches!(question, Confirm::Complete(_));
            assert!(!real || self.model.live, "a real order without the word");
        }
        self.pending.extend(effects.into_iter().filter(|e| {
            matches!(e, Effect::Run(..) | Effect::Item(..) | Effect::Open(_) | Effect::LoadOrder(_))
        }));
        self.check_model();
    }

    fn check_model(&self) {
        let mut busy: Vec<&OrderId> = self.pending.iter().flat_map(orders_of).collect();
        let all = busy.len();
        busy.sort();
        busy.dedup();
        assert_eq!(busy.len(), all, "two things for one order: {:?}", self.pending);
        let awaited = self.pending.iter().filter(|e| !matches!(e, Effect::LoadOrder(_))).count();
        assert_eq!(self.model.frame.under_way, awaited, "what is under way is counted: {:?}", self.pending);
    }

    /// The table of keys says one thing about each key, and at most one of them is the next one.
    pub fn check_keys(&self) {
        let bindings = bindings(&self.model);
        assert!(bindings.iter().filter(|b| b.primary).count() <= 1, "two next steps");
        for (at, one) in bindings.iter().enumerate() {
            assert!(bindings[..at].iter().all(|b| b.key != one.key), "two meanings: {one:?}");
        }
        assert!(!next_line(&self.model).is_empty(), "no next step is named");
        assert!(next_tick(&self.model, self.now).is_none_or(|tick| tick >= SECOND), "it ticks too fast");
    }

    /// The world answers one of the things that are under way.
    fn answer(&mut self, which: usize, how: u8) {
        if self.pending.is_empty() {
            return;
        }
        match self.pending.remove(which % self.pending.len()) {
            Effect::Run(id, task) => {
                let done = self.engine(&id, task, how);
                if done {
                    self.tell(self.read(&id, true));
                } else {
                    let problem = self.problem();
                    self.tell(Msg::Failed { id: Some(id.clone()), problem, after: true, retry_after: None });
                    self.tell(self.read(&id, false));
                }
            }
            Effect::Item(id, job) => {
                let done = match job.command() {
                    None => how % 2 == 0,
                    Some(command) => self.engine(&id, Task::Do(command), how),
                };
                // It counts as under way until the second of the two messages.
                let read = self.read(&id, false);
                update(&mut self.model, read, self.now);
                let what = self.said.clone();
                self.tell(Msg::Ended(Ended { id, how: How::of(done), what }));
            }
            Effect::Open(new) if how % 2 == 0 => {
                let id = OrderId::from_bits(1 + self.histories.len() as u64);
                let recorded = Recorded { at: self.now, event: opening(*new), ..OPENED[0].clone() };
                self.histories.insert(id.clone(), vec![recorded]);
                self.tell(Msg::Opened(Box::new(self.order(&id))));
            }
            Effect::Open(_) => {
                let problem = self.problem();
                self.tell(Msg::Failed { id: None, problem, after: true, retry_after: None });
            }
            Effect::LoadOrder(id) => self.tell(self.read(&id, false)),
            other => panic!("not awaited: {other:?}"),
        }
    }

    /// What engine and Px make of a task; false when it is refused here.
    fn engine(&mut self, id: &OrderId, task: Task, how: u8) -> bool {
        let sender = Sender { owner: "desk-1".into(), request: Digest([1; 32]), uptime: None };
        let said = || self.said.clone();
        let (command, good) = match task {
            Task::Retrieve => {
                let section = Section { id: Some(said()), title: Some(said()), text: said() };
                let more = Section { id: None, title: None, text: "Do you accept?".into() };
                let rcc = Rcc { language: Some(said()), sections: vec![section, more] };
                (Command::BeginRetrieve { sender }, Outcome::Rcc { rcc, tx_id: Some(said()) })
            }
            Task::Send(to) => {
                (Command::BeginSend { to, sender }, Outcome::Sent { sent_at: None, tx_id: Some(said()) })
            }
            Task::Complete(_) => {
                let good = Outcome::Completed {
                    order_number: said(),
                    order_status: Some(said()),
                    tx_id: Some(said()),
                    details: Some(Details(json!({ "said": said() }))),
                };
                (Command::BeginComplete { sender, room: SECOND * 120 }, good)
            }
            Task::Probe => {
                (Command::BeginProbe { sender, quiet: QUIET }, self.refusal("complete_order/2130"))
            }
            Task::Resolve(statement) => {
                return self.decided(id, Command::Resolve { statement, quiet: QUIET, uptime: None });
            }
            Task::Check => {
                let accepted = Outcome::Accepted { method: None, accepted_at: None, tx_id: Some(said()) };
                let outcome = if how % 2 == 0 { Outcome::NotAccepted } else { accepted };
                return self.decided(id, Command::Checked { outcome });
            }
            // The reader takes the time that the text needs.
            Task::Do(Command::SectionRead { section, .. }) => {
                self.now += SECOND * 60;
                return self.decided(id, Command::SectionRead { section, millis: None });
            }
            Task::Do(command) => return self.decided(id, command),
        };
        if !self.decided(id, command) {
            return false;
        }
        let outcome = match how {
            0 => Outcome::Failed(Failure::Unknown(self.said.clone())),
            1 => Outcome::Failed(Failure::NotSent(self.said.clone())),
            2 => self.refusal("retrieve_rcc/2000"),
            3 => self.refusal("complete_order/1210"),
            4 => self.refusal("complete_order/2130"),
            _ => good,
        };
        let attempt = self.order(id).under_way().expect("it was just begun").number;
        self.decided(id, Command::End { attempt, outcome, uptime: None })
    }

    fn decided(&mut self, id: &OrderId, command: Command) -> bool {
        let Ok(events) = decide(&self.order(id), command, self.now) else { return false };
        let Some(history) = self.histories.get_mut(id) else { return false };
        for event in events {
            let seq = history.len() as u64 + 1;
            history.push(Recorded { seq, at: self.now, by: "r.diaz".into(), event, hash: Digest([0; 32]) });
        }
        true
    }

    fn refusal(&self, row: &str) -> Outcome {
        let remedy = remedy::by_id(row).expect("a documented row");
        Outcome::Refused(CallError {
            api: remedy.call,
            http_status: remedy.http_status,
            internal_code: Some(self.said.clone()),
            user_message: self.said.clone(),
            tx_id: Some(self.said.clone()),
            row: Some(row.to_owned()),
        })
    }

    fn problem(&self) -> Problem {
        Problem {
            what: self.said.clone(),
            field: "order".into(),
            who: Who::Agent,
            next: "look again".into(),
            retry: Retry::Useful,
            code: Some(self.said.clone()),
            tx_id: None,
        }
    }
}

/// True for the keys that submit a form.
fn is_submit(pressed: Option<Key>) -> bool {
    [Some(Key::plain(Code::Enter)), Some(Key::ctrl('s'))].contains(&pressed)
}

/// The orders that something of the desk's is under way for.
fn orders_of(effect: &Effect) -> &[OrderId] {
    match effect {
        Effect::Run(id, _) | Effect::Item(id, _) => std::slice::from_ref(id),
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
        | Effect::Classroom(_)
        | Effect::Talk(_)
        | Effect::Market(_)
        | Effect::Contract(_)
        | Effect::Suspend
        | Effect::Quit => &[],
    }
}
