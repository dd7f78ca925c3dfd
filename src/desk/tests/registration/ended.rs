//! How runs end.

use super::*;

#[test]
fn what_was_done_is_a_change_no_longer_and_what_was_not_stays() {
    let mut kit = Kit::contract();
    kit.strikes_all("rCRM\r\tanew\r\r\rA");
    kit.press('y');
    kit.hears(ContractNews::Progress { done: 1 });
    assert_eq!(kit.strikes_all("dr"), [], "nothing is changed meanwhile");
    let mut now = sample::listing();
    now.applications[0].name = crate::registry::Name::new("CRM").ok();
    assert_eq!(kit.hears(sample::refused(1, now)), []);
    assert_eq!(kit.pending(), ["+ customer `new`"]);
    assert_eq!((kit.model.frame.under_way, kit.hint()), (0, "1 of 2 done, 1 not done."));
    kit.strikes_all("\x1b");
    assert_eq!(kit.model.screen, Screen::Contract);
}

#[test]
fn a_run_is_stopped_by_esc_and_a_lost_connection_keeps_the_draft() {
    let mut kit = Kit::contract();
    kit.strikes_all("rCRM\rA");
    kit.press('y');
    assert_eq!(kit.key(Code::Esc), [Effect::Contract(ContractWanted::Stop)]);
    assert_eq!(kit.key(Code::Esc), [], "it is stopping");
    assert_eq!(kit.hears(sample::halted()), [Effect::Contract(ContractWanted::Load)]);
    assert_eq!((kit.hint(), kit.model.screen), ("ended early: 0 of 1 changes are done.", Screen::Applying));
    let (what, next) = ("no connection".to_owned(), "Try again later".to_owned());
    kit.hears(ContractNews::NotLoaded { what, next });
    assert_eq!(kit.hint(), "no connection. Try again later. Your changes are kept.");
    assert_eq!(kit.pending().len(), 1);
}

#[test]
fn what_a_stopped_run_did_is_no_change_of_somebody_else() {
    let mut kit = Kit::contract();
    kit.strikes_all("rCRM\r\tanew\r\r\rA");
    kit.press('y');
    kit.hears(sample::halted());
    let mut now = sample::listing();
    now.applications[0].name = crate::registry::Name::new("CRM").ok();
    let before = kit.hint().to_owned();
    kit.hears(sample::loaded(now.clone()));
    assert_eq!((kit.hint(), kit.pending()), (before.as_str(), vec!["+ customer `new`".to_owned()]));
    // What comes after that is.
    now.customers.pop();
    kit.strikes_all("\x1bR");
    kit.hears(sample::loaded(now));
    assert!(kit.hint().starts_with("the contract has changed: "), "{}", kit.hint());
}

#[test]
fn a_run_that_ended_while_somebody_was_elsewhere_is_shown_first() {
    let mut kit = Kit::contract();
    kit.strikes_all("rCRM\rA");
    kit.strikes_all("y1");
    kit.hears(sample::halted());
    assert!(kit.hint().ends_with("nothing is done twice."), "{}", kit.hint());
    kit.press('3');
    assert_eq!(kit.model.screen, Screen::Applying);
    kit.strikes_all("\x1b13");
    assert_eq!(kit.model.screen, Screen::Contract, "it was seen");
}

#[test]
fn what_was_taken_back_is_not_said_to_be_still_among_the_changes() {
    let ended = |draft: &str| {
        let mut kit = Kit::contract();
        kit.strikes_all(draft);
        kit.strikes_all("A1\r");
        kit.hears(sample::halted());
        // A colleague gave the customer an application meanwhile.
        let mut now = sample::listing();
        now.pairs.push(crate::registry::ListedPair {
            application: 2.into(),
            customer: 13.into(),
            surrogate: 900.into(),
        });
        kit.hears(sample::loaded(now));
        kit
    };
    let kit = ended("\tjjjd");
    assert!(kit.model.registration.draft.is_empty());
    let again = "Esc goes back. Mark again what was taken back, if you still want it.";
    assert_eq!(kit.next_key(), again);
    let kit = ended("rCRM\r\tjjjd");
    assert_eq!((kit.pending().len(), kit.next_key().as_str()), (1, again));
    let mut kit = Kit::contract();
    kit.strikes_all("\tjjjdA1\r");
    kit.hears(sample::halted());
    kit.hears(sample::loaded(sample::listing()));
    assert_eq!(kit.next_key(), "Esc goes back. What was not done is still among your changes.");
}

#[test]
fn a_name_of_its_own_that_a_list_does_not_show_yet_is_no_change_of_somebody_else() {
    let mut kit = Kit::contract();
    kit.strikes_all("rCRM\rA");
    kit.press('y');
    let mut now = sample::listing();
    now.applications[0].name = crate::registry::Name::new("CRM").ok();
    kit.hears(sample::ran(1, now.clone()));
    let lists = |kit: &mut Kit, listing| {
        kit.strikes_all("\x1bR");
        kit.hears(sample::loaded(listing));
        kit.hint().to_owned()
    };
    let said = lists(&mut kit, sample::listing());
    assert!(said.starts_with("the list does not show it yet: rename application `"), "{said}");
    let said = lists(&mut kit, now.clone());
    assert!(!said.contains("has changed"), "it has caught up: {said}");
    now.applications[0].name = crate::registry::Name::new("Theirs").ok();
    let said = lists(&mut kit, now);
    assert!(said.starts_with("the contract has changed: ") && said.contains("is \"Theirs\" now"), "{said}");
}
