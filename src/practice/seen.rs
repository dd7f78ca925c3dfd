//! What was seen of a run, with its times.

use super::way::Way;
use crate::order::{Call, Event, Failure, HowRead, Method, Order, Recorded, Retry, Secret};
use serde::{Deserialize, Serialize};

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Milliseconds since the run began, on a clock that nobody moves; pauses by the trainer left out.
    pub at: u64,
    /// How much of the order's window was left, in seconds, where that is known; negative once it is closed.
    pub window: Option<i64>,
    /// How many keys had been pressed.
    pub keys: u32,
    #[serde(flatten)]
    pub what: What,
}

/// What can be seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum What {
    /// The order was opened on the screen.
    Opened,
    /// The order's screen was left, or entered again.
    Looks {
        at_order: bool,
    },
    /// A key, after so many seconds without one: only where those count.
    KeyAfter {
        seconds: u64,
    },
    Retrieved {
        changed: bool,
    },
    ReadingBegan {
        again: bool,
    },
    /// A section was marked read, in so many milliseconds; so many are left.
    SectionRead {
        section: usize,
        words: usize,
        millis: u64,
        left: usize,
    },
    /// A section was tried to be marked read too soon.
    TooSoon {
        section: usize,
    },
    Interrupted,
    /// The customer's yes was recorded; `other_name`: as the word of somebody else.
    SaidYes {
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        other_name: bool,
    },
    Declined,
    /// About to send the text; `elsewhere`: to a number or an address that is not the customer's.
    Sending {
        method: Method,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        elsewhere: bool,
    },
    Sent {
        method: Method,
    },
    /// Px has the customer's acceptance.
    Accepted,
    /// A call was refused: by which row, and what sending the same again would be.
    Refused {
        call: Call,
        row: Option<String>,
        retry: Retry,
    },
    /// A call ended without a usable answer; `unknown` when it may have been done.
    Failed {
        call: Call,
        unknown: bool,
    },
    /// About to retrieve.
    Retrieving,
    Completing {
        probe: bool,
    },
    Completed {
        order_number: String,
    },
    /// These fields were corrected, by their names in the orders' JSON; some of them to what is not right.
    Corrected {
        fields: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        wrong: Vec<String>,
    },
    Released,
    /// The carrier's verdict was recorded; `other_reference`: under another reference than they gave.
    Settled {
        placed: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        other_reference: bool,
    },
    Noted,
    Abandoned,
    AskedCustomer,
    CalledCarrier,
    /// The carrier, of whom the scenario says nothing, said whether the order was placed.
    CarrierSays {
        placed: bool,
    },
    /// What somebody else did: the customer, the carrier, the clock, the trainer. In words.
    Cue {
        who: String,
        text: String,
    },
    /// The customer wants the text this way from now on.
    Wants {
        way: Way,
    },
    /// The customer is on the line, or is not.
    Line {
        on: bool,
    },
    /// The customer answered a text that was read: yes or no.
    Answered {
        yes: bool,
    },
}

/// What an event of the order's history is to whoever watches a run; none for what says nothing of the trainee. `right` knows
/// whether the right value was entered, in a field, as the verdict's `reference`, as the `name` of who said yes, or as what the
/// text was sent `to`: only that is kept of it.
pub fn of_event(recorded: &Recorded, order: &Order, right: &dyn Fn(&str, &str) -> bool) -> Option<What> {
    Some(match &recorded.event {
        Event::CallStarted { call: Call::RetrieveRcc, .. } => What::Retrieving,
        Event::CallStarted { call: Call::SendRcc, method: Some(method), personal, .. } => {
            let to = personal.as_ref().and_then(|personal| personal.to.as_ref());
            What::Sending { method: *method, elsewhere: to.is_some_and(|to| !right("to", to.expose())) }
        }
        Event::CallStarted { call: Call::CompleteOrder, probe, .. } => What::Completing { probe: *probe },
        Event::RccRetrieved { changed, .. } => What::Retrieved { changed: *changed },
        Event::RccSent { method, .. } => What::Sent { method: *method },
        Event::AcceptanceReceived { .. } => What::Accepted,
        Event::ReadingStarted { afresh, .. } => What::ReadingBegan { again: *afresh },
        Event::SectionRead { section, millis, words, .. } => What::SectionRead {
            section: *section,
            words: words.unwrap_or_default(),
            millis: millis.unwrap_or_default(),
            left: sections(order).saturating_sub(section + 1),
        },
        Event::ReadingInterrupted { .. } => What::Interrupted,
        Event::AcceptedVerbally {
            read: Some(HowRead::Timed { .. } | HowRead::Vouched) | None,
            personal,
            ..
        } => {
            let name = personal.as_ref().map(|personal| personal.name.expose());
            What::SaidYes { other_name: name.is_some_and(|name| !right("name", name)) }
        }
        Event::Declined { .. } => What::Declined,
        Event::Completed { order_number, .. } => What::Completed { order_number: order_number.clone() },
        Event::CompletionInferred { .. } => What::Completed { order_number: String::new() },
        Event::Amended { .. } => {
            let entered = entered(&recorded.event);
            let wrong = entered.iter().filter(|(field, value)| !right(field, value));
            What::Corrected {
                wrong: wrong.map(|(field, _)| (*field).to_owned()).collect(),
                fields: entered.iter().map(|(field, _)| (*field).to_owned()).collect(),
            }
        }
        Event::Released { .. } => What::Released,
        Event::Resolved { placed, reference, .. } => {
            What::Settled { placed: *placed, other_reference: !right("reference", reference) }
        }
        Event::Noted { .. } => What::Noted,
        Event::Abandoned { .. } => What::Abandoned,
        Event::CallRefused { error, .. } => {
            What::Refused { call: error.api, row: error.row.clone(), retry: error.remedy().retry }
        }
        Event::CallFailed { call, failure, .. } => {
            What::Failed { call: *call, unknown: matches!(failure, Failure::Unknown(_)) }
        }
        Event::Opened { .. }
        | Event::CallStarted { .. }
        | Event::AcceptancePending { .. }
        | Event::ReadingVouched { .. }
        | Event::VerdictProposed { .. }
        | Event::CallCutOff { .. }
        | Event::TakenOver { .. }
        | Event::Assigned { .. }
        | Event::Erased { .. } => return None,
    })
}

/// The fields that were corrected, and what was entered there; nothing of what has been erased.
fn entered(event: &Event) -> Vec<(&'static str, String)> {
    let Event::Amended { sales_code, partner_id, address_detail_id, payment_token, gift_cards, personal } =
        event
    else {
        return Vec::new();
    };
    let token = personal.as_ref().and_then(|p| p.payment_token.as_ref()).map(Secret::expose);
    let cards = personal.as_ref().and_then(|p| p.gift_cards.as_ref());
    let cards = cards.map(|cards| cards.iter().map(Secret::expose).collect::<Vec<_>>().join(","));
    let fields = [
        ("salesCode", sales_code.as_ref().map(|code| code.as_str().to_owned())),
        ("partnerId", partner_id.as_ref().map(|id| id.as_str().to_owned())),
        ("addressDetailId", address_detail_id.as_ref().map(|id| id.as_str().to_owned())),
        ("paymentToken", payment_token.then(|| token.unwrap_or_default().to_owned())),
        ("giftCards", gift_cards.then(|| cards.unwrap_or_default())),
    ];
    fields.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

/// How many sections the order's text has.
fn sections(order: &Order) -> usize {
    order.reading.as_ref().map_or(0, |reading| reading.sections.len())
}
