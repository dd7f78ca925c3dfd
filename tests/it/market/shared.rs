//! Two machines that sell on one marketplace share a journal on PostgreSQL.

use super::floor::{Floor, Receiver, deploy, home, sent};
use crate::kit::{Home, Sandbox};
use crate::postgres::{self, Database};
use serde_json::json;
use std::time::Duration;

fn machine(market: &Sandbox, database: &Database) -> Home {
    let home = home(&market.base);
    home.configure_also(&format!(
        "[journal]\nurl = \"{}\"\nkey_file = \"{}\"\n",
        database.url(),
        database.key().display()
    ));
    home
}

/// A receiver that has recorded nothing itself knows how far the journal came by the other one.
#[test]
fn a_receiver_knows_an_older_copy_by_what_the_other_one_recorded() {
    let Some(database) = postgres::database() else { return };
    let market = Sandbox::serve(&["--market"]);
    let (one, two) = (machine(&market, &database), machine(&market, &database));
    let receivers = [Receiver::of(&one), Receiver::of(&two)];
    let deploy = deploy("p-1");
    assert_eq!(sent(&receivers[0].url, &deploy).0, 200);
    // It looks about once a second.
    std::thread::sleep(Duration::from_secs(4));
    database.come_back_older();
    assert_eq!(sent(&receivers[1].url, &deploy).0, 503);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(sent(&receivers[1].url, &deploy).0, 503, "not for a moment only");
    two.run(&["journal", "accept", "--by", "M. Ruiz", "--reason", "restored"]).with(0);
    let next = super::floor::deploy("p-2");
    crate::worker::soon("its answer", || sent(&receivers[1].url, &next).0 == 200);
}

#[test]
fn two_machines_receive_and_report_each_once() {
    let Some(database) = postgres::database() else { return };
    let market = Sandbox::serve(&["--market"]);
    let (home, two) = (machine(&market, &database), machine(&market, &database));
    let floor = Floor { home, market };
    let receivers = [floor.receiver(), Receiver::of(&two)];
    // The same deploy at both, and others: one answer each, and no id twice.
    let mut ids = Vec::new();
    for n in 0..6 {
        let deploy = deploy(&format!("p-{n}"));
        let answers: Vec<_> = receivers.iter().map(|receiver| sent(&receiver.url, &deploy)).collect();
        assert_eq!(answers[0].0, 200);
        assert_eq!(answers[0], answers[1]);
        ids.push(answers[0].1["customerId"].as_str().unwrap().to_owned());
    }
    receivers.into_iter().for_each(Receiver::ends);
    let mut each = ids.clone();
    each.sort();
    each.dedup();
    assert_eq!(each.len(), ids.len(), "{ids:?}");
    for (n, id) in ids.iter().enumerate() {
        let sale = json!({
            "provisioningId": format!("p-{n}"), "customerId": id, "productId": 123, "productSkus": ["PRACTICE-STORAGE"],
        });
        floor.market.control("market/provisionings", &sale);
    }
    floor.takes_over();
    let lines: Vec<_> = ids.iter().map(|id| (id.as_str(), "2.5", id.as_str())).collect();
    floor.adds(&lines).with(0);
    // More of the same reports, and then all of it again.
    let keys: Vec<_> = ids.iter().map(|id| format!("{id} more")).collect();
    let more: Vec<_> = ids.iter().zip(&keys).map(|(id, key)| (id.as_str(), "1.5", key.as_str())).collect();
    for again in [more.clone(), [lines, more].concat()] {
        floor.adds(&again).with(0);
    }
    let month = floor.bill_month();
    let send = |home: &Home| home.command(&["market", "usage", "send", "--month", &month]).spawn().unwrap();
    for mut desk in [send(&floor.home), send(&two)] {
        desk.wait().unwrap();
    }
    floor.sends();
    let bill = floor.bill();
    assert_eq!(bill.as_array().unwrap().len(), ids.len(), "{bill}");
    assert!(
        bill.as_array().unwrap().iter().all(|line| line["reports"] == 1 && line["amount"] == "4"),
        "{bill}"
    );
    floor.verifies();
}
