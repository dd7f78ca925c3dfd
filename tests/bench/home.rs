//! A home directory whose journal holds ten thousand orders.

use pxdesk::journal::Journal;
use pxdesk::order::{
    Call, CallError, Environment, Event, NewOrder, OpenedPersonal, OrderId, Timestamp, parse_order,
};
use serde_json::json;
use std::cell::OnceCell;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Makes this program fill the journal that is named next: in a process of its own, so that the bench stays small, since
/// what it starts is started by a fork.
pub const ARGUMENT: &str = "--fill-journal";

const ORDERS: u32 = 10_000;
/// One in so many was refused.
const REFUSED: u32 = 50;
/// How long ago the oldest was prepared, in seconds: none of them expires while the rows are measured.
const PREPARED_WITHIN: u32 = 100 * 60 - 13;

/// The home; made when it is first asked for.
#[derive(Default)]
pub struct Home(OnceCell<TempDir>);

impl Home {
    /// Its path.
    pub fn path(&self) -> &Path {
        let make = || {
            let dir = tempfile::tempdir().unwrap();
            let data = dir.path().join(".local/share/pxdesk");
            std::fs::create_dir_all(&data).unwrap();
            let me = std::env::current_exe().unwrap();
            let filled = Command::new(me).arg(ARGUMENT).arg(data.join("pxdesk.db")).status().unwrap();
            assert!(filled.success(), "the journal could not be filled");
            dir
        };
        self.0.get_or_init(make).path()
    }
}

/// Fills the journal at `file`.
pub fn fill(file: &Path) {
    crate::floor::block_on(async {
        let journal = Journal::open(file, true).await.unwrap();
        let now = Timestamp::now();
        for n in 0..ORDERS {
            let prepared_at = now - jiff::SignedDuration::from_secs(i64::from(n * 7919 % PREPARED_WITHIN));
            let id = OrderId::from_bits(n.into());
            let order = journal.open_order(&id, opened(order(n, prepared_at)), now, "r.diaz").await.unwrap();
            if n.is_multiple_of(REFUSED) {
                journal.append(&order, vec![refused()], now, "r.diaz").await.unwrap();
            }
        }
    });
}

/// The order of that number.
pub fn order(n: u32, prepared_at: Timestamp) -> NewOrder {
    let order = json!({
        "salesCode": "S100", "partnerId": "P200", "partnerOrderId": format!("PO-{n:05}"), "transactionId": format!("T-{n:05}"),
        "addressDetailId": format!("A-{n:05}"), "preparedAt": prepared_at.to_string(),
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
