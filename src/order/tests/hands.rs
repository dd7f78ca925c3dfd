//! In whose hands an order is, what people write down, and verdicts that two people must give.

use super::*;
use crate::order::doubt::Moment;

impl Desk {
    /// Does `command` as `by`.
    fn does_as(&mut self, by: &str, command: Command) -> Result<(), Refusal> {
        for event in decide(&self.order, command, self.now)? {
            let seq = self.order.seq + 1;
            let hash = Digest::of(&seq.to_le_bytes());
            self.order.apply(&Recorded { seq, at: self.now, by: by.into(), event, hash });
        }
        Ok(())
    }

    fn says(&mut self, name: &str, by: &str, placed: bool) -> Result<(), Refusal> {
        let statement = Statement { placed, reference: "TKT-7".into(), name: name.into() };
        let command = Command::ResolveByTwo { statement, by: by.into(), quiet: QUIET, uptime: None };
        self.does_as(by, command)
    }

    fn in_doubt() -> Self {
        let mut desk = Self::open();
        desk.retrieved(&["one"]).read_and_accepted().completing().ends(unknown());
        desk.now += QUIET;
        desk
    }
}

fn nobody_lives(_: &str) -> bool {
    false
}

#[test]
fn who_does_something_first_works_on_it_until_it_rests() {
    let mut desk = Desk::open();
    assert_eq!(desk.order.claim("b.lee", desk.now, nobody_lives), Claim::Free, "nobody has begun");
    desk.retrieved(&["one"]);
    let worker = Worker { name: "r.diaz".into(), at: desk.now };
    assert_eq!(desk.order.claim("r.diaz", desk.now, nobody_lives), Claim::Free);
    assert_eq!(desk.order.claim("b.lee", desk.now + RESTING, nobody_lives), Claim::WorkedOn(worker));
    let later = desk.now + RESTING + SignedDuration::from_secs(1);
    assert_eq!(desk.order.claim("b.lee", later, nobody_lives), Claim::Resting);
    // What a clock that was set back dated ahead holds nobody up: nobody knows when it was.
    let before = |minutes| desk.now - SignedDuration::from_mins(minutes);
    assert!(
        matches!(desk.order.claim("b.lee", before(5), nobody_lives), Claim::WorkedOn(_)),
        "clocks differ"
    );
    assert_eq!(desk.order.claim("b.lee", before(6), nobody_lives), Claim::Resting);
    // A call under way in a process that lives is work, however long it lasts.
    desk.does(Command::BeginRetrieve { sender: sender() });
    assert_eq!(desk.order.claim("b.lee", later, nobody_lives), Claim::Resting);
    assert!(matches!(desk.order.claim("b.lee", later, |owner| owner == "desk-1"), Claim::WorkedOn(_)));
}

#[test]
fn what_others_do_changes_nothing_until_it_is_taken_over_or_assigned() {
    let mut desk = Desk::open();
    desk.retrieved(&["one"]);
    desk.does_as("b.lee", Command::BeginRetrieve { sender: sender() }).unwrap();
    assert_eq!(desk.order.worker.as_ref().unwrap().name, "r.diaz");
    assert_eq!(
        desk.order.last_worker.as_ref().unwrap().name,
        "b.lee",
        "who did the last thing is said all the same"
    );
    desk.does_as("b.lee", Command::TakeOver { by: "b.lee".into() }).unwrap();
    assert_eq!(
        (desk.order.worker.as_ref().unwrap().name.as_str(), desk.order.holder.as_str()),
        ("b.lee", "b.lee")
    );
    assert!(!desk.order.is_in_hand_of("r.diaz") && Summary::of(&desk.order).agent.as_ref() == "b.lee");
    let seq = desk.order.seq;
    desk.does_as("b.lee", Command::TakeOver { by: "b.lee".into() }).unwrap();
    assert_eq!(desk.order.seq, seq, "who works on it already takes nothing over");
    desk.does_as("chief", Command::Assign { to: " a.kim ".into() }).unwrap();
    assert!(desk.order.is_in_hand_of("a.kim") && !desk.order.is_in_hand_of("chief"));
    assert!(!desk.order.is_in_hand_of("b.lee"), "it was taken from them");
    for to in ["", "  ", "a\u{202e}b"] {
        assert_eq!(desk.does_as("chief", Command::Assign { to: to.into() }), Err(Refusal::NoSuchAgent));
    }
}

#[test]
fn to_be_given_an_order_is_not_to_work_on_it() {
    let mut desk = Desk::open();
    let give = |to: &str| Command::Assign { to: to.into() };
    desk.does_as("chief", give("b.lee")).unwrap();
    assert_eq!((desk.order.worker.as_ref(), Summary::of(&desk.order).worker), (None, None));
    assert_eq!(desk.order.claim("b.lee", desk.now, nobody_lives), Claim::Free);
    // Nobody is in the way, and whoever goes on with it instead takes it over.
    assert_eq!(desk.order.claim("chief", desk.now, nobody_lives), Claim::Resting);
    desk.does_as("chief", Command::TakeOver { by: "chief".into() }).unwrap();
    assert_eq!(desk.order.holder, "chief");
    assert!(matches!(desk.order.claim("b.lee", desk.now, nobody_lives), Claim::WorkedOn(_)));

    desk.does_as("chief", give("b.lee")).unwrap();
    desk.does_as("b.lee", Command::BeginRetrieve { sender: sender() }).unwrap();
    let worker = desk.order.worker.clone();
    assert_eq!(worker.as_ref().unwrap().name, "b.lee");
    desk.does_as("chief", give("b.lee")).unwrap();
    assert_eq!(desk.order.worker, worker, "who works on it still does");
}

#[test]
fn a_note_is_kept_as_it_was_written_and_is_not_long() {
    let mut desk = Desk::open();
    let note = |text: &str| Command::Note { text: Personal::new(text) };
    desk.does(note(" call\u{1b}[2J back "));
    let kept = desk.order.notes[0].text.as_ref().unwrap().expose();
    assert_eq!(kept, "call\u{1b}[2J back", "as it was written; a screen shows what cannot be seen");
    assert_eq!(desk.try_do(note(" \n ")), Err(Refusal::EmptyNote));
    desk.does(note(&"x".repeat(LONGEST_NOTE)));
    assert_eq!(desk.try_do(note(&"x".repeat(501))), Err(Refusal::NoteTooLong { chars: 501 }));
    desk.does(Command::Erase { reason: "asked".into() });
    assert_eq!(desk.try_do(note("late")), Err(Refusal::Erased));
}

#[test]
fn two_people_must_say_the_same() {
    for placed in [true, false] {
        let mut desk = Desk::in_doubt();
        desk.says("M. Ruiz", "m.ruiz", placed).unwrap();
        assert!(desk.order.doubt().is_some(), "one person settles nothing");
        assert_eq!(desk.order.proposal().unwrap().name, "M. Ruiz");
        // The same person, by whichever name, at whichever desk.
        for (name, by) in [("m  RUIZ", "other"), ("J. Lee", "m.ruiz")] {
            let refused = desk.says(name, by, placed);
            assert_eq!(refused, Err(Refusal::NeedsAnother { name: "M. Ruiz".into() }), "{name} at {by}");
        }
        desk.says("J. Lee", "j.lee", placed).unwrap();
        assert_eq!((desk.order.doubt().is_none(), desk.order.completion.is_some()), (true, placed));
        assert_eq!(desk.order.proposal(), None);
    }
}

#[test]
fn two_people_who_disagree_settle_nothing() {
    let mut desk = Desk::in_doubt();
    desk.says("M. Ruiz", "m.ruiz", true).unwrap();
    let statement = Statement { placed: false, reference: "TKT-8".into(), name: "J. Lee".into() };
    assert_eq!(contradicted(&desk.order, &statement).unwrap().name, "M. Ruiz");
    desk.says("J. Lee", "j.lee", false).unwrap();
    assert!(desk.order.doubt().is_some());
    assert!(!desk.order.proposal().unwrap().placed, "the later word waits for somebody to agree");
    desk.says("M. Ruiz", "m.ruiz", false).unwrap();
    assert!(desk.order.doubt().is_none() && desk.order.completion.is_none());
}

#[test]
fn a_probe_makes_a_proposal_worthless() {
    let mut desk = Desk::in_doubt();
    desk.says("M. Ruiz", "m.ruiz", false).unwrap();
    desk.does(Command::BeginProbe { sender: sender(), quiet: QUIET });
    desk.ends(unknown());
    assert_eq!(desk.order.proposal(), None);
    desk.now += QUIET;
    desk.says("J. Lee", "j.lee", false).unwrap();
    assert!(desk.order.doubt().is_some(), "it is the first word on the later request");
}

#[test]
fn an_agent_may_not_settle_nor_end_what_is_anothers() {
    let mut desk = Desk::open();
    desk.retrieved(&["one"]);
    let abandon = Command::Abandon { reason: "x".into() };
    let right = |command: &Command, by: &str| right_for(command, &desk.order, by);
    assert_eq!(right(&abandon, "r.diaz"), None);
    assert_eq!(right(&abandon, "b.lee"), Some(Right::AbandonOthers));
    assert_eq!(right(&Command::Erase { reason: "x".into() }, "r.diaz"), Some(Right::Erase));
    let statement = Statement { placed: true, reference: "T".into(), name: "R".into() };
    let resolve = Command::Resolve { statement, quiet: QUIET, uptime: None };
    assert_eq!(right(&resolve, "r.diaz"), Some(Right::Settle));
    let refused = Refusal::NotYourRole(Right::Settle).to_string();
    assert_eq!(refused, "your role may not settle an order in doubt; ask a supervisor");
}

/// The carrier may have placed it by phone meanwhile.
#[test]
fn an_agent_does_not_release_what_a_supervisor_is_to_mend() {
    let release = Command::Release { reason: "x".into() };
    for (row, right) in [("complete_order/payment_down", Some(Right::Release)), ("complete_order/2000", None)]
    {
        let mut desk = Desk::open();
        desk.retrieved(&["$10"]).read_and_accepted().completing().ends(refusal_of(row));
        assert_eq!(right_for(&release, &desk.order, "r.diaz"), right, "{row}");
    }
}

#[test]
fn the_quiet_period_holds_for_two_people_as_well() {
    let mut desk = Desk::in_doubt();
    desk.now -= SignedDuration::from_secs(1);
    let moment = Moment { now: desk.now, uptime: None, quiet: QUIET };
    assert!(!crate::order::doubt::quiet_left(&desk.order, &moment).is_zero());
    assert!(matches!(desk.says("M. Ruiz", "m.ruiz", true), Err(Refusal::TooEarly { .. })));
}
