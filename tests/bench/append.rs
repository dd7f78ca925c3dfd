//! Appends to the journal: sealed, chained, one event a transaction.

use crate::home::{opened, order};
use crate::table::Pair;
use crate::{floor, in_turn};
use pxdesk::journal::Journal;
use pxdesk::order::{Digest, Event, NamePersonal, Order, OrderId, Personal, Timestamp};
use std::time::Instant;

/// Appended to in turn.
const ORDERS: u32 = 50;
const APPENDS: u32 = 1500;

pub fn measure() -> Pair {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pxdesk.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let journal = runtime.block_on(Journal::open(&file, true)).unwrap();
    let mut orders = runtime.block_on(open_orders(&journal));
    // The first ones find out how large an event is.
    runtime.block_on(append(&journal, &mut orders));
    let bytes = vec![0x5a; floor::bytes_of_last(&file, 1)[0]];
    let raw = floor::sqlite(&dir.path().join("raw.db"));
    let mut insert = raw.prepare(floor::INSERT).unwrap();
    let a_second = |begun: Instant| f64::from(APPENDS) / begun.elapsed().as_secs_f64();
    in_turn(
        7,
        || {
            let begun = Instant::now();
            runtime.block_on(append(&journal, &mut orders));
            a_second(begun)
        },
        || {
            let begun = Instant::now();
            for _ in 0..APPENDS {
                insert.execute([&bytes]).unwrap();
            }
            a_second(begun)
        },
    )
}

async fn open_orders(journal: &Journal) -> Vec<Order> {
    let now = Timestamp::now();
    let mut orders = Vec::new();
    for n in 0..ORDERS {
        let id = OrderId::from_bits(n.into());
        orders.push(journal.open_thing::<Order>(&id, opened(order(n, now)), now, "r.diaz").await.unwrap());
    }
    orders
}

/// A yes of the customer each time: its name is sealed.
async fn append(journal: &Journal, orders: &mut [Order]) {
    let now = Timestamp::now();
    for n in 0..APPENDS {
        let order = &mut orders[(n % ORDERS) as usize];
        let personal = Some(NamePersonal { name: Personal::new("Ann Okafor") });
        let yes = Event::AcceptedVerbally { sha256: Digest([7; 32]), read: None, personal };
        *order = journal.append(order, vec![yes], now, "r.diaz").await.unwrap();
    }
}
