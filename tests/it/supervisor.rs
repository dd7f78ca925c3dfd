//! What a supervisor does, and an agent may not: the program as several people on one journal.

use crate::kit::{Home, Ran, Sandbox, order};
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::time::Duration;

/// A journal on which several people work, each by their own name and role.
struct Floor {
    home: Home,
    px: Sandbox,
}

impl Floor {
    fn open() -> Self {
        let px = Sandbox::serve(&[]);
        let home = Home::at(&px.base);
        Self { home, px }
    }

    /// Runs the program as `agent` in `role`.
    fn as_one(&self, agent: &str, role: &str, args: &[&str]) -> Ran {
        let mut command = self.home.command(args);
        command.env("PXDESK_AGENT", agent).env("PXDESK_ROLE", role);
        command.output().unwrap().into()
    }

    fn chief(&self, args: &[&str]) -> Ran {
        self.as_one("chief", "supervisor", args)
    }

    /// Gives these away, so that nobody is at work on them: their agent has put them down.
    fn put_down(&self, ids: &[String]) {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.chief(&[&["order", "assign"], ids.as_slice(), &["--to", "k.ono"]].concat()).with(0);
    }

    /// An order whose Complete has no answer.
    fn doubted(&self, n: &str) -> String {
        let id = self.home.open(&order(n));
        self.px.fault("complete_order", &json!({ "cut": "after" }));
        self.home.walk(&id).with(4);
        // Longer than the quiet period, which is counted in whole seconds.
        std::thread::sleep(Duration::from_millis(2_100));
        id
    }
}

#[test]
fn an_agent_may_not_do_what_a_supervisor_must() {
    let floor = Floor::open();
    floor.home.configure_also("[doubt]\nquiet_period = \"1ms\"\n");
    let id = floor.doubted("1");
    let other = floor.home.open(&order("2"));
    let refused: [(&[&str], &str); 6] = [
        (&["order", "resolve", &id, "--placed", "--reference", "T", "--by", "K"], "settle an order in doubt"),
        (&["order", "retry", "--all-retryable"], "retry orders in bulk"),
        (&["order", "abandon", &other, "--reason", "x"], "abandon an order assigned to somebody else"),
        (&["order", "assign", &other, "--to", "k.ono"], "assign an order"),
        (&["order", "erase", &other, "--reason", "x"], "erase an order"),
        (&["journal", "accept", "--by", "K", "--reason", "x"], "accept a journal"),
    ];
    for (args, words) in refused {
        let ran = floor.as_one("k.ono", "agent", args).with(8);
        let told = format!("your role may not {words}; ask a supervisor");
        assert!(ran.err.contains(&told), "{told}: {ran:?}");
    }
    let before = floor.home.show(&id)["seq"].clone();
    floor.chief(refused[0].0).with(0);
    assert_eq!(floor.home.show(&id)["seq"], json!(before.as_u64().unwrap() + 1));
    // What an agent added is theirs to abandon; and who has no role is alone, and may do all of it.
    floor.as_one("r.diaz", "agent", &["order", "abandon", &other, "--reason", "hung up"]).with(0);
    floor.home.run(&["order", "erase", &other, "--reason", "asked"]).with(0);
    floor.home.run(&["order", "list"]).with(0);
    let wrong = floor.as_one("k.ono", "boss", &["order", "list"]).with(5);
    assert!(wrong.err.contains("PXDESK_ROLE") && wrong.err.contains("supervisor"), "{wrong:?}");
    floor.home.verifies();
}

#[test]
fn a_trainer_works_only_where_nothing_is_real() {
    let home = Home::empty();
    home.configure("role = \"trainer\"\n[environments.production]\ncredentials = \"credentials\"\n");
    home.run(&["order", "list"]).with(0);
    let mut production = home.command(&["-e", "production", "order", "list"]);
    let ran: Ran = production.env_remove("PXDESK_READING_FASTEST").output().unwrap().into();
    let ran = ran.with(8);
    assert!(ran.err.contains("your role may not work in production; ask a supervisor"), "{ran:?}");
}

#[test]
fn who_works_on_an_order_is_shown_and_taking_it_over_is_deliberate() {
    let floor = Floor::open();
    let id = floor.home.open(&order("1"));
    let until = ["order", "walk", &id, "--method", "verbal", "--until", "retrieved"];
    floor.as_one("a.kim", "agent", &until).with(0);
    let shown = floor.home.show(&id);
    assert_eq!((&shown["holder"], &shown["worker"]["name"]), (&json!("r.diaz"), &json!("a.kim")));
    let walk = ["order", "walk", &id, "--method", "verbal", "--read-and-accepted-by", "Ann"];
    let refused = floor.as_one("b.lee", "agent", &walk).with(8);
    assert!(
        refused.err.contains("a.kim is working on this order") && refused.err.contains("--take-over"),
        "{refused:?}"
    );
    assert_eq!(floor.home.show(&id)["seq"], shown["seq"], "nothing was recorded, and nothing sent");
    floor.as_one("b.lee", "agent", &[&walk[..], &["--take-over"]].concat()).with(0);
    let shown = floor.home.show(&id);
    let taken: Vec<_> =
        shown["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "taken_over").collect();
    assert_eq!((taken.len(), &taken[0]["by"]), (1, &json!("b.lee")));
    assert_eq!((&shown["holder"], &shown["state"]), (&json!("b.lee"), &json!("completed")));

    let other = floor.home.open(&order("2"));
    floor.chief(&["order", "assign", &other, "--to", "a.kim"]).with(0);
    // To be assigned it is not to work on it: whoever goes on with it takes it over, and that is recorded.
    let walk = ["order", "walk", &other, "--method", "verbal", "--until", "retrieved"];
    floor.as_one("b.lee", "agent", &walk).with(0);
    let events = floor.home.show(&other)["events"].clone();
    let taken = |event: &serde_json::Value| event["kind"] == "taken_over" && event["by"] == "b.lee";
    assert!(events.as_array().unwrap().iter().any(taken), "{events}");
    floor.chief(&["order", "assign", &other, "--to", "a.kim"]).with(0);
    floor.as_one("b.lee", "agent", &["order", "take-over", &other]).with(0);
    let mine = floor.home.run(&["order", "list", "--agent", "b.lee", "--output", "json"]).with(0).json();
    assert_eq!(mine.as_array().unwrap().len(), 2, "{mine}");
    floor.home.verifies();
}

#[test]
fn a_note_is_sealed_shown_and_gone_after_an_erasure() {
    let floor = Floor::open();
    let id = floor.home.open(&order("1"));
    let seq = floor.home.show(&id)["seq"].clone();
    let two = floor.home.run_with(&["order", "note", &id, "-"], "Ann wants a call\nat noon\n").with(2);
    assert!(two.err.contains("more than one line"), "{two:?}");
    assert_eq!(floor.home.show(&id)["seq"], seq, "nothing of it is kept");
    floor.home.run_with(&["order", "note", &id, "-"], "\u{feff}Ann wants a call at\u{1b}[2J noon\n").with(0);
    // A program gets back what was written; a screen shows what cannot be seen.
    assert_eq!(floor.home.show(&id)["notes"][0]["text"], "Ann wants a call at\u{1b}[2J noon");
    let lost = floor.home.run_with(&["order", "note", &id, "-"], "one line\nand another\n").with(2);
    assert!(lost.err.contains("more than one line"), "{lost:?}");
    let shown = floor.home.run(&["order", "show", &id]).with(0).out;
    assert!(!shown.contains("one line"), "{shown}");
    assert!(shown.contains("Ann wants a call at<U+001B>[2J noon") && shown.contains("noted"), "{shown}");
    let journal = std::fs::read(floor.home.path().join(".local/share/pxdesk/pxdesk.db")).unwrap();
    assert!(!journal.windows(8).any(|bytes| bytes == b"Ann want"));
    floor.home.run(&["order", "note", &id, &"x".repeat(501)]).with(2);
    floor.home.run(&["order", "erase", &id, "--reason", "asked"]).with(0);
    assert!(!floor.home.run(&["order", "show", &id]).out.contains("noon"));
    floor.home.verifies();
}

#[test]
fn a_doubt_takes_two_people_where_the_configuration_says_so() {
    let floor = Floor::open();
    floor.home.configure_also("[doubt]\nquiet_period = \"1ms\"\ntwo_people = true\n");
    let id = floor.doubted("1");
    let says = |by: &str, name: &str, word: &str| {
        floor.as_one(by, "supervisor", &["order", "resolve", &id, word, "--reference", "TKT-7", "--by", name])
    };
    let first = says("m.ruiz", "M. Ruiz", "--placed").with(4);
    assert!(first.err.contains("Recorded as proposed") && first.err.contains("Another person"), "{first:?}");
    let again = says("m.ruiz", "J. Lee", "--placed").with(8);
    assert!(again.err.contains("another person must give it too"), "{again:?}");
    let against = says("j.lee", "J. Lee", "--not-placed").with(4);
    assert!(against.err.contains("contradicts M. Ruiz"), "{against:?}");
    assert_eq!(floor.home.show(&id)["proposedVerdict"]["placed"], false);
    says("m.ruiz", "M. Ruiz", "--placed").with(4);
    // What one desk asks two people for, no other desk settles on the word of the first one.
    floor.home.reconfigure("two_people = true", "two_people = false");
    says("m.ruiz", "M. Ruiz", "--placed").with(8);
    assert_eq!(floor.home.show(&id)["state"], "in_doubt");
    says("j.lee", "J. Lee", "--placed").with(0);
    let shown = floor.home.show(&id);
    assert_eq!((&shown["state"], &shown["completion"]["basis"]), (&json!("completed"), &json!("verdict")));
    floor.home.verifies();
}

#[test]
fn stalled_orders_are_grouped_previewed_and_retried_by_cause() {
    let floor = Floor::open();
    let doubted = floor.doubted("0");
    let mut cut = Vec::new();
    for n in 1..=3 {
        let id = floor.home.open(&order(&n.to_string()));
        floor.px.fault("retrieve_rcc", &json!({ "cut": "after" }));
        floor.home.walk(&id).with(7);
        cut.push(id);
    }
    floor.put_down(&cut);
    let groups =
        floor.chief(&["order", "list", "--stalled", "--by-cause", "--output", "json"]).with(0).json();
    assert_eq!((&groups[0]["cause"], &groups[0]["retry"]["dangerous"]), (&json!("in_doubt"), &json!(1)));
    assert_eq!((&groups[1]["cause"], &groups[1]["count"]), (&json!("no_answer"), &json!(3)));
    let text = floor.chief(&["order", "list", "--stalled", "--by-cause"]).with(0).out;
    assert!(text.contains("no_answer") && text.contains("3 useful"), "{text}");

    let all = ["order", "retry", "--all-retryable", "--preview", "--output", "json"];
    let plan = floor.chief(&all).with(0).json();
    assert_eq!(plan["send"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&plan["leftOut"][0]["id"], &plan["leftOut"][0]["retry"]),
        (&json!(doubted), &json!("dangerous"))
    );
    assert_eq!(floor.px.ledger("T-1")["completesReceived"].as_u64().unwrap_or(0), 0);
    assert!(floor.home.show(&cut[0])["lastError"].is_object(), "a preview sends nothing");

    // One of three fails again: the others go on.
    floor.px.fault("retrieve_rcc", &json!({ "cut": "after" }));
    let ran = floor.chief(&["order", "retry", "--cause", "no_answer", "--output", "json"]).with(7);
    let lines = ran.json();
    assert_eq!(
        lines.as_array().unwrap().iter().filter(|line| line["state"] == "rcc_retrieved").count(),
        2,
        "{lines}"
    );
    for cause in ["not_sent", "complete_order/2000", "send_rcc/undocumented"] {
        let none = floor.chief(&["order", "retry", "--cause", cause]).with(0);
        assert!(none.err.contains("causes now: in_doubt, no_answer"), "{none:?}");
    }
    for retry in [&["--preview"][..], &[]] {
        let none = floor.chief(&[&["order", "retry", "--cause", "nothing_such"], retry].concat()).with(2);
        assert!(
            none.err.contains("causes now: in_doubt, no_answer. A cause is one of in_doubt,"),
            "{none:?}"
        );
    }
    floor.home.verifies();
}

#[test]
fn an_accepted_order_whose_complete_was_not_sent_is_stalled_and_retried_by_its_cause() {
    let floor = Floor::open();
    let mut ids = Vec::new();
    for n in 1..=3 {
        let id = floor.home.open(&order(&n.to_string()));
        let refused =
            json!({ "call": "complete_order", "times": 2, "fault": { "gateway": "invalid_client" } });
        floor.px.control("faults", &refused);
        floor.home.walk(&id).with(5);
        assert_eq!(floor.home.show(&id)["state"], "accepted");
        ids.push(id);
    }
    // One that nothing happened to is ready, and not stalled.
    let other = floor.home.open(&order("4"));
    let walk = ["order", "walk", &other, "--method", "verbal", "--read-and-accepted-by", "A. Okafor"];
    floor.home.run(&[walk.as_slice(), &["--until", "accepted"]].concat()).with(0);

    let mut listed: Vec<_> = floor
        .chief(&["order", "list", "--stalled", "--output", "json"])
        .with(0)
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    listed.sort();
    ids.sort();
    assert_eq!(listed, ids);
    floor.put_down(&ids);
    let groups =
        floor.chief(&["order", "list", "--stalled", "--by-cause", "--output", "json"]).with(0).json();
    assert_eq!((&groups[0]["cause"], &groups[0]["count"]), (&json!("credentials"), &json!(3)), "{groups}");
    let all = ["order", "retry", "--all-retryable", "--preview", "--output", "json"];
    assert_eq!(floor.chief(&all).with(0).json()["send"].as_array().unwrap().len(), 3);
    let ran = floor.chief(&["order", "retry", "--cause", "credentials", "--output", "json"]).with(0).json();
    assert!(ran.as_array().unwrap().iter().all(|line| line["state"] == "completed"), "{ran}");
    floor.home.verifies();
}

/// Its agent may be on the phone with a customer who has just said no.
#[test]
fn what_somebody_is_working_on_is_retried_and_corrected_by_nobody_else() {
    let floor = Floor::open();
    let mut ids = Vec::new();
    for n in 1..=3 {
        let id = floor.home.open(&order(&n.to_string()));
        floor.px.fault("retrieve_rcc", &json!({ "cut": "after" }));
        floor.home.walk(&id).with(7);
        ids.push(id);
    }
    let id = ids[0].as_str();
    let before = floor.home.show(id)["seq"].clone();
    let wanted: [&[&str]; 3] = [
        &["order", "retry", id],
        &["order", "amend", id, "--sales-code", "S999"],
        &["order", "retry", "--cause", "no_answer"],
    ];
    for args in wanted {
        let ran = floor.chief(args).with(8);
        let told = format!("{}{}", ran.out, ran.err);
        assert!(told.contains("r.diaz is working on this order") && told.contains("take-over"), "{ran:?}");
    }
    let plan =
        floor.chief(&["order", "retry", "--all-retryable", "--preview", "--output", "json"]).with(0).json();
    assert_eq!((plan["send"].as_array().unwrap().len(), plan["leftOut"].as_array().unwrap().len()), (0, 3));
    assert!(plan["leftOut"][0]["why"].as_str().unwrap().starts_with("r.diaz is working on"), "{plan}");
    let batch = floor.chief(&["order", "retry", "--all-retryable"]).with(0);
    assert!(batch.err.contains("somebody else is working on 3 of these"), "{batch:?}");
    assert_eq!(floor.home.show(id)["seq"], before, "nothing was sent, nothing written");
    // Who works on it goes on with it themselves; and once it is put down, anybody may.
    floor.home.run(&["order", "amend", &ids[2], "--sales-code", "S200"]).with(0);
    floor.put_down(&ids);
    floor.chief(&["order", "retry", id]).with(0);
    let shown = floor.home.show(id);
    assert_eq!(
        (&shown["worker"]["name"], &shown["state"]),
        (&json!("chief"), &json!("rcc_retrieved")),
        "{shown}"
    );
    assert!(shown["events"].as_array().unwrap().iter().any(|event| event["kind"] == "taken_over"), "{shown}");
    // One of many is retried as it is: nobody has looked at it, so nobody takes it over.
    floor.chief(&["order", "retry", "--all-retryable"]).with(0);
    let text = floor.home.run(&["order", "show", &ids[1]]).with(0).out;
    assert!(text.contains("k.ono; chief worked on it"), "{text}");
    floor.home.verifies();
}

#[test]
fn a_batch_that_is_told_to_stop_says_what_is_left() {
    let floor = Floor::open();
    for n in 1..=4 {
        let id = floor.home.open(&order(&n.to_string()));
        floor.px.fault("retrieve_rcc", &json!({ "cut": "after" }));
        floor.home.walk(&id).with(7);
    }
    floor.px.control(
        "faults",
        &json!({ "call": "retrieve_rcc", "times": 4, "fault": { "latencySeconds": 0.7 } }),
    );
    let mut batch = floor.home.command(&["order", "retry", "--all-retryable", "--output", "json"]);
    let mut batch = batch.spawn().unwrap();
    let mut said = BufReader::new(batch.stderr.take().unwrap()).lines().map_while(Result::ok);
    said.find(|line| line.contains("retrying 2 of 4")).unwrap();
    interrupt(batch.id());
    let rest: Vec<String> = said.collect();
    let ran: Ran = batch.wait_with_output().unwrap().into();
    let lines = ran.json();
    let lines = lines.as_array().unwrap();
    let (left, done) = (
        lines.iter().filter(|line| line["left"] == true).count(),
        lines.iter().filter(|line| line["retried"] == true).count(),
    );
    assert!(left >= 1 && done >= 1 && left + done <= 4, "{ran:?}");
    assert!(rest.iter().any(|line| line.contains("were not tried")), "{rest:?}");
    floor.home.verifies();
}

/// As Ctrl-C does, also where that was to be ignored.
fn interrupt(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}

#[test]
fn a_customer_who_phones_back_is_found_and_the_journal_says_nothing() {
    let floor = Floor::open();
    let (one, other) = (floor.home.open(&order("1")), floor.home.open(&order("2")));
    let find = |text: &str| {
        let found = floor
            .home
            .run_with(&["order", "find", "-", "--output", "json"], &format!("{text}\n"))
            .with(0)
            .json();
        found.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // The latest comes first.
    let both = vec![other.clone(), one.clone()];
    assert_eq!((find("(303) 555-0123"), find("ANN.OKAFOR@example.com")), (both.clone(), both));
    assert_eq!(
        (find("T-2"), find("PO-1"), find(&one[..5])),
        (vec![other.clone()], vec![one.clone()], vec![one.clone()])
    );
    assert!(find("3035550199").is_empty() && find("555-0123").is_empty(), "only a whole number finds");
    // Where the text was sent finds it, too.
    let walk = ["order", "walk", &one, "--method", "sms", "--to", "3035550177", "--until", "delivered"];
    floor.home.run(&walk).with(0);
    assert_eq!(find("+1 303 555 0177"), std::slice::from_ref(&one));
    floor.home.verifies();
    floor.home.run(&["order", "erase", &one, "--reason", "asked"]).with(0);
    assert_eq!((find("3035550123"), find("3035550177")), (vec![other.clone()], vec![]));
    floor.home.verifies();

    // A term that is missing, and one that nobody has, are found.
    let db = || rusqlite::Connection::open(floor.home.path().join(".local/share/pxdesk/pxdesk.db")).unwrap();
    let sql = |sql: &str| db().execute_batch(sql).unwrap();
    sql("CREATE TABLE kept AS SELECT * FROM blind; DELETE FROM blind");
    let missing = floor.home.run(&["journal", "verify"]).with(6);
    assert!(missing.out.contains("is not in the index that finds customers"), "{missing:?}");
    sql("INSERT INTO blind SELECT * FROM kept; DROP TABLE kept");
    assert_eq!(find("3035550123"), [other]);
    floor.home.verifies();
    sql("INSERT INTO blind SELECT randomblob(16), n FROM things LIMIT 1");
    let stray = floor.home.run(&["journal", "verify"]).with(6);
    assert!(stray.out.contains("holds what nothing has"), "{stray:?}");
}

#[test]
fn what_ended_before_a_day_is_erased_and_still_verifies() {
    let floor = Floor::open();
    let ids: Vec<String> = (1..=3).map(|n| floor.home.open(&order(&n.to_string()))).collect();
    floor.home.walk(&ids[0]).with(0);
    floor.home.run(&["order", "abandon", &ids[1], "--reason", "hung up"]).with(0);
    let erase = |also: &[&str]| {
        let base = ["order", "erase", "--reason", "kept long enough", "--by", "M. Ruiz", "--output", "json"];
        floor.chief(&[&base[..], also].concat())
    };
    assert_eq!(erase(&["--ended-before", "2020-01-01"]).with(0).json(), json!([]));
    erase(&["--ended-before", "2999-01-01"]).with(2);
    let now = jiff::Timestamp::now().to_string();
    let shown = erase(&["--ended-before", &now, "--preview"]).with(0).json();
    assert_eq!((shown.as_array().unwrap().len(), &shown[0]["erased"]), (2, &json!(false)));
    assert_eq!(floor.home.show(&ids[0])["erased"], false);
    assert_eq!(erase(&["--ended-before", &now]).with(0).json().as_array().unwrap().len(), 2);
    assert_eq!(erase(&["--ended-before", &now]).with(0).json(), json!([]), "once is enough");
    let erased = |id: &str| floor.home.show(id)["erased"].clone();
    assert_eq!((erased(&ids[0]), erased(&ids[1]), erased(&ids[2])), (json!(true), json!(true), json!(false)));
    floor
        .as_one("k.ono", "agent", &["order", "erase", "--ended-before", &now, "--reason", "x", "--by", "K"])
        .with(8);
    floor.home.verifies();
}

#[test]
fn the_day_at_a_glance_as_text_json_and_csv() {
    let floor = Floor::open();
    for n in 1..=2 {
        let id = floor.home.open(&order(&n.to_string()));
        floor.home.walk(&id).with(0);
    }
    let id = floor.home.open(&order("3"));
    floor.px.fault("retrieve_rcc", &json!({ "cut": "after" }));
    floor.home.walk(&id).with(7);
    let report =
        |also: &[&str]| floor.home.run(&[&["report", "--since", "2020-01-01"], also].concat()).with(0);
    let figures = report(&["--output", "json"]).json();
    assert_eq!((&figures["orders"], &figures["completions"]), (&json!(3), &json!(2)));
    assert_eq!((&figures["states"]["completed"], &figures["acceptances"]["verbal"]), (&json!(2), &json!(2)));
    assert_eq!(figures["errors"][0], json!({ "code": "retrieve_rcc/no_answer", "count": 1 }));
    assert_eq!(figures["agents"][0]["completed"], json!(2));
    let csv = report(&["--output", "csv"]).out;
    assert!(csv.starts_with("figure,key,value\r\n") && csv.contains("\r\nstate,completed,2\r\n"), "{csv}");
    let text = report(&[]).out;
    assert!(text.contains("3 orders, 2 of them completed") && text.contains('█'), "{text}");
    assert!(report(&["--ascii"]).out.is_ascii());
    let in_zone = |zone: &str| {
        let mut command = floor.home.command(&["report", "--since", "2020-01-01"]);
        crate::kit::Ran::from(command.env("TZ", zone).output().unwrap()).with(0).err
    };
    let unknown = in_zone("America/Denvver");
    assert!(unknown.contains("`America/Denvver`") && unknown.contains("UTC"), "{unknown}");
    assert!(!in_zone("UTC").contains("not known"));
    floor.home.run(&["report", "--since", "2999-01-01"]).with(2);
    floor.home.run(&["report", "--since", "yesterday"]).with(2);
    floor.home.run(&["order", "list", "--output", "csv"]).with(2);
}
