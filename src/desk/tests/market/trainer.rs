//! The trainer's screen over the marketplace's desk.

use super::*;

#[test]
fn a_trainer_makes_the_marketplaces_calls_fail_once_or_until_that_is_taken_back() {
    let fail = |lasting, words: &str| Simulation::Fail {
        call: "usage",
        fault: serde_json::json!({ "cut": "after" }),
        words: words.to_owned(),
        lasting,
    };
    let mut kit = Kit::month(false);
    kit.press('t');
    assert_eq!((kit.model.screen, kit.model.training.tab), (Screen::Training, Tab::Server));
    let labels: Vec<String> = training_items(&kit.model).into_iter().map(|item| item.label).collect();
    assert_eq!(labels[4..], ["Start billing", "Report usage", "End subscription"]);
    kit.does("j\rjjj");
    assert_eq!(
        kit.enter(),
        [Effect::Simulate(fail(false, "The next Report usage: added, then cut off before the answer"))]
    );
    assert_eq!(
        kit.press('u'),
        [Effect::Simulate(fail(true, "Every Report usage: added, then cut off before the answer"))]
    );
    assert_eq!(kit.press('x'), [Effect::Simulate(Simulation::TakeBack)]);
    kit.does("\x1b");
    assert_eq!(kit.model.screen, Screen::Training, "back to the calls first");
    kit.model.frame.held = Held::default();
    assert_eq!(kit.does("\x1b"), []);
    assert_eq!(kit.model.screen, Screen::Market);
    // From a subscription's page it goes back there, and others' changes are read.
    kit.does("sjjh");
    kit.news(sample::page(0, kit.now));
    kit.press('t');
    assert!(!kit.tell(Msg::JournalChanged).iter().any(|effect| matches!(effect, Effect::Market(_))));
    kit.model.frame.held = Held::default();
    assert_eq!(kit.does("\x1b"), [Effect::Market(Wanted::Load)]);
    assert_eq!(kit.model.screen, Screen::Subscription);
}

#[test]
fn no_call_of_a_marketplace_that_is_not_the_embedded_one_can_be_made_to_fail() {
    let mut kit = Kit::month(false);
    kit.model.setup.market = Some(MarketSetup { practice: false, limit: SECOND * 60 });
    kit.press('t');
    assert_eq!(kit.model.screen, Screen::Market);
    kit.does("1t");
    kit.key(Code::Tab);
    assert_eq!((kit.model.training.tab, training_items(&kit.model).len()), (Tab::Server, 4));
}
