//! A refusal in words: what happened, and what to do next.

use super::Refusal;
use crate::kind::{ShortId, off};
use crate::subscription::{Call, CustomerId, Month, Shut, Sku, Slot, UnderWay};
use jiff::{Timestamp, Unit};
use std::fmt;

impl Refusal {
    /// What to do where an id is that of several subscriptions.
    pub const NAME_ONE: &'static str =
        "Name the provisioning id alone, or our own id: `market list` shows both.";

    /// What to do next.
    pub fn next(&self) -> String {
        match self {
            Self::Busy(_) => "Wait until the call has ended.".to_owned(),
            Self::InDoubt => "Look at the marketplace's portal, then say what it shows: `market usage resolve`.".to_owned(),
            Self::CountInDoubt(id) => format!("Look at the marketplace's portal, then record what it shows: `market v1 resolve {id}`."),
            Self::TooEarly { .. } => "Wait; the request may still be on its way.".to_owned(),
            Self::CountSent { .. } => "If it is to be added once more, say why: --reason.".to_owned(),
            Self::LeftOut(_) => "If it is to be billed all the same, add what is missing with --late, --reason and --by.".to_owned(),
            Self::Changed { .. } => "Look at the preview once more, and send it then.".to_owned(),
            Self::CountOtherwise(_) => "Tell when it expired without --count.".to_owned(),
            Self::NotKnown { .. } | Self::NotAnswered { .. } => {
                "Look at the marketplace's portal. To send it again all the same, give a reason: --reason.".to_owned()
            }
            Self::DoneBefore { .. } | Self::SentBefore(_) => "To send it again all the same, give a reason: --reason.".to_owned(),
            Self::Unusual { .. } => "Check the amount; if it is right, say why: --reason.".to_owned(),
            Self::RefusedBefore(_) => {
                "Fix what it says. Once it would be taken as it is, send it again with a reason: --reason.".to_owned()
            }
            Self::Late { bill, .. } => {
                format!("To report it all the same, on the bill of {bill}, add it with --late, --reason and --by.")
            }
            Self::Shut(Shut::Closed(closing)) => format!("Send it after {}.", shown(closing.opens)),
            Self::Shut(Shut::ClockUnknown(closing)) => {
                format!("Try again once the marketplace answers, or send it an hour after {}.", shown(closing.opens))
            }
            Self::Shut(Shut::ClockOff(..)) => "Set this machine's clock, and send it then.".to_owned(),
            Self::NoTakeover => {
                "Say from which bill month on this journal reports: `market usage takeover --from MONTH --by NAME`.".to_owned()
            }
            Self::NotProvisioned => "Answer the deploy first: `market provision ID --customer-id C`.".to_owned(),
            Self::OthersCustomer { .. } => {
                "Check the id: what is used would be on that customer's bill. If both are one customer, say why: --reason.".to_owned()
            }
            Self::HandedOver(_) => "The deploy waits for `market provision` or `market reject`.".to_owned(),
            Self::DeployRefused => "A buyer who still wants it buys it again. If the portal shows it as billed, settle that with the marketplace.".to_owned(),
            Self::LeftBehind { .. } => {
                "Send these first: `market usage send --month MONTH`. To leave them behind all the same, say why: --reason.".to_owned()
            }
            Self::ReportedToo(_) | Self::CountedToo(_) => {
                "Look at the marketplace's portal. If both are to be billed, say why: --reason.".to_owned()
            }
            Self::FirstVersionOff => "Set `enabled = true` in `[market.v1]`, if your contract is from before 2017.".to_owned(),
            Self::TakenOverLater { .. } => "Leave it as it is: an earlier month can be named as long as nothing was sent.".to_owned(),
            Self::ProductKnown(_) => "If that is wrong, settle it with the marketplace.".to_owned(),
            Self::TakeoverAhead { latest, .. } => format!("{latest} is the latest that can be named by now. Leave it as it is, or name it again later."),
            Self::BeforePurchase { .. } => {
                "Correct the month. If billing started earlier, note that first: `market note ID --sku SKU --billing-date TIME`.".to_owned()
            }
            Self::BoughtAhead { sku, .. } => {
                format!("Note when its billing began: `market note ID --sku {sku} --billing-date TIME`; then add it again.")
            }
            Self::BillElsewhere { .. } => "Look at the portal once more, or leave the bill out.".to_owned(),
            Self::OtherSubscription { .. } => "Correct the line: name one subscription.".to_owned(),
            Self::AfterEnd { .. } => "Correct the month.".to_owned(),
            Self::Carried => "Where the portal does not show it, settle that with the marketplace; then record --reported.".to_owned(),
            Self::Reported => "To report more, use a supplement: `market usage supplement`.".to_owned(),
            Self::NotYourRole(_) => "Ask a supervisor.".to_owned(),
            Self::SeveralSubscriptions(_) => Self::NAME_ONE.to_owned(),
            Self::NoProduct => "Look the product up, and type it in: `market note ID --product-id N`.".to_owned(),
            Self::NoUsage(_) => {
                "If that was a slip, correct the configuration; then take it over: `market note ID --sku SKU --as-configured`.".to_owned()
            }
            Self::NothingToSetAside => "`market requests` lists what is open; --all also what was set aside.".to_owned(),
            Self::Missing { .. } => {
                "Add what was used: `market usage add`. Where it was nothing, that is a line with the count 0.".to_owned()
            }
            Self::NotInDoubt
            | Self::NoReference
            | Self::NobodySaysSo
            | Self::NoReason(_)
            | Self::Answered
            | Self::Message(_)
            | Self::NoSuchSubscription(_)
            | Self::NoSuchSku(_)
            | Self::NoSkuLeft(_)
            | Self::SkuEnded(_)
            | Self::Taken { .. }
            | Self::KeyTaken { .. }
            | Self::FutureMonth { .. }
            | Self::Nothing
            | Self::TooMuch
            | Self::NotPrepared
            | Self::Unsettled
            | Self::NotUpward
            | Self::BeforeTakeover { .. }
            | Self::ExpiredDate
            | Self::Erased => "Nothing was sent.".to_owned(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(under_way) => tell_busy(f, under_way.as_ref()),
            Self::InDoubt => f.write_str("a call may have been carried out, and nobody knows"),
            Self::CountInDoubt(id) => write!(
                f,
                "the update {id} with a count for this customer and SKU may have arrived, and nobody knows"
            ),
            Self::Carried => f.write_str("the marketplace has answered that it carried this out"),
            Self::NotInDoubt => f.write_str("nothing is in doubt"),
            Self::TooEarly { left } => {
                write!(f, "the quiet period lasts another {} s", left.as_secs().max(1))
            }
            Self::NoReference => f.write_str("the verdict names no reference"),
            Self::NobodySaysSo => f.write_str("it names nobody who says so"),
            Self::NoReason(what) => write!(f, "{what} needs a reason"),
            Self::NotYourRole(right) => write!(f, "your role may not {}", right.words()),
            Self::Answered => f.write_str("the deploy was answered already"),
            Self::HandedOver(before) => f.write_str(&before.words(false)),
            Self::NotProvisioned => f.write_str("the deploy was not answered with a customer id"),
            Self::OthersCustomer { customer_id, of, company } => {
                tell_others(f, customer_id, of, company.as_deref())
            }
            Self::DeployRefused => f.write_str("the deploy was refused, so there is no customer"),
            Self::NoProduct => f.write_str("the deploy named no product, which the call needs"),
            Self::Message(why) => write!(f, "the message {why}"),
            Self::NoSuchSubscription(of) => write!(f, "there is no subscription {of}"),
            Self::SeveralSubscriptions(of) => write!(f, "{of} is an id of several subscriptions"),
            Self::NoSuchSku(sku) => write!(f, "the subscription has no SKU {sku}"),
            Self::NoSkuLeft(Call::EndUsage) => f.write_str("all its SKUs have ended"),
            Self::NoSkuLeft(_) => f.write_str("no SKU of it waits for the start of billing"),
            Self::SkuEnded(sku) => write!(f, "{sku} has ended"),
            Self::AfterEnd { sku, month, last } => tell_after_end(f, sku, *month, *last),
            Self::DoneBefore { call, sku } => tell_done(f, *call, sku),
            Self::NotKnown { call, sku, at } => tell_not_known(f, *call, sku, *at),
            Self::SentBefore(call) => write!(f, "{call} was sent before"),
            Self::NotAnswered { call, at } => tell_not_answered(f, *call, *at),
            Self::CountSent { bill } => write!(
                f,
                "this very count was taken in the bill month {bill}, and a second one might be added to it"
            ),
            Self::CountOtherwise(id) => write!(
                f,
                "the update {id} tells this count already, with another date of expiry or with none, and it would be added twice"
            ),
            Self::LeftOut(reason) => {
                write!(f, "it was left out when its SKU ended: {}", crate::text::quote(reason))
            }
            Self::Changed { shown, amount } => {
                write!(f, "it has changed since the preview: that showed {shown}, and it is {amount} now")
            }
            Self::NoUsage(sku) => write!(f, "{sku} was not billed by usage when it was bought"),
            Self::Taken { what, thing } => write!(f, "this {} belongs to {thing} already", what.name()),
            Self::KeyTaken { key, before } => {
                write!(f, "the key `{}` was added before, for {before}", crate::text::quote(key))
            }
            Self::Late { month, bill } => write!(
                f,
                "usage of {month} was sent, or is being sent; more of it would go on the bill of {bill}"
            ),
            Self::FutureMonth { month, bill } => write!(f, "{month} is after the current bill month, {bill}"),
            Self::Nothing => {
                f.write_str("no usage was added for it; an explicit zero is a line with the count 0")
            }
            Self::TooMuch => f.write_str("the sum is beyond what can be billed exactly"),
            Self::Unusual { amount, usual } => {
                write!(f, "{amount} in its month is more than three times the usual {usual}")
            }
            Self::RefusedBefore(said) => write!(f, "nothing has changed since it was {said}"),
            Self::Reported => f.write_str("it is reported, and what was billed cannot be taken back"),
            Self::NotPrepared => f.write_str("its amount is not fixed yet"),
            Self::Unsettled => f.write_str("an earlier report of this month is not settled"),
            Self::NotUpward => f.write_str("a supplement of nothing adds nothing"),
            Self::Shut(shut) => tell_shut(f, shut),
            Self::NoTakeover => f.write_str("nobody has said who reported usage until now"),
            Self::BeforeTakeover { month, from } => {
                write!(f, "{month} is before {from}, from which month on this journal reports")
            }
            Self::TakenOverLater { from } => tell_taken_over(f, *from),
            Self::LeftBehind { from, slots, more } => tell_left_behind(f, *from, slots, *more),
            Self::ReportedToo(slot) => tell_reported_too(f, slot),
            Self::CountedToo(id) => tell_counted_too(f, id),
            Self::TakeoverAhead { from, latest } => tell_ahead(f, *from, *latest),
            Self::BeforePurchase { month, first } => tell_before_purchase(f, *month, *first),
            Self::BoughtAhead { at, .. } => tell_bought_ahead(f, *at),
            Self::BillElsewhere { bill, first, last } => tell_elsewhere(f, *bill, *first, *last),
            Self::FirstVersionOff => f.write_str("version 1 of the interface is not enabled"),
            Self::ExpiredDate => f.write_str("an expired subscription needs the date, and only that has one"),
            Self::NothingToSetAside => f.write_str("nothing of it is open that could be set aside"),
            Self::Erased => f.write_str("its personal data was destroyed"),
            Self::Missing { sku, month, more } => tell_missing(f, sku, *month, *more),
            Self::ProductKnown(id) => {
                write!(f, "its product is {id}: the deploy named it, or a call with it was carried out")
            }
            Self::OtherSubscription { of, also } => {
                write!(f, "{of} and {also} are not ids of one subscription")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// A call that was carried out before.
fn tell_done(f: &mut fmt::Formatter<'_>, call: Call, sku: &Sku) -> fmt::Result {
    match call {
        Call::EndUsage => write!(f, "{sku} was ended before"),
        Call::StartBilling => write!(f, "billing of {sku} was started before"),
        _ => write!(f, "{call} of {sku} was sent before"),
    }
}

/// A customer id that is another company's.
fn tell_others(
    f: &mut fmt::Formatter<'_>,
    customer_id: &CustomerId,
    of: &ShortId,
    company: Option<&str>,
) -> fmt::Result {
    write!(f, "the customer id {customer_id} belongs to the subscription {of} already")?;
    match company {
        Some(company) => write!(f, ", which {} bought", crate::text::quote(company)),
        None => f.write_str(", and nothing says that both are of one company"),
    }
}

/// Usage that is reported, and that a count of version 1 would tell as well.
fn tell_reported_too(f: &mut fmt::Formatter<'_>, slot: &Slot) -> fmt::Result {
    write!(f, "the usage of {slot} is reported already, and a count would be billed besides")
}

/// Usage of which version 1 tells a count, and that a report would tell as well.
fn tell_counted_too(f: &mut fmt::Formatter<'_>, id: &ShortId) -> fmt::Result {
    write!(
        f,
        "the update {id} of version 1 tells a count of it already, and a report would be billed besides"
    )
}

/// Usage of a month in which nothing can have been used any more.
fn tell_after_end(f: &mut fmt::Formatter<'_>, sku: &Sku, month: Month, last: Month) -> fmt::Result {
    write!(f, "{sku} ended in the bill month {last}, and {month} is after it")
}

/// A month from which on this journal does not report any more.
fn tell_taken_over(f: &mut fmt::Formatter<'_>, from: Month) -> fmt::Result {
    write!(f, "this journal reports from {from} on, and has sent reports; what is earlier is closed for it")
}

/// A month so far ahead that nobody would report the ones before it.
fn tell_ahead(f: &mut fmt::Formatter<'_>, from: Month, latest: Month) -> fmt::Result {
    write!(f, "{from} is after {latest}, the next bill month: until then nobody would report any usage")
}

/// Reports that this journal was to send, and would not any more.
fn tell_left_behind(f: &mut fmt::Formatter<'_>, from: Month, slots: &[Slot], more: usize) -> fmt::Result {
    let named: Vec<String> = slots.iter().map(Slot::to_string).collect();
    write!(f, "this journal has not reported {}", named.join("; "))?;
    if more > 0 {
        write!(f, "; and {more} more")?;
    }
    write!(f, ". From {from} on nobody would")
}

/// A month of usage before there was anything to use. Bill months are not those of the calendar.
fn tell_before_purchase(f: &mut fmt::Formatter<'_>, month: Month, first: Month) -> fmt::Result {
    write!(
        f,
        "{month} is before {first}, the bill month of the purchase: one begins at the cut-off of the month before"
    )
}

/// A purchase of a time that is still to come.
fn tell_bought_ahead(f: &mut fmt::Formatter<'_>, at: Timestamp) -> fmt::Result {
    write!(f, "it was requested at {}, which is still to come, so a clock may have been wrong", shown(at))
}

/// Months of which nothing was added.
fn tell_missing(f: &mut fmt::Formatter<'_>, sku: &Sku, month: Month, more: usize) -> fmt::Result {
    write!(f, "no usage of {sku} was added for {month}")?;
    if more == 0 { Ok(()) } else { write!(f, ", nor for {more} more") }
}

/// A start or an end whose answer was lost.
fn tell_not_known(f: &mut fmt::Formatter<'_>, call: Call, sku: &Sku, at: Timestamp) -> fmt::Result {
    let start = call == Call::StartBilling;
    let what = if start { format!("billing of {sku} was started") } else { format!("{sku} was ended") };
    write!(f, "whether {what} is not known: the call of {} got no answer that says so", shown(at))
}

/// A notice whose answer was lost.
fn tell_not_answered(f: &mut fmt::Formatter<'_>, call: Call, at: Timestamp) -> fmt::Result {
    write!(f, "{call} may have been carried out: the call of {} got no answer that says so", shown(at))
}

/// On which bills a report can be, where it cannot be on that one.
fn tell_elsewhere(f: &mut fmt::Formatter<'_>, bill: Month, first: Month, last: Month) -> fmt::Result {
    write!(f, "the report cannot be on the bill of {bill}: ")?;
    if first == last {
        write!(f, "only that of {first} was open since it was sent")
    } else {
        write!(f, "since it was sent those of {first} to {last} were open")
    }
}

/// Why nothing is sent at this time.
fn tell_shut(f: &mut fmt::Formatter<'_>, shut: &Shut) -> fmt::Result {
    match shut {
        Shut::Closed(closing) => write!(
            f,
            "usage that could arrive from {} to {} is not sent: the bill is being prepared then",
            shown(closing.closes),
            shown(closing.opens)
        ),
        Shut::ClockUnknown(closing) => write!(
            f,
            "the closing at {} is near, and the marketplace did not say what time it is, so it is not known how far this \
             machine's clock is off",
            shown(closing.closes)
        ),
        Shut::ClockOff(closing, error) => write!(
            f,
            "this machine's clock is {} the marketplace's, and the closing at {} may be near",
            off(*error),
            shown(closing.closes)
        ),
    }
}

/// A moment, in UTC, to the second.
fn tell_busy(f: &mut fmt::Formatter<'_>, under_way: Option<&UnderWay>) -> fmt::Result {
    match under_way {
        Some(UnderWay { by, since }) => {
            write!(f, "{by} has had a call about it in progress since {}", shown(*since))
        }
        None => f.write_str("a call about it is in progress at another desk"),
    }
}

fn shown(at: Timestamp) -> String {
    at.round(Unit::Second).unwrap_or(at).to_string()
}
