//! Lines of usage: each key counts once; what is not right names the line and the field, and the good ones are taken in.

use super::floor::{Floor, deploy, sent};
use serde_json::json;

#[test]
fn bad_lines_are_told_with_their_field_and_good_ones_are_taken_in() {
    let floor = Floor::new();
    floor.sells(2);
    let month = floor.bill_month();
    let line = |rest: &str| format!(r#"{{"customerId":"C-1","month":"{month}",{rest}}}"#);
    let text = [
        line(r#""sku":"PRACTICE-STORAGE","count":100.5,"key":"k1""#),
        line(r#""sku":"NOPE","count":1,"key":"k2""#),
        line(r#""sku":"PRACTICE-SEATS","count":1,"key":"k3""#),
        line(r#""sku":"PRACTICE-STORAGE","count":NaN,"key":"k4""#),
        line(r#""sku":"PRACTICE-STORAGE","count":1e309,"key":"k5""#),
        line(r#""sku":"PRACTICE-STORAGE","count":-1,"key":"k6""#),
        line(r#""sku":"PRACTICE-STORAGE","count":2,"key":"k1""#),
        line(r#""sku":"PRACTICE-STORAGE","count":1"#),
        r#"{"customerId":"C-1","month":"2026-13","sku":"PRACTICE-STORAGE","count":1,"key":"k7"}"#.to_owned(),
        r#"{"customerId":"C-1","month":"2199-01","sku":"PRACTICE-STORAGE","count":1,"key":"k8"}"#.to_owned(),
        format!(r#"{{"customerId":"C-2","month":"{month}","sku":"PRACTICE-STORAGE","count":1,"key":"k1"}}"#),
        "not JSON".to_owned(),
        line(r#""sku":"PRACTICE-STORAGE","count":100.50,"key":"k1""#),
        line(r#""sku":"PRACTICE-STORAGE","count":0.25,"key":"k9""#),
    ];
    let ran = floor.home.run_with(&["market", "usage", "add", "--json", "-"], &text.join("\n")).with(2);
    let said = [
        "-:2: sku: ",
        "-:3: sku: ",
        "-:4: ",
        "-:5: count: ",
        "-:6: count: ",
        "-:7: key: ",
        "-:8: key: ",
        "-:9: month: ",
        "-:10: month: ",
        "-:11: key: ",
        "-:12: ",
    ];
    for said in said {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    assert!(ran.out.contains("2 added, 1 known already, 11 refused"), "{}", ran.out);
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    assert_eq!((list.as_array().unwrap().len(), &list[0]["amount"]), (1, &json!("100.75")), "{list}");
    floor.verifies();
}

#[test]
fn the_same_lines_again_add_nothing_by_whichever_way_they_come() {
    let floor = Floor::new();
    floor.sells(1);
    let month = floor.bill_month();
    floor.adds(&[("C-1", "1", "a"), ("C-1", "2", "b")]).with(0);
    floor.adds(&[("C-1", "1", "a"), ("C-1", "2", "b")]).with(0);
    let table = format!(
        "customerId,sku,month,count,key\nC-1,PRACTICE-STORAGE,{month},1,a\nC-1,PRACTICE-STORAGE,{month},4,c\n"
    );
    floor.home.run_with(&["market", "usage", "add", "--csv", "-"], &table).with(0);
    let by_hand = [
        "market",
        "usage",
        "add",
        "--of",
        "C-1",
        "--sku",
        "PRACTICE-STORAGE",
        "--month",
        &month,
        "--count",
        "8",
        "--key",
        "d",
    ];
    floor.run(&by_hand).with(0);
    floor.run(&by_hand).with(0);
    let negative = by_hand.map(|arg| if arg == "8" { "-1" } else { arg });
    let refused = floor.run(&negative).with(2);
    assert!(refused.err.contains("is negative; what was billed cannot be taken back"), "{}", refused.err);
    assert_eq!(floor.json(&["market", "usage", "list", "--month", &month])[0]["amount"], "15");
}

#[test]
fn what_comes_after_the_report_says_on_which_bill_it_would_go_and_asks() {
    let floor = Floor::new();
    floor.sells(1);
    floor.takes_over();
    floor.adds(&[("C-1", "10", "a")]).with(0);
    floor.sends().with(0);
    let late = floor.adds(&[("C-1", "5", "b")]).with(8);
    assert!(late.err.contains("bill of") && late.err.contains("--late"), "{}", late.err);
    // Known already: nobody is asked anything.
    floor.adds(&[("C-1", "10", "a")]).with(0);
    let month = floor.bill_month();
    let line =
        format!(r#"{{"customerId":"C-1","sku":"PRACTICE-STORAGE","month":"{month}","count":5,"key":"b"}}"#);
    let add = ["market", "usage", "add", "--json", "-", "--late", "--reason", "came late", "--by", "Ann"];
    floor.home.run_with(&add, &line).with(0);
    floor.home.run_with(&add, &line).with(0);
    floor.sends().with(0);
    let bill = floor.bill();
    assert_eq!((&bill[0]["amount"], &bill[0]["reports"]), (&json!("15"), &json!(2)), "{bill}");
    let more = ["market", "usage", "supplement", "C-1", "PRACTICE-STORAGE", "--month", &month];
    floor.run(&[&more[..], &["--count", "0", "--reason", "r", "--by", "Ann"]].concat()).with(8);
    floor.run(&[&more[..], &["--count", "1", "--reason", "r", "--by", "Ann"]].concat()).with(0);
    floor.sends().with(0);
    assert_eq!(floor.bill()[0]["amount"], "16");
}

#[test]
fn missing_zero_and_unusual_amounts_are_shown_before_anything_goes() {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    let month = floor.bill_month();
    for id in ["C-1", "C-2"] {
        floor.run(&["market", "start-billing", id]).with(0);
    }
    floor.adds(&[("C-1", "0", "zero")]).with(0);
    let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
    assert_eq!(preview["missing"][0]["customerId"], "C-2", "{preview}");
    assert!(preview["lines"][0]["problem"].as_str().unwrap().contains("nothing was used"), "{preview}");
    floor.sends().with(0);
    let bill = floor.bill();
    assert_eq!((bill.as_array().unwrap().len(), &bill[0]["amount"]), (1, &json!("0")), "{bill}");
}

#[test]
fn the_portals_report_is_compared_line_by_line() {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    let month = floor.bill_month();
    floor.adds(&[("C-1", "10.5", "a"), ("C-2", "3", "b")]).with(0);
    floor.sends().with(0);
    let csv = floor.home.path().join("report.csv");
    let reconcile = ["market", "usage", "reconcile", "--month", &month, "--csv", csv.to_str().unwrap()];
    let ids: Vec<String> = floor
        .bill()
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            format!(
                "{},PRACTICE-STORAGE,{}",
                line["provisioningId"].as_str().unwrap(),
                line["amount"].as_str().unwrap()
            )
        })
        .collect();
    let whole = format!("provisioningId,sku,amount\n{}\n", ids.join("\n"));
    std::fs::write(&csv, &whole).unwrap();
    floor.run(&reconcile).with(0);
    std::fs::write(&csv, whole.replace("10.5", "21")).unwrap();
    assert!(floor.run(&reconcile).with(4).out.contains("other amount"));
    std::fs::write(&csv, format!("provisioningId,sku,amount\n{}\nX-1,OTHER,7\n", ids[0])).unwrap();
    let ran = floor.run(&reconcile).with(4);
    assert!(ran.out.contains("missing there") && ran.out.contains("unknown here"), "{}", ran.out);
    std::fs::write(&csv, "provisioningId,sku,amount\nX,Y,many\n").unwrap();
    // One that cannot be read does not hide that others differ.
    let both = floor.run(&reconcile).with(4);
    assert!(both.err.contains(":2: amount:") && both.err.contains("were not compared: 1"), "{}", both.err);
    // What a row is about that cannot be read is not missing, nor is what a customer of several subscriptions has.
    std::fs::write(&csv, whole.replace("10.5", "many")).unwrap();
    let unread = floor.run(&reconcile).with(2).out;
    assert!(unread.contains("not compared") && !unread.contains("missing there"), "{unread}");
    // Rows of another month are left out, and nothing here is nothing there.
    let rows = [&ids[0], &ids[1], "X-1,OTHER,0"].map(|row| format!("{row},{month}"));
    let dated = format!("provisioningId,sku,amount,month\n{}\nX-1,OTHER,7,2020-01\n", rows.join("\n"));
    std::fs::write(&csv, dated).unwrap();
    let ran = floor.run(&reconcile).with(0);
    assert!(ran.err.contains("rows of other months, which are left out: 1"), "{}", ran.err);
    // What has a price of its own is on the bill without a report of ours.
    let id = ids[0].split(',').next().unwrap();
    std::fs::write(&csv, format!("{whole}{id},PRACTICE-SEATS,1\n")).unwrap();
    let ran = floor.run(&reconcile).with(0);
    assert!(ran.out.contains("not compared") && ran.out.contains("not billed by usage"), "{}", ran.out);
    std::fs::write(&csv, format!("{whole}X-1,PRACTICE-SEATS,1\n")).unwrap();
    assert!(floor.run(&reconcile).with(4).out.contains("somebody else reports"));
}

#[test]
fn an_id_with_a_space_is_compared_as_it_is() {
    let floor = Floor::new();
    let receiver = floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy(" p-1 ")).0, 200);
    receiver.ends();
    let (month, sku) = (floor.bill_month(), "PRACTICE-STORAGE");
    floor.run(&["market", "usage", "takeover", "--from", &month, "--by", "Ann"]).with(0);
    let bought =
        json!({ "provisioningId": " p-1 ", "customerId": "C-1", "productId": 123, "productSkus": [sku] });
    floor.market.control("market/provisionings", &bought);
    floor.adds(&[("C-1", "2", "a")]).with(0);
    floor.sends().with(0);
    let csv = floor.home.path().join("report.csv");
    let reconcile = ["market", "usage", "reconcile", "--month", &month, "--csv", csv.to_str().unwrap()];
    std::fs::write(&csv, format!("provisioningId , sku,month,amount\n p-1 ,{sku}, {month} , 2\n")).unwrap();
    let ran = floor.run(&reconcile).with(0);
    assert!(ran.out.contains("equal"), "{}", ran.out);
    std::fs::write(&csv, format!("provisioningId,sku,amount\np-1,{sku},2\n")).unwrap();
    let ran = floor.run(&reconcile).with(4);
    assert!(ran.out.contains("unknown here"), "{}", ran.out);
}
