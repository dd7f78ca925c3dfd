//! Step 4: what will be sent, and on what evidence.

use super::trouble;
use crate::desk::{Model, OrderScreen};
use crate::order::{Method, Order, Retry, Timestamp, WindowState, span};
use crate::view::frame::page::Page;
use crate::view::frame::words::time;

/// The pane before Complete.
pub fn summary(page: &mut Page, model: &Model, screen: &OrderScreen) {
    let theme = &page.look.theme;
    trouble::add(page, screen, model.now);
    let held = screen.order.refusal().is_some_and(|e| e.remedy().retry != Retry::Useful);
    if !held && screen.busy.is_none() && screen.order.under_way().is_none() {
        page.text((theme.strong, "Ready to complete. This places the order."));
        page.gap();
    }
    contents(page, &screen.order, model.now, true);
    if let WindowState::Open(left) = screen.order.window().at(model.now)
        && left < model.setup.complete_room
    {
        page.gap();
        let room = span(model.setup.complete_room);
        let text =
            format!("! Only {} left, and the call may take {room}: it can no longer be sent.", span(left));
        page.text((theme.bad, &text));
    }
}

/// The customer may have heard what is for another address.
const OF_BEFORE: &str =
    "The text was retrieved before the sales code, the partner or the address was changed: get it again.";

/// What Complete will send, and the evidence of the acceptance; with a gap between the two where there is room for it.
pub fn contents(page: &mut Page, order: &Order, now: Timestamp, gap: bool) {
    let theme = &page.look.theme;
    match &order.acceptance {
        Some(acceptance) => {
            let who =
                acceptance.name.as_ref().map_or(String::new(), |name| format!(", by {}", name.expose()));
            let how = match acceptance.method {
                // Nobody read it at a desk of ours.
                Method::Verbal if acceptance.by_px => "verbally, according to Px",
                Method::Verbal => "verbally, after it was read",
                Method::Sms => "by SMS",
                Method::Email => "by e-mail",
            };
            page.pair("accepted", (theme.strong, &format!("{how}{who}")));
            page.pair("when", (theme.base, &time(page.look, acceptance.accepted_at, now)));
            page.pair("the text", (theme.base, &format!("hash {}", &acceptance.sha256.to_string()[..12])));
            page.pair("evidence", (theme.base, &acceptance.evidence));
            if order.has_text_of_before() {
                page.text((theme.warn, &format!("! {OF_BEFORE}")));
            }
        }
        None => page.pair("accepted", (theme.bad, "× not yet")),
    }
    for verdict in order.verdicts.iter().filter(|verdict| !verdict.placed) {
        let at = time(page.look, verdict.at, now);
        let text = format!(
            "an earlier Complete did not place the order: {}, says {}, {at}",
            verdict.reference, verdict.name
        );
        page.pair("carrier", (theme.warn, &text));
    }
    if gap {
        page.gap();
    }
    let token = if order.payment_token.is_some() { "yes, a token is sent with it" } else { "no" };
    page.pair("payment", (theme.base, token));
    let cards = match order.gift_cards.len() {
        0 => "none".to_owned(),
        1 => "1".to_owned(),
        many => format!("{many}   ! Px takes only one (1215)"),
    };
    page.pair("gift cards", (if order.gift_cards.len() > 1 { theme.warn } else { theme.base }, &cards));
}
