//! Why the desk itself refuses something, before the marketplace is asked.

mod words;

use super::{Amount, Call, Called, CustomerId, HandedOver, Month, Shut, Sku, Slot, Total, UnderWay};
use crate::kind::{ShortId, Timestamp};
use crate::order::Right;
use jiff::SignedDuration;

/// A refusal of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A call is under way, at whatever desk where it is not known.
    Busy(Option<UnderWay>),
    /// It may have been carried out; nothing is sent until a person says what became of it.
    InDoubt,
    /// A count of version 1 may have arrived, with this notice.
    CountInDoubt(ShortId),
    /// There is nothing in doubt to settle.
    NotInDoubt,
    /// The quiet period is not over.
    TooEarly {
        left: SignedDuration,
    },
    NoReference,
    NobodySaysSo,
    NoReason(&'static str),
    NotYourRole(Right),
    /// The deploy was answered already.
    Answered,
    /// Somebody else was asked what the deploy is answered, and is not asked again.
    HandedOver(HandedOver),
    /// There is no answer to the deploy yet: there is no customer.
    NotProvisioned,
    /// The customer id was given to a subscription that is not known to be of the same company.
    OthersCustomer {
        customer_id: CustomerId,
        of: ShortId,
        company: Option<String>,
    },
    /// The deploy was refused: there is no customer.
    DeployRefused,
    /// The deploy named no product, and the call needs one.
    NoProduct,
    /// The message cannot be shown to a buyer.
    Message(String),
    /// Nothing bears this id.
    NoSuchSubscription(Called),
    /// Several subscriptions have this id, each as one of its ids.
    SeveralSubscriptions(Called),
    /// The subscription has no such SKU.
    NoSuchSku(Sku),
    /// No SKU is left that this could be about.
    NoSkuLeft(Call),
    /// This SKU has ended.
    SkuEnded(Sku),
    /// Usage of a month after the one in which its SKU ended.
    AfterEnd {
        sku: Sku,
        month: Month,
        last: Month,
    },
    /// It was carried out before; a second time is for a person to ask for, with a reason.
    DoneBefore {
        call: Call,
        sku: Sku,
    },
    /// It was sent then, and nobody knows whether it was carried out; a second time is for a person to ask for, with a reason.
    NotKnown {
        call: Call,
        sku: Sku,
        at: Timestamp,
    },
    /// It was sent before; a second time is for a person to ask for, with a reason.
    SentBefore(Call),
    /// It was sent then, and nobody knows whether it arrived; a second time is for a person to ask for, with a reason.
    NotAnswered {
        call: Call,
        at: Timestamp,
    },
    /// The marketplace took this very count of version 1 in this bill month.
    CountSent {
        bill: Month,
    },
    /// The same count of version 1 was told with this notice, with another date of expiry or with none.
    CountOtherwise(ShortId),
    /// A person had this usage left out when its SKU ended, for this reason.
    LeftOut(String),
    /// It is not the amount that was shown before the run.
    Changed {
        shown: Amount,
        amount: Amount,
    },
    /// The SKU is not billed by usage.
    NoUsage(Sku),
    /// What no two things may share belongs to another one.
    Taken {
        what: Sole,
        thing: String,
    },
    /// The key was taken in with other content.
    KeyTaken {
        key: String,
        before: String,
    },
    /// The month's report is under way or was sent: what is added now goes on another bill.
    Late {
        month: Month,
        bill: Month,
    },
    /// The month is not over yet, nor begun.
    FutureMonth {
        month: Month,
        bill: Month,
    },
    /// Nothing was taken in for it.
    Nothing,
    /// The sum is beyond what can be billed exactly.
    TooMuch,
    /// So much more than usual that it needs a reason.
    Unusual {
        amount: Total,
        usual: Total,
    },
    /// The marketplace refused just this, with these words; a second time is for a person to ask for, with a reason.
    RefusedBefore(String),
    /// The slot is reported.
    Reported,
    /// The marketplace has answered that it took it: nobody can say that it did not.
    Carried,
    /// It was not prepared, so there is nothing that is frozen to be sent.
    NotPrepared,
    /// Another supplement of it is not settled yet.
    Unsettled,
    /// A supplement of nothing.
    NotUpward,
    /// The closing.
    Shut(Shut),
    /// Nobody has said who reported until now.
    NoTakeover,
    /// Before the month from which this journal reports.
    BeforeTakeover {
        month: Month,
        from: Month,
    },
    /// It was said before that this journal reports from a later month on: what is earlier is closed for good.
    TakenOverLater {
        from: Month,
    },
    /// Nobody can say so far ahead that this journal reports: the months until then would be reported by nobody.
    TakeoverAhead {
        from: Month,
        latest: Month,
    },
    /// This journal was to report these, and so many more, and would not from that month on.
    LeftBehind {
        from: Month,
        slots: Vec<Slot>,
        more: usize,
    },
    /// The present interface reports this already, and a count of version 1 would be billed besides.
    ReportedToo(Slot),
    /// A count of version 1 tells this already, with that notice, and a report would be billed besides.
    CountedToo(ShortId),
    /// Usage of a month before there was the subscription.
    BeforePurchase {
        month: Month,
        first: Month,
    },
    /// The same where the purchase is of a time that is still to come: a clock was wrong.
    BoughtAhead {
        sku: Sku,
        at: Timestamp,
    },
    /// The report in doubt cannot be on this bill: its call began later, or the bill is not open yet.
    BillElsewhere {
        bill: Month,
        first: Month,
        last: Month,
    },
    /// Version 1 is not enabled.
    FirstVersionOff,
    /// Expired without a date, or a date without being expired.
    ExpiredDate,
    Erased,
    /// No alarm of it is open, or there is no such unreadable deploy.
    NothingToSetAside,
    /// Nothing was added for this month, nor for so many more.
    Missing {
        sku: Sku,
        month: Month,
        more: usize,
    },
    /// What was typed is known: the product.
    ProductKnown(i64),
    /// Two ids that are not of one subscription.
    OtherSubscription {
        of: Called,
        also: Called,
    },
}

/// What no two things may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sole {
    /// Our own id.
    Id,
    ProvisioningId,
    CustomerId,
    /// What a report is about.
    Slot,
}

impl Sole {
    const ALL: [Self; 4] = [Self::Id, Self::ProvisioningId, Self::CustomerId, Self::Slot];

    /// What the lists and people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::ProvisioningId => "provisioningId",
            Self::CustomerId => "customerId",
            Self::Slot => "slot",
        }
    }

    /// What a list calls so. What none does is the id, which each has besides.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|sole| sole.name() == name).unwrap_or(Self::Id)
    }
}

/// So many reports are named, and the others counted.
const NAMED: usize = 3;

impl Refusal {
    /// These reports would be left behind.
    pub fn left_behind(from: Month, mut slots: Vec<Slot>) -> Self {
        let more = slots.len().saturating_sub(NAMED);
        slots.truncate(NAMED);
        Self::LeftBehind { from, slots, more }
    }

    /// The same without the company that bought it: to be kept, logged, or told to whoever reads along.
    #[must_use]
    pub fn unnamed(self) -> Self {
        match self {
            Self::OthersCustomer { customer_id, of, .. } => {
                Self::OthersCustomer { customer_id, of, company: None }
            }
            other => other,
        }
    }

    /// The member, or flag, that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoReference => "reference",
            Self::NobodySaysSo => "by",
            Self::NoReason(_)
            | Self::Unusual { .. }
            | Self::DoneBefore { .. }
            | Self::NotKnown { .. }
            | Self::NotAnswered { .. }
            | Self::LeftBehind { .. }
            | Self::ReportedToo(_)
            | Self::CountedToo(_)
            | Self::RefusedBefore(_)
            | Self::SentBefore(_) => "reason",
            Self::Message(_) => "message",
            Self::NoSuchSku(_) | Self::NoSkuLeft(_) | Self::SkuEnded(_) | Self::NoUsage(_) => "sku",
            Self::KeyTaken { .. } => "key",
            Self::Late { .. }
            | Self::AfterEnd { .. }
            | Self::FutureMonth { .. }
            | Self::BeforeTakeover { .. }
            | Self::BeforePurchase { .. }
            | Self::BoughtAhead { .. }
            | Self::Missing { .. } => "month",
            Self::TakenOverLater { .. } | Self::TakeoverAhead { .. } => "from",
            Self::BillElsewhere { .. } => "bill",
            Self::TooMuch | Self::NotUpward | Self::CountSent { .. } | Self::Changed { .. } => "count",
            Self::NoSuchSubscription(_) | Self::SeveralSubscriptions(_) | Self::OtherSubscription { .. } => {
                "provisioningId"
            }
            Self::Taken { what, .. } => what.name(),
            Self::NotYourRole(_) => "role",
            Self::ExpiredDate | Self::CountOtherwise(_) => "expired-date",
            Self::ProductKnown(_) => "product-id",
            Self::OthersCustomer { .. } => "customer-id",
            Self::Busy(_)
            | Self::InDoubt
            | Self::CountInDoubt(_)
            | Self::NotInDoubt
            | Self::TooEarly { .. }
            | Self::Answered
            | Self::HandedOver(_)
            | Self::NotProvisioned
            | Self::DeployRefused
            | Self::NoProduct
            | Self::Nothing
            | Self::Reported
            | Self::NotPrepared
            | Self::Unsettled
            | Self::Shut(_)
            | Self::NoTakeover
            | Self::FirstVersionOff
            | Self::LeftOut(_)
            | Self::NothingToSetAside
            | Self::Carried
            | Self::Erased => "state",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use crate::subscription::{Notice, Report, Subscription};

    #[test]
    fn what_the_lists_call_their_own_is_known() {
        for list in [Subscription::LIST, Report::LIST, Notice::LIST] {
            for unique in list.unique {
                assert_eq!(Sole::named(unique.field).name(), unique.field, "{}", list.table);
            }
        }
    }
}
