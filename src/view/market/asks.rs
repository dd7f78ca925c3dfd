//! The questions of the marketplace's desk, in words.

use super::doubts::bills;
use super::page::buyer;
use super::usage;
use crate::desk::{Ask, Model, Plan, clock_off};
use crate::kind::{ShortId, off};
use crate::subscription::{Answer, Call, Ending, Finding, Sku, earlier_in_words};
use crate::view::frame::page::Page;
use crate::view::frame::words::{count, plural, time_there};

/// What is about to happen, in words.
pub fn question(page: &mut Page, model: &Model, ask: &Ask) {
    let theme = &page.look.theme;
    let (title, what) = words_of(ask);
    page.text((theme.strong, title));
    page.gap();
    if !what.is_empty() {
        page.text((theme.base, what));
        page.gap();
    }
    match ask {
        Ask::Answer(_) => {
            if let Some(open) = &model.market.page {
                page.pair("provisioning", (theme.base, open.subscription.provisioning_id.as_str()));
                buyer(page, &open.subscription);
            }
        }
        Ask::Give(id, answer) => {
            bought(page, model, id);
            given(page, answer);
        }
        Ask::GiveOthers(id, answer, why) => {
            bought(page, model, id);
            given(page, answer);
            page.pair("taken", (theme.warn, why));
        }
        Ask::StartBilling(id, skus) | Ask::Again(id, _, skus) => {
            about(page, model, id);
            list(page, "SKU", skus);
            not_known(page, model, id, skus);
        }
        Ask::WithoutUsage(id, skus, why) => {
            about(page, model, id);
            list(page, "SKU", skus);
            page.pair("not reported", (theme.warn, why));
        }
        Ask::End(ending) => end(page, ending),
        Ask::Usage(id) | Ask::Supplement(id) | Ask::Note(id) | Ask::SetAside(id) => about(page, model, id),
        Ask::Add(id, used) => {
            about(page, model, id);
            usage::added(page, used, unit(model, id, &used.sku));
        }
        Ask::Late(id, used, bill) => {
            about(page, model, id);
            usage::late(page, used, *bill);
        }
        Ask::More(id, more) => {
            about(page, model, id);
            usage::more(page, more);
        }
        Ask::Preview(plan) => preview(page, model, plan),
        Ask::Send(plan) => {
            sums(page, plan);
            page.pair("month", (theme.strong, &plan.month.to_string()));
        }
        Ask::Verdict(id) => doubt(page, model, id),
        Ask::Settle(id, statement) => {
            doubt(page, model, id);
            page.pair("reference", (theme.strong, &statement.reference));
            page.pair("your name", (theme.strong, &statement.name));
            if let Some(bill) = statement.bill {
                page.pair("on the bill of", (theme.strong, &bill.to_string()));
            }
        }
        Ask::TakeOver => {}
    }
}

/// What the counts of this SKU are in, where the configuration says so.
fn unit<'a>(model: &'a Model, id: &ShortId, sku: &Sku) -> Option<&'a str> {
    let line = model.market.of(id)?.skus.iter().find(|line| line.plan.sku == *sku)?;
    line.plan.unit.as_deref()
}

/// What is answered, and whose it is.
fn bought(page: &mut Page, model: &Model, id: &ShortId) {
    about(page, model, id);
    let open = model.market.page.as_ref().filter(|open| open.subscription.id == *id);
    if let Some(company) = open.and_then(|open| open.subscription.company()) {
        page.pair("company", (page.look.theme.base, company));
    }
}

fn about(page: &mut Page, model: &Model, id: &ShortId) {
    let Some(row) = model.market.of(id) else { return };
    page.pair("subscription", (page.look.theme.base, row.provisioning_id.as_str()));
    if let Some(customer) = &row.customer_id {
        page.pair("customer id", (page.look.theme.base, customer.as_str()));
    }
}

fn list(page: &mut Page, label: &str, skus: &[Sku]) {
    for (at, sku) in skus.iter().enumerate() {
        page.pair(if at == 0 { label } else { "" }, (page.look.theme.strong, sku.as_str()));
    }
}

/// What of these SKUs nobody knows.
fn not_known(page: &mut Page, model: &Model, id: &ShortId, skus: &[Sku]) {
    let Some(row) = model.market.of(id) else { return };
    for line in row.skus.iter().filter(|line| skus.contains(&line.plan.sku)) {
        if let Some(call) = line.not_known(model.now) {
            lost(page, call, &line.plan.sku);
        }
    }
}

fn lost(page: &mut Page, call: Call, sku: &Sku) {
    let start = call == Call::StartBilling;
    let what = if start { format!("billing of {sku} was started") } else { format!("{sku} was ended") };
    let text = format!("whether {what}: its call got no answer that says so. Look at the portal first.");
    page.pair("not known", (page.look.theme.warn, &text));
}

fn given(page: &mut Page, answer: &Answer) {
    let theme = &page.look.theme;
    match answer {
        Answer::Provisioned { customer_id } => {
            page.pair("given", (theme.strong, customer_id.as_str()));
        }
        Answer::Refused { message } => {
            page.gap();
            page.text((theme.dim, "The buyer sees:"));
            page.hang(&[(theme.dim, "  │ ")], (theme.strong, message.as_deref().unwrap_or_default()));
        }
    }
}

fn end(page: &mut Page, ending: &Ending) {
    let theme = &page.look.theme;
    page.pair("subscription", (theme.base, ending.provisioning_id.as_str()));
    list(page, "stops", &ending.stops);
    if ending.goes_on.is_empty() {
        page.pair("goes on", (theme.base, "nothing"));
    } else {
        list(page, "goes on", &ending.goes_on);
    }
    for sku in &ending.unknown {
        lost(page, Call::EndUsage, sku);
    }
    for (at, row) in ending.not_reported.iter().enumerate() {
        let amount = row.amount.map_or_else(|| "–".to_owned(), |amount| amount.to_string());
        let text = format!("{} {} {amount}, reported first", row.slot.sku, row.slot.month);
        page.pair(if at == 0 { "not reported" } else { "" }, (theme.warn, &text));
    }
    for (at, (sku, month)) in ending.missing.iter().enumerate() {
        let text = format!("{sku} {month}: no usage was added; u adds it, or a zero");
        page.pair(if at == 0 { "missing" } else { "" }, (theme.warn, &text));
    }
}

fn preview(page: &mut Page, model: &Model, plan: &Plan) {
    let look = page.look;
    let theme = &look.theme;
    sums(page, plan);
    page.pair("on the bill of", (theme.strong, &plan.bill.to_string()));
    let at = |at| time_there(look, at, model.now);
    let clock =
        clock_off(model).map(|ahead| format!("this machine's clock is {} the marketplace's", off(ahead)));
    let ends = plan.last_begin.to_zoned(look.zone.clone()).strftime("%H:%M");
    let closing = match (plan.is_closed(model.now), clock) {
        (true, Some(clock)) => (theme.warn, format!("nothing is sent: {clock}")),
        (true, None) => (theme.warn, format!("closed until {}: nothing is sent", at(plan.first_begin))),
        (false, Some(clock)) => {
            (theme.warn, format!("{}; sending ends at {ends} here: {clock}", at(plan.closing.closes)))
        }
        (false, None) => (theme.base, format!("{}; sending ends at {ends}", at(plan.closing.closes))),
    };
    page.pair("closes", (closing.0, &closing.1));
    if plan.missing > 0 {
        let missing = plural(plan.missing, "SKU");
        let them = if plan.missing == 1 { "it" } else { "them" };
        let text = format!("{missing}: no usage added, so nothing is sent for {them}");
        page.pair("missing", (theme.warn, &text));
    }
    if plan.waiting > 0 {
        let waiting = plural(plan.waiting, "report");
        page.pair("waits", (theme.warn, &format!("{waiting}: an earlier one of the month is not settled")));
    }
    if let Some(earlier) = earlier_in_words(&plan.earlier) {
        page.pair("earlier", (theme.warn, &earlier));
    }
    let all = plan.reports.iter().chain(&plan.again).chain(&plan.stays);
    let said = all.filter(|planned| !planned.findings.is_empty());
    for planned in said {
        let findings: Vec<String> = planned.findings.iter().map(Finding::words).collect();
        let of = if planned.month == plan.month { String::new() } else { format!(" of {}", planned.month) };
        let (id, sku, amount) = (&planned.provisioning_id, &planned.sku, planned.amount);
        let text = format!("{id} {sku} {amount}{of}: {}", findings.join("; "));
        page.say(theme.warn, "!", &text);
    }
}

fn sums(page: &mut Page, plan: &Plan) {
    let theme = &page.look.theme;
    page.pair("reports", (theme.strong, &count(plan.reports.len())));
    for sum in &plan.sums {
        let unit = sum.unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"));
        let text = format!("{} × {}: {}{unit}", count(sum.reports), sum.sku, sum.amount);
        page.pair("", (theme.base, &text));
    }
    if !plan.again.is_empty() {
        let again = plural(plan.again.len(), "report");
        page.pair("refused", (theme.warn, &format!("{again} besides: only with a reason")));
    }
    if !plan.stays.is_empty() {
        let stays = plural(plan.stays.len(), "report");
        page.pair("not sent", (theme.warn, &format!("{stays}: no product is known")));
    }
}

fn doubt(page: &mut Page, model: &Model, id: &ShortId) {
    let Some(report) = model.market.doubts.iter().find(|report| report.id == *id) else { return };
    let theme = &page.look.theme;
    page.pair("report", (theme.base, &report.slot.to_string()));
    page.pair("amount", (theme.base, &report.amount().unwrap_or_default().to_string()));
    if let Some(bills) = bills(model, report) {
        page.pair("bill", (theme.base, &format!("{bills}, if it arrived")));
    }
}

/// A title, and what will happen.
fn words_of(ask: &Ask) -> (&'static str, &'static str) {
    match ask {
        Ask::Answer(_) => {
            ("What is the buyer told?", "Your id for the customer, or why it cannot be set up.")
        }
        Ask::Give(_, Answer::Provisioned { .. }) => (
            "Give this customer id?",
            "The marketplace stores it and uses it from then on. It cannot be changed.",
        ),
        Ask::Give(_, Answer::Refused { .. }) => {
            ("Refuse this buyer?", "The order fails. A buyer who tries again comes with a new id.")
        }
        Ask::GiveOthers(..) => (
            "This customer id is somebody else's. Give it all the same?",
            "What is used would be on that customer's bill, and the id cannot be changed. Say why both are one customer; it is kept in the history.",
        ),
        Ask::StartBilling(..) => (
            "Start billing?",
            "The customer pays from now on. Do this once the purchase is ready. How the rest of this month is billed is not documented.",
        ),
        Ask::Again(_, Call::EndUsage, _) => (
            "Its end was sent before. Send it again?",
            "The same call is sent once more. Say why; it is kept in the history.",
        ),
        Ask::Again(..) => (
            "It was sent before. Send it again?",
            "The same call is sent once more. Say why; it is kept in the history.",
        ),
        Ask::End(_) => (
            "End this subscription?",
            "Usage that is not reported yet is reported first; when it cannot be, nothing is ended. Then its billing stops, and nothing starts it again. The effect on this month's bill is not documented.",
        ),
        Ask::WithoutUsage(..) => (
            "End it without reporting its usage?",
            "Its usage could not be reported, so nothing was ended. What is not reported before the end may never be billed. Say why; it is kept in the history.",
        ),
        Ask::Usage(_) => {
            ("Add usage by hand", "One more question follows. If you enter it twice, it counts twice.")
        }
        Ask::Add(..) => {
            ("Add this usage?", "It is added now and sent later. What was added cannot be taken back.")
        }
        Ask::Late(..) => (
            "The month was reported. Add it all the same?",
            "Its report was sent, or is being sent. This goes with the next run, as a supplement on another bill. Nothing is sent yet.",
        ),
        Ask::Supplement(_) => (
            "Report more for a month that was reported",
            "What was billed cannot be taken back; more can be added to it. One more question follows; nothing is recorded yet.",
        ),
        Ask::More(..) => (
            "Add this to what was reported?",
            "It is recorded, and goes with the next run of its month as a report of its own. Nothing is sent yet.",
        ),
        Ask::Note(_) => ("Write a note", "It is kept in the history of the subscription; nothing is sent."),
        Ask::SetAside(_) => (
            "Set this alarm aside?",
            "It is not among the requests any more, until its id comes with other content again. Say why; it is kept in the history.",
        ),
        Ask::TakeOver => (
            "From which month on does this journal report?",
            "Whoever has reported so far must stop. Months before the first one are never reported from here.",
        ),
        Ask::Preview(plan) if plan.is_empty() => ("Nothing would be sent", ""),
        Ask::Preview(_) => (
            "This would be sent",
            "What the marketplace has taken cannot be taken back; more of it can be added.",
        ),
        Ask::Send(_) => (
            "Send these reports?",
            "Each is sent once. One whose answer does not come is never sent again by itself.",
        ),
        Ask::Verdict(_) => (
            "What does the portal show?",
            "Look for this report on the marketplace's portal. One more question follows; nothing is recorded yet.",
        ),
        Ask::Settle(_, statement) if statement.reported => {
            ("Record that it was reported?", "It counts as reported, on your word, and is never sent again.")
        }
        Ask::Settle(..) => (
            "Record that it was NOT reported?",
            "Look at each bill on which it can be first. It is open again and goes with the next run. If the portal shows it later, it is billed twice.",
        ),
    }
}

/// The title of the box.
pub fn title(ask: &Ask) -> &'static str {
    if matches!(ask, Ask::Preview(_)) { " Preview " } else { " Are you sure? " }
}
