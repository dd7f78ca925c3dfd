//! Adding orders to a journal that holds many already, and copying such a journal.

use crate::home::{Home, order};
use crate::table::Pair;
use crate::{floor, in_turn};
use pxdesk::order::Timestamp;
use serde_json::json;
use std::cell::Cell;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Added by one command.
const ADDED: u32 = 2_000;

/// Microseconds an order: the command itself, from its start to its end, against as many raw commits of the same bytes.
pub fn measure(home: &Home) -> Pair {
    let dir = tempfile::tempdir().unwrap();
    let journal = home.path().join(".local/share/pxdesk/pxdesk.db");
    let bytes = vec![0x5a; floor::bytes_of_last(&journal, 1)[0] + floor::bytes_of_row(&journal)];
    let raw = floor::sqlite(&dir.path().join("raw.db"));
    let mut insert = raw.prepare(floor::INSERT).unwrap();
    let next = Cell::new(5_000_000);
    in_turn(
        5,
        || {
            let lines = dir.path().join("orders.jsonl");
            std::fs::write(&lines, lines_from(next.replace(next.get() + ADDED))).unwrap();
            let begun = Instant::now();
            run(home, &["order", "open", "--json", lines.to_str().unwrap()]);
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(ADDED)
        },
        || {
            let begun = Instant::now();
            for _ in 0..ADDED {
                insert.execute([&bytes]).unwrap();
            }
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(ADDED)
        },
    )
}

/// Milliseconds, against a plain copy of the file, synced.
pub fn backup(home: &Home) -> Pair {
    let dir = tempfile::tempdir().unwrap();
    let journal = home.path().join(".local/share/pxdesk/pxdesk.db");
    let millis = |begun: Instant| begun.elapsed().as_secs_f64() * 1000.0;
    in_turn(
        3,
        || {
            let to = dir.path().join("backup.db");
            let begun = Instant::now();
            run(home, &["journal", "backup", to.to_str().unwrap()]);
            let took = millis(begun);
            std::fs::remove_file(to).unwrap();
            took
        },
        || {
            let to = dir.path().join("copy.db");
            let begun = Instant::now();
            std::fs::copy(&journal, &to).unwrap();
            std::fs::File::open(&to).unwrap().sync_all().unwrap();
            let took = millis(begun);
            std::fs::remove_file(to).unwrap();
            took
        },
    )
}

fn lines_from(first: u32) -> String {
    let now = Timestamp::now();
    let line = |n| {
        let new = order(n, now);
        let (ids, customer) = (&new.identity, &new.customer);
        json!({
            "salesCode": ids.sales_code, "partnerId": ids.partner_id, "partnerOrderId": ids.partner_order_id,
            "transactionId": ids.transaction_id, "addressDetailId": ids.address_detail_id,
            "preparedAt": now.to_string(),
            "customer": {
                "name": customer.name.as_ref().map(pxdesk::order::Personal::expose),
                "phone": customer.phone.as_ref().map(pxdesk::order::Phone::expose),
                "email": customer.email.as_ref().map(pxdesk::order::Email::expose),
            },
        })
        .to_string()
    };
    (first..first + ADDED).map(line).collect::<Vec<_>>().join("\n")
}

fn run(home: &Home, arguments: &[&str]) {
    let run = |home: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pxdesk"));
        command.args(arguments).env_clear().env("HOME", home).env("USER", "r.diaz").output().unwrap()
    };
    let output = run(home.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
