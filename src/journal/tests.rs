use super::chain::ChainKey;
use super::record::{Parts, Record};
use super::seal::{KEY, Key, NONCE};
use super::{Error, Journal, Problem};
use crate::kind::Digest;
use crate::order::{Event, Order, OrderId, Timestamp};
use proptest::prelude::*;
use serde_json::json;

fn event(name: &str, note: &str) -> Event {
    let rcc = json!({"sections": [{"text": note}]});
    let personal = json!({"rcc": rcc});
    let event = json!({"kind": "rcc_retrieved", "attempt": 1, "sha256": "0".repeat(64), "sections": 1, "words": 2, "changed": false,
        "tx_id": name, "personal": personal});
    serde_json::from_value(event).unwrap()
}

fn record(event: &Event, key: &Key) -> Record {
    Parts::of::<Order>(event).record::<Order>(
        &OrderId::from_bits(7),
        3,
        Timestamp::UNIX_EPOCH,
        "agent",
        Some((key, [9; NONCE])),
    )
}

proptest! {
    #[test]
    fn an_event_reads_back_whatever_it_says(name in ".*", note in ".*") {
        let key = Key::new(&[1; KEY]);
        let event = event(&name, &note);
        let stored = record(&event, &key);
        prop_assert_eq!(stored.event::<Order>(Some(&key)), Ok(event));
        let Ok(Event::RccRetrieved { personal: None, tx_id: Some(kept), .. }) = stored.event::<Order>(None) else {
            return Err(TestCaseError::fail("without the key the personal part reads as none"));
        };
        prop_assert_eq!(kept, name);
    }
}

#[test]
fn a_number_keeps_every_digit_it_was_read_with() {
    let details = r#"{"price":40111111111111111111111111111111111,"rate":0.30000000000000004,"none":-0.0}"#;
    let event = format!(
        r#"{{"kind":"completed","attempt":1,"order_number":"N1","order_status":null,"tx_id":null,"personal":{{"details":{details}}}}}"#
    );
    let (event, key): (Event, _) = (serde_json::from_str(&event).unwrap(), Key::new(&[1; KEY]));
    assert_eq!(record(&event, &key).event::<Order>(Some(&key)), Ok(event));
}

#[test]
fn no_other_place_opens_what_was_sealed() {
    let key = Key::new(&[1; KEY]);
    let stored = record(&event("tx", "text"), &key);
    let moved = [
        Record { seq: 4, ..stored.clone() },
        Record { thing: OrderId::from_bits(8).to_string(), ..stored.clone() },
        Record { event: "completed".to_owned(), ..stored.clone() },
    ];
    assert!(stored.event::<Order>(Some(&key)).is_ok());
    for other in moved {
        assert!(other.event::<Order>(Some(&key)).is_err(), "{other:?}");
    }
}

#[test]
fn every_part_of_a_record_is_in_its_hash() {
    let stored = record(&event("tx", "text"), &Key::new(&[1; KEY]));
    let others = [
        Record { pos: 8, ..stored.clone() },
        Record { kind: "other".to_owned(), ..stored.clone() },
        Record { thing: "other".to_owned(), ..stored.clone() },
        Record { seq: 4, ..stored.clone() },
        Record { at: 1, ..stored.clone() },
        Record { by: "another".to_owned(), ..stored.clone() },
        Record { event: "opened".to_owned(), ..stored.clone() },
        Record { clear: "{}".to_owned(), ..stored.clone() },
        Record { sealed: None, ..stored.clone() },
        Record { sealed: Some(Vec::new()), ..stored.clone() },
        // The same bytes, divided in another way.
        Record { by: "agentrcc".to_owned(), event: "_retrieved".to_owned(), ..stored.clone() },
    ];
    let (key, none) = (ChainKey::derive(&[1; KEY]), Digest([0; 32]));
    let mut hashes: Vec<_> = others.iter().chain([&stored]).map(|r| key.link(&none, r).0).collect();
    hashes.push(key.link(&key.link(&none, &stored), &stored).0);
    hashes.push(ChainKey::derive(&[2; KEY]).link(&none, &stored).0);
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), others.len() + 3);
}

#[test]
fn a_problem_says_where_it_is() {
    let what = "its hash is another".to_owned();
    let problem = Problem { pos: Some(7), thing: Some("order abc".to_owned()), what: what.clone() };
    assert_eq!(problem.to_string(), "record 7: order abc: its hash is another");
    assert_eq!(Problem { pos: None, thing: None, what }.to_string(), "its hash is another");
}

/// Under one key and one nonce two texts would open each other.
#[tokio::test]
async fn every_sealing_has_a_nonce_of_its_own_and_every_order_a_key() {
    let home = tempfile::tempdir().unwrap();
    let journal = Journal::open(&home.path().join("j.db"), true).await.unwrap();
    for n in 1..=2 {
        let opened = json!({"kind": "opened", "environment": "embedded", "salesCode": "S", "partnerId": "P",
            "partnerOrderId": format!("PO{n}"), "transactionId": format!("TX{n}"), "addressDetailId": "A",
            "personal": {"customer": {"name": "Ann"}, "gift_cards": []}});
        let opened = serde_json::from_value(opened).unwrap();
        let id = OrderId::from_bits(n);
        let order = journal.open_thing::<Order>(&id, opened, Timestamp::UNIX_EPOCH, "agent").await.unwrap();
        let twice = vec![event("tx", "text"), event("tx", "text")];
        journal.append(&order, twice, Timestamp::UNIX_EPOCH, "agent").await.unwrap();
    }
    let sealed: Vec<Vec<u8>> = disk(&journal)
        .with_reader(|conn| {
            let mut all = conn
                .prepare("SELECT sealed FROM events WHERE sealed IS NOT NULL UNION ALL SELECT sealed_key FROM things")
                .unwrap();
            Ok(all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect())
        })
        .unwrap();
    let nonces: std::collections::BTreeSet<&[u8]> = sealed.iter().map(|bytes| &bytes[..NONCE]).collect();
    assert_eq!((nonces.len(), sealed.len()), (8, 8));
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_said() {
    let home = tempfile::tempdir().unwrap();
    let journal = Journal::open(&home.path().join("j.db"), true).await.unwrap();
    let opened = json!({"kind": "opened", "environment": "embedded", "salesCode": "S", "partnerId": "P",
        "partnerOrderId": "PO", "transactionId": "TX", "addressDetailId": "A"});
    let opened = serde_json::from_value(opened).unwrap();
    let order = journal
        .open_thing::<Order>(&OrderId::from_bits(1), opened, Timestamp::UNIX_EPOCH, "agent")
        .await
        .unwrap();
    // No page more than there are.
    most_pages(&journal, 1);

    let long = vec![event("tx", &"word ".repeat(10_000))];
    let full = journal.append(&order, long.clone(), Timestamp::UNIX_EPOCH, "agent").await;
    assert!(matches!(full, Err(Error::Full { .. })), "{full:?}");
    assert_eq!(journal.load::<Order>(&order.id).await.unwrap(), order);
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);

    most_pages(&journal, 100_000);
    let order = journal.append(&order, long, Timestamp::UNIX_EPOCH, "agent").await.unwrap();
    assert_eq!(journal.load::<Order>(&order.id).await.unwrap(), order);
}

fn disk(journal: &Journal) -> &super::disk::Disk {
    match &journal.inner.store {
        super::either::Store::Disk(disk) => disk,
        super::either::Store::Server(_) => panic!("it is in a file"),
    }
}

fn most_pages(journal: &Journal, pages: i64) {
    let disk = disk(journal);
    let set = |writer: &mut super::disk::Writer| {
        writer.conn.pragma_update(None, "max_page_count", pages).map_err(|e| disk.error(&e))
    };
    disk.with_writer(set).unwrap();
}
