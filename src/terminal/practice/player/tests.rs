//! What a run makes of what the desk shows and of what a trainer does, with an embedded Px that nobody reaches.

use super::happens::FARTHEST;
use super::*;
use crate::config::{Flags, Settings};
use crate::order::{Call, Environment, Event, OpenedPersonal, Order, OrderId, Retry, parse_order};
use crate::practice::classroom::Directive;
use crate::practice::scenario::shipped;
use crate::practice::stage::CUSTOMER;
use crate::practice::{Scenario, Who};
use crate::terminal::setup;
use jiff::SignedDuration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const OURS: &str = "TX-1";

struct Kit {
    player: Player,
    model: Model,
    clock: Clock,
    _told: UnboundedReceiver<Msg>,
}

impl Kit {
    /// A run of the first scenario. Needs a runtime.
    fn new() -> Self {
        let clock = Clock::default();
        let who = Who { trainee: "Ann".to_owned(), started_at: clock.now() };
        let scenario: Scenario = shipped::all()[0].clone();
        let px = Px {
            base: "http://127.0.0.1:1".to_owned(),
            client: crate::wire::local_client().unwrap(),
            transaction_id: OURS.to_owned(),
        };
        let beginning = Beginning { play: Play::new(scenario, who), px, link: None, place: None };
        let (sender, told) = unbounded_channel();
        let player = Player::new(beginning, clock.clone(), sender, Handle::current());
        let home = ("HOME".to_owned(), "/home/ann".to_owned());
        let flags = Flags { config: None, environment: Some(Environment::Embedded) };
        let settings = Settings::load(&flags, [home]).unwrap();
        let model = Model::opening(setup::setup(&settings), setup::theme(&settings), clock.now(), (80, 24));
        Self { player, model, clock, _told: told }
    }

    /// The order of this transaction is open, with these events after its first one.
    fn shows(&mut self, transaction: &str, more: Vec<Event>) {
        let now = self.clock.now();
        let order = json!({ "salesCode": "S", "partnerId": "P", "partnerOrderId": "PO", "transactionId": transaction,
            "addressDetailId": "A", "preparedAt": now.to_string(), "customer": { "name": "Ann Okafor" } });
        let new = parse_order(&order, now).unwrap();
        let personal = OpenedPersonal { customer: new.customer, payment_token: None, gift_cards: vec![] };
        let opened = Event::Opened {
            environment: Environment::Embedded,
            identity: new.identity,
            prepared_at: new.prepared_at,
            language: None,
            despite_doubt: None,
            personal: Some(personal),
        };
        let recorded = |(n, event): (usize, Event)| Recorded {
            seq: n as u64 + 1,
            at: now,
            by: "ann".to_owned(),
            hash: crate::order::Digest::of(b"x"),
            event,
        };
        let history: Vec<Recorded> = std::iter::once(opened).chain(more).enumerate().map(recorded).collect();
        let order = Order::fold(&OrderId::from_bits(1), &history).unwrap();
        self.model.order = Some(OrderScreen::new(Arc::new(order), Arc::new(history), now));
        self.model.screen = Screen::Order;
        self.looks(false);
    }

    fn looks(&mut self, key: bool) {
        self.model.now = self.clock.now();
        self.player.saw(&self.model, key);
    }

    /// What was seen, without times.
    fn seen(&self) -> Vec<What> {
        self.player.report().timeline.into_iter().map(|seen| seen.what).collect()
    }
}

fn noted() -> Event {
    Event::Noted { personal: None }
}

#[tokio::test]
async fn another_order_is_not_what_the_run_is_about() {
    let mut kit = Kit::new();
    kit.player.begin();
    kit.shows(OURS, vec![noted()]);
    let before = kit.seen();
    assert!(before.contains(&What::Noted), "{before:?}");
    kit.shows("TX-2", vec![noted(), noted(), noted()]);
    assert_eq!(kit.seen()[before.len()..], [What::Looks { at_order: false }], "the order was left");
    assert_eq!(kit.player.snapshot(&kit.model).state, None);
    kit.shows(OURS, vec![noted()]);
    assert_eq!(kit.seen()[before.len() + 1..], [What::Looks { at_order: true }], "nothing is noted twice");
    kit.shows("TX-2", vec![noted(), noted(), noted()]);
    kit.player.leave();
    assert_eq!(kit.player.whole_report().events.len(), 2, "those of the run's own order");
}

/// The scenario says nothing of the carrier.
#[tokio::test]
async fn the_carrier_knows_from_px_what_came_of_a_failure_that_the_trainer_caused() {
    let silent = "We have nothing to tell you about this order.";
    let table = [
        (json!(null), "That order was not placed.", false),
        (json!("B-17"), "That order was placed: its number is B-17.", true),
    ];
    for (number, says, placed) in table {
        let mut kit = Kit::new();
        kit.player.begin();
        *kit.player.ledger.lock().unwrap() = Some(json!({ "orderNumber": number }));
        let mut asked = |failed: Option<What>| {
            if let Some(failed) = failed {
                kit.player.play.did(failed, 0);
            }
            kit.player.talk(Talk::Carrier);
            kit.player.play().said().last().map(|(_, text)| text.clone()).unwrap_or_default()
        };
        assert_eq!(asked(None), silent, "nothing has gone wrong yet");
        let row = Some("complete_order/payment_down".to_owned());
        let down = What::Refused { call: Call::CompleteOrder, row, retry: Retry::Dangerous };
        assert_eq!(asked(Some(down)), says);
        assert_eq!(asked(Some(What::Failed { call: Call::CompleteOrder, unknown: true })), says);
        assert_eq!(asked(Some(What::Failed { call: Call::CompleteOrder, unknown: false })), silent);
        assert!(kit.seen().contains(&What::CarrierSays { placed }));
    }
}

#[tokio::test]
async fn a_pause_holds_the_desks_clock_and_its_keys_do_not_count() {
    let mut kit = Kit::new();
    kit.player.begin();
    kit.looks(true);
    kit.player.direct(Directive::Pause);
    let (now, at) = (kit.clock.now(), kit.player.at());
    std::thread::sleep(Duration::from_millis(120));
    kit.looks(true);
    assert!(kit.clock.now().duration_since(now) < SignedDuration::from_millis(60));
    assert!(kit.player.at() - at < 60 && kit.player.snapshot(&kit.model).paused);
    kit.player.direct(Directive::Resume);
    assert!(kit.player.at() - at < 60 && !kit.player.snapshot(&kit.model).paused);
    assert_eq!(kit.player.snapshot(&kit.model).keys, 1);
}

#[tokio::test]
async fn after_its_end_nothing_changes_but_that_another_run_may_begin() {
    let mut kit = Kit::new();
    kit.player.begin();
    kit.shows(OURS, vec![]);
    kit.player.direct(Directive::Pause);
    kit.player.direct(Directive::End);
    let report = kit.player.report();
    assert!(report.mistakes.is_empty(), "the trainer ended it: {:?}", report.mistakes);
    let at = kit.player.at();
    let stood = kit.clock.now();
    std::thread::sleep(Duration::from_millis(50));
    assert!(kit.clock.now() > stood, "the desk's own clock goes on");
    for directive in [
        Directive::Pause,
        Directive::Accept,
        Directive::Decline,
        Directive::Line { on: false },
        Directive::Say { text: "Hello?".to_owned() },
        Directive::Advance { minutes: 10 },
        Directive::Resume,
    ] {
        kit.player.direct(directive);
    }
    kit.player.talk(Talk::Customer);
    kit.looks(true);
    kit.player.leave();
    assert_eq!((kit.player.report(), kit.player.at()), (report, at));
    kit.player.direct(Directive::Start { scenario: "next".to_owned() });
    assert_eq!(kit.player.next_scenario().as_deref(), Some("next"));
}

#[tokio::test]
async fn a_clock_is_moved_no_farther_than_px_moves_it() {
    let mut kit = Kit::new();
    kit.player.begin();
    let before = kit.seen().len();
    for minutes in [i64::MAX, i64::MIN, -1, FARTHEST + 1] {
        kit.player.direct(Directive::Advance { minutes });
    }
    assert_eq!(kit.seen().len(), before);
    kit.player.direct(Directive::Advance { minutes: FARTHEST });
    assert_eq!(kit.seen().len(), before + 1);
}

#[tokio::test]
async fn what_the_trainer_has_the_customer_do_holds_from_then_on() {
    let mut kit = Kit::new();
    kit.player.begin();
    kit.player.direct(Directive::Line { on: false });
    kit.player.talk(Talk::Customer);
    let said = kit.player.play().said().last().cloned();
    assert_eq!(said, Some((CUSTOMER.to_owned(), "(Nobody answers.)".to_owned())));
    assert!(!kit.player.play().is_on());
}
