//! What a run keeps open until a listing has shown it.

use super::*;
use crate::kind::Kind as _;
use crate::registry::{Collection, ProviderId};

fn recorded(seq: u64, event: RunEvent) -> Recorded<RunEvent> {
    Recorded { seq, at: Timestamp::UNIX_EPOCH, by: "r.diaz".to_owned(), hash: Digest::of(b""), event }
}

/// A run that has begun these changes.
fn begun(changes: &[Change]) -> Run {
    let first = RunEvent::RunOpened {
        environment: Environment::Sandbox,
        contract: ContractId::new("A-1").unwrap(),
        listing: Digest::of(b""),
        changes: u32::try_from(changes.len()).unwrap(),
        removals: 0,
        goes_along: 0,
        reason: None,
        owner: "here".to_owned(),
    };
    let mut run = Run::open(&ShortId::from_bits(1), &recorded(1, first)).unwrap();
    let begun = (0..).zip(changes).map(|(n, change)| Begun { n, change: change.clone() }).collect();
    assert!(run.follow(&recorded(2, RunEvent::ChangesStarted { begun, uptime: None })));
    run
}

fn ends(run: &mut Run, n: u32, how: How) {
    let seq = run.seq + 1;
    assert!(run.follow(&recorded(seq, RunEvent::ChangesEnded { ended: vec![Ended { n, how }] })));
}

fn id() -> ProviderId {
    ProviderId::new("a").unwrap()
}

fn create() -> Change {
    Change::Create { collection: Collection::Customers, id: id(), name: None }
}

fn remove() -> Change {
    Change::Remove { collection: Collection::Customers, id: id(), surrogate: 5.into(), name: None }
}

fn answered(surrogate: Option<u64>) -> How {
    How::Answered { status: 201, surrogate: surrogate.map(Into::into) }
}

#[test]
fn what_was_answered_stays_open_until_a_listing_shows_it() {
    let mut run = begun(&[create(), remove()]);
    ends(&mut run, 0, answered(Some(17)));
    ends(&mut run, 1, answered(None));
    assert_eq!((run.done, run.open.len()), (2, 2));
    let asked: Vec<_> =
        run.open.values().filter_map(|open| open.surrogate()).map(ToString::to_string).collect();
    assert_eq!(asked, ["17", "5"]);
    ends(&mut run, 0, How::Listed { surrogate: None });
    assert_eq!((run.done, run.failed, run.open.len()), (2, 0, 1), "it is counted once");
    ends(&mut run, 1, How::NotThere);
    assert_eq!((run.done, run.failed, run.open.len()), (1, 0, 0));
}

#[test]
fn a_rename_that_was_answered_is_done_unless_the_server_keeps_another_name() {
    let (from, to) = (None, crate::registry::Name::new("New").unwrap());
    let rename =
        Change::Rename { collection: Collection::Customers, id: id(), surrogate: 5.into(), from, to };
    let mut run = begun(&[rename, create()]);
    ends(&mut run, 0, How::Answered { status: 204, surrogate: None });
    assert_eq!((run.done, run.failed, run.open.len()), (1, 0, 1));
    let kept = || How::GivenUp { why: "the server keeps another one".to_owned() };
    ends(&mut run, 0, kept());
    assert_eq!((run.done, run.failed), (0, 1));
    // What was never answered was never counted as done.
    ends(&mut run, 1, kept());
    assert_eq!((run.done, run.failed, run.open.len()), (0, 2, 0));
}

#[test]
fn what_a_plan_creates_again_is_known_by_the_last_number_that_was_told() {
    let history = |how| {
        let begun = vec![Begun { n: 3, change: create() }];
        let ended = vec![Ended { n: 3, how }];
        vec![
            recorded(2, RunEvent::ChangesStarted { begun, uptime: None }),
            recorded(3, RunEvent::ChangesEnded { ended }),
        ]
    };
    let other = Change::Create { collection: Collection::Applications, id: id(), name: None };
    let listing = crate::registry::Listing::default();
    let plan = crate::registry::Plan::of(&listing, vec![other, create()]).unwrap();
    let told = |histories: &[_]| made_before(&plan, histories);
    let (latest, before) = (history(answered(Some(17))), history(answered(Some(5))));
    assert_eq!(told(&[latest, before.clone()]), [(create(), 17.into())]);
    assert_eq!(told(&[history(How::Listed { surrogate: None }), before]), [(create(), 5.into())]);
    assert_eq!(told(&[history(How::Listed { surrogate: Some(8.into()) })]), [(create(), 8.into())]);
    assert_eq!(told(&[history(answered(None))]), []);
}

#[test]
fn what_the_server_kept_under_another_id_is_known_by_its_number() {
    let history = |hows: Vec<How>| {
        let begun = vec![Begun { n: 3, change: create() }];
        let ended = hows.into_iter().map(|how| RunEvent::ChangesEnded { ended: vec![Ended { n: 3, how }] });
        let events = std::iter::once(RunEvent::ChangesStarted { begun, uptime: None }).chain(ended);
        (2..).zip(events).map(|(seq, event)| recorded(seq, event)).collect::<Vec<_>>()
    };
    let plan = crate::registry::Plan::of(&crate::registry::Listing::default(), vec![create()]).unwrap();
    let told = |hows| kept_otherwise_before(&plan, &history(hows));
    let given_up = |why: &str| How::GivenUp { why: why.to_owned() };
    assert_eq!(told(vec![answered(Some(17)), given_up("it keeps `b`")]), [(create(), 17.into())]);
    // Nobody knows its number, it is there as it was sent, or a person has looked.
    assert_eq!(told(vec![answered(None), given_up("it keeps `b`")]), []);
    assert_eq!(told(vec![answered(Some(17))]), []);
    assert_eq!(told(vec![given_up("not done")]), []);
    assert_eq!(told(vec![answered(Some(17)), given_up(SAID_NOT_THERE)]), []);
}

#[test]
fn a_person_s_word_that_it_is_not_there_counts_as_not_done() {
    let mut run = begun(&[create()]);
    ends(&mut run, 0, answered(None));
    ends(&mut run, 0, How::GivenUp { why: "it is not there".to_owned() });
    assert_eq!((run.done, run.failed, run.open.is_empty()), (0, 1, true));
}

#[test]
fn what_an_earlier_version_has_seen_listed_is_still_read() {
    let ended = |text: &str| serde_json::from_str::<Ended>(text).unwrap().how;
    assert_eq!(ended(r#"{"n":3,"how":"listed"}"#), How::Listed { surrogate: None });
    let listed = Ended { n: 3, how: How::Listed { surrogate: Some(8.into()) } };
    assert_eq!(ended(&serde_json::to_string(&listed).unwrap()), listed.how);
    let unknown = Ended { n: 3, how: How::Listed { surrogate: None } };
    assert_eq!(serde_json::to_string(&unknown).unwrap(), r#"{"n":3,"how":"listed"}"#);
}

#[test]
fn what_became_of_each_change_is_told_from_what_was_recorded() {
    let first = RunEvent::RunOpened {
        environment: Environment::Sandbox,
        contract: ContractId::new("A-1").unwrap(),
        listing: Digest::of(b""),
        changes: 4,
        removals: 1,
        goes_along: 0,
        reason: Some("ticket 7".to_owned()),
        owner: "here".to_owned(),
    };
    let begun = |n: u32, change| RunEvent::ChangesStarted { begun: vec![Begun { n, change }], uptime: None };
    let ended = |n: u32, how| RunEvent::ChangesEnded { ended: vec![Ended { n, how }] };
    let why = || "timed out".to_owned();
    let history = [
        first,
        begun(0, create()),
        ended(0, How::Unknown { why: why() }),
        ended(0, How::NotThere),
        begun(0, create()),
        ended(0, answered(Some(17))),
        ended(0, How::Listed { surrogate: None }),
        begun(1, remove()),
        ended(1, How::Unknown { why: why() }),
        begun(2, remove()),
        ended(3, How::GivenUp { why: "it was not sent".to_owned() }),
        begun(4, remove()),
        ended(4, How::Answered { status: 404, surrogate: None }),
        ended(4, How::Listed { surrogate: None }),
        begun(5, remove()),
        ended(5, How::Answered { status: 204, surrogate: None }),
        begun(6, remove()),
        ended(6, How::Replaced),
        ended(6, How::Listed { surrogate: None }),
        begun(7, remove()),
        ended(7, How::Unknown { why: "timed out".to_owned() }),
        begun(7, remove()),
        ended(7, How::Answered { status: 404, surrogate: None }),
    ];
    let history: Vec<_> = (1..).zip(history).map(|(seq, event)| recorded(seq, event)).collect();
    let account = Account::of(&history);
    assert_eq!((account.reason.as_deref(), account.closed), (Some("ticket 7"), None));
    let told: Vec<_> = account.steps.values().map(RunStep::to_string).collect();
    assert_eq!(
        told,
        [
            "+ customer `a`: done, as a listing showed, as the object 17",
            "- customer `a`: without an answer that says what became of it: timed out",
            "- customer `a`: begun, and nothing else was recorded",
            "a change that was not begun: not done: it was not sent",
            "- customer `a`: not sent, as the server said that it is not there any more (HTTP 404)",
            "- customer `a`: done, as the server answered (HTTP 204)",
            "- customer `a`: not sent, as it is not there any more: the server has something else under its number",
            "- customer `a`: gone when it was to be sent again: what was sent before, without an answer, may have removed it",
        ]
    );
}
