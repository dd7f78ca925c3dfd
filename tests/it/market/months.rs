//! A month as the commands tell of it: what is still in doubt, and on which bill a report is.

use super::floor::Floor;
use serde_json::json;

#[test]
fn a_run_after_a_doubt_tells_of_it_until_somebody_has_settled_it() {
    let floor = Floor::new();
    floor.sells(3);
    floor.takes_over();
    let month = floor.bill_month();
    floor.run(&["market", "start-billing", "C-3"]).with(0);
    floor.adds(&[("C-1", "10", "a"), ("C-2", "20", "b")]).with(0);
    floor.fault("usage", &json!({ "cut": "after" }));
    let send = ["market", "usage", "send", "--month", &month];
    floor.run(&send).with(4);
    let again = floor.run(&send).with(4);
    assert!(again.err.contains("1 in doubt") && again.err.contains("resolve"), "{}", again.err);
    assert!(again.err.contains("1 missing"), "{}", again.err);
    let json = floor.run(&[&send[..], &["--output", "json"]].concat()).with(4).json();
    assert_eq!((&json["inDoubt"], &json["missing"], &json["reported"]), (&json!(1), &json!(1), &json!(0)));
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    let rows = list.as_array().unwrap();
    let of =
        |state: &str| rows.iter().find(|row| row["state"] == state).unwrap()["customerId"].as_str().unwrap();
    // A doubt of another customer is told, and is a doubt of the month all the same.
    let only = [&send[..], &["--only", of("reported"), "--output", "json"]].concat();
    let other = floor.run(&only).with(4);
    assert!(other.err.contains("not asked for: 1 in doubt"), "{}", other.err);
    let json = other.json();
    assert_eq!((&json["inDoubt"], &json["others"]["inDoubt"]), (&json!(0), &json!(1)), "{json}");
    let verdict = ["market", "usage", "resolve", of("in_doubt"), "PRACTICE-STORAGE", "--month", &month];
    floor.settles(&[&verdict[..], &["--reported", "--reference", "T-1", "--by", "Ann"]].concat());
    floor.run(&send).with(0);
}

#[test]
fn the_bill_is_that_of_the_verdict_and_only_of_what_may_be_on_one() {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    let month = floor.bill_month();
    let this = pxdesk::subscription::Month::parse(&month).unwrap();
    floor.adds(&[("C-1", "10", "a"), ("C-2", "3", "b")]).with(0);
    floor.fault("usage", &json!({ "message": "no such SKU", "status": 400 }));
    floor.sends().with(3);
    let bills = |floor: &Floor| {
        let list = floor.json(&["market", "usage", "list", "--month", &month]);
        let pair = |row: &serde_json::Value| (row["state"].as_str().unwrap().to_owned(), row["bill"].clone());
        let mut pairs: Vec<_> = list.as_array().unwrap().iter().map(pair).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs
    };
    let on = |state: &str, bill: &str| (state.to_owned(), json!(bill));
    let none = |state: &str| (state.to_owned(), json!(null));
    assert_eq!(bills(&floor), [none("refused"), on("reported", &month)], "a refused report is on no bill");
    floor.fault("usage", &json!({ "cut": "after" }));
    floor.run(&["market", "usage", "send", "--month", &month, "--reason", "they have set it up"]).with(4);
    assert!(bills(&floor).contains(&on("in_doubt", &month)), "{:?}", bills(&floor));
    // It left while this bill was open, and no later one is yet.
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    let row = list.as_array().unwrap().iter().find(|row| row["state"] == "in_doubt").unwrap();
    let of = row["provisioningId"].as_str().unwrap();
    let verdict = ["market", "usage", "resolve", of, "PRACTICE-STORAGE", "--month", &month, "--reported"];
    let csv = floor.home.path().join("report.csv");
    let amount = row["amount"].as_str().unwrap();
    let portal = format!("provisioningId,sku,amount\n{of},PRACTICE-STORAGE,{amount}\n");
    std::fs::write(&csv, &portal).unwrap();
    let reconcile = |month: &str| {
        floor.run(&["market", "usage", "reconcile", "--month", month, "--csv", csv.to_str().unwrap()])
    };
    let ours = reconcile(&month).with(4).out;
    assert!(ours.contains("in doubt") && ours.contains("the portal shows it"), "{ours}");
    assert!(!ours.contains("somebody else"), "{ours}");
    let verdict = [&verdict[..], &["--reference", "T-1", "--by", "Ann", "--bill"]].concat();
    for elsewhere in [this.previous(), this.next()] {
        let refused = floor.run(&[&verdict[..], &[&elsewhere.to_string()]].concat()).with(8);
        assert!(refused.err.contains("cannot be on the bill"), "{}", refused.err);
    }
    let both = ["market", "usage", "resolve", of, "PRACTICE-STORAGE", "--month", &month, "--not-reported"];
    floor.run(&[&both[..], &["--reference", "T-1", "--by", "Ann", "--bill", &month]].concat()).with(2);
    floor.settles(&[&verdict[..], &[&month]].concat());
    assert_eq!(bills(&floor), [on("reported", &month), on("reported", &month)]);
    // The portal shows it there, and nowhere else.
    let there = reconcile(&month).with(4).out;
    assert!(there.contains("equal") && there.contains("missing there"), "{there}");
    assert!(reconcile(&this.previous().to_string()).with(4).out.contains("unknown here"));
    std::fs::write(&csv, format!("{portal}{of},PRACTICE-STORAGE,999999999999999\n")).unwrap();
    let told = reconcile(&month).with(4);
    assert!(told.out.contains("other amount") && told.out.contains("there 10000000000000"), "{}", told.out);
}

#[test]
fn usage_of_long_ago_is_found_on_the_bill_that_it_went_on() {
    let floor = Floor::new();
    floor.sells(1);
    let month = floor.bill_month();
    floor.run(&["market", "usage", "takeover", "--from", "2020-01", "--by", "Ann"]).with(0);
    let add = ["market", "usage", "add", "--of", "C-1", "--sku", "PRACTICE-STORAGE", "--month", "2020-06"];
    let add = [&add[..], &["--count", "7", "--key", "old"]].concat();
    let early = floor.run(&add).with(2);
    assert!(early.err.contains("the bill month of the purchase"), "{}", early.err);
    assert!(early.err.contains("begins at the cut-off"), "{}", early.err);
    let moved = ["--sku", "PRACTICE-STORAGE", "--billing-date", "2020-06-10T12:00:00Z"];
    floor.run(&[&["market", "note", "C-1"][..], &moved].concat()).with(0);
    // The key was not used up.
    floor.run(&add).with(0);
    floor.run(&["market", "usage", "send", "--month", "2020-06"]).with(0);
    let id = floor.bill()[0]["provisioningId"].as_str().unwrap().to_owned();
    let csv = floor.home.path().join("report.csv");
    std::fs::write(&csv, format!("provisioningId,sku,amount\n{id},PRACTICE-STORAGE,7\n")).unwrap();
    let csv = csv.to_str().unwrap();
    floor.run(&["market", "usage", "reconcile", "--month", &month, "--csv", csv]).with(0);
    floor.run(&["market", "usage", "reconcile", "--month", "2020-06", "--csv", csv]).with(4);
}

#[test]
fn what_waited_for_an_earlier_report_goes_in_the_same_run_or_is_said_to_wait() {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    let month = floor.bill_month();
    floor.adds(&[("C-1", "10", "a")]).with(0);
    floor.fault("usage", &json!({ "cut": "before" }));
    floor.sends().with(4);
    let line =
        format!(r#"{{"customerId":"C-1","sku":"PRACTICE-STORAGE","month":"{month}","count":5,"key":"b"}}"#);
    let add = ["market", "usage", "add", "--json", "-", "--late", "--reason", "came late", "--by", "Ann"];
    floor.home.run_with(&add, &line).with(0);
    let waits = floor.sends().with(4);
    assert!(waits.err.contains("1 waiting: an earlier report"), "{}", waits.err);
    let verdict = ["market", "usage", "resolve", "C-1", "PRACTICE-STORAGE", "--month", &month];
    floor.settles(&[&verdict[..], &["--not-reported", "--reference", "T-1", "--by", "Ann"]].concat());
    // Refused, the first one goes once it was fixed, or somebody says why; the other one waits on.
    floor.fault("usage", &json!({ "message": "no such SKU", "status": 400 }));
    let send = ["market", "usage", "send", "--month", &month, "--output", "json"];
    let refused = floor.run(&send).with(3).json();
    assert_eq!((&refused["refused"], &refused["waiting"]), (&json!(1), &json!(1)), "{refused}");
    let received = || floor.look("ledger").as_array().unwrap().len();
    let before = received();
    let again = floor.run(&send).with(3);
    assert!(again.err.contains("1 refused before"), "{}", again.err);
    assert_eq!((&again.json()["refused"], &again.json()["refusedBefore"]), (&json!(0), &json!(1)));
    assert_eq!(received(), before, "nothing was sent");
    let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
    assert!(preview["lines"][0]["problem"].as_str().unwrap().contains("no such SKU"), "{preview}");
    let both = floor.run(&[&send[..5], &["--reason", "they have set the SKU up"]].concat()).with(0);
    assert!(both.err.contains("2 of 2 reported"), "{}", both.err);
    let bill = floor.bill();
    assert_eq!((&bill[0]["amount"], &bill[0]["reports"]), (&json!("15"), &json!(2)), "{bill}");
}

#[test]
fn what_was_not_asked_for_is_told_and_does_not_count() {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    floor.adds(&[("C-1", "10", "a"), ("C-2", "5", "b")]).with(0);
    let month = floor.bill_month();
    let send = ["market", "usage", "send", "--month", &month, "--output", "json"];
    let one = floor.run(&[&send[..], &["--only", "C-1"]].concat()).with(0);
    assert!(one.err.contains("not asked for: 1 not reported"), "{}", one.err);
    let others = json!({ "inDoubt": 0, "inProgress": 0, "notReported": 1, "missing": 0 });
    assert_eq!((&one.json()["reported"], &one.json()["others"]), (&json!(1), &others));
    assert_eq!(floor.run(&send).with(0).json()["others"]["notReported"], 0);
}

#[test]
fn a_month_of_nothing_does_not_hide_what_is_usual() {
    let floor = Floor::new();
    floor.sells(1);
    let this = pxdesk::subscription::Month::parse(&floor.bill_month()).unwrap();
    floor.run(&["market", "usage", "takeover", "--from", "2020-01", "--by", "Ann"]).with(0);
    let moved = ["--sku", "PRACTICE-STORAGE", "--billing-date", "2020-06-10T12:00:00Z"];
    floor.run(&[&["market", "note", "C-1"][..], &moved].concat()).with(0);
    for (month, count) in [(this.previous().previous(), "100"), (this.previous(), "0")] {
        let month = month.to_string();
        let add = ["market", "usage", "add", "--of", "C-1", "--sku", "PRACTICE-STORAGE", "--month", &month];
        floor.run(&[&add[..], &["--count", count, "--key", &month]].concat()).with(0);
        floor.run(&["market", "usage", "send", "--month", &month]).with(0);
    }
    floor.adds(&[("C-1", "1000", "now")]).with(0);
    let held = floor.sends().with(8);
    assert!(held.err.contains("more than three times the usual 100"), "{}", held.err);
}

#[test]
fn what_the_reports_of_a_month_come_to_may_be_more_than_one_report_can_be() {
    let floor = Floor::new();
    floor.sells(1);
    floor.takes_over();
    let month = floor.bill_month();
    let more = ["market", "usage", "supplement", "C-1", "PRACTICE-STORAGE", "--month", &month];
    let more = |count: &str| {
        floor.run(&[&more[..], &["--count", count, "--reason", "r", "--by", "Ann"]].concat()).with(0).out
    };
    floor.adds(&[("C-1", "300000000000000", "a")]).with(0);
    floor.sends().with(0);
    more("900000000000000");
    let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
    assert!(preview["lines"][1]["problem"].as_str().unwrap().contains("needs a reason"), "{preview}");
    let held = floor.sends().with(8);
    let why = "1200000000000000 in its month is more than three times the usual 300000000000000";
    assert!(held.err.contains(why), "{}", held.err);
    floor.run(&["market", "usage", "send", "--month", &month, "--reason", "it is so"]).with(0);
    let said = more("5");
    assert!(said.contains("5 to the 1200000000000000 reported, 1200000000000005 in all"), "{said}");
    let csv = floor.home.path().join("report.csv");
    let id = floor.bill()[0]["provisioningId"].as_str().unwrap().to_owned();
    for (rows, status, verdict) in [
        (&["900000000000000"][..], 4, "other amount"),
        (&["300000000000000", "900000000000000"], 0, "equal"),
        (&["1200000000000000"], 0, "equal"),
        (&["1200000000000000.1"], 4, "other amount"),
    ] {
        let rows: Vec<_> = rows.iter().map(|amount| format!("{id},PRACTICE-STORAGE,{amount}\n")).collect();
        std::fs::write(&csv, format!("provisioningId,sku,amount\n{}", rows.concat())).unwrap();
        let csv = csv.to_str().unwrap();
        let ran = floor.run(&["market", "usage", "reconcile", "--month", &month, "--csv", csv]);
        let ran = ran.with(status).out;
        assert!(ran.contains(verdict) && ran.contains("here 1200000000000000 "), "{rows:?}: {ran}");
    }
}

#[test]
fn a_slip_in_the_configuration_of_a_sku_is_corrected_for_what_was_bought_before() {
    let floor = Floor::new();
    floor.sells(1);
    let month = floor.bill_month();
    let line =
        format!(r#"{{"customerId":"C-1","sku":"PRACTICE-SEATS","month":"{month}","count":5,"key":"a"}}"#);
    let add = || floor.home.run_with(&["market", "usage", "add", "--json", "-"], &line);
    assert!(add().with(2).err.contains("when it was bought"), "it was bought before");
    floor.home.reconfigure(
        "[market.skus.\"PRACTICE-SEATS\"]\nbilling = \"manual\"\n",
        "[market.skus.\"PRACTICE-SEATS\"]\nbilling = \"immediately\"\nusage = true\nunit = \"seats\"\n",
    );
    add().with(2);
    floor.run(&["market", "note", "C-1", "--sku", "PRACTICE-SEATS", "--as-configured"]).with(0);
    floor.run(&["market", "note", "C-1", "--sku", "OTHER", "--as-configured"]).with(2);
    add().with(0);
    let skus = floor.json(&["market", "show", "C-1"])["skus"].clone();
    let seats = skus.as_array().unwrap().iter().find(|sku| sku["sku"] == "PRACTICE-SEATS").unwrap().clone();
    assert_eq!((&seats["state"], &seats["unit"]), (&json!("billing"), &json!("seats")), "{seats}");
    floor.verifies();
}

#[test]
fn usage_of_what_is_not_billed_yet_is_told_before_it_goes() {
    let floor = Floor::new();
    floor.sells(1);
    floor.adds(&[("C-1", "5", "a")]).with(0);
    let preview =
        || floor.json(&["market", "usage", "preview", "--month", &floor.bill_month()])["lines"][0].clone();
    assert_eq!(preview()["problem"], "billing of its SKU has not begun");
    floor.run(&["market", "start-billing", "C-1"]).with(0);
    assert_eq!(preview()["problem"], json!(null));
}

#[test]
fn usage_of_what_ended_before_it_was_billed_is_told_with_when_it_ended() {
    let floor = Floor::new();
    floor.sells(1);
    floor.takes_over();
    floor.run(&["market", "end", "C-1", "--sku", "PRACTICE-STORAGE"]).with(0);
    let month = floor.bill_month();
    let late = ["market", "usage", "add", "--late", "--reason", "it came late", "--by", "Ann", "--json", "-"];
    let line =
        format!(r#"{{"customerId":"C-1","sku":"PRACTICE-STORAGE","month":"{month}","count":5,"key":"a"}}"#);
    floor.home.run_with(&late, &line).with(0);
    let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
    let problem = preview["lines"][0]["problem"].as_str().unwrap().to_owned();
    assert!(problem.starts_with("its SKU ended at 20"), "{problem}");
    assert!(problem.ends_with("before its billing began"), "{problem}");
}

#[test]
fn a_doubt_of_an_earlier_month_is_not_open_and_a_refused_report_is_not_somebody_elses() {
    let floor = Floor::new();
    floor.sells(2);
    let month = floor.bill_month();
    let this = pxdesk::subscription::Month::parse(&month).unwrap();
    let before = this.previous().to_string();
    floor.run(&["market", "usage", "takeover", "--from", &before, "--by", "Ann"]).with(0);
    for of in ["C-1", "C-2"] {
        let moved = ["--sku", "PRACTICE-STORAGE", "--billing-date", &format!("{before}-10T12:00:00Z")];
        floor.run(&[&["market", "note", of][..], &moved].concat()).with(0);
    }
    let add = |of: &str, month: &str, count: &str, key: &str| {
        let add = ["market", "usage", "add", "--of", of, "--sku", "PRACTICE-STORAGE", "--month", month];
        floor.run(&[&add[..], &["--count", count, "--key", key]].concat()).with(0);
    };
    let send = |month: &str| floor.run(&["market", "usage", "send", "--month", month]);
    add("C-1", &before, "4", "a");
    floor.fault("usage", &json!({ "cut": "after" }));
    send(&before).with(4);
    add("C-2", &before, "2", "b");
    floor.fault("usage", &json!({ "message": "no such SKU", "status": 400 }));
    send(&before).with(4);
    add("C-1", &month, "7", "c");
    floor.fault("usage", &json!({ "cut": "before" }));
    let told = send(&month).with(4);
    let words = format!("1 in doubt of earlier months: {before}; 1 refused: {before}");
    assert!(told.err.contains(&words) && !told.err.contains("send --month`"), "{}", told.err);
    let requests = floor.json(&["market", "requests"]);
    let earlier = json!({ "month": before, "open": 0, "inProgress": 0, "inDoubt": 1, "refused": 1 });
    assert_eq!(requests["earlier"][0], earlier);
    // Both doubts are on one bill, of which the portal shows the first; and the refused report.
    let list = floor.json(&["market", "usage", "list", "--month", &before]);
    let of = |customer: &str| {
        let row = list.as_array().unwrap().iter().find(|row| row["customerId"] == customer).unwrap();
        row["provisioningId"].as_str().unwrap().to_owned()
    };
    let csv = floor.home.path().join("report.csv");
    let rows = format!("{},PRACTICE-STORAGE,4\n{},PRACTICE-STORAGE,2\n", of("C-1"), of("C-2"));
    std::fs::write(&csv, format!("provisioningId,sku,amount\n{rows}")).unwrap();
    let reconcile = ["market", "usage", "reconcile", "--month", &month, "--csv", csv.to_str().unwrap()];
    let out = floor.run(&reconcile).with(4).out;
    assert!(out.contains(&format!("the portal shows {before} (4), and not {month} (7)")), "{out}");
    assert!(out.contains(&format!("with our refused report of {before} (2). Do not send it again")), "{out}");
    let json = floor.run(&[&reconcile[..], &["--output", "json"]].concat()).with(4).json();
    let line = |id: &str| json.as_array().unwrap().iter().find(|line| line["provisioningId"] == id).unwrap();
    let doubts = &line(&of("C-1"))["doubts"];
    assert_eq!((&doubts[0]["shown"], &doubts[1]["shown"]), (&json!(true), &json!(false)), "{json}");
    assert_eq!(line(&of("C-2"))["refused"][0]["month"], before.as_str(), "{json}");
    assert_eq!(line(&of("C-2"))["verdict"], "unknown here", "{json}");
}
