//! The words and glyphs for what is sold on the marketplace.

use crate::desk::{Model, Request, Step};
use crate::kind::Timestamp;
use crate::subscription::{Finding, MonthLine, ReportState, SkuLine, SkuState, State};
use crate::view::frame::look::Look;
use crate::view::frame::words::plural;
use ratatui::style::Style;

/// A subscription's state, with its glyph.
pub fn state(state: State) -> String {
    let glyph = match state {
        State::Requested => "○",
        State::Provisioned => "◑",
        State::Billing => "●",
        State::Ended => "–",
        State::Rejected => "×",
    };
    format!("{glyph} {}", state.name())
}

/// A SKU and what it is in a subscription that is `of`.
pub fn sku(look: &Look, model: &Model, line: &SkuLine, of: State) -> String {
    let now = model.now;
    if of == State::Rejected {
        return format!("{} not billed", line.plan.sku);
    }
    if let Some(doubt) = line.doubt(now) {
        return format!("{} {doubt}", line.plan.sku);
    }
    match line.state(now) {
        SkuState::Scheduled(at) => format!("{} scheduled {}", line.plan.sku, day(look, model, at)),
        state => format!("{} {}", line.plan.sku, state.name()),
    }
}

/// A day where the marketplace is, as billing goes by its days; where the desk is before its zone was read.
pub fn day(look: &Look, model: &Model, at: Timestamp) -> String {
    let there = model.market.calendar.as_ref().map(|calendar| calendar.day(at));
    there.unwrap_or_else(|| at.to_zoned(look.zone.clone()).date()).to_string()
}

/// What comes next.
pub fn step(look: &Look, model: &Model, step: &Step) -> String {
    match step {
        Step::Answer => "answer it".to_owned(),
        Step::Look => "look at the portal".to_owned(),
        Step::StartBilling(skus) => format!("start billing of {}", plural(skus.len(), "SKU")),
        Step::Starts(at) => format!("billing starts {}", day(look, model, *at)),
        Step::Write(due) if is_over(model, due) => format!("overdue since {due}"),
        Step::Write(due) => format!("write by {due}"),
        Step::Report => "report usage monthly".to_owned(),
        Step::Wait => "… a call is in progress".to_owned(),
        Step::Nothing => String::new(),
    }
}

/// True once this day is over where the marketplace is.
fn is_over(model: &Model, due: &str) -> bool {
    model.market.calendar.as_ref().is_some_and(|calendar| calendar.is_over(due, model.now))
}

/// The style of what comes next.
pub fn step_style(look: &Look, model: &Model, step: &Step) -> Style {
    match step {
        Step::Write(due) if is_over(model, due) => look.theme.warn,
        Step::Answer | Step::Look => look.theme.warn,
        Step::StartBilling(_) | Step::Write(_) => look.theme.accent,
        Step::Starts(_) | Step::Report => look.theme.base,
        Step::Wait | Step::Nothing => look.theme.dim,
    }
}

/// Why a deploy is among the requests: short, and in a sentence.
pub fn request(request: Request) -> (&'static str, &'static str) {
    match request {
        Request::Waiting => ("○ waits", "It waits for an answer."),
        Request::Conflict => (
            "! conflict",
            "Alarm: its id came again with different content, which was refused. Nothing was changed.",
        ),
        Request::Unconfirmed => (
            "◑ unconfirmed",
            "The answer may not have arrived. The first call that is carried out confirms the customer id.",
        ),
        Request::SecondTry => ("? repeat", "The same buyer asked for the same product before."),
    }
}

/// The style of that.
pub fn request_style(look: &Look, request: Request) -> Style {
    match request {
        Request::Conflict => look.theme.bad,
        Request::Waiting | Request::SecondTry => look.theme.warn,
        Request::Unconfirmed => look.theme.base,
    }
}

/// What a line of the month is, and the style of that.
pub fn line(look: &Look, line: &MonthLine) -> (Style, String) {
    let theme = &look.theme;
    let Some(report) = &line.report else { return (theme.warn, "! missing".to_owned()) };
    let (style, glyph) = match report.state {
        ReportState::Open => (theme.base, "○"),
        ReportState::Prepared => (theme.base, "◑"),
        ReportState::Sending => (theme.accent, "…"),
        ReportState::Reported => (theme.good, "✓"),
        ReportState::InDoubt => (theme.bad, "!"),
        ReportState::Refused => (theme.bad, "×"),
    };
    (style, format!("{glyph} {}", report.state.name().replace('_', " ")))
}

/// A finding, in a word.
pub fn finding(finding: &Finding) -> &'static str {
    match finding {
        Finding::Missing => "missing",
        Finding::Zero => "zero",
        Finding::Unusual { .. } => "unusual",
        Finding::Rounded { .. } => "rounded",
        Finding::Late { .. } => "late",
        Finding::Waits => "waits",
        Finding::BeforeTakeover { .. } => "not sent",
        Finding::NotBilled => "not billed",
        Finding::Ended { .. } => "ended",
        Finding::NoProduct => "no product",
        Finding::Counted { .. } => "counted",
        Finding::RefusedBefore { .. } => "refused",
        Finding::LeftOut { .. } => "left out",
        Finding::Clash(_) => "alarm",
    }
}
