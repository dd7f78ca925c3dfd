//! The written forms, approved once; and what must hold for any report.

use super::{csv, html, json, sample, text};
use crate::kind::Timestamp;
use crate::practice::coverage::Coverage;
use crate::practice::run::{RunRow, RunState};
use crate::practice::{Report, RunEvent};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr as _;

fn coverage() -> Coverage {
    let zoe = sample::row();
    let mut later = RunRow { grade: Some(100), ..sample::row() };
    later.rows = vec!["retrieve_rcc/2000".to_owned(), "complete_order/payment_down".to_owned()];
    later.started_at = Timestamp::from_second(1_795_700_000).unwrap();
    Coverage::of(&zoe.trainee.clone(), &[zoe, later])
}

/// The sample, and one that is still running, one that was left, one that counts for nothing.
fn rows() -> Vec<RunRow> {
    let running = RunRow {
        state: RunState::Running,
        seconds: None,
        grade: None,
        finished: None,
        rows: vec![],
        trainee: "Maximiliane Wolfeschlegelstein".to_owned(),
        ..sample::row()
    };
    let left =
        RunRow { finished: Some(false), grade: Some(20), trainee: "李小龍".to_owned(), ..sample::row() };
    let discarded = RunRow { state: RunState::Discarded, trainee: "=1+1".to_owned(), ..running.clone() };
    vec![sample::row(), running, left, discarded]
}

/// A run that was left before anything was reached, by somebody who makes it hard.
fn left() -> Report {
    let mut report = sample::report();
    report.steps.iter_mut().for_each(|step| (step.at, step.took, step.keys) = (None, None, None));
    report.mistakes.clear();
    report.rows.clear();
    report.trainee = "=cmd|' /C calc'!A0, \"<script>alert(1)</script>\" & \u{202e}\u{1b}[2J".to_owned();
    report.title = "a".repeat(200);
    Report { grade: 0, finished: false, words_per_minute: None, ..report }
}

#[test]
fn a_run_is_written_in_each_form() {
    let (id, report, utc) = (sample::id(), sample::report(), TimeZone::UTC);
    insta::assert_snapshot!("run_text", text::run(Some(&id), &report, &utc));
    insta::assert_snapshot!("run_csv", csv::run(&id, &report).replace("\r\n", "\n"));
    insta::assert_snapshot!("run_html", html::run(&id, &report, &coverage(), &utc));
    let json = json::run(Some(&id), &report);
    assert_eq!(json["id"], sample::id().as_str());
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), report, "nothing is left out");
}

#[test]
fn runs_are_listed_in_each_form() {
    insta::assert_snapshot!("runs_text", text::runs(&rows(), &TimeZone::UTC));
    insta::assert_snapshot!("runs_csv", csv::runs(&rows()).replace("\r\n", "\n"));
    insta::assert_snapshot!("runs_json", serde_json::to_string_pretty(&json::runs(&rows())).unwrap());
}

#[test]
fn coverage_is_written_in_each_form() {
    let all = [coverage()];
    insta::assert_snapshot!("coverage_text", text::coverage(&all, &TimeZone::UTC));
    insta::assert_snapshot!("coverage_csv", csv::coverage(&all).replace("\r\n", "\n"));
    let json = json::coverage(&all);
    assert_eq!((&json[0]["practiced"], &json[0]["of"]), (&3.into(), &20.into()));
    assert_eq!(json[0]["practiced"], json[0]["practised"], "both spellings");
    assert_eq!(json[0]["rows"][0]["row"], "retrieve_rcc/2000");
    assert_eq!(json[0]["rows"][0]["best"], 100);
    insta::assert_snapshot!("coverage_html", html::coverage(&all, &TimeZone::UTC));
    assert!(html::coverage(&[], &TimeZone::UTC).contains("Nobody has practiced yet."));
}

#[test]
fn no_words_of_a_step_are_cut_off() {
    let mut report = sample::report();
    let words = "record the carrier's verdict, or have the order completed, whichever of the two comes first";
    report.steps[1].words = words.to_owned();
    let text = text::run(None, &report, &TimeZone::UTC);
    assert!(!text.contains('…'), "{text}");
    let whole: Vec<&str> = text.split_whitespace().collect();
    for word in words.split_whitespace() {
        assert!(whole.contains(&word), "{word} in {text}");
    }
}

#[test]
fn no_line_of_text_is_wider_than_a_terminal() {
    let hard = Coverage { trainee: left().trainee, ..coverage() };
    for text in [
        text::run(Some(&sample::id()), &sample::report(), &TimeZone::UTC),
        text::run(Some(&sample::id()), &left(), &TimeZone::UTC),
        text::runs(&rows(), &TimeZone::UTC),
        text::coverage(&[coverage(), hard], &TimeZone::UTC),
    ] {
        for line in text.lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
            assert!(!line.chars().any(crate::order::is_invisible), "{line:?}");
        }
    }
}

#[test]
fn nothing_that_somebody_wrote_is_markup_or_a_formula() {
    let report = left();
    let coverage = Coverage { trainee: report.trainee.clone(), ..coverage() };
    for page in [
        html::run(&sample::id(), &report, &coverage, &TimeZone::UTC),
        html::coverage(std::slice::from_ref(&coverage), &TimeZone::UTC),
    ] {
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
        for never in ["<script", "\u{202e}", "\u{1b}", "http://", "https://", "src=", "url(", "@import"] {
            assert!(!page.contains(never), "{never}");
        }
    }
    let table = csv::run(&sample::id(), &report);
    let mut read = ::csv::Reader::from_reader(table.as_bytes());
    let lines: Vec<_> = read.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(lines.len(), report.steps.len(), "a line for each, no mistakes");
    assert_eq!(&lines[0][1], "'=cmd|' /C calc'!A0, \"<script>alert(1)</script>\" & <U+202E><U+001B>[2J");
}

#[test]
fn a_report_of_an_earlier_version_has_no_events() {
    let mut json = serde_json::to_value(sample::report()).unwrap();
    json.as_object_mut().unwrap().remove("events");
    let report: Report = serde_json::from_value(json.clone()).unwrap();
    assert!(report.events.is_empty());
    let ended = serde_json::json!({ "kind": "ended", "report": json });
    assert!(matches!(serde_json::from_value(ended).unwrap(), RunEvent::Ended { .. }));
}
