//! As CSV: columns that other people's scripts hold on to.

use super::time::tenths;
use crate::kind::ShortId;
use crate::practice::coverage::Coverage;
use crate::practice::grade::Report;
use crate::practice::run::RunRow;
use crate::text::cell;

/// A run: a line for each right move, then a line for each mistake.
pub fn run(id: &ShortId, report: &Report) -> String {
    let mut out = line(&[
        "run",
        "trainee",
        "scenario",
        "grade",
        "what",
        "name",
        "at_seconds",
        "took_seconds",
        "keys",
        "points",
        "words",
        "why",
    ]);
    let grade = report.grade.to_string();
    let head = [id.as_str(), &report.trainee, &report.scenario, &grade];
    let seconds = |millis: Option<u64>| millis.map(tenths).unwrap_or_default();
    for step in &report.steps {
        let (at, took) = (seconds(step.at), seconds(step.took));
        let keys = step.keys.map(|keys| keys.to_string()).unwrap_or_default();
        let why = step.why.as_deref().unwrap_or_default();
        out += &line(&[&head[..], &["step", &step.it, &at, &took, &keys, "", &step.words, why]].concat());
    }
    for made in &report.mistakes {
        let (at, points) = (tenths(made.at), made.points.to_string());
        let rest = ["mistake", &made.mistake, &at, "", "", &points, &made.what, &made.instead];
        out += &line(&[&head[..], &rest].concat());
    }
    out
}

/// A list of runs, a line each.
pub fn runs(runs: &[RunRow]) -> String {
    let mut out = line(&[
        "run",
        "trainee",
        "scenario",
        "title",
        "state",
        "started_at",
        "seconds",
        "grade",
        "finished",
        "rows",
    ]);
    for run in runs {
        let finished = run.finished.map(|finished| finished.to_string()).unwrap_or_default();
        out += &line(&[
            run.id.as_str(),
            &run.trainee,
            &run.scenario,
            &run.title,
            run.state.name(),
            &run.started_at.to_string(),
            &number(run.seconds),
            &number(run.grade),
            &finished,
            &run.rows.join(" "),
        ]);
    }
    out
}

/// The matrices of trainees: a line for each row of the table of errors.
pub fn coverage(all: &[Coverage]) -> String {
    let mut out = line(&["trainee", "row", "call", "code", "reason", "best", "runs", "last"]);
    for coverage in all {
        for row in &coverage.rows {
            out += &line(&[
                &coverage.trainee,
                row.row,
                row.call.name(),
                row.code,
                row.reason,
                &number(row.best),
                &row.runs.to_string(),
                &row.last.map(|last| last.to_string()).unwrap_or_default(),
            ]);
        }
    }
    out
}

fn number(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}
