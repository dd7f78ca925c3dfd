//! Models as they are in the middle of a day's work; orders are folded from events, as the desk has them.

use crate::desk::*;
use crate::order::*;
use jiff::SignedDuration;
use std::sync::Arc;

pub fn at(time: &str) -> Timestamp {
    format!("2026-11-20T{time}Z").parse().unwrap()
}

pub fn now() -> Timestamp {
    at("15:38:20")
}

pub fn hash(n: u8) -> Digest {
    Digest::of(&[n])
}

/// A story of an order, told event by event.
#[derive(Clone)]
pub struct Story {
    id: OrderId,
    pub history: Vec<Recorded>,
}

impl Story {
    pub fn opened(prepared_at: Option<Timestamp>) -> Self {
        let customer = Customer {
            name: Some("Anna Okafor".into()),
            phone: Phone::new("3035550123").ok(),
            email: Email::new("anna@example.com").ok(),
            address: None,
        };
        let identity = Identity {
            sales_code: SalesCode::new("S1042").unwrap(),
            partner_id: PartnerId::new("P-77").unwrap(),
            partner_order_id: PartnerOrderId::new("PO-88121").unwrap(),
            transaction_id: TransactionId::new("TX-20261120-0042").unwrap(),
            address_detail_id: AddressDetailId::new("ADR-99120").unwrap(),
        };
        let personal = Some(OpenedPersonal {
            customer,
            payment_token: Some(Secret::new("tok_secret_1")),
            gift_cards: vec![],
        });
        let opened = Event::Opened {
            environment: Environment::Embedded,
            identity,
            prepared_at,
            language: Some("en".into()),
            despite_doubt: None,
            personal,
        };
        let id = OrderId::from_bits(0x1234_5678_9abc);
        Self { id, history: vec![] }.then("15:05:00", opened)
    }

    pub fn then(mut self, time: &str, event: Event) -> Self {
        let seq = self.history.len() as u64 + 1;
        let hash = hash(u8::try_from(seq).unwrap());
        self.history.push(Recorded { seq, at: at(time), by: "r.diaz".into(), event, hash });
        self
    }

    pub fn calls(self, time: &str, attempt: u32, call: Call) -> Self {
        self.starts(time, attempt, call, false)
    }

    /// The same Complete once more.
    pub fn probes(self, time: &str, attempt: u32) -> Self {
        self.starts(time, attempt, Call::CompleteOrder, true)
    }

    fn starts(self, time: &str, attempt: u32, call: Call, probe: bool) -> Self {
        let to = (call == Call::SendRcc).then(|| Contact::Sms(Phone::new("3035550123").unwrap()));
        let method = to.as_ref().map(Contact::method);
        let personal = Some(StartedPersonal { to, request: hash(99) });
        let owner = "desk-1".to_owned();
        self.then(time, Event::CallStarted { attempt, call, method, owner, probe, personal })
    }

    /// Retrieved, the first text of the order.
    pub fn retrieved(self) -> Self {
        self.calls("15:06:00", 1, Call::RetrieveRcc).then("15:06:01", text_came(1, rcc()))
    }

    /// Retrieved, and `read` of its sections read.
    pub fn reading(self, read: usize) -> Self {
        let sha256 = rcc().sha256();
        let mut story =
            self.retrieved().then("15:07:00", Event::ReadingStarted { sha256, afresh: false, uptime: None });
        for section in 0..read {
            let millis = Some(21_300 + 4_100 * section as u64);
            story = story.then("15:08:00", Event::SectionRead { section, millis, words: None, uptime: None });
        }
        story
    }

    pub fn sent(self) -> Self {
        self.retrieved().calls("15:30:00", 2, Call::SendRcc).then(
            "15:30:01",
            Event::RccSent {
                attempt: 2,
                method: Method::Sms,
                sha256: rcc().sha256(),
                sent_at: Some(at("15:30:01")),
                tx_id: Some("7f3a-22".into()),
            },
        )
    }

    pub fn accepted(self) -> Self {
        self.sent().then(
            "15:34:12",
            Event::AcceptanceReceived {
                method: Method::Sms,
                sha256: rcc().sha256(),
                accepted_at: Some(at("15:34:02")),
                tx_id: Some("7f3a-31".into()),
            },
        )
    }

    pub fn refused(self, attempt: u32, row: &str, message: &str) -> Self {
        let error = refusal(row, message);
        self.then("15:37:00", Event::CallRefused { attempt: Some(attempt), error })
    }

    pub fn order(&self) -> Order {
        Order::fold(&self.id, &self.history).unwrap()
    }

    /// The order opened on the desk, which shows it at the step that it is at.
    pub fn on(&self, pane: Pane) -> Model {
        let mut model = model(Screen::Order);
        let mut screen = OrderScreen::new(Arc::new(self.order()), Arc::new(self.history.clone()), model.now);
        screen.shown_at = Some(at("15:38:02"));
        assert_eq!(screen.pane, pane);
        model.order = Some(screen);
        model
    }
}

pub fn text_came(attempt: u32, rcc: Rcc) -> Event {
    Event::RccRetrieved {
        attempt,
        sha256: rcc.sha256(),
        sections: rcc.sections.len(),
        words: rcc.words(),
        changed: attempt > 1,
        tx_id: Some("7f3a-11".into()),
        personal: Some(RccPersonal { rcc }),
    }
}

pub fn refusal(row: &str, message: &str) -> CallError {
    let remedy = remedy::by_id(row).unwrap();
    CallError {
        api: remedy.call,
        http_status: remedy.http_status,
        internal_code: (!remedy.code.is_empty()).then(|| remedy.code.clone()),
        user_message: message.into(),
        tx_id: Some("7f3a-40".into()),
        row: Some(row.into()),
    }
}

pub fn rcc() -> Rcc {
    let section =
        |title: &str, text: &str| Section { id: None, title: Some(title.into()), text: text.into() };
    Rcc {
        language: Some("en".into()),
        sections: vec![
            section(
                "What you ordered",
                "You ordered internet service with speeds of up to 500 Mbps at your home. This call sums up the \
                 charges and terms before the order is placed. Please stop me whenever something is not clear.",
            ),
            section(
                "Monthly charges",
                "Your recurring charge is $65.00 a month. It is billed one month ahead. The modem lease adds \
                 $15.00 a month unless you use a modem of your own that fits the service.",
            ),
            section(
                "One-time charges",
                "Installation by a technician costs $99.00 once.\nActivation:\t$0.00\nShipping:\t$12.95",
            ),
            section(
                "Taxes and fees",
                "Taxes, fees and surcharges are estimated at $8.41 a month. The estimate may differ from your \
                 bill, since rates are set by state and local governments.",
            ),
            section(
                "How long the price lasts",
                "The price stays the same for 12 months from the day of activation. After that the rate that is \
                 then current applies, and you will be told before it does.",
            ),
            section(
                "Installation",
                "The appointment is on the date that was agreed on this call. An adult has to be at home. A \
                 missed appointment may be charged with $50.00.",
            ),
            section(
                "Cancellation",
                "You may cancel at any time. Charges of the running month are not refunded. Equipment has to be \
                 returned within 30 days, or its price is billed.",
            ),
        ],
    }
}

pub fn model(screen: Screen) -> Model {
    let secs = SignedDuration::from_secs;
    let setup = Setup {
        environment: Environment::Embedded,
        agent: "r.diaz".into(),
        role: Role::Supervisor,
        two_people: false,
        pauses: Pauses { first: secs(2), longest: secs(30), give_up_after: secs(600) },
        complete_room: secs(60),
        quiet_period: secs(120),
        market_quiet: secs(120),
        fastest: Pace::FASTEST,
        lock_after: Some(secs(300)),
        notify: true,
        // The frames of the tour switch it on; the others are as they are where it is not offered.
        practice_offered: true,
        market: None,
        registration: None,
    };
    let (mut model, _) = Model::new(setup, ThemeName::Dark, now(), (80, 24));
    model.queue.loading = false;
    model.screen = screen;
    model
}

pub fn field(name: &'static str, label: &'static str, hint: &'static str, value: &str) -> Field {
    let secret = name == "paymentToken" || name == "giftCards";
    let required = !secret && name != "preparedAt" && !name.starts_with("customer");
    Field { name, label, hint, required, secret, input: value.into(), error: None }
}

pub fn intake() -> Model {
    let mut model = model(Screen::Intake);
    for (name, value) in [
        ("salesCode", "S1042"),
        ("partnerId", "P-77"),
        ("transactionId", "TX-20261120-0042"),
        ("preparedAt", "2026-11-20T15:04:05Z"),
        ("customer.phone", "+1303555012"),
        ("paymentToken", "tok_secret_1"),
    ] {
        let field = model.intake.fields.iter_mut().find(|f| f.name == name).unwrap();
        field.input = value.into();
    }
    model.intake.mark([
        ("partnerOrderId".to_owned(), "is required".to_owned()),
        ("customer.phone".to_owned(), "is not a phone number: ten digits, or +1 and ten digits".to_owned()),
    ]);
    model
}

/// Orders in every state, and many that are only opened.
pub fn queue(rows: usize) -> Model {
    let mut model = model(Screen::Queue);
    let mut rows: Vec<Summary> = (0..rows).map(row).collect();
    rows.sort_by_cached_key(|row| row.sort_key(now()));
    model.queue.take(Page::whole(rows), now());
    model
}

fn row(n: usize) -> Summary {
    let standing = if n < 24 { State::ALL[n % 12] } else { State::Opened };
    let trouble = match standing {
        State::Refused => Some(brief("complete_order/1099")),
        State::RccBlocked => Some(brief("retrieve_rcc/4050")),
        State::InDoubt => {
            Some(Brief { call: Call::CompleteOrder, class: Class::Unknown, code: None, row: None })
        }
        State::Expired => Some(brief("complete_order/2215")),
        State::Sent if n > 12 => {
            Some(Brief { call: Call::SendRcc, class: Class::NotSent, code: None, row: None })
        }
        State::Opened
        | State::RccRetrieved
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Completing
        | State::Completed
        | State::Abandoned => None,
    };
    let minutes = |m: usize| SignedDuration::from_mins(i64::try_from(m).unwrap());
    let opened_at = now() - minutes(3 + n % 50);
    let prepared_at = (n % 5 != 3).then(|| opened_at - minutes(n * 7 % 69));
    Summary {
        id: OrderId::from_bits(0x9_1234_5678 + n as u64 * 7_919),
        environment: Environment::Embedded,
        transaction_id: format!("TX-20261120-{n:04}").into(),
        partner_order_id: format!("PO-{}", 88_000 + n).into(),
        standing,
        method: [None, Some(Method::Verbal), Some(Method::Sms), Some(Method::Email)][n % 4],
        agent: ["r.diaz", "m.okafor", "j.lee"][n % 3].into(),
        prepared_at,
        opened_at,
        updated_at: opened_at + minutes(2),
        ended_at: None,
        seq: 4,
        trouble,
        owner: None,
        worker: None,
        attempts: n % 5,
    }
}

fn brief(row: &str) -> Brief {
    let remedy = remedy::by_id(row).unwrap();
    Brief {
        call: remedy.call,
        class: Class::Refused,
        code: Some(remedy.code.as_str().into()),
        row: Some(row.into()),
    }
}
