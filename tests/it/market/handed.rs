//! A deploy is handed over to a program, or a server, once, whatever becomes of the receiver, the journal or the answer.

use super::floor::{Floor, Receiver, deploy, sent};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A program that notes that it was asked, waits until it may go on, and gives an id that no other run of it gives.
const PROGRAM: &str = "cat > /dev/null\necho $$ >> \"$HOME/asked\"\n\
                       while [ ! -e \"$HOME/go\" ]; do sleep 0.05; done\n\
                       echo \"{\\\"customerId\\\":\\\"P-$$\\\"}\"\n";

struct Desk {
    floor: Floor,
}

impl Desk {
    /// A partner whose program is asked, with these further settings.
    fn new(settings: &str) -> Self {
        let floor = Floor::new();
        let script = floor.home.path().join("decides.sh");
        std::fs::write(&script, PROGRAM).unwrap();
        let command = format!("[\"/bin/sh\", \"{}\"]", script.display());
        let text = format!("[market.webhook]\nanswer = \"command\"\ncommand = {command}\n{settings}\n");
        floor.home.configure_also(&text);
        Self { floor }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.floor.home.path().join(name)
    }

    /// The processes of all that were asked.
    fn asked(&self) -> Vec<String> {
        let asked = std::fs::read_to_string(self.file("asked")).unwrap_or_default();
        asked.lines().map(str::to_owned).collect()
    }

    fn until_asked(&self, times: usize) {
        until("the program is asked", || self.asked().len() >= times);
    }

    fn goes_on(&self) {
        std::fs::write(self.file("go"), "").unwrap();
    }

    fn waiting(&self) -> Value {
        self.floor.json(&["market", "requests"])["waiting"].clone()
    }

    fn told(&self) -> String {
        std::fs::read_to_string(self.file("serve.err")).unwrap()
    }
}

#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "it never comes to this: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A buyer who buys it now. None when there was no answer.
fn buys(receiver: &Receiver, id: &'static str) -> JoinHandle<Option<(u16, Value)>> {
    let url = receiver.url.clone();
    std::thread::spawn(move || std::panic::catch_unwind(|| sent(&url, &deploy(id))).ok())
}

#[test]
fn a_receiver_that_was_killed_asks_no_second_time_and_says_what_is_not_known() {
    let desk = Desk::new("answer_within = \"3s\"");
    let receiver = desk.floor.receiver();
    let buyer = buys(&receiver, "p-1");
    desk.until_asked(1);
    let shown = desk.floor.run(&["market", "show", "p-1"]).with(0).out;
    assert!(shown.contains("the program was asked at") && shown.contains("has not answered yet"), "{shown}");
    crate::pty::send(receiver.child.id(), rustix::process::Signal::KILL);
    drop(receiver);
    assert_eq!(buyer.join().unwrap(), None);
    desk.goes_on();

    let receiver = desk.floor.receiver();
    let unknown = "the program was asked at";
    until("the start tells", || desk.told().contains(unknown));
    assert!(desk.told().contains("what it did is not known; look there"), "{}", desk.told());
    for _ in 0..2 {
        assert_eq!(sent(&receiver.url, &deploy("p-1")).0, 503);
    }
    assert_eq!(desk.asked().len(), 1);
    let waiting = desk.waiting();
    assert_eq!(waiting[0]["handedOver"]["to"], "program", "{waiting}");
    for args in [&["market", "requests"][..], &["market", "show", "p-1"]] {
        let text = desk.floor.run(args).with(0).out;
        assert!(text.contains("what it did is not known"), "{text}");
    }
    let shown = desk.floor.json(&["market", "show", "p-1"]);
    assert!(shown["handedOver"]["at"].is_string() && shown["events"][1]["kind"] == "handed_over", "{shown}");
    desk.floor.run(&["market", "provision", "p-1", "--customer-id", "by-hand"]).with(0);
    assert_eq!(sent(&receiver.url, &deploy("p-1")), (200, json!({ "customerId": "by-hand" })));
    assert_eq!(sent(&receiver.url, &deploy("p-2")).0, 200, "another one is asked about");
    assert_eq!(desk.asked().len(), 2);
    receiver.ends();
    desk.floor.verifies();
}

#[test]
fn of_two_receivers_of_one_journal_one_asks_and_both_give_its_answer() {
    let desk = Desk::new("answer_within = \"8s\"");
    let receivers = [desk.floor.receiver(), desk.floor.receiver()];
    let buyers: Vec<_> = (0..6).map(|n| buys(&receivers[n % 2], "p-1")).collect();
    desk.until_asked(1);
    // Whoever would ask as well has the time to.
    std::thread::sleep(Duration::from_millis(500));
    desk.goes_on();
    let asked = desk.asked();
    for buyer in buyers {
        let answer = json!({ "customerId": format!("P-{}", asked[0]) });
        assert_eq!(buyer.join().unwrap(), Some((200, answer)));
    }
    assert_eq!(desk.asked().len(), 1);
    for receiver in receivers {
        receiver.ends();
    }
    desk.floor.verifies();
}

#[test]
fn what_the_program_says_after_a_person_is_told_and_listed_and_not_used() {
    let desk = Desk::new("answer_within = \"8s\"");
    let receiver = desk.floor.receiver();
    let buyer = buys(&receiver, "p-1");
    desk.until_asked(1);
    desk.floor.run(&["market", "provision", "p-1", "--customer-id", "by-hand"]).with(0);
    desk.goes_on();
    assert_eq!(buyer.join().unwrap(), Some((200, json!({ "customerId": "by-hand" }))));
    receiver.ends();
    let id = format!("P-{}", desk.asked()[0]);
    let told = desk.told();
    assert!(told.contains(&format!("the program gave the customer id {id}, and that is not used")), "{told}");
    let listed = desk.floor.json(&["market", "requests"])["answersNotUsed"].clone();
    let one = &listed[0];
    assert_eq!(
        (&one["provisioningId"], &one["notUsed"]["customerId"]),
        (&json!("p-1"), &json!(id)),
        "{listed}"
    );
    assert!(desk.floor.run(&["market", "requests"]).with(0).out.contains(&id));
    assert!(desk.floor.run(&["market", "show", "p-1"]).with(0).out.contains(&id));
    desk.floor.run(&["market", "set-aside", "p-1", "--reason", "taken back there"]).with(0);
    assert_eq!(desk.floor.json(&["market", "requests"])["answersNotUsed"], json!([]));
    desk.floor.verifies();
}

#[test]
fn an_answer_that_the_journal_does_not_take_is_told_and_recorded_as_soon_as_it_does() {
    let desk = Desk::new("answer_within = \"4s\"");
    let mut receiver = desk.floor.receiver();
    let buyer = buys(&receiver, "p-1");
    desk.until_asked(1);
    let journal = desk.file(".local/share/pxdesk/pxdesk.db");
    let others = rusqlite::Connection::open(journal).unwrap();
    others.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.goes_on();
    assert_eq!(buyer.join().unwrap().unwrap().0, 503);
    let id = format!("P-{}", desk.asked()[0]);
    let told = desk.told();
    assert!(
        told.contains(&format!("gave the customer id {id}, and the journal did not take that")),
        "{told}"
    );
    // One that is told to end waits a little for the journal.
    crate::pty::send(receiver.child.id(), rustix::process::Signal::TERM);
    until("it is ending", || desk.told().contains("again stops at once"));
    others.execute_batch("ROLLBACK").unwrap();
    assert!(receiver.child.wait().unwrap().success());
    assert!(desk.told().contains("the journal has that now"), "{}", desk.told());
    let receiver = desk.floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy("p-1")), (200, json!({ "customerId": id })));
    assert_eq!(desk.asked().len(), 1);
    receiver.ends();
    desk.floor.verifies();
}

#[test]
fn where_no_id_can_be_given_instead_the_program_is_not_asked_again() {
    let desk = Desk::new("answer_within = \"1s\"\nassign = \"{provisioningId}\"");
    let receiver = desk.floor.receiver();
    // Another customer has what the pattern would give.
    assert_eq!(sent(&receiver.url, &deploy("p-0")), (200, json!({ "customerId": "p-0" })));
    let long = "p".repeat(256);
    desk.floor.home.reconfigure("{provisioningId}", "C-{provisioningId}");
    receiver.ends();
    let receiver = desk.floor.receiver();
    for _ in 0..3 {
        assert_eq!(sent(&receiver.url, &deploy(&long)).0, 503);
    }
    assert_eq!(desk.asked().len(), 2, "once for each of the two");
    assert_eq!(desk.waiting()[0]["provisioningId"], long.as_str());
    receiver.ends();
    assert!(desk.told().contains("what it did is not known; look there"), "{}", desk.told());
}

#[test]
fn a_server_is_sent_a_deploy_once_as_well() {
    let partner = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = partner.local_addr().unwrap();
    let (asked, came) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in partner.incoming().flatten() {
            let _ = stream.read(&mut [0; 8192]).unwrap();
            asked.send(()).unwrap();
            // It answers later than the receiver lives.
            std::thread::sleep(Duration::from_secs(1));
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"customerId\":\"F-1\"}");
        }
    });
    let floor = Floor::new();
    floor.home.configure_also(&format!(
        "[market.webhook]\nanswer = \"forward\"\nforward = \"http://{address}/\"\n"
    ));
    let receiver = floor.receiver();
    let buyer = buys(&receiver, "p-1");
    came.recv_timeout(Duration::from_secs(10)).unwrap();
    drop(receiver);
    assert_eq!(buyer.join().unwrap(), None);
    let receiver = floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy("p-1")).0, 503);
    assert!(came.recv_timeout(Duration::from_secs(1)).is_err(), "it is sent once");
    let waiting = floor.json(&["market", "requests"])["waiting"].clone();
    assert_eq!(waiting[0]["handedOver"]["to"], "server", "{waiting}");
    receiver.ends();
}

#[test]
fn a_program_that_takes_too_long_is_told_to_end_with_what_it_started_and_its_late_answer_is_told() {
    let desk = Desk::new("answer_within = \"1s\"");
    // It gives an id when it is told to end; what it started does not end by itself.
    let late = "cat > /dev/null\ntrap 'echo \"{\\\"customerId\\\":\\\"late-1\\\"}\"; exit 0' TERM\n\
                (trap '' TERM; sleep 5; echo done >> \"$HOME/left\") &\nwhile :; do sleep 0.05; done\n";
    std::fs::write(desk.file("decides.sh"), late).unwrap();
    let receiver = desk.floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy("p-1")), (200, json!({ "customerId": "C-1" })));
    until("its answer is told", || desk.told().contains("the program gave the customer id late-1"));
    let told = desk.told();
    assert!(
        told.contains("the program `/bin/sh` had not answered after") && told.contains("was ended"),
        "{told}"
    );
    // It is recorded right after it was told.
    let listed = || desk.floor.json(&["market", "requests"])["answersNotUsed"].clone();
    until("it is listed", || listed()[0]["notUsed"]["customerId"] == "late-1");
    std::thread::sleep(Duration::from_secs(5));
    assert!(!desk.file("left").exists(), "what it started was ended");
    receiver.ends();
    desk.floor.verifies();
}

#[test]
fn told_twice_the_receiver_ends_at_once_and_says_that_nobody_knows() {
    let desk = Desk::new("answer_within = \"20s\"");
    let mut receiver = desk.floor.receiver();
    let buyer = buys(&receiver, "p-1");
    desk.until_asked(1);
    let tell = || crate::pty::send(receiver.child.id(), rustix::process::Signal::TERM);
    tell();
    until("it is waiting", || desk.told().contains("again stops at once"));
    tell();
    let begun = Instant::now();
    assert_eq!(receiver.child.wait().unwrap().code(), Some(4));
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(buyer.join().unwrap(), None);
    assert!(desk.told().contains("market requests"), "{}", desk.told());
    assert_eq!(desk.waiting()[0]["handedOver"]["to"], "program");
}

#[test]
fn a_sender_that_closes_its_side_after_the_request_reads_the_answer_all_the_same() {
    let desk = Desk::new("answer_within = \"8s\"");
    let receiver = desk.floor.receiver();
    let address = receiver.url.strip_prefix("http://").unwrap().strip_suffix("/deploy").unwrap();
    let body = deploy("p-1").to_string();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!("POST /deploy HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    desk.until_asked(1);
    desk.goes_on();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200") && reply.contains("P-"), "{reply}");
    receiver.ends();
    // It may have gone as well: nobody can tell.
    assert_eq!(desk.floor.json(&["market", "show", "p-1"])["unconfirmed"], true);
}

#[test]
fn an_address_with_a_password_in_it_is_refused_at_the_start() {
    let floor = Floor::new();
    floor.home.configure_also(
        "[market.webhook]\nanswer = \"forward\"\nforward = \"https://ann:hunter2@partner.example/\"\n",
    );
    let refused = floor.run(&["market", "serve"]).with(5);
    assert!(
        refused.err.contains("a user or a password") && !refused.err.contains("hunter2"),
        "{}",
        refused.err
    );
}
