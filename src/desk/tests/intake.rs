//! Taking orders in: typing, pasting, and what comes of it.

use super::*;

fn ctrl_s(kit: &mut Kit) -> Vec<Effect> {
    kit.strikes(Key::ctrl('s'))
}

#[test]
fn enter_walks_the_fields_and_the_last_one_takes_the_order_in() {
    let mut kit = Kit::new();
    kit.press('n');
    for value in ["T1", "PO1", "S", "P", "A"] {
        kit.types(value);
        assert_eq!(kit.enter(), []);
    }
    for _ in 5..kit.model.intake.fields.len() - 1 {
        assert_eq!(kit.enter(), []);
    }
    assert!(matches!(&kit.enter()[..], [Effect::Open(_)]));
}

#[test]
fn one_customer_never_gets_what_was_typed_for_another() {
    let mut kit = Kit::new();
    kit.tell(Msg::Paste(new_order("1").to_string()));
    // A slip of the finger loses nothing.
    kit.key(Code::Esc);
    kit.key(Code::Esc);
    assert_eq!((kit.model.screen, kit.model.intake.value("transactionId")), (Screen::Intake, "T1"));
    kit.key(Code::Esc);
    kit.press('y');
    assert_eq!((kit.model.screen, kit.model.intake.value("transactionId")), (Screen::Queue, ""));
    let bare = serde_json::json!({"salesCode":"S","partnerId":"P","partnerOrderId":"PO2","transactionId":"T2","addressDetailId":"A"});
    kit.tell(Msg::Paste(bare.to_string()));
    assert_eq!(
        (kit.model.intake.value("transactionId"), kit.model.intake.value("customer.phone")),
        ("T2", "")
    );
}

#[test]
fn what_was_typed_and_the_pasted_order_does_not_have_is_kept() {
    let mut kit = Kit::new();
    kit.press('n');
    let form = &mut kit.model.intake;
    form.focus = form.fields.iter().position(|field| field.name == "customer.phone").unwrap();
    kit.types("3035550199");
    let bare = |n| serde_json::json!({"salesCode":"S","partnerId":"P","partnerOrderId":n,"transactionId":n,"addressDetailId":"A"});
    kit.tell(Msg::Paste(bare("T2").to_string()));
    let value = |kit: &Kit, name| kit.model.intake.value(name).to_owned();
    let said = |kit: &Kit| kit.model.frame.notice.as_ref().unwrap().text.clone();
    assert_eq!(
        (value(&kit, "transactionId"), value(&kit, "customer.phone")),
        ("T2".into(), "3035550199".into())
    );
    assert_eq!(said(&kit), "kept as it was in the form: Phone");
    // What is given in two pieces is complete after the second.
    let mut kit = Kit::new();
    kit.tell(Msg::Paste(
        serde_json::json!({"transactionId":"T2","salesCode":"S","partnerId":"P"}).to_string(),
    ));
    kit.tell(Msg::Paste(serde_json::json!({"partnerOrderId":"T2","addressDetailId":"A"}).to_string()));
    assert!(kit.model.intake.fields.iter().all(|field| field.error.is_none()));
    assert!(matches!(&ctrl_s(&mut kit)[..], [Effect::Open(_)]));
}

#[test]
fn nothing_of_one_order_is_kept_for_another() {
    let mut kit = Kit::new();
    kit.tell(Msg::Paste(new_order("1").to_string()));
    assert_eq!(kit.model.intake.value("customer.phone"), "3035550123");
    let bare = serde_json::json!({"salesCode":"S","partnerId":"P","partnerOrderId":"PO2","transactionId":"T2","addressDetailId":"A"});
    kit.tell(Msg::Paste(bare.to_string()));
    assert_eq!(kit.model.intake.value("customer.phone"), "", "it is another customer's");
    let said = &kit.model.frame.notice.as_ref().unwrap().text;
    assert_eq!(said, "the form was of another order: nothing of that was kept");
}

#[test]
fn what_the_form_has_no_place_for_is_named() {
    let mut kit = Kit::new();
    let mut order = new_order("1");
    order["customer"]["address"] = "1 Main Street".into();
    order["preparedat"] = "x".into();
    kit.tell(Msg::Paste(order.to_string()));
    let said = kit.model.frame.notice.as_ref().unwrap().text.clone();
    assert!(said.contains("preparedat") && said.contains("customer.address"), "{said}");
    assert!(!said.contains("Main"), "never the value");
}

#[test]
fn a_call_for_another_order_does_not_keep_one_from_being_taken_in() {
    let mut kit = Kit::with_order();
    kit.enter();
    kit.key(Code::Esc);
    assert_eq!(kit.model.frame.under_way, 1);
    kit.tell(Msg::Paste(new_order("2").to_string()));
    assert!(matches!(&ctrl_s(&mut kit)[..], [Effect::Open(_)]));
}

#[test]
fn a_taken_pair_of_ids_is_marked_at_its_field() {
    let mut kit = Kit::new();
    kit.tell(Msg::Paste(new_order("1").to_string()));
    ctrl_s(&mut kit);
    let problem = Problem {
        what: "this transactionId already belongs to order x".into(),
        field: "transactionId".into(),
        who: crate::order::Who::Agent,
        next: "Compare both ids.".into(),
        retry: crate::order::Retry::Futile,
        code: None,
        tx_id: None,
    };
    kit.tell(Msg::Failed { id: None, problem, after: true, retry_after: None });
    assert!(kit.model.intake.fields[0].error.as_ref().unwrap().contains("already belongs"));
    assert!(matches!(&ctrl_s(&mut kit)[..], [Effect::Open(_)]), "and it can be tried again");
}

#[test]
fn of_many_pasted_orders_the_refused_ones_are_not_forgotten() {
    let mut kit = Kit::new();
    let text = format!("{}\n{}", new_order("1"), new_order("2"));
    assert_eq!(kit.tell(Msg::Paste(text)).len(), 2);
    let problem = Problem {
        what: "this transactionId already belongs to order x".into(),
        field: "transactionId".into(),
        who: crate::order::Who::Agent,
        next: String::new(),
        retry: crate::order::Retry::Futile,
        code: None,
        tx_id: None,
    };
    kit.tell(Msg::Failed { id: None, problem, after: true, retry_after: None });
    kit.tell(Msg::Opened(Box::new(Kit::with_order().order())));
    let notice = kit.model.frame.notice.as_ref().unwrap();
    assert!(notice.text.contains("1 of 2") && notice.text.contains("already belongs"), "{notice:?}");
    assert_eq!((kit.model.screen, kit.model.frame.under_way), (Screen::Queue, 0));
}

#[test]
fn broken_json_is_one_error_and_not_one_a_line() {
    let mut kit = Kit::new();
    kit.tell(Msg::Paste("{\n \"salesCode\": \"S\",\n \"partnerId\": oops\n}\n".into()));
    assert_eq!(kit.model.screen, Screen::Intake);
    assert!(kit.model.intake.error.as_ref().unwrap().contains("line 3"), "{:?}", kit.model.intake.error);
}

#[test]
fn of_several_orders_that_do_not_fit_the_first_fault_is_named() {
    let mut kit = Kit::new();
    let (bare, empty) = (serde_json::json!({"salesCode": "S"}), serde_json::json!({"salesCode": ""}));
    kit.tell(Msg::Paste(format!("\u{feff}{bare}\n{empty}")));
    let error = kit.model.intake.error.as_ref().unwrap();
    assert!(error.starts_with("none of the 2 orders you pasted can be added: line 1: "), "{error}");
}

#[test]
fn an_amendment_is_held_to_the_rules_of_the_intake() {
    let mut kit = Kit::with_order();
    kit.press('a');
    let Some(Overlay::Ask(_, form)) = &mut kit.model.frame.overlay else { panic!("a form") };
    assert!(form.fields.iter().filter(|f| f.secret).count() == 2, "neither token nor gift card is shown");
    form.focus = 3;
    kit.tell(Msg::Paste("x".repeat(5_000)));
    assert_eq!(ctrl_s(&mut kit), []);
    let Some(Overlay::Ask(_, form)) = &kit.model.frame.overlay else { panic!("asks again") };
    assert!(form.fields[3].error.as_ref().unwrap().contains("longer"), "{:?}", form.fields[3].error);
}

#[test]
fn adding_an_order_marks_every_bad_field_and_goes_straight_to_the_text() {
    let mut kit = Kit::new();
    kit.press('n');
    kit.strikes(Key::ctrl('s'));
    let marked = kit.model.intake.fields.iter().filter(|f| f.error.is_some()).count();
    assert_eq!(marked, 5);
    kit.tell(Msg::Paste(new_order("1").to_string()));
    assert_eq!(kit.model.intake.value("customer.phone"), "3035550123");
    let effects = kit.strikes(Key::ctrl('s'));
    let [Effect::Open(new)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(new.identity.transaction_id.as_str(), "T1");
    assert_eq!(kit.strikes(Key::ctrl('s')), [], "added once");
    let order = Kit::with_order().order();
    assert_eq!(kit.tell(Msg::Opened(Box::new(order.clone()))), [Effect::Run(order.id, Task::Retrieve)]);
}

#[test]
fn several_orders_can_be_pasted_at_once() {
    let mut kit = Kit::new();
    let text = format!("{}\n{{oops\n{}", new_order("1"), new_order("2"));
    assert_eq!(kit.tell(Msg::Paste(text)).len(), 2);
    assert_eq!(kit.model.frame.notice.as_ref().unwrap().text, "adding 2 orders; skipped: line 2");
    let mut kit = Kit::new();
    kit.tell(Msg::Paste(format!("{{oops\n{}\n{{oops", new_order("1"))));
    assert_eq!(kit.model.frame.notice.as_ref().unwrap().text, "adding 1 order; skipped: lines 1, 3");
}

#[test]
fn a_long_paste_is_one_insertion() {
    let mut kit = Kit::new();
    kit.press('n');
    kit.tell(Msg::Paste("x".repeat(100_000) + "\u{1b}[2J\n"));
    assert_eq!(kit.model.intake.fields[0].input.value().len(), 100_003);
    assert_eq!(kit.model.intake.fields[0].error, None, "it is no error");
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("invisible characters were removed"));
}
