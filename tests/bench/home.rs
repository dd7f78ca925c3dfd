//! Home directories whose journals hold many orders.

use pxdesk::journal::Journal;
use pxdesk::order::{
    Call, CallError, Environment, Event, NewOrder, OpenedPersonal, Order, OrderId, Timestamp, parse_order,
};
use serde_json::json;
use std::cell::OnceCell;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Makes this program fill the journal that is named next: in a process of its own, so that the bench stays small, since
/// what it starts is started by a fork.
pub const ARGUMENT: &str = "--fill-journal";

/// Orders that are recorded in one transaction.
const GROUP: u32 = 500;
/// One in a hundred was refused.
const REFUSED: &str = "50";
/// How long ago the oldest was prepared, in seconds: none of them expires while the rows are measured.
const PREPARED_WITHIN: u32 = 100 * 60 - 13;

/// The homes, by how many orders their journals hold.
pub struct Homes {
    pub thousand: Home,
    pub ten_thousand: Home,
    pub hundred_thousand: Home,
    pub million: Home,
}

impl Homes {
    /// None of them is made yet.
    pub fn new() -> Self {
        let home = |orders| Home { orders, made: OnceCell::new() };
        Self {
            thousand: home(1_000),
            ten_thousand: home(10_000),
            hundred_thousand: home(100_000),
            million: home(1_000_000),
        }
    }
}

/// A home; made when it is first asked for.
pub struct Home {
    orders: u32,
    made: OnceCell<TempDir>,
}

impl Home {
    /// Its path.
    pub fn path(&self) -> &Path {
        let make = || {
            let dir = tempfile::tempdir().unwrap();
            let data = dir.path().join(".local/share/pxdesk");
            std::fs::create_dir_all(&data).unwrap();
            let me = std::env::current_exe().unwrap();
            let filled = Command::new(me)
                .arg(ARGUMENT)
                .arg(data.join("pxdesk.db"))
                .arg(self.orders.to_string())
                .status()
                .unwrap();
            assert!(filled.success(), "the journal could not be filled");
            dir
        };
        self.made.get_or_init(make).path()
    }
}

/// Fills the journal at `file` with so many orders.
pub fn fill(file: &Path, orders: u32) {
    crate::floor::block_on(async {
        let journal = Journal::open(file, true).await.unwrap();
        let now = Timestamp::now();
        for first in (0..orders).step_by(GROUP as usize) {
            let new = |n: u32| {
                let prepared_at =
                    now - jiff::SignedDuration::from_secs(i64::from(n % 6000 * 7919 % PREPARED_WITHIN));
                (id(n), opened(order(n, prepared_at)))
            };
            let group = (first..orders.min(first + GROUP)).map(new).collect();
            for opened in journal.open_many::<Order>(group, now, "r.diaz").await.unwrap() {
                let order = opened.unwrap();
                if order.identity.transaction_id.as_str().ends_with(REFUSED) {
                    journal.append(&order, vec![refused()], now, "r.diaz").await.unwrap();
                }
            }
        }
        journal.close().await;
    });
}

/// Spread over all ids, as those that are drawn at random are.
pub fn id(n: u32) -> OrderId {
    OrderId::from_bits(u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 14)
}

/// The order of that number.
pub fn order(n: u32, prepared_at: Timestamp) -> NewOrder {
    let order = json!({
        "salesCode": "S100", "partnerId": "P200", "partnerOrderId": format!("PO-{n:07}"), "transactionId": format!("T-{n:07}"),
        "addressDetailId": format!("A-{n:07}"), "preparedAt": prepared_at.to_string(),
        "customer": { "name": "Ann Okafor", "phone": "+13035550123", "email": "ann.okafor@example.com" },
    });
    parse_order(&order, prepared_at).unwrap()
}

/// The event that takes it in.
pub fn opened(new: NewOrder) -> Event {
    Event::Opened {
        environment: Environment::Embedded,
        identity: new.identity,
        prepared_at: new.prepared_at,
        language: new.language,
        despite_doubt: None,
        personal: Some(OpenedPersonal {
            customer: new.customer,
            payment_token: new.payment_token,
            gift_cards: new.gift_cards,
        }),
    }
}

fn refused() -> Event {
    let error = CallError {
        api: Call::RetrieveRcc,
        http_status: 400,
        internal_code: Some("4040".to_owned()),
        user_message: "Tax estimate not available; TxID 00c0ffee00c0ffee".to_owned(),
        tx_id: Some("00c0ffee00c0ffee".to_owned()),
        row: Some("retrieve_rcc/4040".to_owned()),
    };
    Event::CallRefused { attempt: None, error }
}
