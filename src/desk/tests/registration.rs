//! The registration's desk: keys in, a draft, a plan and effects out.

mod ended;

use super::*;
use crate::desk::registration_sample::{self as sample, id, pair};
use crate::registry::{Change, Collection, ContractId, Listing, Plan};

impl Kit {
    /// The registration's desk, open and listed.
    fn contract() -> Self {
        Self::contract_of(sample::listing())
    }

    fn contract_of(listing: Listing) -> Self {
        let mut kit = Self::new();
        let contract = ContractId::new("A-PRACTICE").unwrap();
        kit.model.setup.registration = Some(RegistrationSetup { contract });
        assert_eq!(kit.press('3'), [Effect::Contract(ContractWanted::Load)]);
        assert_eq!(kit.hears(sample::loaded(listing)), []);
        kit
    }

    fn hears(&mut self, news: ContractNews) -> Vec<Effect> {
        self.tell(Msg::Contract(news))
    }

    fn strikes_all(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys.chars() {
            effects = match key {
                '\r' => self.enter(),
                '\t' => self.key(Code::Tab),
                '\x1b' => self.key(Code::Esc),
                '\x13' => self.strikes(Key::ctrl('s')),
                '\x15' => self.strikes(Key::ctrl('u')),
                '→' => self.key(Code::Right),
                '←' => self.key(Code::Left),
                key => self.press(key),
            };
        }
        effects
    }

    /// What would change, a line for each.
    fn pending(&self) -> Vec<String> {
        self.model.registration.plan.as_ref().map(|plan| plan.lines().collect()).unwrap_or_default()
    }

    fn asked(&self) -> Option<&ContractAsk> {
        match &self.model.frame.overlay {
            Some(Overlay::Confirm(Confirm::Contract(ask)) | Overlay::Ask(Confirm::Contract(ask), _)) => {
                Some(ask)
            }
            _ => None,
        }
    }

    /// What the next key does, in the words of the screen.
    fn next_key(&self) -> String {
        crate::desk::registration::line::applying(self.model.registration.run.as_ref())
    }

    fn hint(&self) -> &str {
        self.model.frame.notice.as_ref().map_or("", |notice| &notice.text)
    }

    fn field_error(&self, name: &str) -> Option<String> {
        let Some(Overlay::Ask(_, form)) = &self.model.frame.overlay else { return None };
        form.fields.iter().find(|field| field.name == name)?.error.clone()
    }
}

/// The plan that an effect applies.
fn applied(effects: &[Effect]) -> &Plan {
    match effects {
        [Effect::Contract(ContractWanted::Apply { plan, .. })] => plan,
        other => panic!("{other:?}"),
    }
}

/// Keys from the list of applications on, and what would change after them.
#[test]
fn keys_and_what_would_change() {
    let brightside_goes = [
        "- customer `brightside` \"Brightside Learning\"",
        "    and its pair `brightside` with `crm`",
        "    and its pair `brightside` with `mail`",
    ];
    let table: Vec<(&str, Vec<&str>)> = vec![
        ("", vec![]),
        // Applications.
        ("aerp\x13", vec!["+ application `erp`"]),
        ("aerp\rERP\r", vec!["+ application `erp` \"ERP\""]),
        ("rCRM\r", vec!["~ application `crm` (no name) becomes \"CRM\""]),
        ("rCRM\ru", vec![]),
        ("jr\x15\r\x1b", vec![]),
        ("jjd", vec!["- application `wiki` \"Wiki\""]),
        ("jjdd", vec![]),
        ("dn", vec![]),
        ("dy", vec!["- application `crm`", "    and its pair `brightside` with `crm`"]),
        // Customers.
        ("\tdy", brightside_goes.to_vec()),
        ("\tdyu", vec![]),
        ("\tdyd", vec![]),
        ("\trBright\x13dy", brightside_goes.to_vec()),
        ("\tjjjd", vec!["- customer `zz-top`"]),
        (
            "\tanew\rNew\rcrm, mail\r",
            vec!["+ customer `new` \"New\"", "+ pair `new` with `crm`", "+ pair `new` with `mail`"],
        ),
        ("\tanew\rNew\rcrm, mail\rd", vec![]),
        ("\tanew\rNew\r\rrNewer\x15Newest\r", vec!["+ customer `new` \"Newest\""]),
        // The matrix.
        ("\t\t ", vec!["- pair `brightside` with `crm`"]),
        ("\t\t  ", vec![]),
        ("\t\tj ", vec!["+ pair `northwind` with `crm`"]),
        ("\t\tj→→ ", vec!["+ pair `northwind` with `wiki`"]),
        ("\t\tj→→→←← u", vec![]),
        ("\t\tdy→ ", brightside_goes.to_vec()),
        // Both ends of a pair go: it goes along once.
        ("dy\t\tdy", {
            let mut all = brightside_goes.to_vec();
            all.push("- application `crm`");
            all
        }),
    ];
    for (keys, lines) in table {
        let mut kit = Kit::contract();
        assert_eq!(kit.strikes_all(keys), [], "{keys:?}: nothing is sent");
        assert_eq!(kit.pending(), lines, "{keys:?}");
        assert_eq!(kit.model.registration.draft.is_empty(), lines.is_empty(), "{keys:?}");
    }
}

#[test]
fn what_goes_along_is_shown_before_it_is_marked() {
    let mut kit = Kit::contract();
    kit.strikes_all("\td");
    let pairs = vec![pair("brightside", "crm"), pair("brightside", "mail")];
    let key = (Collection::Customers, id("brightside"));
    assert_eq!(kit.asked(), Some(&ContractAsk::Remove(key, pairs)));
    assert!(kit.pending().is_empty());
}

#[test]
fn an_id_that_cannot_be_one_is_refused_at_its_field() {
    let mut kit = Kit::contract();
    kit.strikes_all("a");
    kit.tell(Msg::Paste("x".repeat(51)));
    assert_eq!(kit.field_error("id").unwrap(), "is 51 characters long; at most 50 are allowed");
    kit.key(Code::Backspace);
    assert_eq!(kit.field_error("id"), None);
    kit.press('é');
    assert!(kit.field_error("id").unwrap().contains("not ASCII"));
    kit.strikes_all("\x13");
    assert!(kit.field_error("id").unwrap().contains("not ASCII"), "nor is it taken");
    for (typed, field, what) in [
        ("", "id", "is required"),
        ("crm", "id", "is there already"),
        ("a\r\u{e9}", "id", ""),
        ("a\r\t", "id", ""),
    ] {
        let mut kit = Kit::contract();
        kit.strikes_all(&format!("a{typed}\x13"));
        match what {
            "" => assert_eq!(kit.pending().len(), 1, "{typed:?}"),
            what => assert_eq!(kit.field_error(field).as_deref(), Some(what), "{typed:?}"),
        }
    }
    let mut kit = Kit::contract();
    kit.strikes_all("\tanew\r\rcrm, nothing\x13");
    assert_eq!(kit.field_error("applications").unwrap(), "names `nothing`, which is not there");
    assert!(kit.pending().is_empty());
    let mut kit = Kit::contract();
    kit.strikes_all("\tanew\r\rcrm, mail, crm\x13");
    assert_eq!(kit.field_error("applications").unwrap(), "names `crm` twice");
    assert!(kit.pending().is_empty());
}

#[test]
fn an_id_that_differs_in_case_alone_is_told_as_soon_as_it_is_added() {
    let mut kit = Kit::contract();
    kit.strikes_all("aCrm\x13");
    let said =
        "the ids `Crm` and `crm` differ only in upper and lower case; whether that counts is not documented.";
    assert_eq!((kit.pending().len(), kit.hint()), (1, said));
}

#[test]
fn removals_are_applied_once_their_number_is_typed() {
    let mut kit = Kit::contract();
    kit.strikes_all("\tdyjd");
    assert_eq!(kit.pending().len(), 3, "the second one is asked about first");
    kit.strikes_all("y");
    assert_eq!(kit.strikes_all("p"), []);
    assert!(matches!(kit.asked(), Some(ContractAsk::Preview(plan)) if plan.removals() == 2));
    assert_eq!(kit.strikes_all("yA"), [], "y is no answer to a preview");
    assert_eq!(kit.strikes_all("1\r"), []);
    assert_eq!(kit.field_error("removals").unwrap(), "is not 2; Esc goes back, and nothing is sent");
    let effects = kit.strikes_all("\x152\r");
    assert_eq!((applied(&effects).removals(), applied(&effects).goes_along.len()), (2, 3));
    assert_eq!((kit.model.screen, kit.model.frame.under_way), (Screen::Applying, 1));
}

#[test]
fn what_removes_nothing_takes_a_yes_and_in_production_a_word() {
    let mut kit = Kit::contract();
    kit.strikes_all("rCRM\rA");
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(_))));
    assert!(matches!(applied(&kit.press('y')).changes.as_slice(), [Change::Rename { .. }]));
    let mut kit = Kit::contract();
    kit.model.setup.environment = Environment::Production;
    kit.strikes_all("rCRM\rA");
    assert_eq!(kit.strikes_all("y\r"), []);
    assert!(kit.field_error("word").is_some());
    assert_eq!(applied(&kit.strikes_all("\x15live\r")).changes.len(), 1);
    kit.hears(sample::ran(1, sample::listing()));
    // The word is asked for once in a session.
    kit.strikes_all("\x1bA");
    assert!(matches!(kit.model.frame.overlay, Some(Overlay::Confirm(_))));
}

#[test]
fn somebody_elses_changes_move_no_change_of_ours() {
    let mut kit = Kit::contract();
    kit.strikes_all("\tanew\r\rcrm, mail\r\t");
    assert_eq!(kit.press('R'), [Effect::Contract(ContractWanted::Load)]);
    assert_eq!(kit.press('R'), [], "it is on its way");
    let mut now = sample::listing();
    // The application is gone, with the pairs; and there is a customer that nobody here has asked for.
    now.applications.remove(0);
    now.pairs.retain(|pair| pair.application != 0.into());
    now.customers.push(sample::large(0, 1).customers.remove(0));
    now.customers.last_mut().unwrap().surrogate = 900.into();
    kit.hears(sample::loaded(now));
    assert_eq!(kit.pending(), ["+ customer `new`", "+ pair `new` with `mail`"]);
    let said = "the contract has changed: the application `crm` is not there any more; the customer `customer-000` is \
                there now; the pair `brightside` with `crm` is not there any more. Your changes are kept.";
    assert_eq!(kit.hint(), said);
}

#[test]
fn what_somebody_else_did_is_not_undone_by_the_draft() {
    let drafted = || {
        let mut kit = Kit::contract();
        kit.strikes_all("rCRM\r\tjjjdanew\rMine\r\rR");
        assert_eq!(kit.pending().len(), 3);
        (kit, sample::listing())
    };
    let named = |id: &str, name: &str, surrogate: u64| crate::registry::Listed {
        id: sample::id(id),
        name: crate::registry::Name::new(name).ok(),
        surrogate: surrogate.into(),
    };
    let (mut kit, mut now) = drafted();
    now.applications[0] = named("crm", "Theirs", 0);
    now.customers[3] = named("zz-top", "", 90);
    now.customers.push(named("new", "Theirs", 91));
    kit.hears(sample::loaded(now));
    assert_eq!(kit.pending(), [""; 0]);
    let said = "Taken back: the new customer `new`, which is there with another name; the name of the application `crm`, \
                which was changed; the removal of the customer `zz-top`, which was created again.";
    assert!(kit.hint().ends_with(said), "{}", kit.hint());
    // The same customer, which has an application by now; through a listing that contradicts itself.
    let (mut kit, mut now) = drafted();
    kit.hears(sample::loaded(sample::contradicting()));
    kit.press('R');
    now.pairs.push(crate::registry::ListedPair {
        application: 2.into(),
        customer: 13.into(),
        surrogate: 900.into(),
    });
    kit.hears(sample::loaded(now.clone()));
    assert_eq!(kit.pending(), ["+ customer `new` \"Mine\"", "~ application `crm` (no name) becomes \"CRM\""]);
    assert!(
        kit.hint().ends_with("the removal of the customer `zz-top`, which was changed."),
        "{}",
        kit.hint()
    );
    // A pair that was created again.
    let mut kit = Kit::contract();
    kit.strikes_all("\t\t R");
    assert_eq!(kit.pending(), ["- pair `brightside` with `crm`"]);
    let mut now = sample::listing();
    now.pairs[0].surrogate = 901.into();
    kit.hears(sample::loaded(now));
    assert_eq!(kit.pending(), [""; 0]);
    assert!(kit.hint().contains("the removal of the pair `brightside` with `crm`"), "{}", kit.hint());
}

#[test]
fn a_question_about_what_would_not_happen_any_more_sends_nothing() {
    let mut kit = Kit::contract();
    kit.strikes_all("rCRM\rA");
    kit.model.frame.under_way = 0;
    let mut now = sample::listing();
    now.customers.pop();
    kit.hears(sample::loaded(now));
    assert_eq!(kit.press('y'), []);
    assert!(kit.hint().contains("nothing was sent"), "{}", kit.hint());
}

#[test]
fn a_listing_that_contradicts_itself_is_for_reading() {
    let mut kit = Kit::contract_of(sample::contradicting());
    assert_eq!(kit.strikes_all("adruA\t\t "), []);
    assert_eq!((kit.asked(), kit.model.registration.plan.is_none()), (None, true));
    kit.press('R');
    kit.hears(sample::loaded(sample::listing()));
    assert!(kit.model.registration.plan.is_some());
}

#[test]
fn the_desk_is_there_where_it_is_configured_and_does_nothing_when_locked() {
    let mut kit = Kit::new();
    assert_eq!((kit.press('3'), kit.model.screen), (vec![], Screen::Queue));
    let mut kit = Kit::contract();
    assert_eq!((kit.press('1'), kit.press('3')), (vec![], vec![]), "it is listed once");
    kit.model.frame.lock.locked = true;
    kit.press('d');
    assert_eq!((kit.asked(), kit.pending().len()), (None, 0), "the key unlocks, and no more");
}

#[test]
fn quitting_with_changes_is_asked_about_once() {
    let mut kit = Kit::contract();
    kit.strikes_all("jjd1");
    assert_eq!(kit.press('q'), [], "from whichever desk");
    assert_eq!(kit.asked(), Some(&ContractAsk::Quit(1)));
    kit.key(Code::Esc);
    assert_eq!(kit.strikes_all("3q"), []);
    assert_eq!(kit.press('y'), [Effect::Quit]);
    let mut kit = Kit::contract();
    assert_eq!(kit.press('q'), [Effect::Quit]);
    let mut kit = Kit::contract();
    kit.strikes_all("jjdq");
    assert_eq!(kit.strikes(Key::ctrl('c')), [Effect::Quit], "whoever insists");
}

#[test]
fn the_filter_finds_by_id_and_name_and_is_for_the_list_in_front() {
    let mut kit = Kit::contract();
    kit.strikes_all("\t/LEARNing");
    assert_eq!(kit.model.registration.customers, [id("brightside")]);
    kit.strikes_all("\r\x1b");
    assert_eq!(kit.model.registration.customers.len(), 4);
    kit.strikes_all("/zz\r\t");
    assert_eq!(kit.model.registration.customers.len(), 4, "the next list is shown whole");
    kit.strikes_all("/3\r");
    assert_eq!((kit.model.screen, kit.model.registration.filter.value()), (Screen::Contract, "3"));
}

#[test]
fn a_customer_is_found_again_in_the_matrix() {
    let mut kit = Kit::contract();
    kit.strikes_all("\tjj\r");
    assert_eq!(kit.model.registration.pair(), Some(pair("o'neill.law", "crm")));
}
