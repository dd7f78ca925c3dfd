//! What went wrong, in Px's own words: who fixes it, the next step, whether a retry is useful.

use crate::desk::{OrderScreen, Pane, Problem};
use crate::order::{Call, CallError, Retry, Summary, Timestamp, Trouble, Who};
use crate::view::frame::page::Page;
use crate::view::words;

/// Everything a person needs to act on what went wrong.
struct Report<'a> {
    /// One sentence.
    what: String,
    /// The server's words, as they came.
    said: Option<&'a str>,
    cause: Option<&'a str>,
    who: Option<Who>,
    next: &'a str,
    retry: Retry,
    /// The same in words.
    verdict: &'static str,
    /// Code, status and `TxID`: what support asks for.
    quote: Option<String>,
}

/// Adds what went wrong with the open order, if anything did.
pub fn add(page: &mut Page, screen: &OrderScreen, now: Timestamp) {
    let refusal = screen.order.refusal();
    if let Some(problem) = &screen.problem {
        let same = refusal.is_some_and(|error| problem.code.as_deref() == Some(error.code().as_str()));
        if !same {
            report(page, &of_problem(problem));
            return;
        }
    }
    match &screen.order.trouble {
        Some(Trouble::Refused(error)) => report(page, &of_error(error)),
        Some(Trouble::Failed { failure, .. }) => stalled(page, screen, Some(failure.why()), now),
        Some(Trouble::CutOff { .. } | Trouble::PlacedAgain) => stalled(page, screen, None, now),
        // It still stands as it was, whatever else went well since.
        None if screen.pane == Pane::Complete => {
            if let Some(error) = screen.order.to_mend(Call::CompleteOrder) {
                report(page, &of_error(error));
            }
        }
        None => {}
    }
}

fn of_problem(problem: &Problem) -> Report<'_> {
    let quote = [
        problem.code.as_ref().map(|code| format!("code {code}")),
        problem.tx_id.as_ref().map(|tx| format!("TxID {tx}")),
    ];
    let quote: Vec<String> = quote.into_iter().flatten().collect();
    Report {
        what: problem.what.clone(),
        said: None,
        cause: None,
        who: Some(problem.who),
        next: &problem.next,
        retry: problem.retry,
        verdict: words::verdict(problem.retry),
        quote: (!quote.is_empty()).then(|| quote.join("   ")),
    }
}

fn of_error(error: &CallError) -> Report<'_> {
    let remedy = error.remedy();
    let mut quote = match &error.internal_code {
        Some(code) => format!("code {code}   HTTP {}", error.http_status),
        None => format!("no code   HTTP {}", error.http_status),
    };
    if let Some(tx) = &error.tx_id {
        quote = format!("{quote}   TxID {tx}");
    }
    Report {
        what: format!("Px refused {}", error.api),
        said: Some(&error.user_message),
        cause: Some(&remedy.cause),
        who: Some(remedy.who),
        next: &remedy.next,
        retry: remedy.retry,
        verdict: words::verdict_on(remedy),
        quote: Some(quote),
    }
}

/// A call without an answer that could be used.
fn stalled(page: &mut Page, screen: &OrderScreen, why: Option<&str>, now: Timestamp) {
    let row = Summary::of(&screen.order);
    let Some(stall) = row.stall(now) else { return };
    report(
        page,
        &Report {
            what: stall.cause,
            said: why,
            cause: None,
            who: None,
            next: &stall.next,
            retry: stall.retry,
            verdict: words::verdict_of(&row, now),
            quote: None,
        },
    );
}

fn report(page: &mut Page, report: &Report) {
    let look = page.look;
    let theme = &look.theme;
    page.hang(&[(theme.bad, "× ")], (theme.bad, &report.what));
    if let Some(said) = report.said {
        page.hang(&[(theme.base, "  ")], (theme.strong, said));
    }
    if let Some(quote) = &report.quote {
        page.hang(&[(theme.base, "  ")], (theme.base, quote));
    }
    page.gap();
    if let Some(cause) = report.cause {
        page.pair("cause", (theme.base, cause));
    }
    if let Some(who) = report.who {
        page.pair("fix by", (theme.base, who.title()));
    }
    page.pair("next step", (theme.strong, report.next));
    page.pair("a retry is", (words::verdict_style(look, report.retry), report.verdict));
    page.gap();
}
