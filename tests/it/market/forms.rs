//! The forms that usage comes in: a table, JSON Lines, one line by hand. What is not right in one names the line and the
//! field, and nothing of it is guessed.

use super::floor::Floor;

fn takes(floor: &Floor, form: &str, text: &str) -> crate::kit::Ran {
    floor.home.run_with(&["market", "usage", "add", form, "-"], text)
}

fn amounts(floor: &Floor) -> Vec<String> {
    let list = floor.json(&["market", "usage", "list", "--month", &floor.bill_month()]);
    list.as_array().unwrap().iter().map(|row| row["amount"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_table_is_taken_as_its_header_says_or_not_at_all() {
    let floor = Floor::new();
    floor.sells(1);
    let month = floor.bill_month();
    let line = format!("C-1,PRACTICE-STORAGE,{month},1,k1\n");
    for (header, said) in [
        ("", "-:1: provisioningId: "),
        ("customerId,sku,month,key\n", "-:1: count: "),
        ("customerId,sku,month,count,key,Sku\n", "-:1: sku: "),
    ] {
        let ran = takes(&floor, "--csv", &format!("{header}{line}")).with(2);
        assert!(ran.err.contains(said) && ran.err.lines().count() == 1, "{header}: {}", ran.err);
    }
    assert_eq!(amounts(&floor), [""; 0], "none of it was taken in");
    let header = "provisioningId,customerId,sku,month,count,key\n";
    // A comma in a number makes a record longer.
    let text =
        format!("{header},C-1,PRACTICE-STORAGE,{month},1,5,c1\n,{line},C-1,PRACTICE-STORAGE,{month},2\n");
    let ran = takes(&floor, "--csv", &text).with(2);
    assert!(
        ran.err.contains("-:2: it has 7 fields") && ran.err.contains("-:4: it has 5 fields"),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("1 added, 0 known already, 2 refused"), "{}", ran.out);
    let old_line_ends =
        format!("{header},C-1,PRACTICE-STORAGE,{month},4,c2\r,C-1,PRACTICE-STORAGE,{month},8,c3\n");
    assert!(
        takes(&floor, "--csv", &old_line_ends).with(2).err.contains("-:2: "),
        "none is lost without a word"
    );
    assert_eq!(amounts(&floor), ["1"]);
}

#[test]
fn two_ids_of_a_line_are_of_one_subscription() {
    let floor = Floor::new();
    floor.sells(2);
    let month = floor.bill_month();
    let list = floor.json(&["market", "list"]);
    let id = |customer: &str| {
        let row = list.as_array().unwrap().iter().find(|row| row["customerId"] == customer).unwrap();
        row["provisioningId"].as_str().unwrap().to_owned()
    };
    let (one, rest) = (id("C-1"), format!(r#""sku":"PRACTICE-STORAGE","month":"{month}","count":1"#));
    let text = format!(
        "{{\"customerId\":\"C-2\",\"provisioningId\":\"{one}\",{rest},\"key\":\"a\"}}\n\
         {{\"customerId\":\"C-1\",\"provisioningId\":\"{one}\",{rest},\"key\":\"b\"}}\n"
    );
    let ran = takes(&floor, "--json", &text).with(2);
    assert!(ran.err.contains("-:1: provisioningId: ") && ran.err.contains("C-2"), "{}", ran.err);
    let table = format!(
        "provisioningId,customerId,sku,month,count,key\n{one},C-2,PRACTICE-STORAGE,{month},2,c\n\
         {one},C-1,PRACTICE-STORAGE,{month},2,d\n"
    );
    assert!(takes(&floor, "--csv", &table).with(2).err.contains("-:2: provisioningId: "));
    assert_eq!(amounts(&floor), ["3"]);
}

#[test]
fn a_line_by_hand_is_checked_as_any_other() {
    let floor = Floor::new();
    floor.sells(1);
    let month = floor.bill_month();
    let long = "k".repeat(3_000);
    for key in ["", "a\tb\u{1b}[2J", &long] {
        let add = ["market", "usage", "add", "--of", "C-1", "--sku", "PRACTICE-STORAGE", "--month", &month];
        let ran = floor.run(&[&add[..], &["--count", "1", "--key", key]].concat()).with(2);
        assert!(ran.err.contains("by hand:1: key: "), "{}", ran.err);
    }
    assert_eq!(amounts(&floor), [""; 0]);
}
