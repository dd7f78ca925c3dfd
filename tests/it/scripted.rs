//! Every scenario that ships, played by a scripted trainee: the real desk, the real engine and journal, the real embedded Px.

use pxdesk::config::{Flags, Settings};
use pxdesk::practice::scenario::{Fault, Lasts, read, shipped};
use pxdesk::practice::{Mistake, Report, Scenario};
use pxdesk::terminal::practice::{Trainee, play};
use std::sync::Mutex;

fn scenarios() -> Vec<Scenario> {
    let read = |(name, text): (&str, &str)| {
        let scenario = read(text).unwrap_or_else(|wrong| panic!("{name}: {wrong:#?}"));
        assert_eq!(scenario.name, name);
        scenario
    };
    let only = std::env::var("PXDESK_ONLY_SCENARIO").ok();
    let all = shipped::FILES.into_iter().map(read);
    all.filter(|scenario| only.as_ref().is_none_or(|only| *only == scenario.name)).collect()
}

/// The settings of somebody who has configured nothing.
fn settings(home: &std::path::Path) -> Settings {
    let home = home.display().to_string();
    let names = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"];
    Settings::load(&Flags::default(), names.map(|name| (name.to_owned(), home.clone()))).unwrap()
}

/// Plays all of `runs`, a few at once; what each came to.
fn play_all(runs: Vec<(Scenario, Trainee)>) -> Vec<(Scenario, Trainee, Report)> {
    let home = tempfile::tempdir().unwrap();
    let settings = settings(home.path());
    let (runs, done) = (Mutex::new(runs), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let Some((scenario, trainee)) = runs.lock().unwrap().pop() else { return };
                    let report = play(&settings, &scenario, trainee).unwrap_or_else(|why| panic!("{why:?}"));
                    done.lock().unwrap().push((scenario, trainee, report));
                }
            });
        }
    });
    // Nothing of a run is left.
    let left = std::fs::read_dir(home.path().join("pxdesk/training")).unwrap().count();
    assert_eq!(left, 0, "a run's folder is left");
    assert!(!home.path().join("pxdesk/pxdesk.db").exists(), "practice has touched the journal");
    done.into_inner().unwrap()
}

fn story(report: &Report) -> String {
    let timeline: Vec<String> =
        report.timeline.iter().map(|seen| format!("{:>7} {:?}", seen.at, seen.what)).collect();
    let steps: Vec<String> = report.steps.iter().map(|step| format!("{} {:?}", step.it, step.at)).collect();
    format!(
        "{}: {}\n{steps:#?}\n{:#?}\n{}",
        report.scenario,
        report.grade,
        report.mistakes,
        timeline.join("\n")
    )
}

#[test]
fn a_perfect_trainee_gets_the_full_grade_in_every_scenario() {
    let runs = scenarios().into_iter().map(|scenario| (scenario, Trainee::Perfect)).collect();
    let wrong: Vec<String> = play_all(runs)
        .iter()
        .filter(|(.., report)| report.grade != 100 || !report.finished || !report.mistakes.is_empty())
        .map(|(.., report)| story(report))
        .collect();
    assert!(wrong.is_empty(), "{} runs: {}", wrong.len(), wrong.join("\n\n"));
}

/// Of the traps of all scenarios each third is walked into with every `cargo test`.
#[test]
fn a_careless_trainee_is_told_each_mistake() {
    careless(3);
}

#[test]
#[ignore = "takes a minute"]
fn a_careless_trainee_is_told_each_mistake_in_every_scenario() {
    careless(1);
}

fn careless(stride: usize) {
    let mut runs = Vec::new();
    for scenario in scenarios() {
        for mistake in &scenario.traps {
            runs.push((scenario.clone(), Trainee::Careless(*mistake)));
        }
    }
    let runs = runs.into_iter().step_by(stride).collect();
    let wrong: Vec<String> = play_all(runs)
        .iter()
        .filter_map(|(_, trainee, report)| {
            let Trainee::Careless(mistake) = trainee else { return None };
            let named = report.mistakes.iter().any(|made| made.mistake == mistake.name());
            let lost = report.grade < 100;
            (!named || !lost).then(|| format!("{trainee:?} {}", story(report)))
        })
        .collect();
    assert!(wrong.is_empty(), "{} runs: {}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn all_twenty_rows_are_practiced_and_every_mistake_is_a_trap_somewhere() {
    let all = scenarios();
    let rows: Vec<String> = all.iter().flat_map(Scenario::rows).collect();
    let missing: Vec<&str> = pxdesk::order::remedy::all()
        .iter()
        .map(|row| row.id.as_str())
        .filter(|id| !rows.iter().any(|row| row == id))
        .collect();
    assert_eq!(missing, [""; 0]);
    let mut names: Vec<_> = all.iter().map(|s| &s.name).collect();
    names.dedup();
    assert_eq!(names.len(), all.len());
    for row in Mistake::ALL {
        assert!(all.iter().any(|s| s.traps.contains(&row.0)), "{} is a trap nowhere", row.1);
    }
}

/// A customer who never answers, in a script that no check has seen: the trainee does not wait for ever.
#[test]
fn a_customer_who_never_answers_is_not_waited_for_without_end() {
    let (_, sms) = shipped::FILES.into_iter().find(|(name, _)| *name == "sms").unwrap();
    let mut scenario = read(sms).unwrap();
    scenario.customer.declines = true;
    let played = play_all(vec![(scenario, Trainee::Perfect)]);
    let (_, _, report) = &played[0];
    assert!(!report.finished, "{}", story(report));
    // What was not met does not count: the scenario says nothing that goes wrong, and nothing did.
    assert_eq!(report.rows, [""; 0]);
}

/// The tax estimate is down when the window is about to close: what the error says, to wait a minute, is no looking away.
#[test]
fn who_waits_a_minute_as_the_error_says_has_not_looked_away() {
    let shipped = |name: &str| {
        let (_, text) = shipped::FILES.into_iter().find(|(of, _)| *of == name).unwrap();
        read(text).unwrap()
    };
    let runs = [Lasts::Times(3), Lasts::Seconds(180)].map(|lasts| {
        let (mut scenario, down) = (shipped("sms"), shipped("tax-estimate-down").server);
        scenario.order.prepared_minutes_ago = Some(112);
        scenario.server = down.into_iter().map(|fault| Fault { lasts, ..fault }).collect();
        (scenario, Trainee::Perfect)
    });
    for (.., report) in play_all(runs.to_vec()) {
        assert_eq!((report.grade, report.mistakes.len()), (100, 0), "{}", story(&report));
    }
}
