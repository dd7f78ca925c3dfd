//! All that is known of a subscription, and its history.

use super::words;
use crate::desk::{Model, SubscriptionPage};
use crate::kind::Recorded;
use crate::order::Personal;
use crate::subscription::{
    Answer, AnsweredPersonal, By, CallEvent, Event, HELD_BACK, Note, Outcome, Report, Sku, Subscription, said,
};
use crate::view::frame::look::{Layout, Look};
use crate::view::frame::page::Page;
use crate::view::frame::words::time;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws it.
pub fn draw(model: &Model, look: &Look, buffer: &mut Buffer, body: Rect, layout: &mut Layout) {
    let Some(open) = &model.market.page else { return };
    let mut page = Page::new(look, body.width);
    let of = &open.subscription;
    let theme = &look.theme;
    page.row(&[
        (theme.strong, of.provisioning_id.as_str()),
        (theme.dim, "   "),
        (theme.accent, &words::state(of.state(model.now))),
        (theme.dim, &format!("   {}", of.id)),
    ]);
    page.gap();
    facts(&mut page, model, of);
    skus(&mut page, model, open);
    buyer(&mut page, of);
    page.gap();
    page.row(&[(theme.strong, "History")]);
    for recorded in &open.history {
        happened(&mut page, model, recorded);
    }
    page.draw(buffer, body, model.market.page_top, layout);
}

fn facts(page: &mut Page, model: &Model, of: &Subscription) {
    let look = page.look;
    let theme = &look.theme;
    let at = |at| time(look, at, model.now);
    page.pair("customer id", (theme.strong, of.customer_id().map_or("–", |id| id.as_str())));
    page.pair("requested", (theme.base, &at(of.requested_at)));
    let answer = match of.answer.as_ref().map(|answered| (&answered.answer, answered.at)) {
        None => "none yet".to_owned(),
        Some((Answer::Refused { message }, when)) => {
            format!("refused {}: {}", at(when), message.as_deref().unwrap_or("(erased)"))
        }
        Some((Answer::Provisioned { .. }, when)) if of.is_unconfirmed() => {
            format!("given {}; it is not certain that it arrived", at(when))
        }
        Some((Answer::Provisioned { .. }, when)) => format!("given {}", at(when)),
    };
    page.pair("answer", (theme.base, &answer));
    if let Some(why) = of.answered_otherwise() {
        page.pair("", (theme.warn, &format!("by `otherwise` of the configuration: {why}")));
    }
    if let Some(handed_over) = of.open_hand_over() {
        page.pair("", (theme.warn, &handed_over.words(false)));
    }
    for not_used in &of.not_used {
        page.pair("", (theme.warn, &not_used.words()));
    }
    if of.open_conflicts() > 0 {
        page.pair("alarm", (theme.bad, "! its id came again with different content, which was refused"));
    }
    for note in &of.notes {
        let (label, text) = note_words(look, model, note);
        page.pair(label, (theme.base, &text));
    }
}

fn note_words(look: &Look, model: &Model, note: &Note) -> (&'static str, String) {
    match note {
        Note::TerminationMail { mail, due } => {
            ("termination", format!("their e-mail came {mail}; write to them by {due}"))
        }
        Note::BillingMoved { sku, to } => {
            ("billing moved", format!("{sku} to {}", words::day(look, model, *to)))
        }
        Note::ProductNamed { product_id, .. } => ("product", product_id.to_string()),
        Note::AsConfigured { plan } => {
            let usage = if plan.usage { "billed by usage" } else { "not billed by usage" };
            ("as configured", format!("{}: {}, {usage}", plan.sku, plan.billing))
        }
        Note::UsageLeftOut { skus, reason } => ("usage left out", format!("{}: {reason}", joined(skus))),
        Note::AlarmSetAside { reason } => ("alarm set aside", reason.clone()),
        Note::Text { personal } => {
            let text = personal.as_ref().map_or("(erased)", |note| note.text.expose());
            ("note", text.to_owned())
        }
    }
}

fn skus(page: &mut Page, model: &Model, open: &SubscriptionPage) {
    let look = page.look;
    let theme = &look.theme;
    let state = open.subscription.state(model.now);
    for line in &open.subscription.skus {
        let unit = line.plan.unit.as_deref().map_or_else(String::new, |unit| format!(" in {unit}"));
        let usage = if line.plan.usage { format!(", by usage{unit}") } else { String::new() };
        let known = if line.plan.known { "" } else { "; not in the configuration" };
        let text = format!("{} ({}{usage}{known})", words::sku(look, model, line, state), line.plan.billing);
        page.pair("SKU", (theme.base, &text));
    }
    for row in &open.reports {
        let plan = open.subscription.sku(&row.slot.sku).map(|line| &line.plan);
        let unit =
            plan.and_then(|plan| plan.unit.as_deref()).map_or_else(String::new, |unit| format!(" {unit}"));
        let amount = row.amount.map_or_else(|| "–".to_owned(), |amount| format!("{amount}{unit}"));
        let supplement = match row.slot.supplement {
            0 => String::new(),
            n => format!(", supplement {n}"),
        };
        let state = row.state.name().replace('_', " ");
        let text = format!("{} {} {amount}{supplement}, {state}", row.slot.month, row.slot.sku);
        page.pair("usage", (theme.base, &text));
        if let Some(report) = open.accounts.iter().find(|report| report.id == row.id) {
            account_of(page, model, report);
        }
    }
    for id in &open.earlier {
        page.pair("repeat?", (theme.warn, &format!("{id} has the same contact and product")));
    }
}

/// What was sent of a report, what came of that, and what people said of it.
fn account_of(page: &mut Page, model: &Model, report: &Report) {
    let look = page.look;
    let theme = &look.theme;
    for attempt in &report.attempts.0 {
        let at = time(look, attempt.at, model.now);
        let words = attempt.words().unwrap_or_else(|| "in progress".to_owned());
        let text = format!("{} sent at {at}, by {}: {words}", report.sent_with(attempt), attempt.by);
        page.pair("", (theme.dim, &text));
        for verdict in report.verdicts.iter().filter(|verdict| verdict.attempt == attempt.number) {
            page.pair("", (theme.dim, &verdict.words(|at| time(look, at, model.now))));
        }
    }
    if let Some(clash) = report.clash() {
        page.pair("alarm", (theme.bad, &clash.words()));
    }
}

/// What the buyer filled in.
pub fn buyer(page: &mut Page, of: &Subscription) {
    let known = ["provisioningId", "provisioningGuid", "productId", "productSkus"];
    for (name, value) in of.fields.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        page.pair(name, (page.look.theme.base, &value));
    }
}

fn happened(page: &mut Page, model: &Model, recorded: &Recorded<Event>) {
    let look = page.look;
    let theme = &look.theme;
    let when = time(look, recorded.at, model.now);
    let about = about(look, model, &recorded.event);
    let name = recorded.event.name().replace('_', " ");
    let about = if about.is_empty() { name } else { format!("{name}: {about}") };
    let lead = format!(
        "  {:>3}  {when:<16}  {:<10}  ",
        recorded.seq,
        recorded.by.chars().take(10).collect::<String>()
    );
    page.hang(&[(theme.dim, &lead)], (theme.base, &about));
}

/// A few words on an event; of personal data only what somebody wrote in a note.
fn about(look: &Look, model: &Model, event: &Event) -> String {
    match event {
        Event::Answered { answer, decided, personal } => answered(answer, decided, personal.as_ref()),
        Event::Erased { reason } => reason.clone(),
        Event::Noted { note: Note::Text { .. } } => "a note".to_owned(),
        Event::Noted { note: Note::TerminationMail { due, .. } } => format!("write to them by {due}"),
        Event::Noted { note: Note::ProductNamed { product_id, .. } } => {
            format!("the product is {product_id}")
        }
        Event::Noted { note: Note::UsageLeftOut { skus, reason } } => {
            format!("usage of {} left out, reason: {reason}", joined(skus))
        }
        Event::Noted { note: Note::AlarmSetAside { reason } } => format!("alarm set aside, reason: {reason}"),
        Event::AlarmSetAside { reason } => format!("reason: {reason}"),
        Event::Noted { note: Note::BillingMoved { sku, to } } => {
            format!("billing of {sku} moved to {}", words::day(look, model, *to))
        }
        Event::Noted { note: Note::AsConfigured { plan } } => format!("{} as configured now", plan.sku),
        Event::HandedOver { to, .. } => to.words().to_owned(),
        Event::AnswerNotUsed { from, customer_id } => {
            format!("{} {}", from.words(), said(customer_id.as_ref()))
        }
        Event::Call(call) => of_call(call),
        Event::Requested { .. }
        | Event::AnswerDelivered
        | Event::AnswerLost
        | Event::Repeated
        | Event::ConflictingDeploy { .. } => String::new(),
    }
}

/// What was answered; what somebody wrote stands apart, and in journals of before in the answer.
fn answered(answer: &Answer, decided: &By, personal: Option<&AnsweredPersonal>) -> String {
    let sealed = |of: fn(&AnsweredPersonal) -> Option<&Personal>| personal.and_then(of).map(Personal::expose);
    match (answer, decided) {
        (Answer::Provisioned { customer_id }, By::Person { reason, .. }) => {
            let reason = sealed(|personal| personal.reason.as_ref()).or(reason.as_deref());
            let why = reason.map_or_else(String::new, |reason| format!(", which another one has: {reason}"));
            format!("{customer_id}{why}")
        }
        (Answer::Provisioned { customer_id }, _) => customer_id.to_string(),
        (Answer::Refused { message }, _) => {
            let message = sealed(|personal| personal.message.as_ref()).or(message.as_deref());
            message.unwrap_or("(erased)").to_owned()
        }
    }
}

fn joined(skus: &[Sku]) -> String {
    let skus: Vec<&str> = skus.iter().map(Sku::as_str).collect();
    skus.join(", ")
}

fn of_call(call: &CallEvent) -> String {
    match call {
        CallEvent::CallStarted { call, skus, reason, .. } => {
            let skus = joined(skus);
            let reason = reason.as_ref().map_or_else(String::new, |reason| format!(", reason: {reason}"));
            format!("{call} {skus}{reason}")
        }
        CallEvent::CallDone { status, .. } => format!("HTTP {status}"),
        CallEvent::CallRefused { status, message, .. } => {
            Outcome::Refused { status: *status, message: message.clone() }.words()
        }
        CallEvent::CallFailed { failure, .. } => failure.why().to_owned(),
        CallEvent::CallCutOff { held_back: true, .. } => HELD_BACK.to_owned(),
        CallEvent::CallCutOff { .. } => "no outcome was recorded".to_owned(),
    }
}
