//! What a person, or the engine on their behalf, wants done with an order; imperative.

use super::{
    AddressDetailId, Again, Call, Contact, Digest, Order, Outcome, PartnerId, Personal, SalesCode, Secret,
    Shown, Uptime,
};
use jiff::SignedDuration;

/// One wish. [`super::decide`] turns it into events, or says why not.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// About to ask Px for the RCC text.
    BeginRetrieve { sender: Sender },
    /// About to have it sent.
    BeginSend { to: Contact, sender: Sender },
    /// About to submit. `room`: how long the call may last, which the window must leave.
    BeginComplete { sender: Sender, room: SignedDuration },
    /// About to send the very same Complete again, for a person who wants to know what became of the one in doubt.
    BeginProbe { sender: Sender, quiet: SignedDuration },
    /// Send again what failed: `begin` sends the call of `again`, unless the order has moved on since.
    Retry { again: Again, begin: Box<Command> },
    /// Do what a person said yes to, or what a walk decided on, unless the order is no longer as it was shown to them.
    AsShown { shown: Shown, command: Box<Command> },
    /// A person says what became of the Complete in doubt.
    Resolve { statement: Statement, quiet: SignedDuration, uptime: Option<Uptime> },
    /// The same where two people must say it; `by` is the agent at the desk.
    ResolveByTwo { statement: Statement, by: String, quiet: SignedDuration, uptime: Option<Uptime> },
    /// The call of this attempt ended.
    End { attempt: u32, outcome: Outcome, uptime: Option<Uptime> },
    /// A check for acceptance ended. Checks change nothing at Px, so they have no attempt.
    Checked { outcome: Outcome },
    /// The checks stopped without an acceptance.
    StopChecking { checks: u32 },
    /// The process that owned this attempt is gone.
    CutOff { attempt: u32, uptime: Option<Uptime> },
    /// This attempt was not sent, as the call had begun before, which the journal did not know of.
    HoldBack { attempt: u32, uptime: Option<Uptime> },
    /// Begin, or go on, to read the text aloud.
    Read,
    /// The section with this number (from 0) was read; so many milliseconds have passed on the screen since it was lit.
    SectionRead { section: usize, millis: Option<u64> },
    /// Stop reading for now; the bookmark stays.
    Interrupt,
    /// Read it again from the start.
    ReadAgain,
    /// A person vouches that the text was read to the customer, where no clock of ours ran.
    Vouch,
    /// The customer said yes, by this name.
    AcceptVerbally { name: Personal },
    /// The customer said no.
    Decline,
    /// Correct what Px refused.
    Amend(Amendment),
    /// Lift a hold.
    Release { reason: String },
    /// Work on it in the place of whoever does; `by` is who takes it over.
    TakeOver { by: String },
    /// Give it to an agent.
    Assign { to: String },
    /// Write something down.
    Note { text: Personal },
    /// End the order for good.
    Abandon { reason: String },
    /// Destroy the key of its personal data.
    Erase { reason: String },
}

impl Command {
    /// The call that it begins, when it begins one that is an attempt, and who sends it.
    pub(super) fn begins(&self) -> Option<(Call, &Sender)> {
        match self {
            Self::BeginRetrieve { sender } => Some((Call::RetrieveRcc, sender)),
            Self::BeginSend { sender, .. } => Some((Call::SendRcc, sender)),
            Self::BeginComplete { sender, .. } | Self::BeginProbe { sender, .. } => {
                Some((Call::CompleteOrder, sender))
            }
            _ => None,
        }
    }
}

/// Who sends a request, and the hash of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The process.
    pub owner: String,
    /// The hash of the bytes about to be sent.
    pub request: Digest,
    /// How long the machine has been up, where it can be known.
    pub uptime: Option<Uptime>,
}

/// What a person found out about a Complete in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// True when the order was placed.
    pub placed: bool,
    /// The carrier's: an order number, a ticket, a name and a time.
    pub reference: String,
    /// Who says so.
    pub name: String,
}

/// What can be corrected. The pair of ids that 2131 is about cannot: there is no field for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amendment {
    pub sales_code: Option<SalesCode>,
    pub partner_id: Option<PartnerId>,
    pub address_detail_id: Option<AddressDetailId>,
    pub payment_token: Option<Secret>,
    /// The whole list; empty for none.
    pub gift_cards: Option<Vec<Secret>>,
}

impl Amendment {
    /// True when it names nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether Px may answer otherwise after it, when it has refused `field` (as the table of errors names it) of `order`: it
    /// names that field, even with the same value, or gives another one a value that the order does not have.
    pub(super) fn corrects(&self, order: &Order, field: &str) -> bool {
        let names = match field {
            "salesCode" => self.sales_code.is_some(),
            "partnerId" => self.partner_id.is_some(),
            "addressDetailId" => self.address_detail_id.is_some(),
            "paymentToken" => self.payment_token.is_some(),
            "giftCards" => self.gift_cards.is_some(),
            _ => false,
        };
        let identity = &order.identity;
        names
            || self.sales_code.as_ref().is_some_and(|code| *code != identity.sales_code)
            || self.partner_id.as_ref().is_some_and(|id| *id != identity.partner_id)
            || self.address_detail_id.as_ref().is_some_and(|id| *id != identity.address_detail_id)
            || (self.payment_token.is_some() && self.payment_token != order.payment_token)
            || self.gift_cards.as_ref().is_some_and(|cards| *cards != order.gift_cards)
    }
}
