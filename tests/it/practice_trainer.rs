//! Trainer and trainee, both of them real programs at 80x24.

use crate::kit::Home;
use crate::practice::{F5, graded, grades};
use crate::practice_world::left;
use crate::pty::{Desk, send};
use pxdesk::practice::scenario::shipped;
use rustix::process::Signal;
use serde_json::Value;

const CODE: &str = "K7QFM2XW";

/// A trainer, and where they are reached.
fn trainer(home: &Home, listen: &str) -> (Desk, String) {
    let mut desk = Desk::run(home, &["trainer", "--listen", listen, "--code", CODE], 80, 24);
    desk.shows("pxdesk practice --join ").shows(" --code");
    let text = desk.text();
    let address = text.split("pxdesk practice --join ").nth(1).unwrap();
    (desk, address.split_whitespace().next().unwrap().to_owned())
}

fn trainee(home: &Home, address: &str) -> Desk {
    let join = ["practice", "--join", address, "--code", CODE, "--as", "Ann"];
    let mut desk = Desk::run(home, &join, 80, 24);
    desk.shows("TRAINING: Ann, the trainer starts the next run. Ctrl-C leaves.");
    desk
}

/// The trainer starts the scenario of this name.
fn start(desk: &mut Desk, name: &str) {
    choose(desk, name);
    let title = &shipped::all().iter().find(|scenario| scenario.name == name).unwrap().title;
    desk.keys("\r").shows(&format!("Ann starts: {title}"));
}

fn choose(desk: &mut Desk, name: &str) {
    let row = shipped::all().iter().position(|scenario| scenario.name == name).unwrap();
    desk.keys("s").shows("SCENARIO");
    // The list remembers which one was chosen before.
    desk.sends(&"\x1b[A".repeat(shipped::all().len()))
        .sends(&"\x1b[B".repeat(row))
        .shows(&format!("▸ {name}"));
}

/// Walks "sms" with a trainer who is in the way, until another scenario takes its place.
fn first_run(trainer: &mut Desk, ann: &mut Desk) {
    start(trainer, "sms");
    ann.shows("The text by SMS").shows("Customer: “Can you text it to me?").shows("1 open").keys("\r");
    ann.shows("Enter retrieves the RCC text").keys("\r").shows("▸ 2 Read or send");
    trainer
        .shows("RCC retrieved")
        .keys("\r")
        .shows("the text has arrived")
        .shows("Px got 1 retrieve, 0 sends");
    trainer.keys("p").shows("run is paused");
    ann.shows("The trainer has paused the run.")
        .keys("s")
        .shows("The trainer has paused the run: keys do nothing");
    ann.keys("?").keys("N");
    let text = ann.text();
    assert!(!text.contains("Fill in") && !text.contains("Send the RCC by SMS"), "{text}");
    trainer.keys("p").shows("run goes on");
    ann.shows("The trainer has resumed the run.").keys("s").shows("Send the RCC by SMS").keys("\r");
    ann.shows("Press Enter when the customer says they accepted");
    trainer.shows("sent by sms").shows("1 send");

    let before = left(ann);
    trainer.keys("\t").keys("\t").shows("[Clock]").keys("jj").keys("\r").shows("moves 30 minutes ahead");
    ann.shows("Px clock +30 min");
    assert!((before - 31..=before - 30).contains(&left(ann)), "{before}: {}", ann.text());
    trainer.keys("\x1b[Z").shows("[Customer]").keys("\r").shows("customer accepts");
    ann.shows("Customer: “Yes, I accept that.”").keys("\r").shows("Ready to complete");
    trainer.keys("\t").shows("[Clock]").keys("\t").shows("[Server]").keys("jjj").keys("\r");
    trainer.shows("DOCUMENTED ERRORS").keys("\r").shows("is refused with 1210");
    ann.keys("\r").shows("Place this order now?").keys("y").shows("Complete Order was refused with 1210");
    trainer.keys("\x1b").shows("THE NEXT CALL").keys("\t").shows("[Trainees 1]").keys("\r");
    trainer.shows("1 Complete received, 0 applied");
}

#[test]
fn a_trainer_and_a_trainee() {
    let [teaches, learns] = [Home::empty(), Home::empty()];
    let (mut trainer, address) = trainer(&teaches, "127.0.0.1:0");
    let mut ann = trainee(&learns, &address);
    trainer.shows("[Trainees 1]").shows("Ann");
    // What is typed before a run begins is not meant for it.
    ann.sends("q\r").sends("q");
    first_run(&mut trainer, &mut ann);

    start(&mut trainer, "transaction-ended");
    ann.shows("The transaction has ended").shows("1 open");
    trainer.shows("Ann   The transaction has ended").keys("e").shows("once more").keys("e").shows("run ends");
    ann.shows("The run is over: 0 of 100 points").keys(F5).shows("STEPS").shows("not reached");
    trainer.shows("ended, 0");
    ann.keys("q").shows("Ann, the trainer starts the next run").keys("\x03");
    assert!(ann.ends(), "{}", ann.text());
    assert!(trainer.keys("\x1b").shows("NAME").keys("q").ends(), "{}", trainer.text());
    kept(&learns);
    assert!(!teaches.path().join(".local/share/pxdesk/training").exists(), "the trainer's home has no runs");
}

/// The two runs, with all that was seen of them, and as files.
fn kept(home: &Home) {
    let runs = grades(home);
    let scenario = |run: &Value| run["scenario"].as_str().unwrap().to_owned();
    assert_eq!(runs.iter().map(scenario).collect::<Vec<_>>(), ["transaction-ended", "sms"]);
    let report = graded(home, &runs[1]);
    let steps = report["steps"].as_array().unwrap();
    let at: Vec<bool> = steps.iter().map(|step| step["at"].is_number()).collect();
    assert_eq!(at, [true, true, true, false], "{report}");
    assert!(steps[0]["took"].is_number() && steps[0]["keys"].as_u64().unwrap() >= 2, "{report}");
    assert_eq!(report["keys"], 7, "those that did nothing in the pause do not count: {report}");
    assert!(report.as_object().unwrap().contains_key("wordsPerMinute"), "{report}");
    // The trainer ended it: that is nothing that the trainee did.
    assert_eq!(report["mistakes"].as_array().map(Vec::len), Some(0), "{report}");
    let run = runs[1]["id"].as_str().unwrap();
    let (page, cast) = (home.path().join("run.html"), home.path().join("run.cast"));
    home.run(&["grades", "show", run, "--html", page.to_str().unwrap()]).with(0);
    assert!(std::fs::read_to_string(page).unwrap().contains("The text by SMS"));
    home.run(&["grades", "replay", run, "--cast", cast.to_str().unwrap()]).with(0);
    let cast = std::fs::read_to_string(cast).unwrap();
    assert!(cast.lines().count() > 5 && cast.contains("The text by SMS"), "{cast}");
}

/// The call is under way when the trainer starts something else: that is what comes, and the call is nobody's any more.
#[test]
fn a_scenario_that_is_started_during_a_call_is_the_next_one() {
    let [teaches, learns] = [Home::empty(), Home::empty()];
    let (mut trainer, address) = trainer(&teaches, "127.0.0.1:0");
    let mut ann = trainee(&learns, &address);
    trainer.shows("[Trainees 1]");
    start(&mut trainer, "sms");
    ann.shows("1 open").keys("\r").shows("Enter retrieves the RCC text");
    trainer.shows("opened the order").keys("\t").keys("\t").keys("\t").shows("[Server]").keys("\r");
    trainer.shows("DOCUMENTED ERRORS").sends(&"\x1b[B".repeat(40)).shows(": the gateway refuses the token.");
    trainer.sends(&"\x1b[A".repeat(2)).shows(": answered after 5 seconds.").keys("\r");
    trainer.shows("Ann: The next");
    // Both are on their way for a moment: the fault to Ann's Px, and then her call.
    std::thread::sleep(std::time::Duration::from_millis(500));
    ann.keys("\r");
    std::thread::sleep(std::time::Duration::from_millis(500));
    trainer.keys("\x1b").shows("THE NEXT CALL").keys("\t").shows("[Trainees 1]");
    start(&mut trainer, "transaction-ended");
    ann.shows("The transaction has ended").shows("1 open").keys("q");
    ann.shows("End the run now?").keys("y").shows("the trainer starts the next run").keys("\x03");
    assert!(ann.ends(), "{}", ann.text());
    assert_eq!(grades(&learns).len(), 2);
}

#[test]
fn a_trainer_who_comes_back_finds_the_trainee_and_either_may_be_killed() {
    let [teaches, learns] = [Home::empty(), Home::empty()];
    let (mut first, address) = trainer(&teaches, "127.0.0.1:0");
    let mut ann = trainee(&learns, &address);
    first.shows("[Trainees 1]");
    start(&mut first, "sms");
    ann.shows("1 open");
    first.shows("begins").keys("p").shows("run is paused");
    ann.shows("The trainer has paused the run.");
    send(first.pid(), Signal::KILL);
    first.child.wait().unwrap();
    let (mut again, _) = trainer(&teaches, &address);
    again.shows("[Trainees 1]").shows("paused").keys("p").shows("run goes on");
    ann.shows("The trainer has resumed the run.").keys("\r").shows("Enter retrieves the RCC text");
    again.keys("p").shows("run is paused");
    ann.shows("The trainer has paused the run.");
    // Whoever is paused by a trainer who never comes back is not kept.
    send(again.pid(), Signal::KILL);
    ann.keys("\x03").shows("the trainer starts the next run").shows("The trainer cannot be reached");
    ann.signal(Signal::TERM);
    assert!(ann.ends(), "{}", ann.text());

    let (mut third, _) = trainer(&teaches, &address);
    let mut bob = trainee(&learns, &address);
    third.shows("[Trainees 1]");
    start(&mut third, "sms");
    bob.shows("1 open");
    send(bob.pid(), Signal::KILL);
    third.shows("away");
    start(&mut third, "verbal");
    assert!(third.keys("\x1b").shows("NAME").keys("q").ends(), "{}", third.text());
}

/// Whatever keeps a run from beginning: the trainee stays, the trainer is told, and the next one begins.
#[test]
fn a_run_that_cannot_begin_is_told_to_the_trainer_and_ends_nobodys_program() {
    let [teaches, learns] = [Home::empty(), Home::empty()];
    let (mut trainer, address) = trainer(&teaches, "127.0.0.1:0");
    let data = learns.path().join(".local/share/pxdesk");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("training"), "no folder").unwrap();
    let mut ann = trainee(&learns, &address);
    trainer.shows("[Trainees 1]");
    choose(&mut trainer, "sms");
    trainer.keys("\r").shows("Ann: sms cannot begin here").shows("not begun");
    ann.shows("sms cannot begin here: cannot make the folder of the run");
    std::fs::remove_file(data.join("training")).unwrap();
    start(&mut trainer, "sms");
    ann.shows("1 open").signal(Signal::TERM);
    assert!(ann.ends(), "{}", ann.text());
}

#[test]
fn a_run_that_is_told_to_end_ends_the_program_too() {
    let [teaches, learns] = [Home::empty(), Home::empty()];
    let (mut trainer, address) = trainer(&teaches, "127.0.0.1:0");
    let mut ann = trainee(&learns, &address);
    trainer.shows("[Trainees 1]");
    start(&mut trainer, "sms");
    ann.shows("1 open").signal(Signal::TERM);
    assert!(ann.ends(), "{}", ann.text());
    let mut bob = trainee(&learns, &address);
    trainer.shows("[Trainees 2]");
    bob.signal(Signal::TERM);
    assert!(bob.ends(), "{}", bob.text());
    assert_eq!(grades(&learns).len(), 1);
}
