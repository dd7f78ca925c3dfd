//! The registration's desk at the keyboard, from an empty home.

use crate::kit::Home;
use crate::pty::Desk;
use serde_json::Value;

/// The registration's desk of a new home, as it opens.
fn opened(home: &Home) -> Desk {
    let mut desk = Desk::open(home, 80, 24);
    desk.shows("10 open").keys("3").shows("[3] registration · A-PRACTICE").shows("[Applications 2]");
    desk
}

/// What the embedded server holds.
fn listed(home: &Home) -> Value {
    home.run(&["registration", "list", "--output", "json"]).with(0).json()
}

fn ids(listed: &Value, collection: &str) -> Vec<String> {
    let ids = listed[collection].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// The applications of a customer.
fn applications(listed: &Value, customer: &str) -> Vec<String> {
    let pairs = listed["pairs"].as_array().unwrap().iter().filter(|pair| pair["customer"] == customer);
    let mut all: Vec<_> = pairs.map(|pair| pair["application"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

#[test]
fn a_customer_is_added_with_two_applications_and_another_removed_at_the_keyboard() {
    let home = Home::empty();
    let mut desk = opened(&home);
    let before = listed(&home);
    assert_eq!(applications(&before, "brightside"), ["crm", "mail"]);
    // Added, with two applications.
    desk.keys("\t").shows("[Customers 12]").keys("a").shows("Add a customer");
    desk.keys("caf\u{e9}").shows("which is not ASCII").keys("\x15");
    desk.keys("new-co\rNew Company\rcrm, mail\r").shows("+ customer `new-co` \"New Company\"");
    desk.shows("3 to create, 0 to rename, 0 to remove");
    // Removed: its pairs are shown first.
    desk.keys("/").keys("bright\r").shows("1 customer shown").keys("d").shows("Remove this customer?");
    desk.shows("`brightside` with `crm`").shows("`brightside` with `mail`").keys("y");
    desk.shows("1 to remove (with 2 pairs)");
    // Previewed, and applied with the number typed.
    desk.keys("p").shows("This would change").shows("and its pair `brightside` with `mail`");
    desk.keys("A").shows("Type the number").keys("2\r").shows("is not 1").keys("\x15");
    assert_eq!(listed(&home), before, "nothing was sent yet");
    desk.keys("1\r").shows("Applied: 4 of 4 done.").keys("\x1b").shows("No customer matches");
    assert!(desk.keys("\x1b").shows("[Customers 12]").shows("Pending changes: none").keys("q").ends());
    let after = listed(&home);
    assert_eq!(applications(&after, "new-co"), ["crm", "mail"]);
    assert!(!ids(&after, "customers").contains(&"brightside".to_owned()));
    assert!(applications(&after, "brightside").is_empty());
    assert_eq!(ids(&after, "customers").len(), ids(&before, "customers").len());
    home.verifies();
}

#[test]
fn changes_outlive_another_desk_and_somebody_elses_change_is_said() {
    let home = Home::empty();
    let mut desk = opened(&home);
    desk.keys("\t").keys("\t").shows("[Matrix]").shows("1007 · crm: not assigned").keys(" ");
    desk.shows("+ pair `1007` with `crm`").keys("1").shows("10 open").keys("3");
    desk.shows("+ pair `1007` with `crm`");
    home.run(&["registration", "rename", "application", "crm", "CRM"]).with(0);
    desk.keys("R").shows("the application `crm` has another name").shows("Your changes are kept.");
    // What is asked about is what is applied: the question is put anew.
    desk.keys("A").shows("Apply these changes?");
    home.run(&["registration", "rename", "application", "crm", "CRM 2"]).with(0);
    desk.keys("y")
        .shows("the contract has changed since the plan was made")
        .shows("0 of 1 done, ended early")
        .shows("Your changes are kept.");
    desk.keys("\x1b").shows("+ pair `1007` with `crm`").keys("A").keys("y").shows("Applied: 1 of 1 done.");
    assert!(desk.keys("\x1b").shows("Pending changes: none").keys("q").ends());
    assert_eq!(applications(&listed(&home), "1007"), ["crm", "mail"]);
}

#[test]
fn quitting_asks_about_changes_that_are_not_applied() {
    let home = Home::empty();
    let mut desk = opened(&home);
    desk.keys("\t").keys("a").shows("Add a customer").keys("x\x13").shows("+ customer `x`").keys("q");
    assert!(desk.shows("Quit with changes that are not applied?").keys("y").ends());
    assert!(!ids(&listed(&home), "customers").contains(&"x".to_owned()));
}

#[test]
fn the_commands_that_the_help_shows_work() {
    let home = Home::empty();
    let help = home.run(&["help", "registration"]).with(0).out;
    let topic = help.split("Usage: ").next().unwrap();
    let shown: Vec<&str> = topic.lines().filter_map(|line| line.strip_prefix("    pxdesk ")).collect();
    assert!(shown.len() >= 8, "{help}");
    let file = home.path().join("contract.toml").display().to_string();
    for command in shown {
        // What follows two blanks says what the command does.
        let command = command.split("  ").next().unwrap().replace("contract.toml", &file);
        let args: Vec<&str> = command.split_whitespace().collect();
        home.run(&args).with(0);
    }
}
