//! The queue while it is read again, chunk by chunk.

use super::*;

fn rows(range: std::ops::Range<u64>) -> Vec<Summary> {
    let order = Kit::with_order().order();
    range
        .map(|n| Summary {
            id: OrderId::from_bits(n),
            transaction_id: format!("T-{n}").into(),
            ..Summary::of(&order)
        })
        .collect()
}

#[test]
fn reading_the_queue_again_neither_loses_the_chosen_row_nor_shows_one_twice() {
    let mut kit = Kit::new();
    kit.tell(whole(rows(0..300)));
    for _ in 0..250 {
        kit.press('j');
    }
    let chosen = kit.model.queue.chosen().unwrap().id.clone();
    kit.tell(whole(rows(90..300)));
    assert_eq!((kit.model.queue.rows.len(), &kit.model.queue.chosen().unwrap().id), (210, &chosen));
}

/// A notice goes with the next key. That there is no journal is true until it is back.
#[test]
fn a_journal_that_is_gone_is_told_until_it_is_back() {
    let mut kit = Kit::new();
    kit.tell(whole(rows(0..3)));
    kit.tell(Msg::JournalAway);
    kit.press('j');
    assert!(kit.model.frame.journal.away && kit.model.frame.notice.is_none());
    kit.tell(Msg::JournalBack);
    assert!(!kit.model.frame.journal.away);
}

/// So is that it is an older copy, with which nothing is sent.
#[test]
fn a_journal_that_is_not_trusted_is_told_until_it_is() {
    let mut kit = Kit::new();
    kit.tell(whole(rows(0..3)));
    kit.tell(Msg::JournalDoubted);
    kit.press('j');
    assert!(kit.model.frame.journal.doubted && kit.model.frame.notice.is_none());
    kit.tell(Msg::JournalTrusted);
    assert!(!kit.model.frame.journal.doubted && kit.model.frame.notice.is_some());
}

/// A journal of `of` orders that answers what the desk asks of the queue.
fn answer(kit: &mut Kit, of: u64, effects: Vec<Effect>) -> Vec<Effect> {
    let all = rows(0..of);
    let mut more = Vec::new();
    for effect in effects {
        let Effect::LoadQueue(part, limit) = effect else { panic!("{effect:?}") };
        let at = |row: &Summary| all.iter().position(|known| known.id == row.id).unwrap();
        let range = match &part {
            Part::First => 0..limit,
            Part::Last => all.len().saturating_sub(limit)..all.len(),
            Part::After(row) => at(row) + 1..at(row) + 1 + limit,
            Part::Before(row) => at(row).saturating_sub(limit)..at(row),
            Part::Around(row) => at(row).saturating_sub(limit / 2)..at(row) + limit / 2,
        };
        let range = range.start..range.end.min(all.len());
        let page = Page {
            part,
            before: range.start > 0,
            after: range.end < all.len(),
            counts: Counts::of(&all),
            today: Timestamp::MIN,
            rows: all[range].to_vec(),
        };
        more.extend(kit.tell(Msg::Queue(Box::new(page))));
    }
    more
}

fn number(kit: &Kit) -> u64 {
    kit.model.queue.chosen().unwrap().transaction_id.trim_start_matches("T-").parse().unwrap()
}

#[test]
fn what_follows_a_first_page_is_asked_for_once() {
    let mut kit = Kit::new();
    let rows = kit.model.page();
    let effects = answer(&mut kit, 1_000, vec![Effect::LoadQueue(Part::First, rows)]);
    assert!(matches!(effects[..], [Effect::LoadQueue(Part::After(_), CHUNK)]), "{effects:?}");
    assert_eq!(answer(&mut kit, 1_000, effects), []);
}

#[test]
fn a_long_queue_is_walked_through_a_window_of_it() {
    let mut kit = Kit::new();
    answer(&mut kit, 1_000, vec![Effect::LoadQueue(Part::First, CHUNK)]);
    for wanted in (1..1_000).chain([999]) {
        let effects = kit.press('j');
        answer(&mut kit, 1_000, effects);
        assert_eq!(number(&kit), wanted);
        assert!(kit.model.queue.rows.len() <= crate::desk::orders::window::MOST, "memory stays flat");
        let queue = &kit.model.queue;
        assert!((queue.top..queue.top + kit.model.page()).contains(&queue.selected), "in sight");
        assert_eq!(queue.skipped.unwrap() + queue.selected, usize::try_from(wanted).unwrap());
    }
    assert_eq!(kit.model.queue.counts.open, 1_000);
    for wanted in (0..999).rev() {
        let effects = kit.press('k');
        answer(&mut kit, 1_000, effects);
        assert_eq!(number(&kit), wanted);
    }
    for (key, wanted) in [(Code::End, 999), (Code::Home, 0)] {
        let effects = kit.key(key);
        answer(&mut kit, 1_000, effects);
        assert_eq!(number(&kit), wanted);
    }
}

#[test]
fn keys_that_come_faster_than_the_queue_lose_no_row() {
    let mut kit = Kit::new();
    answer(&mut kit, 1_000, vec![Effect::LoadQueue(Part::First, 64)]);
    let mut due: Vec<_> = (0..700).flat_map(|_| kit.press('j')).collect();
    while !due.is_empty() {
        due = answer(&mut kit, 1_000, due);
    }
    assert_eq!(number(&kit), 700);

    // Whoever turns round stays where they see themselves.
    let mut kit = Kit::new();
    answer(&mut kit, 1_000, vec![Effect::LoadQueue(Part::First, 64)]);
    let effects: Vec<_> = "j".repeat(100).chars().chain(['k']).flat_map(|key| kit.press(key)).collect();
    answer(&mut kit, 1_000, effects);
    assert_eq!(number(&kit), 62);
}

#[test]
fn the_middle_of_a_long_queue_is_read_again_around_the_chosen_row() {
    let mut kit = Kit::new();
    let effects = vec![Effect::LoadQueue(Part::First, CHUNK)];
    answer(&mut kit, 1_000, effects);
    for _ in 0..500 {
        let effects = kit.press('j');
        answer(&mut kit, 1_000, effects);
    }
    let effects = kit.tell(Msg::JournalChanged);
    assert!(matches!(&effects[..], [Effect::LoadQueue(Part::Around(_), _)]), "{effects:?}");
    answer(&mut kit, 1_000, effects);
    assert_eq!(number(&kit), 500);
}

#[test]
fn what_belongs_elsewhere_in_a_long_queue_leaves_the_window() {
    let mut kit = Kit::new();
    answer(&mut kit, 1_000, vec![Effect::LoadQueue(Part::First, CHUNK)]);
    let mut done = rows(3..4).remove(0);
    (done.standing, done.seq, done.ended_at) = (State::Completed, done.seq + 1, Some(start()));
    kit.model.queue.put(done.clone(), start());
    assert!(kit.model.queue.of(&done.id).is_none(), "it is far below now");
    assert_eq!(kit.model.queue.counts.open, 999);
}

#[test]
fn an_order_of_an_earlier_day_is_found_and_does_not_come_into_the_queue() {
    let mut kit = Kit::new();
    let mut old = rows(7..8).remove(0);
    (old.standing, old.ended_at) = (State::Completed, Some(start() - SECOND * 200_000));
    let today = Page { today: start() - SECOND * 50_000, ..Page::whole(rows(0..3)) };
    kit.tell(Msg::Queue(Box::new(today)));
    kit.press('/');
    kit.types("T-");
    let effects = kit.press('7');
    let [Effect::Timer { id, .. }] = effects[..] else { panic!("{effects:?}") };
    kit.press('0');
    assert_eq!(kit.tell(Msg::Timer(id)), [], "something else is typed by now");
    let [Effect::Timer { id, .. }] = kit.key(Code::Backspace)[..] else { panic!() };
    assert_eq!(kit.tell(Msg::Timer(id)), [Effect::Search("T-7".into())]);
    kit.tell(Msg::Found { text: "T-7".into(), rows: vec![old.clone()] });
    assert_eq!(kit.model.queue.chosen().unwrap().id, old.id);
    kit.model.queue.put(old.clone(), start());
    assert_eq!((kit.model.queue.rows.len(), kit.model.queue.matches.len()), (3, 1));
    kit.key(Code::Esc);
    assert_eq!(kit.model.queue.matches.len(), 3, "and is gone with the filter");
}

#[test]
fn an_older_chunk_does_not_undo_what_was_just_done() {
    let mut kit = Kit::with_order();
    let old = Summary::of(&kit.order());
    kit.retrieved();
    kit.tell(whole(vec![old]));
    assert_eq!(kit.model.queue.rows[0].standing, State::RccRetrieved);
}

#[test]
fn the_supervisors_choice_stays_on_its_order() {
    let mut kit = Kit::new();
    let mut all = rows(0..3);
    for row in &mut all {
        row.standing = State::InDoubt;
    }
    kit.tell(whole(all.clone()));
    kit.press('s');
    kit.press('j');
    kit.press('j');
    let chosen = kit.enter();
    kit.tell(Msg::Stalled { after: None, rows: all[1..].to_vec(), more: false });
    assert_eq!((kit.model.stalled.rows.len(), kit.enter()), (2, chosen));
}

#[test]
fn the_queue_is_filtered_as_one_types_and_keeps_its_choice() {
    let mut kit = Kit::new();
    let order = Kit::with_order().order();
    let rows = (0..380).map(|n| Summary {
        id: OrderId::from_bits(n),
        transaction_id: format!("T-{n}").into(),
        ..Summary::of(&order)
    });
    kit.tell(whole(rows.collect()));
    kit.press('/');
    kit.types("t-99");
    assert_eq!(kit.model.queue.matches.len(), 1);
    kit.enter();
    kit.press('j');
    let chosen = kit.model.queue.chosen().unwrap().id.clone();
    kit.key(Code::Esc);
    assert_eq!((kit.model.queue.matches.len(), kit.model.queue.chosen().unwrap().id.clone()), (380, chosen));
}

/// A supervisor who looks for what has expired must not be told that there is none.
#[test]
fn a_state_is_found_as_the_list_shows_it_and_by_its_name_in_json() {
    let mut kit = Kit::new();
    let now = kit.now;
    let row = |n: u64, standing, prepared_at| {
        let order = Kit::with_order().order();
        let id = OrderId::from_bits(n);
        Summary { id, standing, prepared_at, transaction_id: format!("T-{n}").into(), ..Summary::of(&order) }
    };
    let yesterday = Some(now - SECOND * 86_400);
    kit.tell(whole(vec![
        row(1, State::Opened, Some(now)),
        row(2, State::Opened, yesterday),
        row(3, State::InDoubt, yesterday),
        row(4, State::RccRetrieved, Some(now)),
    ]));
    for (text, found) in [
        ("expired", "T-2"),
        ("opened", "T-1"),
        ("in_doubt", "T-3"),
        ("in doubt", "T-3"),
        ("rcc_retrieved", "T-4"),
    ] {
        kit.press('/');
        kit.types(text);
        let queue = &kit.model.queue;
        let ids: Vec<&str> =
            queue.matches.iter().map(|at| &*queue.row(*at).unwrap().transaction_id).collect();
        assert_eq!(ids, [found], "{text}");
        kit.key(Code::Esc);
    }
}

#[test]
fn only_what_is_safe_is_offered_for_a_retry() {
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/4040")));
    kit.key(Code::Esc);
    kit.press('s');
    assert_eq!(kit.model.stalled.rows.len(), 1);
    kit.press('A');
    assert!(matches!(&kit.press('y')[..], [Effect::Item(_, Job::Retry { bulk: true, .. })]));
    let mut kit = Kit::with_order();
    let effects = kit.enter();
    kit.engine(&effects, Some(refused("retrieve_rcc/2131")));
    kit.key(Code::Esc);
    kit.press('s');
    kit.press('j');
    assert_eq!(kit.press('r'), []);
    assert!(kit.model.frame.notice.as_ref().unwrap().text.contains("a retry is"));
    assert_eq!((kit.press('A'), kit.press('y')), (vec![], vec![]), "a preview that sends nothing");
}

#[test]
fn a_filter_says_when_more_may_match() {
    let mut kit = Kit::new();
    kit.tell(whole(rows(0..30)));
    kit.press('/');
    assert!(!kit.model.queue.may_match_more(), "all of it is there");
    kit.types("t-1");
    assert!(!kit.model.queue.may_match_more());
    let text = kit.model.queue.filter.value().to_owned();
    kit.tell(Msg::Found { text: text.clone(), rows: rows(100..109) });
    assert!(!kit.model.queue.may_match_more(), "the search found all that there are");
    kit.tell(Msg::Found { text, rows: rows(100..110) });
    assert!(kit.model.queue.may_match_more(), "the search ends here");
    let mut kit = Kit::new();
    kit.tell(Msg::Queue(Box::new(Page { after: true, ..Page::whole(rows(0..30)) })));
    kit.press('/');
    kit.types("t-1");
    assert!(kit.model.queue.may_match_more(), "what lies beyond the window was not looked at");
}
