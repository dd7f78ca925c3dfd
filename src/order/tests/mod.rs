//! The order machine's story: what may happen when, and what each outcome makes of an order.

mod doubt;
mod edges;
mod errands;
mod hands;
mod masked;
mod reading;
mod reasons;
mod shown;
mod stalled;

use super::*;
use jiff::SignedDuration;
use proptest::prelude::*;

const ROOM: SignedDuration = SignedDuration::from_secs(120);
const QUIET: SignedDuration = SignedDuration::from_secs(240);

/// An order under test: commands are decided and applied as the engine would, minute by minute.
struct Desk {
    order: Order,
    now: Timestamp,
}

fn start_of_day() -> Timestamp {
    "2026-11-20T15:00:00Z".parse().unwrap()
}

fn text(texts: &[&str]) -> Rcc {
    let section = |t: &&str| Section { id: None, title: None, text: (*t).to_owned() };
    Rcc { language: Some("en".into()), sections: texts.iter().map(section).collect() }
}

fn sender() -> Sender {
    Sender { owner: "desk-1".into(), request: Digest::of(b"{}"), uptime: None }
}

fn refusal_of(row: &str) -> Outcome {
    let remedy = remedy::by_id(row).unwrap();
    let code = Some(remedy.code.clone()).filter(|c| !c.is_empty());
    Outcome::Refused(CallError {
        api: remedy.call,
        http_status: remedy.http_status,
        internal_code: code,
        user_message: remedy.message.clone(),
        tx_id: Some("7f3a".into()),
        row: Some(row.to_owned()),
    })
}

fn unknown() -> Outcome {
    Outcome::Failed(Failure::Unknown("the connection was cut".into()))
}

impl Desk {
    fn open() -> Self {
        let now = start_of_day();
        let new = parse_order(
            &serde_json::json!({"salesCode":"S","partnerId":"P","partnerOrderId":"PO","transactionId":"T","addressDetailId":"A",
                "preparedAt":"2026-11-20T15:00:00Z","customer":{"name":"Ann","phone":"3035550123","email":"a@example.com"}}),
            now,
        )
        .unwrap();
        let event = Event::Opened {
            environment: Environment::Embedded,
            identity: new.identity,
            prepared_at: new.prepared_at,
            language: new.language,
            despite_doubt: None,
            personal: Some(OpenedPersonal {
                customer: new.customer,
                payment_token: None,
                gift_cards: vec![],
            }),
        };
        let first = Recorded { seq: 1, at: now, by: "r.diaz".into(), event, hash: Digest::of(b"1") };
        Self { order: Order::opened(&OrderId::from_bits(1), &first).unwrap(), now }
    }

    fn try_do(&mut self, command: Command) -> Result<usize, Refusal> {
        let events = decide(&self.order, command, self.now)?;
        let count = events.len();
        self.happens(events);
        Ok(count)
    }

    fn happens(&mut self, events: Vec<Event>) {
        for event in events {
            let seq = self.order.seq + 1;
            let (at, by, hash) = (self.now, "r.diaz".into(), Digest::of(&seq.to_le_bytes()));
            self.order.apply(&Recorded { seq, at, by, event, hash });
        }
    }

    fn does(&mut self, command: Command) -> &mut Self {
        let described = format!("{command:?}");
        self.try_do(command).unwrap_or_else(|refusal| panic!("{described}: {refusal}"));
        self
    }

    fn amends_token(&mut self) -> &mut Self {
        let payment_token = Some(Secret::new("tok_2"));
        self.does(Command::Amend(Amendment { payment_token, ..Amendment::default() }))
    }

    fn ends(&mut self, outcome: Outcome) -> &mut Self {
        let attempt = self.order.under_way().expect("a call is under way").number;
        self.does(Command::End { attempt, outcome, uptime: None })
    }

    fn retrieved(&mut self, texts: &[&str]) -> &mut Self {
        self.does(Command::BeginRetrieve { sender: sender() });
        self.ends(Outcome::Rcc { rcc: text(texts), tx_id: Some("tx".into()) })
    }

    fn read_and_accepted(&mut self) -> &mut Self {
        self.does(Command::Read);
        while let Some(section) = self.order.reading.as_ref().and_then(Reading::bookmark) {
            self.section(section);
        }
        self.does(Command::AcceptVerbally { name: Personal::new("Ann") })
    }

    /// Reads a section in no time to spare.
    fn section(&mut self, section: usize) -> &mut Self {
        let time = section_time(&self.order, None, &Timing::by_clock(self.now)).unwrap();
        self.now += time.left;
        self.does(Command::SectionRead { section, millis: None })
    }

    fn sent(&mut self, sent_at: &str) -> &mut Self {
        let to = Contact::Sms(Phone::new("3035550123").unwrap());
        self.does(Command::BeginSend { to, sender: sender() });
        self.ends(Outcome::Sent { sent_at: sent_at.parse().ok(), tx_id: None })
    }

    fn accepted_by_sms(&mut self, at: &str) -> Result<usize, Refusal> {
        self.try_do(Command::Checked {
            outcome: Outcome::Accepted {
                method: Some(Method::Sms),
                accepted_at: at.parse().ok(),
                tx_id: None,
            },
        })
    }

    fn completing(&mut self) -> &mut Self {
        self.does(Command::BeginComplete { sender: sender(), room: ROOM })
    }

    fn try_complete(&mut self) -> Result<usize, Refusal> {
        self.try_do(Command::BeginComplete { sender: sender(), room: ROOM })
    }

    fn moment(&self) -> super::doubt::Moment {
        super::doubt::Moment { now: self.now, uptime: None, quiet: QUIET }
    }

    fn state(&self) -> State {
        self.order.state(self.now)
    }
}

fn completed() -> Outcome {
    Outcome::Completed { order_number: "N1".into(), order_status: None, tx_id: None, details: None }
}

#[test]
fn read_aloud_from_identifiers_to_order_number() {
    let mut desk = Desk::open();
    assert_eq!(desk.state(), State::Opened);
    desk.does(Command::BeginRetrieve { sender: sender() });
    assert_eq!(next_steps(&desk.order, &desk.moment()), [Next::Wait]);
    desk.ends(Outcome::Rcc { rcc: text(&["one", "two"]), tx_id: None });
    assert_eq!(desk.state(), State::RccRetrieved);
    desk.does(Command::Read);
    assert_eq!(desk.state(), State::Reading);
    assert_eq!(
        desk.try_do(Command::AcceptVerbally { name: Personal::new("Ann") }),
        Err(Refusal::NotRead { left: 2 })
    );
    desk.section(0);
    assert!(
        desk.try_do(Command::SectionRead { section: 0, millis: None }).is_err(),
        "a section is read once"
    );
    desk.section(1);
    for (name, problem) in [
        (" ", "is empty"),
        ("\u{200b}\u{2060}", "holds the invisible character U+200B"),
        ("Ann\u{1b}[2J\u{202e}\nx", "holds the invisible character U+001B"),
    ] {
        let problem = problem.to_owned();
        let name = Personal::new(name);
        assert_eq!(desk.try_do(Command::AcceptVerbally { name }), Err(Refusal::NotAName { problem }));
    }
    desk.does(Command::AcceptVerbally { name: Personal::new("Ann") });
    assert_eq!(desk.state(), State::Accepted);
    desk.completing();
    assert_eq!(desk.state(), State::Completing);
    desk.ends(completed());
    assert_eq!(desk.state(), State::Completed);
    assert_eq!(next_steps(&desk.order, &desk.moment()), [Next::Erase]);
}

#[test]
fn interrupted_reading_keeps_its_bookmark() {
    let mut desk = Desk::open();
    desk.retrieved(&["one", "two", "three"]).does(Command::Read).section(0);
    desk.does(Command::Interrupt).does(Command::Read);
    assert_eq!(desk.order.reading.as_ref().unwrap().bookmark(), Some(1));
    desk.does(Command::ReadAgain);
    assert_eq!(desk.order.reading.as_ref().unwrap().bookmark(), Some(0), "asked to hear it again");
}

#[test]
fn a_changed_text_needs_a_new_yes() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted();
    desk.retrieved(&["$10"]);
    assert_eq!(desk.state(), State::Accepted, "the same text: the yes stands");
    desk.retrieved(&["$12"]);
    assert_eq!(desk.state(), State::RccRetrieved);
    assert_eq!(desk.order.replaced, Some(text(&["$10"])), "for showing the difference");
    assert_eq!(desk.try_complete(), Err(Refusal::NotAccepted));
    desk.read_and_accepted().completing();
}

#[test]
fn an_old_yes_to_an_old_message_does_not_count() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).sent("2026-11-20T15:01:00Z");
    assert_eq!(desk.state(), State::Sent);
    desk.retrieved(&["$12"]);
    assert_eq!(desk.accepted_by_sms("2026-11-20T15:01:30Z"), Err(Refusal::NothingSent));
    desk.sent("2026-11-20T15:02:00Z");
    assert_eq!(desk.accepted_by_sms("2026-11-20T15:01:30Z"), Err(Refusal::AcceptedEarlierText));
    assert_eq!(desk.accepted_by_sms("2026-11-20T15:02:30Z"), Ok(1));
    assert_eq!(desk.state(), State::Accepted);
}

#[test]
fn sent_twice_the_first_message_may_be_the_accepted_one() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).sent("2026-11-20T15:01:00Z").sent("2026-11-20T15:05:00Z");
    assert_eq!(desk.accepted_by_sms("2026-11-20T15:02:00Z"), Ok(1), "the text is the same");
}

#[test]
fn the_customer_may_decline_and_change_their_mind_and_the_method() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).sent("2026-11-20T15:01:00Z").does(Command::Decline);
    assert_eq!((desk.state(), desk.order.delivery()), (State::RccRetrieved, None));
    assert!(desk.order.declined_at.is_some());
    desk.read_and_accepted();
    let acceptance = desk.order.acceptance.as_ref().unwrap();
    assert_eq!(
        (acceptance.method, acceptance.name.as_ref().map(Personal::expose)),
        (Method::Verbal, Some("Ann"))
    );
    assert_eq!(desk.order.attempts.len(), 2, "every attempt stays visible");
}

#[test]
fn the_window_closes_and_leaves_room() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted();
    desk.now = start_of_day() + SignedDuration::from_secs(118 * 60 + 1);
    assert!(matches!(desk.try_complete(), Err(Refusal::WindowTooShort { .. })));
    desk.now = start_of_day() + SignedDuration::from_mins(118);
    assert_eq!(desk.state(), State::Accepted);
    let mut late = Desk { order: desk.order.clone(), now: start_of_day() + SignedDuration::from_secs(7201) };
    assert_eq!(late.state(), State::Expired);
    assert!(matches!(late.try_complete(), Err(Refusal::WindowOver { .. })));
    assert!(matches!(late.try_do(Command::Read), Err(Refusal::WindowOver { .. })));
    desk.order.prepared_at = None;
    desk.now = start_of_day() + SignedDuration::from_hours(9);
    assert_eq!(desk.try_complete(), Ok(1), "unknown: Px decides");
}

#[test]
fn complete_is_never_begun_twice() {
    for outcome in [None, Some(unknown())] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).read_and_accepted().completing();
        match outcome {
            Some(outcome) => desk.ends(outcome),
            None => desk.does(Command::CutOff { attempt: 2, uptime: None }),
        };
        assert_eq!(desk.state(), State::InDoubt);
        assert_eq!(desk.try_complete(), Err(Refusal::InDoubt));
        for command in [
            Command::BeginRetrieve { sender: sender() },
            Command::Read,
            Command::Abandon { reason: "x".into() },
            Command::Erase { reason: "x".into() },
            Command::Amend(Amendment { sales_code: SalesCode::new("S2").ok(), ..Amendment::default() }),
        ] {
            assert_eq!(desk.try_do(command.clone()), Err(Refusal::InDoubt), "{command:?}");
        }
        desk.now = start_of_day() + SignedDuration::from_hours(5);
        assert_eq!(desk.state(), State::InDoubt, "time does not clear a doubt");
    }
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted().completing();
    assert_eq!(
        desk.try_complete(),
        Err(Refusal::Busy { owner: "desk-1".into(), worker: Some("r.diaz".into()) })
    );
    desk.order.worker = Some(crate::order::Worker { name: "k3".into(), at: desk.now });
    let busy = desk.try_complete().unwrap_err().to_string();
    assert!(busy.contains("r.diaz is working on it"), "whoever sent it, in whosever hands it is: {busy}");
    assert!(!busy.contains("desk-1"), "{busy}");
    desk.ends(completed());
    assert_eq!(desk.try_complete(), Err(Refusal::Completed { order_number: Some("N1".into()) }));
}

#[test]
fn a_reply_that_comes_late_is_better_than_none() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"])
        .read_and_accepted()
        .completing()
        .does(Command::CutOff { attempt: 2, uptime: None });
    desk.does(Command::End { attempt: 2, outcome: completed(), uptime: None });
    assert_eq!(desk.state(), State::Completed);
    assert!(
        desk.try_do(Command::End { attempt: 2, outcome: unknown(), uptime: None }).is_err(),
        "and is the last word"
    );
}

#[test]
fn a_complete_that_never_left_may_be_sent() {
    for failure in [Failure::NotSent("refused".into()), Failure::Credentials("expired".into())] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).read_and_accepted().completing().ends(Outcome::Failed(failure));
        assert_eq!(desk.state(), State::Accepted);
        assert!(desk.order.trouble.as_ref().is_some_and(Trouble::is_retryable));
        desk.completing();
    }
}

/// Every documented row: the state it leads to, whether Complete may be begun after it, and whether a retry is offered.
#[test]
fn every_documented_error_leads_somewhere() {
    let table = [
        ("retrieve_rcc/2000", State::Refused, false),
        ("retrieve_rcc/2030", State::Refused, false),
        ("retrieve_rcc/2025", State::Refused, false),
        ("retrieve_rcc/2070", State::Refused, false),
        ("retrieve_rcc/2225", State::Refused, false),
        ("retrieve_rcc/2131", State::Refused, false),
        ("retrieve_rcc/4040", State::Opened, true),
        ("retrieve_rcc/4050", State::RccBlocked, true),
        ("complete_order/1210", State::Refused, false),
        ("complete_order/2000", State::Refused, false),
        ("complete_order/2030", State::Refused, false),
        ("complete_order/2025", State::Refused, false),
        ("complete_order/1099", State::Refused, false),
        ("complete_order/payment_down", State::Refused, false),
        ("complete_order/1130", State::Refused, false),
        ("complete_order/2225", State::Refused, false),
        ("complete_order/2130", State::Refused, false),
        ("complete_order/1215", State::Refused, false),
        ("complete_order/2215", State::Expired, false),
        ("complete_order/2131", State::Refused, false),
    ];
    assert_eq!(
        table.map(|(row, ..)| row).to_vec(),
        remedy::all().iter().map(|r| r.id.as_str()).collect::<Vec<_>>()
    );
    for (row, state, retryable) in table {
        let mut desk = Desk::open();
        if row.starts_with("retrieve") {
            desk.does(Command::BeginRetrieve { sender: sender() }).ends(refusal_of(row));
        } else {
            desk.retrieved(&["$10"]).read_and_accepted().completing().ends(refusal_of(row));
        }
        assert_eq!(desk.state(), state, "{row}");
        assert_eq!(desk.order.trouble.as_ref().unwrap().is_retryable(), retryable, "{row}");
        let stall = Summary::of(&desk.order).stall(desk.now).expect(row);
        assert_eq!(stall.retry == Retry::Useful, retryable, "{row}");
        let again = desk.try_complete();
        let reopens = remedy::by_id(row).unwrap().reopens;
        if row.starts_with("complete") {
            assert!(again.is_err(), "{row}: {again:?}");
        }
        if reopens == Reopens::Mend {
            let call = remedy::by_id(row).unwrap().call;
            assert_eq!(desk.order.to_mend(call).map(CallError::code).as_deref(), row.split('/').nth(1));
            desk.amends_token();
            let again = if call == Call::CompleteOrder {
                desk.try_complete()
            } else {
                desk.try_do(Command::BeginRetrieve { sender: sender() })
            };
            assert!(again.is_ok(), "{row}, corrected: {again:?}");
        }
    }
}

/// Nor after something else that went well: it was not corrected.
#[test]
fn what_px_refused_is_not_sent_again_until_something_is_corrected() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted().completing().ends(refusal_of("complete_order/1099"));
    assert!(matches!(desk.try_complete(), Err(Refusal::Futile(error)) if error.code() == "1099"));
    assert!(
        matches!(can_go_on(&desk.order, desk.now), Err(Refusal::Futile(_))),
        "a walk ends before it begins"
    );
    desk.retrieved(&["$10"]);
    assert_eq!((desk.state(), desk.order.trouble.clone()), (State::Accepted, None));
    assert!(matches!(desk.try_complete(), Err(Refusal::Futile(_))));
    let moment = crate::order::doubt::Moment { now: desk.now, uptime: None, quiet: SignedDuration::ZERO };
    assert_eq!(next_steps(&desk.order, &moment)[..2], [Next::Amend, Next::Abandon]);
    desk.amends_token();
    assert_eq!(next_steps(&desk.order, &moment)[0], Next::Complete);
    desk.completing();
}

#[test]
fn blocked_means_that_complete_is_blocked_until_a_text_comes() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted();
    desk.does(Command::BeginRetrieve { sender: sender() }).ends(refusal_of("retrieve_rcc/4050"));
    assert_eq!((desk.state(), desk.try_complete()), (State::RccBlocked, Err(Refusal::RccBlocked)));
    desk.retrieved(&["$10"]).completing();
}

#[test]
fn a_hold_is_lifted_by_a_person() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted();
    assert_eq!(desk.try_do(Command::Release { reason: "x".into() }), Err(Refusal::NotHeld));
    desk.completing().ends(refusal_of("complete_order/payment_down"));
    assert!(matches!(desk.try_complete(), Err(Refusal::Held(_))));
    desk.does(Command::Release { reason: "carrier says: not placed, ref 12".into() }).completing();
}

/// As Complete itself is refused then.
#[test]
fn complete_is_not_offered_where_its_answer_might_come_too_late() {
    for (left, offered) in [(ROOM.as_secs(), true), (ROOM.as_secs() - 1, false), (0, false)] {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).read_and_accepted();
        desk.now = desk.order.window().expires_at().unwrap() - SignedDuration::from_secs(left);
        let next = next_steps_within(&desk.order, &desk.moment(), ROOM);
        assert_eq!(next.contains(&Next::Complete), offered, "{left}: {next:?}");
        assert!(next.contains(&Next::Abandon), "{left}: {next:?}");
        assert_eq!(desk.try_complete().is_ok(), offered, "{left}");
    }
}

#[test]
fn a_mend_changes_what_px_refused_and_never_the_pair() {
    let mut desk = Desk::open();
    desk.does(Command::BeginRetrieve { sender: sender() }).ends(refusal_of("retrieve_rcc/2000"));
    desk.does(Command::Amend(Amendment { sales_code: SalesCode::new("S2").ok(), ..Amendment::default() }));
    assert_eq!((desk.order.identity.sales_code.as_str(), desk.state()), ("S2", State::Opened));
    assert_eq!(desk.try_do(Command::Amend(Amendment::default())), Err(Refusal::NothingToAmend));
    desk.does(Command::BeginRetrieve { sender: sender() }).ends(refusal_of("retrieve_rcc/2131"));
    assert!(matches!(desk.try_do(Command::Read), Err(Refusal::Futile(_))));
    assert!(matches!(desk.try_do(Command::BeginRetrieve { sender: sender() }), Err(Refusal::Futile(_))));
}

#[test]
fn px_holds_no_acceptance_so_ours_is_dropped() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).read_and_accepted().completing().ends(refusal_of("complete_order/1210"));
    assert_eq!((desk.order.acceptance.clone(), desk.try_complete()), (None, Err(Refusal::NotAccepted)));
    assert_eq!(
        next_steps(&desk.order, &desk.moment())[..2],
        [Next::Retrieve, Next::Read],
        "it may have changed"
    );
    desk.retrieved(&["$10"]);
    assert_eq!(next_steps(&desk.order, &desk.moment())[0], Next::Read);
    desk.read_and_accepted().completing();
}

#[test]
fn an_erased_order_is_at_rest() {
    let mut desk = Desk::open();
    desk.retrieved(&["$10"]).does(Command::Erase { reason: "asked to".into() });
    assert_eq!(desk.try_do(Command::Read), Err(Refusal::Erased));
    assert_eq!(desk.try_do(Command::Erase { reason: "again".into() }), Err(Refusal::Erased));
    desk.does(Command::Abandon { reason: "done".into() });
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let row = (0..remedy::all().len()).prop_map(|i| refusal_of(&remedy::all()[i].id));
    prop_oneof![
        4 => prop_oneof![Just(&["$10", "a"][..]), Just(&["$10", "a"][..]), Just(&["$12"][..])].prop_map(|t| Outcome::Rcc { rcc: text(t), tx_id: None }),
        2 => Just(Outcome::Sent { sent_at: None, tx_id: None }),
        3 => Just(completed()),
        1 => Just(unknown()),
        1 => Just(Outcome::Failed(Failure::NotSent("x".into()))),
        2 => row,
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => Just(Command::BeginRetrieve { sender: sender() }),
        2 => Just(Command::BeginSend { to: Contact::Sms(Phone::new("3035550123").unwrap()), sender: sender() }),
        4 => Just(Command::BeginComplete { sender: sender(), room: ROOM }),
        6 => (1..9u32, any_outcome()).prop_map(|(attempt, outcome)| Command::End { attempt, outcome, uptime: None }),
        1 => (1..9u32).prop_map(|attempt| Command::CutOff { attempt, uptime: None }),
        3 => Just(Command::Checked { outcome: Outcome::Accepted { method: None, accepted_at: None, tx_id: None } }),
        2 => Just(Command::Read),
        4 => (0..2usize).prop_map(|section| Command::SectionRead { section, millis: None }),
        3 => Just(Command::AcceptVerbally { name: Personal::new("Ann") }),
        1 => Just(Command::Decline),
        1 => Just(Command::ReadAgain),
        1 => Just(Command::Vouch),
        1 => Just(Command::Release { reason: "x".into() }),
        1 => Just(Command::Amend(Amendment { sales_code: SalesCode::new("S2").ok(), ..Amendment::default() })),
    ]
}

proptest! {
    /// Whatever comes in whatever order: the pair never changes; a Complete begins only on a yes to the present text, with
    /// no other call under way, and never after one that may have been carried out; the fold of the history is the order.
    #[test]
    fn the_invariants_hold(commands in prop::collection::vec((any_command(), 0..40i64), 1..60)) {
        let mut desk = Desk::open();
        let pair = (desk.order.identity.transaction_id.clone(), desk.order.identity.partner_order_id.clone());
        for (command, minutes) in commands {
            desk.now += SignedDuration::from_mins(minutes / 10);
            let before = desk.order.clone();
            let complete = matches!(command, Command::BeginComplete { .. });
            if desk.try_do(command).is_ok() && complete {
                prop_assert!(before.doubt().is_none() && before.under_way().is_none() && before.completion.is_none());
                let acceptance = before.acceptance.as_ref().expect("a yes");
                prop_assert_eq!(Some(acceptance.sha256), before.retrieval.as_ref().map(|r| r.sha256));
                prop_assert!(!before.rcc_blocked && before.window().has_room(desk.now, ROOM));
            }
            prop_assert_eq!(&pair, &(desk.order.identity.transaction_id.clone(), desk.order.identity.partner_order_id.clone()));
            prop_assert!(desk.order.attempts.iter().filter(|a| a.outcome.is_none()).count() <= 1);
            if before.completion.is_some() {
                prop_assert_eq!(&before.completion, &desk.order.completion);
            }
            let _ = (next_steps(&desk.order, &desk.moment()), Summary::of(&desk.order).stall(desk.now));
        }
    }
}
