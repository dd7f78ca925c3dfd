//! The desk's story: keys in, effects out, no screen and no clock.

mod doubt;
mod elsewhere;
mod faults;
mod harm;
mod held;
mod intake;
mod lock;
mod market;
mod notify;
mod play;
mod queue;
mod registration;
mod replay;
mod seen;
mod shift;
mod supervisor;
mod tour;
mod training;
mod walks;

use super::*;
use crate::order::{
    CallError, Command, Contact, Digest, Environment, Event, Order, OrderId, Outcome, Pace, Pauses, Recorded,
    Role, Sender, State, Summary, Timestamp, decide, parse_order, remedy,
};
use jiff::SignedDuration;
use std::sync::Arc;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// A desk, a pretended engine and a pretended clock.
struct Kit {
    model: Model,
    now: Timestamp,
    history: Vec<Recorded>,
}

/// The whole queue, read from the journal.
fn whole(rows: Vec<Summary>) -> Msg {
    Msg::Queue(Box::new(Page::whole(rows)))
}

fn start() -> Timestamp {
    "2026-11-20T15:00:00Z".parse().unwrap()
}

fn new_order(n: &str) -> serde_json::Value {
    serde_json::json!({"salesCode":"S","partnerId":"P","partnerOrderId":format!("PO{n}"),"transactionId":format!("T{n}"),
        "addressDetailId":"A","preparedAt":"2026-11-20T14:50:00Z","customer":{"name":"Ann Okafor","phone":"3035550123"}})
}

impl Kit {
    fn new() -> Self {
        let pauses = Pauses { first: SECOND * 2, longest: SECOND * 30, give_up_after: SECOND * 10 };
        let setup = Setup {
            environment: Environment::Embedded,
            agent: "r.diaz".into(),
            role: Role::Supervisor,
            two_people: false,
            pauses,
            complete_room: SECOND * 120,
            quiet_period: SECOND * 240,
            market_quiet: SECOND * 240,
            fastest: Pace::FASTEST,
            lock_after: None,
            notify: true,
            practice_offered: true,
            market: None,
            registration: None,
        };
        let (model, effects) = Model::new(setup, ThemeName::Dark, start(), (80, 24));
        assert_eq!(effects, [Effect::LoadQueue(Part::First, CHUNK)]);
        Self { model, now: start(), history: Vec::new() }
    }

    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        let mut effects = update(&mut self.model, msg, self.now);
        self.sees();
        // Who works on the rows in sight is a story of its own.
        effects.retain(|effect| !matches!(effect, Effect::Timer { id, .. } if *id > u64::MAX / 2));
        effects
    }

    /// A frame of a screen that has room for the whole section.
    fn sees(&mut self) {
        let is_read = |screen: &&OrderScreen| screen.pane == Pane::Reading;
        let in_front = self.model.order.as_ref().filter(|_| self.model.screen == Screen::Order);
        if let Some(screen) = in_front.filter(is_read) {
            let seen = Seen { section: screen.section, top: 0, from: 0, through: 1, all: 1, in_sight: true };
            assert_eq!(update(&mut self.model, Msg::Shown(seen), self.now), []);
        }
    }

    fn key(&mut self, code: Code) -> Vec<Effect> {
        self.strikes(Key::plain(code))
    }

    /// A key that was let go before.
    fn strikes(&mut self, key: Key) -> Vec<Effect> {
        self.model.frame.held = Held::default();
        self.tell(Msg::Key(key))
    }

    fn press(&mut self, c: char) -> Vec<Effect> {
        self.key(Code::Char(c))
    }

    fn enter(&mut self) -> Vec<Effect> {
        self.key(Code::Enter)
    }

    fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.press(c);
        }
    }

    /// Opens an order on the screen.
    fn with_order() -> Self {
        let mut kit = Self::new();
        let new = parse_order(&new_order("1"), kit.now).unwrap();
        let personal =
            crate::order::OpenedPersonal { customer: new.customer, payment_token: None, gift_cards: vec![] };
        let event = Event::Opened {
            environment: Environment::Embedded,
            identity: new.identity,
            prepared_at: new.prepared_at,
            language: None,
            despite_doubt: None,
            personal: Some(personal),
        };
        kit.record(event);
        let order = kit.order();
        kit.tell(whole(vec![Summary::of(&order)]));
        assert_eq!(kit.enter(), [Effect::LoadOrder(order.id.clone())]);
        kit.show(false);
        assert_eq!(kit.model.screen, Screen::Order);
        kit
    }

    fn order(&self) -> Order {
        Order::fold(&OrderId::from_bits(1), &self.history).unwrap()
    }

    fn record(&mut self, event: Event) {
        let seq = self.history.len() as u64 + 1;
        self.history.push(Recorded { seq, at: self.now, by: "r.diaz".into(), event, hash: Digest::of(b"") });
    }

    fn show(&mut self, after: bool) -> Vec<Effect> {
        let (order, history) = (Arc::new(self.order()), Arc::new(self.history.clone()));
        self.tell(Msg::Order { order, history, after })
    }

    fn decided(&mut self, command: Command) {
        for event in decide(&self.order(), command, self.now).unwrap() {
            self.record(event);
        }
    }

    /// Does what the engine would, with Px answering `outcome`.
    fn engine(&mut self, effects: &[Effect], outcome: Option<Outcome>) -> Vec<Effect> {
        let [Effect::Run(_, task)] = effects else { panic!("{effects:?}") };
        let sender = Sender { owner: "d".into(), request: Digest::of(b""), uptime: None };
        match task {
            Task::Retrieve => self.decided(Command::BeginRetrieve { sender }),
            Task::Send(to) => self.decided(Command::BeginSend { to: to.clone(), sender }),
            Task::Complete(_) => self.decided(Command::BeginComplete { sender, room: SECOND * 120 }),
            Task::Probe => self.decided(Command::BeginProbe { sender, quiet: SECOND * 240 }),
            Task::Resolve(statement) => {
                let (statement, quiet) = (statement.clone(), SECOND * 240);
                self.decided(Command::Resolve { statement, quiet, uptime: None });
            }
            Task::Check => self.decided(Command::Checked { outcome: outcome.clone().unwrap() }),
            Task::Do(command) => self.decided(command.clone()),
        }
        if let Some(attempt) = self.order().under_way().map(|a| a.number) {
            self.decided(Command::End { attempt, outcome: outcome.unwrap(), uptime: None });
        }
        self.show(true)
    }

    fn retrieved(&mut self) {
        let effects = self.enter();
        self.engine(&effects, Some(rcc()));
        assert_eq!(self.pane(), Pane::Deliver);
    }

    fn read_and_accepted(&mut self) {
        let effects = self.enter();
        self.engine(&effects, None);
        for _ in 0..2 {
            self.reads_section();
        }
        self.enter();
        assert_eq!(self.enter(), [], "the name is not the yes");
        let effects = self.press('y');
        self.engine(&effects, None);
    }

    /// Takes the time that a short section needs.
    fn reads_section(&mut self) {
        self.now += SECOND * 2;
        let effects = self.press(' ');
        self.engine(&effects, None);
    }

    fn sent(&mut self) {
        assert_eq!(self.press('s'), []);
        let effects = self.enter();
        assert!(matches!(&effects[..], [Effect::Run(_, Task::Send(Contact::Sms(_)))]));
        self.engine(&effects, Some(Outcome::Sent { sent_at: None, tx_id: None }));
        assert_eq!(self.pane(), Pane::Sent);
    }

    fn pane(&self) -> Pane {
        self.model.order.as_ref().unwrap().pane
    }
}

fn rcc() -> Outcome {
    let section = |t: &str| crate::order::Section { id: None, title: None, text: t.into() };
    Outcome::Rcc {
        rcc: crate::order::Rcc { language: None, sections: vec![section("one"), section("two")] },
        tx_id: None,
    }
}

fn refused(row: &str) -> Outcome {
    let remedy = remedy::by_id(row).unwrap();
    Outcome::Refused(CallError {
        api: remedy.call,
        http_status: 410,
        internal_code: Some(remedy.code.clone()).filter(|code| !code.is_empty()),
        user_message: remedy.message.clone(),
        tx_id: Some("7f3a".into()),
        row: Some(row.into()),
    })
}

#[test]
fn leaving_waits_for_what_is_under_way() {
    let mut kit = Kit::with_order();
    assert_eq!(kit.tell(Msg::AskedToQuit), [Effect::Quit]);
    let effects = kit.enter();
    assert_eq!(kit.strikes(Key::ctrl('c')), []);
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Quit))));
    kit.key(Code::Esc);
    assert_eq!(kit.tell(Msg::AskedToQuit), []);
    assert_eq!(kit.engine(&effects, Some(rcc())), [Effect::Quit], "as soon as the answer is on disk");
}

#[test]
fn nobody_is_asked_to_wait_for_what_has_ended() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.strikes(Key::ctrl('c'));
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(Confirm::Quit))));
    assert_eq!(kit.engine(&effects, Some(rcc())), []);
    assert!(kit.model.frame.overlay.is_none());
}

#[test]
fn a_reading_is_put_aside_before_leaving() {
    for asked in [Msg::Key(Key::ctrl('c')), Msg::AskedToQuit] {
        let mut kit = Kit::with_order();
        kit.retrieved();
        let effects = kit.enter();
        kit.engine(&effects, None);
        let aside = kit.tell(asked);
        assert!(matches!(&aside[..], [Effect::Run(_, Task::Do(Command::Interrupt))]), "{aside:?}");
        assert_eq!(kit.engine(&aside, None), [Effect::Quit]);
        assert!(kit.order().reading.unwrap().interrupted);
    }
}

#[test]
fn a_tick_comes_only_where_a_clock_runs() {
    let mut kit = Kit::new();
    assert_eq!(next_tick(&kit.model, kit.now), None);
    let order = Kit::with_order().order();
    let row = |opened_ago: i32, prepared_at| Summary {
        opened_at: start() - SECOND * opened_ago,
        prepared_at,
        ..Summary::of(&order)
    };
    let mut tick = |rows: Vec<Summary>, later: i32| {
        kit.tell(whole(rows));
        next_tick(&kit.model, kit.now + SECOND * later)
    };
    let old = 60 * 60 * 24;
    let timed = row(old, order.prepared_at);
    assert_eq!(tick(vec![timed.clone()], 0), Some(SECOND * 5), "110:00 left becomes 109 min, a little late");
    assert_eq!(tick(vec![timed], 5), Some(SECOND * 56));
    let untimed = |opened_ago| row(opened_ago, None);
    assert_eq!(tick(vec![untimed(130)], 0), Some(SECOND * 50), "2 min becomes 3 min");
    assert_eq!(tick(vec![untimed(3)], 0), Some(SECOND * 5), "seconds of a list pass a few at a time");
    assert_eq!(tick(vec![untimed(old)], 0), Some(SECOND * 3_600), "24 h becomes 25 h");
}
