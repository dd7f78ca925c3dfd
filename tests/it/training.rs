//! The journal of practice, and the commands that show what is in it.

use crate::kit::Home;
use pxdesk::config::Places;
use pxdesk::journal::every_kind;
use pxdesk::kind::{ShortId, Timestamp};
use pxdesk::practice::scenario::shipped;
use pxdesk::practice::{By, Ended, Report, RunState, Seen, What, Who, grade};
use pxdesk::session::{Beginning, Exit, Training};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// The folders that the program has in that home.
pub fn places(home: &Path) -> Places {
    Places {
        config: home.join(".config/pxdesk"),
        data: home.join(".local/share/pxdesk"),
        state: home.join(".local/state/pxdesk"),
        usual: None,
    }
}

fn second(n: i64) -> Timestamp {
    Timestamp::from_second(1_795_600_000 + n).unwrap()
}

/// What the first scenario is worth to somebody who retrieved, and left.
fn report(trainee: &str, started_at: Timestamp) -> Report {
    let seen = |at, what| Seen { at, window: Some(3000), keys: 3, what };
    let seen = [seen(900, What::Retrieving), seen(65_000, What::TooSoon { section: 0 })];
    let who = Who { trainee: trainee.to_owned(), started_at };
    let end = Ended { at: 65_000, by: By::Trainee, key_at: 65_000, window: Some(3000) };
    grade(&shipped::all()[0], &seen, &who, Some(&end))
}

/// The same, as if all had been reached in a scenario about these rows.
fn finished(trainee: &str, started_at: Timestamp, grade: u8, rows: &[&str]) -> Report {
    let rows = rows.iter().map(|row| (*row).to_owned()).collect();
    Report { grade, finished: true, rows, ..report(trainee, started_at) }
}

fn beginning(trainee: &str, started_at: Timestamp) -> Beginning {
    let scenario = &shipped::all()[0];
    Beginning {
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        trainee: trainee.to_owned(),
        started_at,
    }
}

/// A run that has ended so.
async fn ended(training: &Training, report: Report) -> ShortId {
    let id = training.begin(beginning(&report.trainee, report.started_at)).await.unwrap();
    training.end(&id, report, second(9000)).await.unwrap();
    id
}

#[tokio::test]
async fn a_run_is_kept_from_its_beginning_to_its_report() {
    let home = Home::empty();
    let places = places(home.path());
    assert!(Training::open_if_there(&places).await.unwrap().is_none());
    assert!(!places.data.exists(), "to look makes nothing");
    let training = Training::open(&places).await.unwrap();
    let id = training.begin(beginning("Ann", second(0))).await.unwrap();
    let rows = training.runs(None).await.unwrap();
    assert_eq!((rows.len(), rows[0].state, rows[0].grade), (1, RunState::Running, None));

    let report = report("Ann", second(0));
    training.end(&id, report.clone(), second(60)).await.unwrap();
    let again = training.end(&id, report.clone(), second(61)).await.unwrap_err();
    assert_eq!(again.exit, Exit::RefusedHere, "it ends once: {again:?}");
    let left = training.begin(beginning("Ann", second(100))).await.unwrap();
    training.discard(&left, second(101)).await.unwrap();
    training.close().await;

    let training = Training::open(&places).await.unwrap();
    let run = training.load(&id).await.unwrap();
    assert_eq!(run.report.as_deref(), Some(&report), "nothing of it is lost");
    let rows = training.runs(None).await.unwrap();
    let states: Vec<_> = rows.iter().map(|row| (&row.id, row.state, row.grade)).collect();
    let expected = [(&left, RunState::Discarded, None), (&id, RunState::Ended, Some(report.grade))];
    assert_eq!(states, expected, "the latest first");
    assert_eq!(training.verify().await.unwrap().problems, []);
}

#[tokio::test]
async fn more_runs_than_a_page_are_all_listed_the_latest_first() {
    let home = Home::empty();
    let training = Training::open(&places(home.path())).await.unwrap();
    for n in 0..300 {
        let trainee = if n % 3 == 0 { "Bob" } else { "Ann" };
        // Some begin in the same second.
        training.begin(beginning(trainee, second(n / 2))).await.unwrap();
    }
    let rows = training.runs(None).await.unwrap();
    assert_eq!(rows.len(), 300);
    assert!(rows.windows(2).all(|two| two[0].started_at >= two[1].started_at));
    assert_eq!(training.runs(Some("Bob")).await.unwrap().len(), 100);
    assert_eq!(training.runs(Some("bo")).await.unwrap().len(), 0);
}

const HOME_OF_WRITER: &str = "PXDESK_TEST_TRAINING_HOME";

/// Not a test by itself: a process that the test below starts twice.
#[tokio::test]
#[ignore = "started by another test"]
async fn a_process_that_keeps_runs() {
    let Some(home) = std::env::var_os(HOME_OF_WRITER) else { return };
    let training = Training::open(&places(Path::new(&home))).await.unwrap();
    let name = std::process::id().to_string();
    for n in 0..20 {
        ended(&training, report(&name, second(n))).await;
    }
    training.close().await;
}

#[tokio::test]
async fn two_processes_keep_runs_at_once() {
    let home = Home::empty();
    let write = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["training::a_process_that_keeps_runs", "--exact", "--ignored"])
            .env(HOME_OF_WRITER, home.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    // Both find no journal, and one of them makes it.
    let both = [write(), write()];
    let pids = both.each_ref().map(|child| child.id().to_string());
    for mut child in both {
        assert!(child.wait().unwrap().success());
    }
    let training = Training::open(&places(home.path())).await.unwrap();
    for name in &pids {
        let rows = training.runs(Some(name)).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.state == RunState::Ended).count(), 20, "{name}");
    }
    let verified = training.verify().await.unwrap();
    assert_eq!((verified.things.get("practice"), verified.problems), (Some(&40), vec![]));
}

#[tokio::test]
async fn what_somebody_else_changed_is_found() {
    let home = Home::empty();
    let places = places(home.path());
    let training = Training::open(&places).await.unwrap();
    let id = ended(&training, report("Ann", second(0))).await;
    training.close().await;
    let file = Training::file(&places);
    crate::journal::tamper(&file, "UPDATE practice_runs SET grade = 100").await;
    let training = Training::open(&places).await.unwrap();
    let problems = training.verify().await.unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].thing, Some(format!("practice {id}")));
}

/// With one line of SQL.
#[tokio::test]
async fn what_was_changed_in_the_list_counts_nowhere() {
    let home = Home::empty();
    let places = places(home.path());
    let training = Training::open(&places).await.unwrap();
    let changed = ended(&training, report("Ann", second(0))).await;
    let right = ended(&training, finished("Bob", second(100), 95, &["retrieve_rcc/2000"])).await;
    training.close().await;
    drop(training);
    let sql = format!(
        "UPDATE practice_runs SET grade = 100, finished = 1, trainee = 'Eve', rows = 'retrieve_rcc/2000' WHERE id = '{changed}'"
    );
    crate::journal::tamper(&Training::file(&places), &sql).await;
    let says = |err: &str| {
        assert!(
            err.contains(&format!(
                "practice {changed}: its row in the list is not what its events make of it"
            ))
        );
        assert!(
            err.contains("training.db is not as it was written") && err.contains("Put the right one back"),
            "{err}"
        );
    };
    for output in ["text", "json", "csv"] {
        let list = home.run(&["grades", "--output", output]).with(6);
        says(&list.err);
        assert!(
            list.out.contains("Bob") && !list.out.contains("Eve") && !list.out.contains("100"),
            "{list:?}"
        );
        let coverage = home.run(&["grades", "coverage", "--output", output]).with(6);
        says(&coverage.err);
        assert!(coverage.out.contains("Bob") && !coverage.out.contains("Eve"), "{coverage:?}");
    }
    says(&home.run(&["grades", "coverage", "--trainee", "Eve"]).with(6).err);
    for page in
        [&["grades", "coverage", "--html", "-"][..], &["grades", "show", right.as_str(), "--html", "-"]]
    {
        let page = home.run(page).with(6);
        assert!(page.out.ends_with("</html>\n") && !page.out.contains("Eve"), "{page:?}");
    }
    // What was sealed is still what it was.
    let shown = home.run(&["grades", "show", changed.as_str(), "--output", "json"]).with(0).json();
    assert_eq!((&shown["trainee"], &shown["finished"]), (&"Ann".into(), &false.into()));
}

#[tokio::test]
async fn whoever_looks_at_grades_is_told_that_the_journal_is_older_or_gone() {
    let home = Home::empty();
    let places = places(home.path());
    let file = Training::file(&places);
    let runs = async |n: i64| {
        let training = Training::open(&places).await.unwrap();
        ended(&training, report("Ann", second(n))).await;
        training.close().await;
    };
    runs(0).await;
    let older = std::fs::read(&file).unwrap();
    runs(100).await;
    let newer = std::fs::read(&file).unwrap();
    std::fs::write(&file, older).unwrap();
    for args in [&["grades"][..], &["grades", "coverage"]] {
        let told = home.run(args).with(6);
        assert!(told.err.contains("is older than what this machine saw"), "{told:?}");
        assert!(told.out.contains("Ann"), "what is there can be read: {told:?}");
    }
    std::fs::remove_file(&file).unwrap();
    for args in [&["grades"][..], &["grades", "coverage"], &["grades", "show", "0"]] {
        let told = home.run(args).with(6);
        assert!(told.err.contains("is gone: this machine saw 4 events in it"), "{told:?}");
    }
    let Err(refused) = Training::open(&places).await else { panic!("it begins anew without a word") };
    assert_eq!(refused.exit, Exit::Journal);
    std::fs::write(&file, newer).unwrap();
    home.run(&["grades"]).with(0);
    std::fs::rename(file.parent().unwrap(), home.path().join("away")).unwrap();
    assert!(home.run(&["grades"]).with(0).err.contains("nobody has practiced here yet"));
}

#[tokio::test]
async fn an_older_copy_is_not_gone_on_with_but_all_of_it_may_be_removed() {
    let home = Home::empty();
    let places = places(home.path());
    let file = Training::file(&places);
    let training = Training::open(&places).await.unwrap();
    ended(&training, report("Ann", second(0))).await;
    training.close().await;
    drop(training);
    let older = std::fs::read(&file).unwrap();
    let training = Training::open(&places).await.unwrap();
    ended(&training, report("Ann", second(100))).await;
    training.close().await;
    drop(training);
    std::fs::write(&file, older).unwrap();
    let training = Training::open(&places).await.unwrap();
    let refused = training.begin(beginning("Ann", second(200))).await.unwrap_err();
    assert_eq!(refused.exit, Exit::Journal, "{refused:?}");
    assert!(!refused.what.contains("journal accept"), "that is for the configured journal: {refused:?}");
    assert_eq!(training.runs(None).await.unwrap().len(), 1, "it can be read");
    training.close().await;
    drop(training);

    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    let training = Training::open(&places).await.unwrap();
    ended(&training, report("Ann", second(300))).await;
    assert_eq!(training.runs(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn practice_and_real_work_never_lie_in_one_journal() {
    const CANARY: &str = "Trainee-Canary";
    let home = Home::empty();
    let places = places(home.path());
    home.open(&crate::kit::order("1"));
    let training = Training::open(&places).await.unwrap();
    let id = ended(&training, report(CANARY, second(0))).await;
    training.close().await;
    for args in [&["grades"][..], &["grades", "coverage"], &["grades", "show", id.as_str()]] {
        assert!(home.run(args).with(0).out.contains(CANARY), "{args:?}");
    }
    home.verifies();
    let holds = |file: &Path, text: &str| {
        std::fs::read(file).unwrap().windows(text.len()).any(|window| window == text.as_bytes())
    };
    let (real, practice) = (places.data.join("pxdesk.db"), Training::file(&places));
    assert!(!holds(&real, CANARY) && !holds(&real, "practice_runs"));
    assert!(holds(&practice, "practice_runs") && !holds(&practice, "CREATE TABLE orders"));
    assert!(every_kind().iter().all(|kind| kind.name != "practice"), "the real journal has no place for it");
    let keys = [&real, &practice].map(|journal| std::fs::read(journal.with_extension("key")).unwrap());
    assert_ne!(keys[0], keys[1], "each has a key of its own");
    for file in [practice.clone(), practice.with_extension("key")] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
}

#[test]
fn whoever_has_practiced_nothing_is_told_so() {
    let home = Home::empty();
    let nobody = home.run(&["grades"]).with(0);
    assert_eq!((nobody.out.as_str(), nobody.err.as_str()), ("", "nobody has practiced here yet\n"));
    assert_eq!(home.run(&["grades", "--output", "json"]).with(0).json(), serde_json::json!([]));
    assert_eq!(home.run(&["grades", "coverage", "--output", "json"]).with(0).json(), serde_json::json!([]));
    let ann = home.run(&["grades", "coverage", "--trainee", "Ann"]).with(2);
    assert!(ann.out.is_empty() && ann.err.contains("nobody of the name `Ann`"), "{ann:?}");
    let none = home.run(&["grades", "show", "0000000000"]).with(2);
    assert!(none.err.contains("there is no run `0000000000`"), "{none:?}");
    assert!(!home.path().join(".local/share/pxdesk/training").exists());
    // Nothing of it depends on what is configured.
    home.configure("nonsense");
    home.run(&["grades"]).with(0);
}

#[tokio::test]
async fn grades_are_listed_shown_and_printed() {
    let home = Home::empty();
    let training = Training::open(&places(home.path())).await.unwrap();
    let left = ended(&training, report("Ann", second(0))).await;
    let good = ended(&training, finished("Ann", second(500), 85, &["complete_order/1099"])).await;
    let bob = ended(&training, finished("Bob", second(900), 95, &["retrieve_rcc/2000"])).await;
    let running = training.begin(beginning("Bob", second(950))).await.unwrap();
    training.close().await;

    let list = home.run(&["grades", "--output", "json"]).with(0).json();
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&running, &bob, &good, &left].map(ShortId::as_str));
    let ann = home.run(&["grades", "--trainee", "Ann"]).with(0).out;
    assert_eq!(ann.lines().filter(|line| line.contains("Ann")).count(), 2, "{ann}");
    assert!(!ann.contains("Bob"));
    let table = home.run(&["grades", "--output", "csv"]).with(0).out;
    assert_eq!(table.lines().count(), 5, "{table}");

    let shown = home.run(&["grades", "show", &left.as_str()[..6], "--output", "json"]).with(0).json();
    assert_eq!((&shown["id"], &shown["finished"]), (&left.as_str().into(), &false.into()));
    assert_eq!(shown["mistakes"][0]["mistake"], "read_too_fast");
    let upper = home.run(&["grades", "show", &left.as_str().to_uppercase()]).with(0).out;
    assert!(upper.contains("read_too_fast") || upper.contains("could have been read aloud"), "{upper}");
    let rows = home.run(&["grades", "show", left.as_str(), "--output", "csv"]).with(0).out;
    assert!(rows.lines().any(|line| line.contains(",mistake,gave_up,")), "{rows}");
    let still = home.run(&["grades", "show", running.as_str()]).with(2);
    assert!(still.err.contains("has not ended yet"), "{still:?}");

    let both = home.run(&["grades", "coverage", "--output", "json"]).with(0).json();
    assert_eq!((&both[0]["trainee"], &both[0]["practised"]), (&"Ann".into(), &1.into()), "one was left");
    assert_eq!((&both[1]["trainee"], &both[1]["rows"][0]["best"]), (&"Bob".into(), &95.into()));
    let table = home.run(&["grades", "coverage", "--trainee", "Bob", "--output", "csv"]).with(0).out;
    assert_eq!(table.lines().count(), 21);
    for output in ["text", "json", "csv"] {
        let typo = home.run(&["grades", "coverage", "--trainee", "Anm", "--output", output]).with(2);
        assert!(typo.out.is_empty() && typo.err.contains("There are Ann, Bob."), "{typo:?}");
    }

    pages(&home, &good);
}

/// The page goes to stdout, or into a file that was not there, for its owner alone.
fn pages(home: &Home, run: &ShortId) {
    let file = home.path().join("report.html");
    let name = file.to_str().unwrap();
    let printed = home.run(&["grades", "show", run.as_str(), "--html", "-"]).with(0);
    assert!(printed.out.starts_with("<!DOCTYPE html>") && printed.out.ends_with("</html>\n"), "{printed:?}");
    assert!(printed.out.contains("<h2>Coverage of Ann <small>1 of 20 errors practiced</small></h2>"));
    let written = home.run(&["grades", "show", run.as_str(), "--html", name]).with(0);
    assert_eq!(written.out, "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), printed.out);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = home.run(&["grades", "coverage", "--html", name]).with(2);
    assert!(again.err.contains("already exists; choose another name"), "{again:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), printed.out, "it is as it was");
    let nowhere = home.run(&["grades", "coverage", "--html", "/nowhere/at/all.html"]).with(2);
    assert!(nowhere.err.contains("/nowhere/at/all.html cannot be written"), "{nowhere:?}");
    let two = home.run(&["grades", "coverage", "--html", "-", "--output", "json"]).with(2);
    assert!(two.err.contains("use either --html or --output"), "{two:?}");
}

#[test]
fn what_would_be_ignored_or_hidden_is_refused() {
    let home = Home::empty();
    let both = home.run(&["practice", "verbal", "--join", "127.0.0.1:1", "--code", "BBBBBBBB"]).with(2);
    assert!(both.err.contains("cannot be used with"), "{both:?}");
    for name in ["a\u{200b}b", "a\u{1b}[2Jb", &"a".repeat(41)] {
        let refused = home.run(&["practice", "verbal", "--as", name]).with(2);
        assert!(refused.err.contains("1 to 40 visible characters"), "{refused:?}");
    }
    let folder = home.path().join("wrong");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.toml"), "name = 7\n").unwrap();
    std::fs::write(folder.join("b.toml"), "nonsense = 1\n").unwrap();
    let refused = home.run(&["trainer", "--scenarios", folder.to_str().unwrap(), "--output", "json"]).with(2);
    assert!(refused.err.lines().count() > 2 && !refused.err.contains("<U+"), "{refused:?}");
    assert!(refused.err.lines().any(|line| line.contains("b.toml:1: nonsense: ")), "{refused:?}");
    let typo = home.run(&["grades", "coverage", "--trainee", "Anm"]).with(2);
    assert!(typo.err.contains("nobody of the name `Anm` has practiced here"), "{typo:?}");
    home.run(&["errors", ""]).with(2);
}
