//! A history without the customer in it.

use super::*;

fn recorded(seq: u64, event: Event) -> Recorded {
    Recorded { seq, at: start_of_day(), by: "r.diaz".into(), event, hash: Digest::of(b"") }
}

fn history(customer: Customer, said: &str) -> Vec<Recorded> {
    let desk = Desk::open();
    let opened = Event::Opened {
        environment: Environment::Embedded,
        identity: desk.order.identity.clone(),
        prepared_at: None,
        language: None,
        despite_doubt: None,
        personal: Some(OpenedPersonal { customer, payment_token: None, gift_cards: vec![Secret::new("12")] }),
    };
    let rcc = text(&[said]);
    let retrieved = Event::RccRetrieved {
        attempt: 1,
        sha256: rcc.sha256(),
        sections: 1,
        words: rcc.words(),
        changed: false,
        tx_id: None,
        personal: Some(RccPersonal { rcc }),
    };
    let failed = Event::CallFailed {
        attempt: None,
        call: Call::SendRcc,
        failure: Failure::Unknown(said.into()),
        uptime: None,
    };
    vec![recorded(1, opened), recorded(2, retrieved), recorded(3, failed)]
}

#[test]
fn a_legal_text_keeps_its_words_and_a_message_rather_loses_one() {
    let named = |name: &str, address: &str| Customer {
        name: Some(name.into()),
        phone: Phone::new("3035550123").ok(),
        email: Email::new("will@example.com").ok(),
        address: Some(address.into()),
    };
    let table = [
        (
            "Will Rate",
            "You will be billed at the rate of 12 months, Will Rate. WILL, of 1 Elm Way, Elmo.",
            "You will be billed at the rate of 12 months, ••••. ••••, of ••••, Elmo.",
            "You •••• be billed at the •••• of 12 months, ••••. ••••, of ••••, Elmo.",
        ),
        (
            "Li An",
            "An adult has to be at home: LI AN. Call (303) 555-0123 or Will@Example.com.",
            "•••• adult has to be at home: ••••. Call (•••• or ••••.",
            "•••• adult has to be at home: ••••. Call (•••• or ••••.",
        ),
    ];
    for (name, said, in_rcc, in_message) in table {
        let masked = masked(&history(named(name, "1 Elm Way, Springfield"), said));
        let Event::RccRetrieved { personal: Some(personal), sha256, .. } = &masked[1].event else { panic!() };
        assert_eq!(personal.rcc.sections[0].text, in_rcc);
        assert_eq!(*sha256, text(&[said]).sha256(), "the hash is that of what the customer heard");
        let Event::CallFailed { failure, .. } = &masked[2].event else { panic!() };
        assert_eq!(failure.why(), in_message);
        let order = Order::fold(&OrderId::from_bits(1), &masked).unwrap();
        assert_eq!(order.customer.phone.unwrap().masked(), "+1•••••••0123");
        assert_eq!(order.customer.email.unwrap().masked(), "w•••@e•••.com");
        assert_eq!(order.gift_cards, [Secret::new("••••")]);
    }
}

#[test]
fn a_history_is_gone_through_step_by_step() {
    let id = OrderId::from_bits(1);
    let mut events = history(Customer::default(), "one");
    events[1].at += SignedDuration::from_secs(90);
    // A clock that was set back.
    events[2].at -= SignedDuration::from_secs(5);
    let steps = Steps::of(&id, events).unwrap();
    let since: Vec<_> = steps.each().map(|step| step.since.as_secs()).collect();
    assert_eq!((steps.len(), since), (3, vec![0, 90, 0]));
    let states: Vec<_> = steps.each().map(|step| step.state).collect();
    assert_eq!(states, [State::Opened, State::RccRetrieved, State::RccRetrieved]);
    assert!(steps.at(0).is_none() && steps.at(4).is_none());
    let pauses = [0, 1, 2, 3].map(|n| steps.pause_after(n).map(|pause| pause.as_secs()));
    assert_eq!(pauses, [None, Some(90), Some(0), None]);
}
