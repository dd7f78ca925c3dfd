//! Steps 1 to 3: the text is retrieved, the customer gets it, their acceptance is awaited.

use super::{change, trouble};
use crate::desk::{Action, Model, OrderScreen, screen_bindings};
use crate::order::{Contact, Delivery, Email, Order, Phone, Polling, Reading, Timestamp, reading_seconds};
use crate::view::frame::page::Page;
use crate::view::frame::words::{ago, key, minutes, plural, time};

/// Step 1: no text yet, or a changed one.
pub fn retrieve(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let order = &screen.order;
    trouble::add(page, screen, model.now);
    let text = order.retrieval.as_ref().and_then(|r| r.text.as_ref());
    if let (Some(old), Some(new)) = (&order.replaced, text) {
        change::add(page, old, new);
    } else if order.trouble.is_none() && screen.problem.is_none() {
        introduce(page, model, screen);
    }
}

fn introduce(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let theme = &page.look.theme;
    let order = &screen.order;
    if order.rcc_blocked {
        page.text((theme.base, "Px sent no RCC text. Without it the order cannot be completed."));
    } else if order.retrieval.is_some() {
        about_the_text(page, order, model.now);
    } else if screen.busy.is_none() {
        page.text((theme.strong, "The RCC is the text the customer has to hear and accept."));
        page.text((theme.base, "Retrieve it from Px. This sends nothing to the customer."));
    }
}

fn about_the_text(page: &mut Page, order: &Order, now: Timestamp) {
    let theme = &page.look.theme;
    let Some(text) = &order.retrieval else { return };
    let length = format!(
        "{}, {}, about {} to read aloud",
        plural(text.text.as_ref().map_or(text.sections, |t| t.read_sections().len()), "section"),
        plural(text.words, "word"),
        read_time(reading_seconds(text.words))
    );
    page.pair("the text", (theme.base, &length));
    let language = text.text.as_ref().and_then(|t| t.language.as_ref()).or(order.language.as_ref());
    let language = language.map_or(String::new(), |language| format!("language {language}, "));
    let at = time(page.look, text.at, now);
    let hash = &text.sha256.to_string()[..12];
    page.pair("", (theme.dim, &format!("{language}retrieved {at}, hash {hash}")));
}

/// A reading time as a person would say it: never less than one minute.
pub fn read_time(seconds: u64) -> String {
    format!("{} min", seconds.div_ceil(60).max(1))
}

/// Step 2: how the customer gets the text.
pub fn choose(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let theme = &page.look.theme;
    let order = &screen.order;
    trouble::add(page, screen, model.now);
    let text = order.retrieval.as_ref().and_then(|r| r.text.as_ref());
    if let (Some(old), Some(new)) = (&order.replaced, text) {
        change::add(page, old, new);
        page.gap();
        page.text((theme.strong, "The new text has to be read or sent, and accepted again."));
        return;
    }
    if order.declined_at.is_some() {
        let abandons = screen_bindings(model).iter().any(|binding| binding.action == Action::Abandon);
        let who = if abandons { "X" } else { "a supervisor" };
        let text = format!(
            "The customer declined. The order can continue if they change their mind; if not, {who} abandons it."
        );
        page.say(theme.warn, "!", &text);
        page.gap();
    }
    match order.reading.as_ref().filter(|r| r.interrupted) {
        Some(reading) => bookmark(page, reading),
        None => page.text((theme.strong, "How does the customer get the text?")),
    }
    page.gap();
    about_the_text(page, order, model.now);
    contacts(page, order);
    page.gap();
    keys(page, model);
    earlier(page, order, model.now, |_| true);
}

/// Where an interrupted reading continues.
fn bookmark(page: &mut Page, reading: &Reading) {
    let theme = &page.look.theme;
    let at = reading.bookmark().unwrap_or(0) + 1;
    let all = reading.sections.len();
    let text = format!(
        "Reading stopped. The bookmark is at section {at} of {all}: that section is read again from its start."
    );
    page.say(theme.warn, "!", &text);
}

fn contacts(page: &mut Page, order: &Order) {
    let theme = &page.look.theme;
    let none = || "not on file: you will be asked".to_owned();
    let phone = order.customer.phone.as_ref().map_or_else(none, Phone::masked);
    let email = order.customer.email.as_ref().map_or_else(none, Email::masked);
    page.pair("SMS goes to", (theme.base, &phone));
    page.pair("e-mail to", (theme.base, &email));
}

/// The ways to deliver, each with its key.
fn keys(page: &mut Page, model: &Model) {
    let theme = &page.look.theme;
    let bindings = screen_bindings(model);
    for action in [Action::Read, Action::SendSms, Action::SendEmail] {
        if let Some(binding) = bindings.iter().find(|b| b.action == action) {
            let key = format!("  {:<14} ", key(binding.key));
            page.hang(&[(theme.key, &key)], (theme.base, binding.help));
        }
    }
}

/// Step 3, after an SMS or e-mail.
pub fn sent(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let theme = &page.look.theme;
    let order = &screen.order;
    if let Some(delivery) = order.delivery() {
        let to = delivery.to.as_ref().map_or("an address that was erased".to_owned(), Contact::masked);
        let head = format!("Sent by {} to ", delivery.method.title());
        page.row(&[(theme.base, &head), (theme.strong, &to)]);
        page.gap();
        let at = time(page.look, delivery.sent_at.unwrap_or(delivery.at), model.now);
        let ago = ago(model.now.duration_since(delivery.at));
        let whose = if delivery.sent_at.is_some() { "Px's clock" } else { "this desk's clock" };
        page.pair("when", (theme.base, &format!("{at} by {whose}, {ago} ago")));
        page.pair("the text", (theme.base, &format!("hash {}", &delivery.sha256.to_string()[..12])));
        if let Some(tx) = &delivery.tx_id {
            page.pair("TxID", (theme.base, tx));
        }
        page.gap();
    }
    trouble::add(page, screen, model.now);
    match model.polls.get(&order.id) {
        Some(polling) => asking(page, polling, model),
        None if order.checks > 0 => {
            let checks = plural(order.checks as usize, "check");
            let text =
                format!("Not accepted yet after {checks}. Check again when the customer says they accepted.");
            page.text((theme.warn, &text));
        }
        None => page
            .text((theme.strong, "Waiting for the customer. When they say \"I accepted\", check with Px.")),
    }
    page.gap();
    let last = order.delivery().map(|d| d.at);
    earlier(page, order, model.now, |delivery| Some(delivery.at) != last);
}

fn asking(page: &mut Page, polling: &Polling, model: &Model) {
    let (look, now) = (page.look, model.now);
    let theme = &look.theme;
    let checks = format!("{} so far", plural(polling.checks as usize, "check"));
    match polling.next_at {
        None => page.row(&[(theme.accent, "… checking now   "), (theme.dim, &checks)]),
        Some(at) => {
            let wait = minutes(at.duration_since(now));
            page.row(&[
                (theme.base, "Not accepted yet. Checking again in "),
                (theme.accent, &wait),
                (theme.dim, "   "),
                (theme.dim, &checks),
            ])
        }
    };
    // It began by the steady clock, which tells no time of day.
    let left = polling.pauses.give_up_after - model.steady_now().duration_since(polling.started_at);
    if let Ok(end) = now.checked_add(left) {
        page.row(&[(theme.dim, "Stops automatically at "), (theme.dim, &time(look, end, now))]);
    }
}

/// The deliveries that `wanted` picks, and whether they still count.
fn earlier(page: &mut Page, order: &Order, now: Timestamp, wanted: impl Fn(&Delivery) -> bool) {
    let look = page.look;
    let theme = &look.theme;
    for (i, delivery) in order.deliveries.iter().filter(|d| wanted(d)).enumerate() {
        if i == 0 {
            page.gap();
            page.row(&[(theme.dim, "Sent earlier")]);
        }
        let to = delivery.to.as_ref().map_or_else(String::new, Contact::masked);
        let counts = if delivery.counts { "the same text" } else { "no longer counts" };
        let at = time(look, delivery.at, now);
        let text = format!("  {at}  {:<6}  {to}  {counts}", delivery.method.title());
        page.row(&[(theme.dim, &text)]);
    }
}
