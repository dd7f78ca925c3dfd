//! As one HTML page to print, on A4 or letter: nothing in it is asked from elsewhere, nothing in it runs, and it reads without
//! color.

use super::time::{clock, day, moment};
use crate::kind::ShortId;
use crate::order::{Call, one_line};
use crate::practice::coverage::{Coverage, Covered};
use crate::practice::grade::{Made, Reached, Report};
use jiff::tz::TimeZone;
use std::fmt::Write as _;

const STYLE: &str = include_str!("../../../assets/report.css");

/// A run, with the matrix of its trainee.
pub fn run(id: &ShortId, report: &Report, coverage: &Coverage, zone: &TimeZone) -> String {
    let mut body = format!(
        "<header>\n<p class=\"kind\">Practice report</p>\n<h1>{}</h1>\n<p>{} · {} · scenario {} · run {}</p>\n</header>\n",
        safe(&report.title),
        safe(&report.trainee),
        moment(report.started_at, zone),
        safe(&report.scenario),
        safe(id.as_str()),
    );
    body += &figures(report);
    body += &steps(&report.steps);
    if let Some(missed) = report.not_reached() {
        let _ = writeln!(body, "<p>{}</p>", safe(&missed));
    }
    body += &mistakes(&report.mistakes);
    body += &matrix(coverage, &format!("Coverage of {}", coverage.trainee), zone);
    page(&format!("{}: {}", report.trainee, report.title), &body)
}

/// The matrices of trainees, each on a page of its own.
pub fn coverage(all: &[Coverage], zone: &TimeZone) -> String {
    let mut body =
        "<header>\n<p class=\"kind\">Practice report</p>\n<h1>Coverage of the documented errors</h1>\n</header>\n"
            .to_owned();
    if all.is_empty() {
        body += "<p>Nobody has practiced yet.</p>\n";
    }
    for one in all {
        body += &matrix(one, &one.trainee, zone);
    }
    page("Coverage of the documented errors", &body)
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        safe(title)
    )
}

fn figures(report: &Report) -> String {
    let pace = report.words_per_minute.map_or_else(|| "–".to_owned(), |pace| pace.to_string());
    let figures = [
        ("Grade, of 100", report.grade.to_string()),
        ("Finished", if report.finished { "yes" } else { "no" }.to_owned()),
        ("Time", clock(report.seconds)),
        ("Words a minute", pace),
        ("Keys", report.keys.to_string()),
        ("Mistakes", report.mistakes.len().to_string()),
    ];
    let mut out = "<dl class=\"figures\">\n".to_owned();
    for (name, value) in figures {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    out + "</dl>\n"
}

fn steps(steps: &[Reached]) -> String {
    let mut out =
        table("Steps", &[("#", true), ("Step", false), ("At", true), ("Took", true), ("Keys", true)]);
    for (n, step) in steps.iter().enumerate() {
        let why =
            step.why.as_ref().map_or_else(String::new, |why| format!("<p class=\"why\">{}</p>", safe(why)));
        let _ = write!(out, "<tr><td class=\"n\">{}</td><td>{}{why}</td>", n + 1, safe(&step.words));
        let _ = match (step.at, step.took, step.keys) {
            (Some(at), Some(took), Some(keys)) => {
                let (at, took) = (clock(at / 1000), clock(took / 1000));
                writeln!(
                    out,
                    "<td class=\"n\">{at}</td><td class=\"n\">{took}</td><td class=\"n\">{keys}</td></tr>"
                )
            }
            _ => writeln!(out, "<td class=\"never\" colspan=\"3\">not reached</td></tr>"),
        };
    }
    out + "</tbody>\n</table>\n"
}

fn mistakes(mistakes: &[Made]) -> String {
    if mistakes.is_empty() {
        return "<h2>Mistakes</h2>\n<p>None.</p>\n".to_owned();
    }
    let columns =
        [("At", true), ("What happened", false), ("What would have been right", false), ("Points", true)];
    let mut out = table("Mistakes", &columns);
    for made in mistakes {
        let points = if made.points == 0 { "0".to_owned() } else { format!("−{}", made.points) };
        let (at, what, right) = (clock(made.at / 1000), safe(&made.what), safe(&made.instead));
        let _ = writeln!(
            out,
            "<tr><td class=\"n\">{at}</td><td>{what}</td><td>{right}</td><td class=\"n\">{points}</td></tr>"
        );
    }
    out + "</tbody>\n</table>\n"
}

/// A matrix, its rows under the calls that they are of.
fn matrix(coverage: &Coverage, heading: &str, zone: &TimeZone) -> String {
    let mut out = format!(
        "<section class=\"matrix\">\n<h2>{} <small>{} of {} errors practiced</small></h2>\n\
         <table>\n<thead>\n<tr><th scope=\"col\"><span class=\"unseen\">Practiced</span></th><th scope=\"col\">Code</th>\
         <th scope=\"col\">Reason</th><th scope=\"col\" class=\"n\">Best</th><th scope=\"col\" class=\"n\">Runs</th>\
         <th scope=\"col\" class=\"n\">Last</th></tr>\n</thead>\n",
        safe(heading),
        coverage.practiced(),
        coverage.rows.len(),
    );
    for call in Call::ALL {
        let mut rows = coverage.rows.iter().filter(|row| row.call == call).peekable();
        if rows.peek().is_some() {
            let _ = writeln!(out, "<tbody>\n<tr><th class=\"call\" colspan=\"6\">{}</th></tr>", call.title());
            rows.for_each(|row| out += &covered(row, zone));
            out += "</tbody>\n";
        }
    }
    out + "</table>\n</section>\n"
}

fn covered(row: &Covered, zone: &TimeZone) -> String {
    let code = if row.code.is_empty() { "none" } else { row.code };
    let what = format!("<td>{}</td><td>{}</td>", safe(code), safe(row.reason));
    match (row.best, row.last) {
        (Some(best), Some(last)) => format!(
            "<tr><td>●</td>{what}<td class=\"n\">{best}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
            row.runs,
            day(last, zone)
        ),
        _ => format!("<tr><td>○</td>{what}<td class=\"never\" colspan=\"3\">not practiced yet</td></tr>\n"),
    }
}

/// The beginning of a table with a heading, its columns named; those of numbers stand to the right.
fn table(heading: &str, columns: &[(&str, bool)]) -> String {
    let mut out = format!("<h2>{heading}</h2>\n<table>\n<thead>\n<tr>");
    for (name, is_number) in columns {
        let class = if *is_number { " class=\"n\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{name}</th>");
    }
    out + "</tr>\n</thead>\n<tbody>\n"
}

/// A text inside an element or an attribute: nothing of it is markup, nothing of it is hidden.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
