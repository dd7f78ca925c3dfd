//! The desk's story: keys in, effects out, no screen and no clock.

mod faults;
mod harm;
mod intake;
mod queue;

use super::*;
use crate::order::{
    CallError, Command, Contact, Digest, Environment, Event, Order, OrderId, Outcome, Pauses, Recorded,
    Sender, State, Summary, Timestamp, decide, parse_order, remedy,
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
            pauses,
            complete_room: SECOND * 120,
            quiet_period: SECOND * 240,
        };
        let (model, effects) = Model::new(setup, ThemeName::Dark, start(), (80, 24));
        assert_eq!(effects, [Effect::LoadQueue]);
        Self { model, now: start(), history: Vec::new() }
    }

    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.model, msg, self.now)
    }

    fn key(&mut self, code: Code) -> Vec<Effect> {
        self.tell(Msg::Key(Key::plain(code)))
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
            personal: Some(personal),
        };
        kit.record(event);
        let order = kit.order();
        kit.tell(Msg::Queue { rows: vec![Summary::of(&order)], first: true, last: true });
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
        let [Effect::Run(_, action)] = effects else { panic!("{effects:?}") };
        let sender = Sender { owner: "d".into(), request: Digest::of(b"") };
        match action {
            Action::Retrieve => self.decided(Command::BeginRetrieve { sender }),
            Action::Send(to) => self.decided(Command::BeginSend { to: to.clone(), sender }),
            Action::Complete => self.decided(Command::BeginComplete { sender, room: SECOND * 120 }),
            Action::Check => self.decided(Command::Checked { outcome: outcome.clone().unwrap() }),
            Action::Do(command) => self.decided(command.clone()),
        }
        if let Some(attempt) = self.order().under_way().map(|a| a.number) {
            self.decided(Command::End { attempt, outcome: outcome.unwrap() });
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
            let effects = self.press(' ');
            self.engine(&effects, None);
        }
        self.enter();
        let effects = self.enter();
        self.engine(&effects, None);
    }

    fn sent(&mut self) {
        assert_eq!(self.press('s'), []);
        let effects = self.enter();
        assert!(matches!(&effects[..], [Effect::Run(_, Action::Send(Contact::Sms(_)))]));
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
        internal_code: Some(remedy.code.clone()),
        user_message: remedy.message.clone(),
        tx_id: Some("7f3a".into()),
        row: Some(row.into()),
    })
}

#[test]
fn read_aloud_to_the_order_number_with_one_next_key() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    assert_eq!(kit.pane(), Pane::Reading);
    kit.now += SECOND * 7;
    let effects = kit.press(' ');
    assert!(
        matches!(
            &effects[..],
            [Effect::Run(_, Action::Do(Command::PassageRead { passage: 0, millis: Some(7000) }))]
        ),
        "{effects:?}"
    );
    assert_eq!(kit.press(' '), [], "nothing twice while it is under way");
    kit.engine(&effects, None);
    assert_eq!(kit.model.order.as_ref().unwrap().passage, 1);
    let effects = kit.enter();
    kit.engine(&effects, None);
    assert_eq!(next_line(&kit.model), "All read. Enter: the customer said yes. d: the customer said no.");
    assert_eq!(kit.enter(), [], "asks who said yes");
    kit.types("!");
    let effects = kit.enter();
    assert!(
        matches!(&effects[..], [Effect::Run(_, Action::Do(Command::AcceptVerbally { name }))] if name == "Ann Okafor!")
    );
    kit.engine(&effects, None);
    assert_eq!(kit.pane(), Pane::Complete);
    assert_eq!(kit.enter(), [], "one deliberate question");
    assert_eq!(kit.enter(), [], "Enter is not the answer");
    let effects = kit.press('y');
    assert!(matches!(&effects[..], [Effect::Run(_, Action::Complete)]));
    assert_eq!((kit.press('y'), kit.enter(), kit.press('y')), (vec![], vec![], vec![]), "sent once");
    kit.engine(
        &effects,
        Some(Outcome::Completed {
            order_number: "N1".into(),
            order_status: None,
            tx_id: None,
            details: None,
        }),
    );
    assert_eq!(kit.pane(), Pane::Outcome);
    assert_eq!(kit.press('c'), [Effect::Copy("N1".into())]);
}

#[test]
fn looking_back_unreads_nothing_and_an_interruption_keeps_the_bookmark() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    let effects = kit.enter();
    kit.engine(&effects, None);
    let effects = kit.press(' ');
    kit.engine(&effects, None);
    kit.press('b');
    assert_eq!(kit.model.order.as_ref().unwrap().passage, 0);
    assert_eq!(kit.press(' '), [], "goes forward to where the reading was");
    let effects = kit.key(Code::Esc);
    assert!(matches!(&effects[..], [Effect::Run(_, Action::Do(Command::Interrupt))]));
    assert_eq!(kit.model.screen, Screen::Queue);
    kit.engine(&effects, None);
    assert_eq!(kit.order().reading.unwrap().bookmark(), Some(1));
}

#[test]
fn polling_runs_now_then_with_pauses_and_ends_in_acceptance() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    let check = kit.enter();
    assert!(matches!(&check[..], [Effect::Run(_, Action::Check)]));
    let timers = kit.engine(&check, Some(Outcome::NotAccepted));
    assert_eq!(timers, [Effect::Timer { id: 1, delay: SECOND * 2 }]);
    assert_eq!(kit.tell(Msg::Timer(7)), [], "a timer nobody awaits");
    kit.now += SECOND * 2;
    let check = kit.tell(Msg::Timer(1));
    assert!(matches!(&check[..], [Effect::Run(_, Action::Check)]));
    let problem = Problem {
        what: "wait".into(),
        field: "acceptance".into(),
        who: crate::order::Who::Agent,
        next: String::new(),
        retry: crate::order::Retry::Useful,
        code: None,
        tx_id: None,
    };
    let id = kit.order().id;
    let timers = kit.tell(Msg::Failed { id: Some(id), problem, after: true, retry_after: Some(5) });
    assert_eq!(timers, [Effect::Timer { id: 2, delay: SECOND * 5 }], "what the server asks for");
    assert_eq!(kit.tell(Msg::Timer(1)), [], "an old timer");
    kit.now += SECOND * 5;
    let check = kit.tell(Msg::Timer(2));
    let accepted = Outcome::Accepted { method: None, accepted_at: None, tx_id: None };
    assert_eq!(kit.engine(&check, Some(accepted)), []);
    assert_eq!((kit.pane(), kit.model.under_way), (Pane::Complete, 0));
}

#[test]
fn polling_stops_when_told_and_gives_up_by_itself() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    let check = kit.enter();
    kit.engine(&check, Some(Outcome::NotAccepted));
    let stopped = kit.press('x');
    assert!(matches!(&stopped[..], [Effect::Run(_, Action::Do(Command::StopChecking { checks: 1 }))]));
    kit.engine(&stopped, None);
    assert_eq!(kit.tell(Msg::Timer(1)), []);
    let check = kit.enter();
    kit.now += SECOND * 60;
    let given_up = kit.engine(&check, Some(Outcome::NotAccepted));
    assert!(
        matches!(&given_up[..], [Effect::Run(_, Action::Do(Command::StopChecking { .. }))]),
        "{given_up:?}"
    );
}

#[test]
fn the_method_can_be_changed_and_a_bad_number_is_marked() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.sent();
    assert_eq!(kit.press('e'), []);
    assert_eq!(kit.enter(), [], "no address yet");
    let Some(Overlay::Ask(_, form)) = &kit.model.overlay else { panic!("asks again") };
    assert!(form.fields[0].error.is_some());
    kit.types("a@example.com");
    assert!(matches!(&kit.enter()[..], [Effect::Run(_, Action::Send(Contact::Email(_)))]));
}

#[test]
fn in_doubt_is_locked_and_says_so() {
    let mut kit = Kit::with_order();
    kit.retrieved();
    kit.read_and_accepted();
    kit.enter();
    let effects = kit.press('y');
    kit.engine(&effects, Some(Outcome::Failed(crate::order::Failure::Unknown("cut".into()))));
    assert_eq!((kit.pane(), kit.order().standing()), (Pane::Outcome, State::InDoubt));
    assert!(next_line(&kit.model).starts_with("Locked"));
    let deeds: Vec<Deed> = screen_bindings(&kit.model).into_iter().map(|b| b.deed).collect();
    for deed in [Deed::Complete, Deed::Retrieve, Deed::Amend, Deed::Abandon, Deed::Read, Deed::SendSms] {
        assert!(!deeds.contains(&deed), "{deed:?}");
    }
}

#[test]
fn a_refusal_is_amended_at_its_field() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2000")));
    assert_eq!(kit.order().standing(), State::Refused);
    assert_eq!(kit.press('a'), []);
    kit.tell(Msg::Key(Key::ctrl('s')));
    assert!(
        matches!(&kit.model.overlay, Some(Overlay::Ask(Confirm::Amend, form)) if form.error.is_some()),
        "nothing was changed"
    );
    kit.types("2");
    let effects = kit.tell(Msg::Key(Key::ctrl('s')));
    assert!(
        matches!(&effects[..], [Effect::Run(_, Action::Do(Command::Amend(a)))] if a.sales_code.as_ref().unwrap().as_str() == "S2")
    );
    kit.engine(&effects, None);
    assert_eq!(kit.pane(), Pane::Retrieve);
}

#[test]
fn taking_in_marks_every_bad_field_and_goes_straight_to_the_text() {
    let mut kit = Kit::new();
    kit.press('n');
    kit.tell(Msg::Key(Key::ctrl('s')));
    let marked = kit.model.intake.fields.iter().filter(|f| f.error.is_some()).count();
    assert_eq!(marked, 5);
    kit.tell(Msg::Paste(new_order("1").to_string()));
    assert_eq!(kit.model.intake.value("customer.phone"), "3035550123");
    let effects = kit.tell(Msg::Key(Key::ctrl('s')));
    let [Effect::Open(new)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(new.identity.transaction_id.as_str(), "T1");
    assert_eq!(kit.tell(Msg::Key(Key::ctrl('s'))), [], "taken in once");
    let order = Kit::with_order().order();
    assert_eq!(kit.tell(Msg::Opened(Box::new(order.clone()))), [Effect::Run(order.id, Action::Retrieve)]);
}

#[test]
fn several_orders_can_be_pasted_at_once() {
    let mut kit = Kit::new();
    let text = format!("{}\n{{oops\n{}", new_order("1"), new_order("2"));
    assert_eq!(kit.tell(Msg::Paste(text)).len(), 2);
    assert!(kit.model.notice.as_ref().unwrap().text.contains("not those on lines 2"));
}

#[test]
fn a_long_paste_is_one_insertion() {
    let mut kit = Kit::new();
    kit.press('n');
    kit.tell(Msg::Paste("x".repeat(100_000) + "\u{1b}[2J\n"));
    assert_eq!(kit.model.intake.fields[0].input.value().len(), 100_003);
    assert!(kit.model.intake.fields[0].error.as_ref().unwrap().contains("left out"));
}

#[test]
fn the_queue_is_filtered_as_one_types_and_keeps_its_choice() {
    let mut kit = Kit::new();
    let order = Kit::with_order().order();
    let rows = (0..10_000).map(|n| Summary {
        id: OrderId::from_bits(n),
        transaction_id: format!("T-{n}").into(),
        ..Summary::of(&order)
    });
    kit.tell(Msg::Queue { rows: rows.collect(), first: true, last: true });
    kit.press('/');
    kit.types("t-999");
    assert_eq!(kit.model.queue.matches.len(), 11);
    kit.enter();
    kit.press('j');
    let chosen = kit.model.queue.chosen().unwrap().id.clone();
    kit.key(Code::Esc);
    assert_eq!(
        (kit.model.queue.matches.len(), kit.model.queue.chosen().unwrap().id.clone()),
        (10_000, chosen)
    );
}

#[test]
fn only_what_is_safe_is_offered_for_a_retry() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/4040")));
    kit.key(Code::Esc);
    kit.press('s');
    assert_eq!(kit.model.stalled.rows.len(), 1);
    kit.press('A');
    assert!(matches!(&kit.press('y')[..], [Effect::RetryAll(ids)] if ids.len() == 1));
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2131")));
    kit.key(Code::Esc);
    kit.press('s');
    assert_eq!((kit.press('r'), kit.press('A'), kit.press('y')), (vec![], vec![], vec![]));
    assert!(kit.model.notice.is_some());
}

#[test]
fn leaving_waits_for_what_is_under_way() {
    let mut kit = Kit::with_order();
    assert_eq!(kit.tell(Msg::AskedToQuit), [Effect::Quit]);
    let effects = kit.enter();
    assert_eq!(kit.tell(Msg::Key(Key::ctrl('c'))), []);
    assert!(matches!(kit.model.overlay, Some(Overlay::Confirm(Confirm::Leave))));
    kit.key(Code::Esc);
    assert_eq!(kit.tell(Msg::AskedToQuit), []);
    assert_eq!(kit.engine(&effects, Some(rcc())), [Effect::Quit], "as soon as the answer is on disk");
}

#[test]
fn training_is_for_the_embedded_px_alone() {
    let mut kit = Kit::with_order();
    kit.press('t');
    let advance =
        training_items(&kit.model).iter().position(|i| matches!(i.practice, Practice::Advance(_))).unwrap();
    for _ in 0..advance {
        kit.press('j');
    }
    assert!(matches!(&kit.enter()[..], [Effect::Practice(Practice::Advance(_))]));
    kit.key(Code::Esc);
    assert_eq!(kit.model.screen, Screen::Order);
    kit.model.setup.environment = Environment::Production;
    kit.press('t');
    assert_eq!(kit.model.screen, Screen::Order);
    assert!(training_items(&kit.model).is_empty());
}

#[test]
fn a_tick_comes_only_where_a_clock_runs() {
    let mut kit = Kit::new();
    assert_eq!(next_tick(&kit.model, kit.now), None);
    let order = Kit::with_order().order();
    kit.tell(Msg::Queue { rows: vec![Summary::of(&order)], first: true, last: true });
    assert_eq!(next_tick(&kit.model, kit.now), Some(SECOND), "110:00 left becomes 109 min");
    assert_eq!(next_tick(&kit.model, kit.now + SECOND * 5), Some(SECOND * 56));
    kit.tell(Msg::Queue {
        rows: vec![Summary { prepared_at: None, ..Summary::of(&order) }],
        first: true,
        last: true,
    });
    assert_eq!(next_tick(&kit.model, kit.now), None);
}
