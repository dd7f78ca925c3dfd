//! Journal records: any history at all, and a good one that was damaged.
//!
//! `d` and groups of four bytes damage the good one; anything else is a history, one event a line: kind, clear part and
//! personal part, with tabs between.

use jiff::SignedDuration;
use pxdesk::journal::fuzzing::{ChainKey, KEY, Key, NONCE, Parts, Record};
use pxdesk::order::doubt::{Moment, account};
use pxdesk::order::{Digest, Order, OrderId, Recorded, Summary, Timestamp, next_steps};
use std::sync::LazyLock;

/// Longer histories only cost time.
const MOST_EVENTS: usize = 24;

/// A record with the hash that stands beside it.
#[derive(Clone, PartialEq)]
struct Row {
    record: Record,
    hash: Digest,
}

static KEY_OF_ORDER: LazyLock<Key> = LazyLock::new(|| Key::new(&[7; KEY]));
static CHAIN: LazyLock<ChainKey> = LazyLock::new(|| ChainKey::derive(&[8; KEY]));

/// What stands before the first event.
const NONE: Digest = Digest([0; 32]);

static ORDER: LazyLock<OrderId> = LazyLock::new(|| OrderId::from_bits(1));

/// A whole walk, as it is stored.
static GOOD: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = include_str!("../corpus/journal/walk");
    let mut hash = NONE;
    let rows = records(lines.strip_prefix("h").expect("the seed is a history")).into_iter().map(|record| {
        hash = CHAIN.link(&hash, &record);
        Row { record, hash }
    });
    let rows: Vec<_> = rows.collect();
    assert!(fold(&rows.iter().map(|row| row.record.clone()).collect::<Vec<_>>()), "the seed is whole");
    rows
});

pub fn check(data: &[u8]) {
    match data {
        [b'd', damage @ ..] => damaged(damage),
        [_, lines @ ..] => {
            let records = records(&crate::text(lines));
            records.iter().for_each(round_trip);
            fold(&records);
        }
        [] => {}
    }
}

/// The lines as records, the personal parts sealed.
fn records(lines: &str) -> Vec<Record> {
    let record = |(seq, line): (i64, &str)| {
        let mut parts = line.splitn(3, '\t');
        let kind = parts.next().unwrap_or_default();
        let clear = parts.next().unwrap_or_default();
        let nonce = [u8::try_from(seq % 256).unwrap_or_default(); NONCE];
        let about = format!("{} {seq} {kind}", ORDER.as_str());
        let sealed = parts.next().map(|plain| KEY_OF_ORDER.seal(nonce, &about, plain.as_bytes()));
        Record {
            pos: seq,
            kind: "order".to_owned(),
            thing: ORDER.as_str().to_owned(),
            seq,
            at: 1_795_186_800_000_000 + seq,
            by: "r.diaz".to_owned(),
            event: kind.to_owned(),
            clear: clear.to_owned(),
            sealed,
        }
    };
    (1..).zip(lines.lines().take(MOST_EVENTS)).map(record).collect()
}

/// What reads as an event is stored as one that reads the same.
fn round_trip(record: &Record) {
    match record.event::<Order>(Some(&KEY_OF_ORDER)) {
        Ok(event) => {
            let at = record.time().expect("a time of our own");
            let sealing = Some((&*KEY_OF_ORDER, [9; NONCE]));
            let stored =
                Parts::of::<Order>(&event).record::<Order>(&ORDER, record.seq, at, &record.by, sealing);
            assert_eq!(stored.event, record.event);
            assert_eq!(
                stored.event::<Order>(Some(&KEY_OF_ORDER)).as_ref(),
                Ok(&event),
                "stored as another event"
            );
        }
        Err(why) => assert!(!why.is_empty()),
    }
}

/// Decodes and folds; nothing of it may panic. True when an order came of it.
fn fold(records: &[Record]) -> bool {
    let mut history = Vec::new();
    for record in records {
        let (Ok(event), Ok(at)) = (record.event::<Order>(Some(&KEY_OF_ORDER)), record.time()) else {
            return false;
        };
        let by = record.by.clone();
        history.push(Recorded { seq: record.seq.cast_unsigned(), at, by, event, hash: NONE });
    }
    let Ok(order) = Order::fold(&ORDER, &history) else { return false };
    for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        let moment = Moment { now, uptime: None, quiet: SignedDuration::from_mins(4) };
        let steps = next_steps(&order, &moment);
        assert_eq!(account(&order, &moment).is_some(), order.doubt().is_some());
        assert!(!order.state(now).is_final() || steps.len() <= 1, "{:?}: {steps:?}", order.state(now));
    }
    assert_eq!(Summary::of(&order).standing, order.standing());
    true
}

/// A changed journal does not pass for a whole one.
fn damaged(damage: &[u8]) {
    let mut rows = GOOD.clone();
    for &[what, which, at, value] in damage.as_chunks().0 {
        change(&mut rows, what, usize::from(which), usize::from(at), value);
    }
    // What ends early is a whole journal of fewer records; the line in the queue tells the two apart.
    let whole = GOOD.starts_with(&rows);
    assert_eq!(is_chained(&rows), whole, "damage that is not noticed");
    fold(&rows.into_iter().map(|row| row.record).collect::<Vec<_>>());
}

/// As `journal verify` reads the chain.
fn is_chained(rows: &[Row]) -> bool {
    let (mut before, mut pos) = (NONE, 0);
    rows.iter().all(|row| {
        pos += 1;
        let follows = row.record.pos == pos && CHAIN.link(&before, &row.record) == row.hash;
        before = row.hash;
        follows
    })
}

fn change(rows: &mut Vec<Row>, what: u8, which: usize, at: usize, value: u8) {
    let count = rows.len();
    if count == 0 {
        return;
    }
    let other = at % count;
    let Row { record, hash } = &mut rows[which % count];
    match what % 13 {
        0 => overwrite(&mut record.clear, at, value),
        1 => {
            if let Some(byte) = record.sealed.as_mut().and_then(|s| s.get_mut(at)) {
                *byte ^= value;
            }
        }
        2 => record.seq = record.seq.wrapping_add(i64::from(value.cast_signed())),
        3 => record.at = record.at.wrapping_add(i64::from(value.cast_signed()) << (at % 56)),
        4 => overwrite(&mut record.event, at, value),
        5 => overwrite(&mut record.by, at, value),
        6 => overwrite(&mut record.thing, at, value),
        7 => record.sealed = if record.sealed.is_some() { None } else { Some(vec![value; at]) },
        8 => hash.0[at % 32] ^= value,
        9 => record.pos += i64::from(value.cast_signed()),
        10 => rows.swap(which % count, other),
        11 => {
            rows.remove(which % count);
        }
        _ => {
            let again = rows[which % count].clone();
            rows.insert(other, again);
        }
    }
}

/// Puts an ASCII character in place of the one at `at`, if there is one.
fn overwrite(text: &mut String, at: usize, value: u8) {
    if text.is_char_boundary(at) && text.as_bytes().get(at).is_some_and(u8::is_ascii) {
        text.replace_range(at..=at, &char::from(value % 128).to_string());
    }
}
