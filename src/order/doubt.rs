//! An order in doubt: a Complete may have been carried out, and nobody knows.
//!
//! Nothing is sent by itself any more. A quiet period must pass, after which the request is no longer on its way; then
//! a person may have the very same request sent once more (a *probe*: Px answers 2130 when the first one arrived, D), or
//! write down what the carrier says (a *verdict*). Both stay in the history for ever.

use super::model::{Attempt, AttemptOutcome, Order};
use super::{AddressDetailId, Call, Customer, Failure, NewOrder, Personal, Timestamp, Uptime};
use jiff::SignedDuration;

/// The shortest quiet period for a Px off this machine.
pub const SHORTEST_QUIET: SignedDuration = SignedDuration::from_mins(2);

/// What a probe is, in the words of screen and command line.
pub const PROBE: &str = "Probe: the very same request, under the same ids, is sent once more. Px answers 2130 if the first \
    one arrived; if it did not, this one places the order, unless its 120 minutes are over.";

/// What a verdict is, in the words of screen and command line.
pub const VERDICT: &str = "Verdict: ask the carrier, with both ids and the time, and write down what it says, its reference, \
    and your name.";

/// What is said of a Complete that stands for one that the journal had lost.
pub const HELD_BACK: &str = "held back, not sent: it had begun before, and the journal had lost that";

/// How long a Complete may last, doubled, and never less than two minutes.
pub fn default_quiet(complete: SignedDuration) -> SignedDuration {
    complete.saturating_add(complete).max(SHORTEST_QUIET)
}

/// The moment at which an order in doubt is looked at.
#[derive(Clone, Debug)]
pub struct Moment {
    pub now: Timestamp,
    /// Unknown where the system does not say.
    pub uptime: Option<Uptime>,
    /// How long an order in doubt is left alone.
    pub quiet: SignedDuration,
}

/// What is left of the quiet period of `order`; zero when it is over, or when nothing is in doubt.
///
/// It counts from the end of the last Complete whose outcome is not known. A clock that jumps does not shorten it where the
/// system says how long it has been up: since then, or since the machine was restarted, so much time has passed at least.
pub fn quiet_left(order: &Order, moment: &Moment) -> SignedDuration {
    let Moment { now, uptime, quiet } = moment;
    let left = |attempt: &Attempt| {
        let by_clock = now.duration_since(attempt.ended_at.unwrap_or(attempt.at));
        let by_uptime =
            uptime.as_ref().zip(attempt.uptime.as_ref()).map(|(now, then)| now.since(then, by_clock));
        let since = by_uptime.unwrap_or(by_clock);
        (*quiet - since).min(*quiet)
    };
    order.doubts().map(left).max().unwrap_or_default().max(SignedDuration::ZERO)
}

/// True when the text that counts now is the one that the customer accepted. A late answer to a Retrieve may have brought
/// another one, or taken it away (4050): then a probe, which places the order when the first request never arrived, is no
/// longer theirs.
pub fn may_probe(order: &Order) -> bool {
    let accepted = order.acceptance.as_ref().map(|acceptance| acceptance.sha256);
    let counts = order.retrieval.as_ref().filter(|_| !order.rcc_blocked).map(|retrieval| retrieval.sha256);
    accepted.is_some() && accepted == counts
}

/// All that a person needs to know of an order in doubt, the same on the screen and on the command line.
#[derive(Clone, Debug, PartialEq)]
pub struct Account<'a> {
    /// The Completes that may have been carried out, the first one first.
    pub sent: Vec<&'a Attempt>,
    pub known: Vec<String>,
    pub unknown: Vec<&'static str>,
    /// How much of the quiet period is left; zero when a probe or a verdict may be made now.
    pub left: SignedDuration,
    /// From when a probe or a verdict may be made.
    pub from: Timestamp,
}

/// The account of `order`; none when it is not in doubt.
pub fn account<'a>(order: &'a Order, moment: &Moment) -> Option<Account<'a>> {
    let first = order.doubt()?;
    let left = quiet_left(order, moment);
    let from = moment.now.checked_add(left).unwrap_or(Timestamp::MAX);
    let mut known = vec![what_was_seen(first).to_owned()];
    let later = order.attempts.iter().filter(|a| a.call == Call::CompleteOrder && a.number > first.number);
    known.extend(later.filter_map(what_came_later));
    known.extend(order.proposal().map(|said| {
        let word = if said.placed { "placed" } else { "not placed" };
        let (name, reference) = (super::one_line(&said.name), super::one_line(&said.reference));
        format!("{name} says: {word}, {reference}. Another person must say the same, at their own desk.")
    }));
    known.push("Nothing is sent by itself, and never under other ids.".to_owned());
    let unknown = vec!["Whether Px placed the order.", "The order number, if it did."];
    Some(Account { sent: order.doubts().collect(), known, unknown, left, from })
}

fn what_was_seen(attempt: &Attempt) -> &'static str {
    match &attempt.outcome {
        Some(AttemptOutcome::CutOff) => {
            "The desk that sent it stopped before an answer was on disk; the request may have left, or not."
        }
        Some(AttemptOutcome::HeldBack) => {
            "It was held back, not sent: one had begun on this machine before, which the journal had lost. When that one \
             left, if it did, is not known, nor whether it asked for the same: a probe sends what this journal has."
        }
        None | Some(AttemptOutcome::Answered | AttemptOutcome::Refused(_) | AttemptOutcome::Failed(_)) => {
            "The request left this machine, and no answer came that can be relied on."
        }
    }
}

fn what_came_later(attempt: &Attempt) -> Option<String> {
    let what = match attempt.outcome.as_ref()? {
        AttemptOutcome::Refused(error) => {
            format!(
                "was refused with {}: that says nothing of the Complete before it, which may have been placed",
                error.code()
            )
        }
        AttemptOutcome::Failed(Failure::NotSent(why) | Failure::Credentials(why)) => {
            format!("did not reach Px: {}", super::one_line(why))
        }
        AttemptOutcome::Failed(Failure::Unknown(_)) | AttemptOutcome::CutOff => {
            "has no known outcome either".to_owned()
        }
        AttemptOutcome::HeldBack => format!("was {HELD_BACK}"),
        AttemptOutcome::Answered => return None,
    };
    Some(format!("Call {}, a probe, {what}.", attempt.number))
}

/// To whom something is sold, and where.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    pub address: &'a AddressDetailId,
    pub customer: &'a Customer,
}

impl<'a> From<&'a NewOrder> for Sale<'a> {
    fn from(new: &'a NewOrder) -> Self {
        Self { address: &new.identity.address_detail_id, customer: &new.customer }
    }
}

/// True when `sale` looks like another try at what `doubted` may have placed already: the same address, and nothing that
/// tells the two customers apart.
pub fn is_same_sale(sale: Sale<'_>, doubted: &Order) -> bool {
    let (ours, theirs) = (sale.customer, &doubted.customer);
    let same_text = |a: Option<&str>, b: Option<&str>| Some(plain(a?) == plain(b?));
    let same_address = *sale.address == doubted.identity.address_detail_id
        || same_text(exposed(ours.address.as_ref()), exposed(theirs.address.as_ref())) == Some(true);
    let phone = ours.phone.as_ref().zip(theirs.phone.as_ref()).map(|(a, b)| a == b);
    let email = same_text(
        ours.email.as_ref().map(super::Email::expose),
        theirs.email.as_ref().map(super::Email::expose),
    );
    let name = same_text(exposed(ours.name.as_ref()), exposed(theirs.name.as_ref()));
    let compared: Vec<bool> = [phone, email, name].into_iter().flatten().collect();
    same_address && (compared.is_empty() || compared.contains(&true))
}

fn exposed(text: Option<&Personal>) -> Option<&str> {
    text.map(Personal::expose)
}

/// `text` without what people write differently each time: case, blanks, punctuation.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '@').flat_map(char::to_lowercase).collect()
}
