//! A trainer at the keyboard, and a trainee who is a script.

use crate::kit::{Home, Ran};
use crate::pty::{Desk, send};
use pxdesk::classroom::{Connection, Link};
use pxdesk::order::{Call, State};
use pxdesk::practice::scenario::shipped;
use pxdesk::practice::{Directive, Snapshot};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

const CODE: &str = "K7QFM2XW";

/// A trainee, and the thread that their link goes on by itself on.
struct Trainee {
    link: Link,
    on: Handle,
    /// Ends the thread once it is gone.
    _stop: oneshot::Sender<()>,
}

impl Trainee {
    fn joins(address: &str, name: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let on = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        std::thread::spawn(move || runtime.block_on(stopped));
        let link = on.block_on(Link::join(address, CODE, name)).unwrap();
        Self { link, on, _stop: stop }
    }

    fn waits<T>(&self, what: impl Future<Output = T>) -> T {
        self.on
            .block_on(async { tokio::time::timeout(Duration::from_secs(20), what).await })
            .expect("in time")
    }

    fn gets(&self) -> Directive {
        self.waits(self.link.next())
    }
}

/// Where trainees of this desk join: it says so on its screen.
fn address(desk: &Desk) -> String {
    let text = desk.text();
    let command = text.split("pxdesk practice --join ").nth(1).unwrap();
    assert!(command.split_whitespace().nth(2) == Some(CODE), "{text}");
    command.split_whitespace().next().unwrap().to_owned()
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        if entry.path().is_dir() {
            all.extend(files(&entry.path()));
        } else {
            all.push(entry.path().display().to_string());
        }
    }
    all
}

#[test]
fn a_trainer_watches_a_trainee_and_is_their_customer_clock_and_server() {
    let home = Home::empty();
    let mut desk = Desk::run(&home, &["trainer", "--code", "k7qf-m2xw"], 80, 24);
    desk.shows("Nobody has joined yet.").shows("TRAINING").shows("--code K7QFM2XW");
    let trainee = Trainee::joins(&address(&desk), "Dana Wu");
    desk.shows("[Trainees 1]").shows("Dana Wu").keys("s").shows("A first order, read aloud").keys("\r");
    let scenario = shipped::FILES[0].1.to_owned();
    assert_eq!(trainee.gets(), Directive::Start { scenario });
    trainee.link.tell(Snapshot {
        scenario: Some("verbal".into()),
        title: Some("A first order, read aloud".into()),
        state: Some(State::Reading),
        section: Some((2, 5)),
        keys: 4,
        events: vec![(61_000, "Section 1 was read.".into())],
        said: vec![("customer".into(), "Hello?\u{1b}[2J".into())],
        ledger: Some(json!({ "retrievesReceived": 1 })),
        ..Snapshot::default()
    });
    desk.shows("section 2 of 5").shows("1:01 Section 1 was read.").shows("1 retrieve, 0 sends");
    desk.shows("Hello?<U+001B>[2J");
    desk.keys("p").shows("Dana Wu's run is paused");
    assert_eq!(trainee.gets(), Directive::Pause);
    desk.keys("\t").shows("[Customer]").keys("\r").shows("Dana Wu's customer accepts");
    assert_eq!(trainee.gets(), Directive::Accept);
    desk.keys("jjjj")
        .keys("\r")
        .shows("The customer says:")
        .keys("no, quite\r")
        .shows("customer says: no, quite");
    assert_eq!(trainee.gets(), Directive::Say { text: "no, quite".into() });
    desk.keys("\t").shows("[Clock]").keys("j").keys("\r");
    assert_eq!(trainee.gets(), Directive::Advance { minutes: 10 });
    desk.keys("\t").shows("[Server]").keys("jjj").keys("\r").shows("DOCUMENTED ERRORS").keys("\r");
    desk.shows("is refused with 1210");
    assert!(!desk.text().contains('{'), "{}", desk.text());
    let fault = json!({ "row": "1210" });
    assert_eq!(trainee.gets(), Directive::Fail { call: Call::CompleteOrder, fault });
    desk.keys("\x1b").shows("THE NEXT CALL").keys("\t").shows("[Trainees 1]").keys("e").shows("once more");
    desk.keys("e").shows("run ends");
    assert_eq!(trainee.gets(), Directive::End);
    desk.keys("q").shows("Close the classroom? A run is under way.");
    assert!(desk.keys("y").ends());
    assert_eq!(trainee.waits(trainee.link.connection_changed(Connection::Joined)), Connection::Away);
    let left = files(home.path());
    assert!(!left.iter().any(|file| file.contains(".db") || file.contains(".key")), "{left:?}");
}

#[test]
fn without_a_terminal_a_classroom_tells_what_happens_in_lines_of_json() {
    let home = Home::empty();
    let mut command = home.command(&["trainer", "--code", CODE]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let first = line();
    assert_eq!(first["code"], CODE);
    let trainee = Trainee::joins(first["listening"].as_str().unwrap(), "Dana");
    trainee.link.tell(Snapshot { keys: 7, ..Snapshot::default() });
    // The last of a few lines.
    let told = (0..10).map(|_| line()).find(|line| line["seats"][0]["snapshot"]["keys"] == 7).unwrap();
    assert_eq!(told["seats"][0]["name"], "Dana");
    send(child.id(), Signal::TERM);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_trainer_is_refused_where_production_is_configured_and_told_what_is_wrong_with_the_flags() {
    let home = Home::empty();
    let wrong = home.run(&["trainer", "--code", "AAAAAAAA"]).with(2);
    assert!(wrong.err.contains("no vowels"), "{wrong:?}");
    let nowhere = home.run(&["trainer", "--scenarios", "/nowhere"]).with(2);
    assert!(nowhere.err.contains("/nowhere"), "{nowhere:?}");
    // What lets tests read fast is refused there, too.
    let mut command = home.command(&["trainer", "-e", "production"]);
    let production = Ran::from(command.env_remove("PXDESK_READING_FASTEST").output().unwrap()).with(8);
    assert!(production.err.contains("the environment is production"), "{production:?}");
    home.configure(
        "[environments.production]\nbase_url = \"https://px.example\"\ntoken_url = \"https://px.example/t\"\n",
    );
    let configured = home.run(&["trainer"]).with(8);
    assert!(configured.err.contains("[environments.production] stands in"), "{configured:?}");
}
