use super::*;
use Collection::{Applications, Customers, Pairs};
use proptest::prelude::*;

fn id(text: &str) -> ProviderId {
    ProviderId::new(text).unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn number(number: u64) -> SurrogateId {
    number.into()
}

#[test]
fn the_fifteen_calls_are_those_of_the_contract() {
    let (app, new) = (id("appId1"), name("Example application"));
    let (cust, auto) = (id("newCustId"), name("AutoSoft"));
    let calls = [
        (Request::list(Applications), "GET applications\n"),
        (
            Request::create_application(&app, Some(&new)),
            "POST applications\nproviderApplicationId=appId1&applicationName=Example+application",
        ),
        (Request::get(Applications, &number(0)), "GET applications/0\n"),
        (
            Request::modify_application(&number(0), &app, &new),
            "PUT applications/0\nproviderApplicationId=appId1&applicationName=Example+application",
        ),
        (Request::remove(Applications, &number(0)), "DELETE applications/0\n"),
        (Request::list(Customers), "GET customers\n"),
        (Request::create_customer(&cust, None), "POST customers\nproviderCustomerId=newCustId"),
        (Request::get(Customers, &number(5)), "GET customers/5\n"),
        (
            Request::modify_customer(&number(5), &cust, &auto),
            "PUT customers/5\nproviderCustomerId=newCustId&customerName=AutoSoft",
        ),
        (Request::remove(Customers, &number(5)), "DELETE customers/5\n"),
        (Request::list(Pairs), "GET pairs\n"),
        (
            Request::create_pair(&number(0), &number(5)),
            "POST pairs\napplicationSurrogateId=0&customerSurrogateId=5",
        ),
        (Request::get(Pairs, &number(0)), "GET pairs/0\n"),
        (
            Request::modify_pair(&number(123), &number(1), &number(2)),
            "PUT pairs/123\napplicationSurrogateId=1&customerSurrogateId=2",
        ),
        (Request::remove(Pairs, &number(0)), "DELETE pairs/0\n"),
    ];
    for (request, expected) in &calls {
        assert_eq!(format!("{} {}\n{}", request.method(), request.path(), request.body()), *expected);
        assert_eq!(request.digest(), Digest::of(expected.as_bytes()));
    }
    let made: Vec<Call> = calls.iter().map(|(request, _)| request.call).collect();
    assert!(Call::all().all(|call| made.contains(&call)) && made.len() == 15);
}

#[test]
fn a_surrogate_id_is_sent_as_it_came() {
    let padded = SurrogateId::new("007").unwrap();
    assert_eq!(Request::get(Collection::Pairs, &padded).path(), "pairs/007");
    assert!(Request::create_pair(&padded, &number(1)).body().starts_with("applicationSurrogateId=007&"));
}

#[test]
fn debug_shows_neither_ids_nor_names() {
    let request = Request::create_customer(&id("secret-customer"), Some(&name("Secret Ltd.")));
    let shown = format!("{request:?}");
    assert!(shown.contains("Create") && !shown.to_lowercase().contains("secret"), "{shown}");
}

proptest! {
    #[test]
    fn whatever_is_asked_for_is_read_back_from_the_form(
        given in "[ -~]{1,50}",
        called in "[ -~äß€東😀&=+%;#?]{1,60}",
        surrogate in "[0-9]{1,20}",
    ) {
        prop_assume!(!called.trim().is_empty());
        let (given, called) = (id(&given), name(&called));
        let surrogate = SurrogateId::new(surrogate).unwrap();
        let request = Request::modify_customer(&surrogate, &given, &called);
        prop_assert!(request.body().is_ascii() && !request.body().contains(' '));
        let read: Vec<_> = form_urlencoded::parse(request.body().as_bytes()).collect();
        prop_assert_eq!(read.len(), 2);
        prop_assert_eq!((&*read[0].0, &*read[0].1), ("providerCustomerId", given.as_str()));
        prop_assert_eq!((&*read[1].0, &*read[1].1), ("customerName", called.as_str()));
        prop_assert_eq!(request.path(), format!("customers/{surrogate}"));
    }
}
