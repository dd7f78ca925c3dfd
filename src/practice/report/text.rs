//! As text, for a terminal of 80 columns.

use super::time::{clock, day, moment};
use crate::kind::ShortId;
use crate::order::{Call, one_line};
use crate::practice::coverage::Coverage;
use crate::practice::grade::{Made, Reached, Report};
use crate::practice::run::{RunRow, RunState};
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// How wide a line may be.
const WIDTH: usize = 80;
/// How wide the reasons of the rows stand.
const REASON: usize = 47;
/// How wide the words of the steps stand.
const STEP: usize = 50;

/// A run; without an id one that is kept nowhere.
pub fn run(id: Option<&ShortId>, report: &Report, zone: &TimeZone) -> String {
    let mut out = wrapped(&format!("{} ({})", report.title, report.scenario), "", "");
    let id = id.map(|id| format!(", run {id}")).unwrap_or_default();
    let by = format!("{}, {}{id}", report.trainee, moment(report.started_at, zone));
    out += &wrapped(&by, "", "");
    let finished = if report.finished { "finished" } else { "not finished" };
    let pace = report
        .words_per_minute
        .map_or_else(|| "nothing read aloud".to_owned(), |pace| format!("{pace} words a minute"));
    let keys = if report.keys == 1 { "key" } else { "keys" };
    let took = format!("Took {}, {} {keys}", clock(report.seconds), report.keys);
    let _ = writeln!(out, "\nGrade {} of 100, {finished}\n{took}, {pace}", report.grade);
    if !report.rows.is_empty() {
        out += &wrapped(&format!("About {}", report.rows.join(", ")), "", "  ");
    }
    let _ = writeln!(out, "\nSteps                                                   at     took   keys");
    for (n, step) in report.steps.iter().enumerate() {
        out += &step_lines(n + 1, step);
    }
    if let Some(missed) = report.not_reached() {
        out += &wrapped(&missed, "     ", "     ");
    }
    out += &mistakes(&report.mistakes);
    out
}

fn step_lines(n: usize, step: &Reached) -> String {
    let words = lines(&step.words, STEP, &format!("{n:>3}  "), "     ");
    let what = padded(&words[0], STEP);
    let mut out = match (step.at, step.took, step.keys) {
        (Some(at), Some(took), Some(keys)) => {
            format!("{what}{:>8} {:>8} {keys:>6}\n", clock(at / 1000), clock(took / 1000))
        }
        _ => format!("{what} not reached\n"),
    };
    for rest in &words[1..] {
        let _ = writeln!(out, "{rest}");
    }
    if let Some(why) = &step.why {
        out += &wrapped(why, "     ", "     ");
    }
    out
}

fn mistakes(mistakes: &[Made]) -> String {
    if mistakes.is_empty() {
        return "\nNo mistakes\n".to_owned();
    }
    let mut out = "\nMistakes\n".to_owned();
    for made in mistakes {
        let points = if made.points == 0 { "0".to_owned() } else { format!("-{}", made.points) };
        let head = format!("{:>8} {points:>5}  ", clock(made.at / 1000));
        let below = " ".repeat(head.len());
        out += &wrapped(&made.what, &head, &below);
        out += &wrapped(&format!("Right: {}", made.instead), &below, &below);
    }
    out
}

/// A list of runs, a line each.
pub fn runs(runs: &[RunRow], zone: &TimeZone) -> String {
    let mut out = format!("{:10}  {:16}  {:16}  {:22}  grade\n", "run", "began", "trainee", "scenario");
    for run in runs {
        let (trainee, scenario) = (padded(&run.trainee, 16), padded(&run.scenario, 22));
        let began = moment(run.started_at, zone);
        let grade = match (run.state, run.grade, run.finished) {
            (RunState::Running, ..) => "running".to_owned(),
            (RunState::Discarded, ..) => "-".to_owned(),
            (RunState::Ended, Some(grade), Some(true)) => format!("{grade:>5}"),
            // Left before its end.
            (RunState::Ended, grade, _) => format!("{:>5}*", grade.unwrap_or_default()),
        };
        let _ = writeln!(out, "{:10}  {began:16}  {trainee}  {scenario}  {grade}", run.id.as_str());
    }
    if runs.iter().any(|run| run.finished == Some(false)) {
        out += "\n* not finished: it does not count for the coverage\n";
    }
    out
}

/// The matrices of trainees, one after the other.
pub fn coverage(all: &[Coverage], zone: &TimeZone) -> String {
    all.iter().map(|one| matrix(one, zone)).collect::<Vec<_>>().join("\n")
}

fn matrix(coverage: &Coverage, zone: &TimeZone) -> String {
    let heading =
        format!("{}: {} of {} errors practiced", coverage.trainee, coverage.practiced(), coverage.rows.len());
    let mut out = wrapped(&heading, "", "");
    let mut call: Option<Call> = None;
    for row in &coverage.rows {
        if call != Some(row.call) {
            call = Some(row.call);
            let _ = writeln!(out, "\n{:55} best  runs  last", row.call.title());
        }
        let code = if row.code.is_empty() { "none" } else { row.code };
        let figures = match (row.best, row.last) {
            (Some(best), Some(last)) => format!("{best:>4}  {:>4}  {}", row.runs, day(last, zone)),
            _ => "   -     -  not yet".to_owned(),
        };
        let reason = lines(row.reason, REASON, "", "");
        let _ = writeln!(out, "  {code:4}  {} {figures}", padded(&reason[0], REASON));
        for rest in &reason[1..] {
            let _ = writeln!(out, "        {rest}");
        }
    }
    out
}

/// `text` in just so many columns: filled with blanks, or cut with a sign that it was.
fn padded(text: &str, columns: usize) -> String {
    let text = one_line(text);
    if text.width() <= columns {
        return format!("{text}{}", " ".repeat(columns - text.width()));
    }
    let mut kept = String::new();
    for sign in text.graphemes(true) {
        if kept.width() + sign.width() + 1 > columns {
            break;
        }
        kept.push_str(sign);
    }
    let left = columns.saturating_sub(kept.width() + 1);
    format!("{kept}…{}", " ".repeat(left))
}

/// `text` in lines of 80 columns at most, the first after `first`, the others after `others`.
fn wrapped(text: &str, first: &str, others: &str) -> String {
    lines(text, WIDTH, first, others).join("\n") + "\n"
}

/// `text` in lines of so many columns at most; there is always one. A word is broken only where it is wider than a line.
fn lines(text: &str, columns: usize, first: &str, others: &str) -> Vec<String> {
    let text = one_line(text);
    let (mut done, mut line, mut is_empty) = (Vec::new(), first.to_owned(), true);
    let mut end = |line: &mut String| done.push(std::mem::replace(line, others.to_owned()));
    for word in text.split_whitespace() {
        if !is_empty && line.width() + 1 + word.width() > columns {
            end(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        is_empty = false;
        for sign in word.graphemes(true) {
            if line.width() + sign.width() > columns {
                end(&mut line);
            }
            line.push_str(sign);
        }
    }
    done.push(line);
    done
}
