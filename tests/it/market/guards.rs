//! What is looked at before anything is begun, and what would be lost or billed twice without a word.

use super::floor::{Floor, TRACK, deploy, sent};
use serde_json::json;

/// A subscription of the customer C-1, and one of C-2.
fn two() -> Floor {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    floor
}

#[test]
fn without_a_usable_provider_key_nothing_is_begun() {
    let floor = two();
    floor.adds(&[("C-1", "5", "k1")]).with(0);
    let key = floor.home.path().join(".config/pxdesk/provider.key");
    std::fs::remove_file(key).unwrap();
    let month = floor.bill_month();
    for command in [
        &["market", "usage", "send", "--month", &month][..],
        &["market", "start-billing", "C-1"],
        &["market", "end", "C-1"],
        &TRACK,
    ] {
        let refused = floor.run(command).with(5);
        assert!(refused.err.contains("provider key"), "{}", refused.err);
    }
    let reports = floor.json(&["market", "usage", "list", "--month", &month]);
    assert_eq!(reports[0]["state"], "open", "{reports}");
    assert_eq!(floor.json(&["market", "show", "C-1"])["attempts"], json!([]));
}

#[test]
fn a_takeover_leaves_nothing_behind_without_a_word() {
    let floor = two();
    floor.adds(&[("C-1", "5", "k1"), ("C-2", "7", "k2")]).with(0);
    let month = floor.bill_month();
    floor.run(&["market", "usage", "send", "--month", &month, "--only", "C-1"]).with(0);
    let late = ["market", "usage", "add", "--of", "C-1", "--sku", "PRACTICE-STORAGE", "--month", &month];
    let late = [&late[..], &["--count", "1", "--key", "late", "--late"]].concat();
    floor.run(&[&late[..], &["--reason", " ", "--by", "Ann"]].concat()).with(8);
    floor.run(&[&late[..], &["--reason", "a late meter", "--by", " "]].concat()).with(8);
    let later = pxdesk::subscription::Month::parse(&month).unwrap().next().to_string();
    let slip = ["market", "usage", "takeover", "--from", &later, "--by", "Ann Okafor"];
    let refused = floor.run(&slip).with(8);
    let left = floor.json(&["market", "show", "C-2"])["provisioningId"].as_str().unwrap().to_owned();
    assert!(refused.err.contains(&left) && refused.err.contains("usage send"), "{}", refused.err);
    floor.run(&[&slip[..], &["--reason", " "]].concat()).with(8);
    floor.run(&[&slip[..], &["--reason", "the old scripts sent it"]].concat()).with(0);
    let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
    let problem = |id: &str| {
        let line = preview["lines"].as_array().unwrap().iter().find(|line| line["customerId"] == id);
        line.unwrap()["problem"].as_str().unwrap_or_default().to_owned()
    };
    assert!(problem("C-2").contains("is not sent") && problem("C-2").contains(&later), "{preview}");
    assert!(!problem("C-1").contains("is not sent"), "{preview}");
    let more =
        ["market", "usage", "supplement", "C-1", "PRACTICE-STORAGE", "--month", &month, "--count", "1"];
    let late = floor.run(&[&more[..], &["--reason", "late", "--by", "Ann"]].concat()).with(8);
    assert!(late.err.contains("from which month on"), "{}", late.err);
    floor.verifies();
}

#[test]
fn a_count_of_version_1_and_a_report_are_not_both_sent_without_a_reason() {
    let floor = two();
    floor.home.configure_also("[market.v1]\nenabled = true\n");
    floor.adds(&[("C-1", "5", "k1"), ("C-2", "7", "k2")]).with(0);
    let month = floor.bill_month();
    let send = ["market", "usage", "send", "--month", &month];
    floor.run(&[&send[..], &["--only", "C-1"]].concat()).with(0);
    let count = |customer| {
        [
            "market",
            "v1",
            "update-subscription",
            "--coid",
            customer,
            "--sku",
            "PRACTICE-STORAGE",
            "--count",
            "5",
        ]
    };
    let both = floor.run(&count("C-1")).with(8);
    assert!(both.err.contains("is reported already"), "{}", both.err);
    floor.run(&count("C-2")).with(0);
    let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
    assert!(preview["lines"].to_string().contains("version 1 tells a count"), "{preview}");
    let held = floor.run(&send).with(8);
    assert!(held.err.contains("of version 1"), "{}", held.err);
    assert_eq!(floor.bill().as_array().unwrap().len(), 1);
    floor.run(&[&count("C-1")[..], &["--reason", "the contract says both"]].concat()).with(0);
    floor.run(&[&send[..], &["--reason", "the contract says both"]].concat()).with(0);
    floor.verifies();
}

#[test]
fn what_was_billed_stays_billing_and_nothing_of_a_refused_deploy_is_billed() {
    let floor = Floor::new();
    floor.sells(1);
    floor.run(&["market", "start-billing", "C-1", "--sku", "PRACTICE-SEATS"]).with(0);
    floor.run(&["market", "end", "C-1", "--sku", "PRACTICE-SEATS"]).with(0);
    let billing = floor.json(&["market", "list", "--state", "billing"]);
    assert_eq!(billing[0]["customerId"], "C-1", "{billing}");
    assert_eq!(floor.json(&["market", "show", "C-1"])["state"], "billing");
    floor.home.configure_also("[market.skus.\"NOW\"]\nbilling = \"immediately\"\n");
    floor.home.configure_also(
        "[market.webhook]\nanswer = \"ask\"\nanswer_within = \"1s\"\notherwise = \"refuse\"\n",
    );
    let receiver = floor.receiver();
    let mut refused = deploy("r-1");
    refused["productSkus"] = json!(["NOW"]);
    assert_eq!(sent(&receiver.url, &refused).0, 422);
    receiver.ends();
    let list = floor.json(&["market", "list", "--state", "rejected"]);
    assert_eq!(list[0]["skus"][0]["state"], "ended", "{list}");
    let text = floor.run(&["market", "list"]).with(0).out;
    assert!(text.contains("NOW not billed"), "{text}");
    let advice = floor.run(&["market", "start-billing", "r-1"]).with(8).err;
    assert!(advice.contains("the deploy was refused") && !advice.contains("market provision"), "{advice}");
}

#[test]
fn an_alarm_is_as_old_as_its_cause_and_a_deadline_that_has_passed_is_told() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy("p-1")).0, 200);
    let same = |n: &str| {
        let mut deploy = deploy("p-2");
        deploy["amount"] = serde_json::from_str(n).unwrap();
        sent(&receiver.url, &deploy).0
    };
    assert_eq!(["1", "1.0", "1e0", "2"].map(same), [200, 200, 200, 409]);
    receiver.ends();
    let requests = floor.json(&["market", "requests"]);
    let alarm = &requests["conflicting"][0];
    let at = |of: &serde_json::Value| of.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(at(&alarm["conflictAt"]) > at(&alarm["requestedAt"]), "{requests}");
    let due = ["market", "note", "p-1", "--termination-mail", "2020-01-01", "--due", "2020-01-05"];
    floor.run(&[&due[..], &["--text", "x"]].concat()).with(2);
    for nothing in ["", " \t"] {
        floor.run(&["market", "note", "p-1", "--text", nothing]).with(2);
    }
    floor.run(&due).with(0);
    let text = floor.run(&["market", "requests"]).with(0).out;
    assert!(text.contains("was to be written to by 2020-01-05"), "{text}");
    assert!(text.contains(" s ago") || text.contains(" min ago"), "{text}");
    let requests = floor.json(&["market", "requests"]);
    assert_eq!(requests["terminationsOverdue"][0]["provisioningId"], "p-1", "{requests}");
    assert!(floor.run(&["market", "list"]).with(0).out.contains("overdue: write by 2020-01-05"));
}

#[test]
fn a_deadline_is_over_when_its_day_is_over_in_chicago_wherever_the_desk_is() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy("p-1")).0, 200);
    assert_eq!(sent(&receiver.url, &deploy("p-2")).0, 200);
    receiver.ends();
    // The furthest ahead of Chicago, and the furthest behind: in one of them it is another day at any hour.
    let overdue = |id: &str| {
        ["Pacific/Kiritimati", "Etc/GMT+12"].map(|zone| {
            let mut command = floor.home.command(&["market", "requests"]);
            let ran = crate::kit::Ran::from(command.env("TZ", zone).output().unwrap()).with(0);
            ran.out.contains(&format!("{id} was to be written to"))
        })
    };
    let chicago = jiff::tz::TimeZone::get("America/Chicago").unwrap();
    let today = jiff::Timestamp::now().to_zoned(chicago).date();
    let (before, after) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
    let notes = |id: &str, mail: &str, due: &str| {
        floor.run(&["market", "note", id, "--termination-mail", mail, "--due", due])
    };
    notes("p-1", "2020-01-01", &today.to_string()).with(0);
    notes("p-2", "2020-01-01", &before.to_string()).with(0);
    // At midnight in Chicago both are over.
    let (first, second) = (overdue("p-1"), overdue("p-2"));
    assert!(first[0] == first[1] && second == [true, true], "{first:?} {second:?}");
    // An e-mail that came after tomorrow is a slip.
    let ahead = after.tomorrow().unwrap().to_string();
    let slip = notes("p-1", &ahead, &ahead).with(2);
    assert!(slip.err.contains("--termination-mail is in the future"), "{}", slip.err);
}
