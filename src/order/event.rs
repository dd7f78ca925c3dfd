//! What happened to an order, in the past tense: the only thing that is ever stored.
//!
//! Personal data stands in a field named `personal`, always optional: the journal seals that field alone, so that an
//! order's key can be destroyed and everything else still reads and verifies.

use super::reading::HowRead;
use super::{
    AddressDetailId, Call, CallError, Customer, Digest, Environment, Failure, Identity, Method, OrderId,
    PartnerId, Personal, Rcc, SalesCode, Secret, Timestamp, Uptime,
};
use serde::{Deserialize, Serialize};

/// One event. `kind` in JSON is the variant's name in snake case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The order was added. Always the first event, never a later one.
    Opened {
        environment: Environment,
        #[serde(flatten)]
        identity: Identity,
        /// When prepare succeeded, in PX `CreateOrder`; unknown when it was not given (2215).
        prepared_at: Option<Timestamp>,
        language: Option<String>,
        /// A supervisor let it in although it may have been placed before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite_doubt: Option<Box<DespiteDoubt>>,
        personal: Option<OpenedPersonal>,
    },
    /// Something that Px refused was corrected. Transaction id and partner order id are not among what can be.
    Amended {
        sales_code: Option<SalesCode>,
        partner_id: Option<PartnerId>,
        address_detail_id: Option<AddressDetailId>,
        /// True when the payment token was replaced; the token itself is personal.
        payment_token: bool,
        /// True when the gift cards were replaced.
        gift_cards: bool,
        personal: Option<AmendedPersonal>,
    },
    /// About to send a request: written before a byte leaves.
    CallStarted {
        attempt: u32,
        call: Call,
        method: Option<Method>,
        /// The process that sends it; when that process is gone and no outcome follows, the call was cut off.
        owner: String,
        /// True for a Complete that a person sent again to learn what became of the one before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        probe: bool,
        personal: Option<StartedPersonal>,
    },
    /// Px sent the RCC text.
    RccRetrieved {
        attempt: u32,
        sha256: Digest,
        sections: usize,
        words: usize,
        /// It is not the text before, so that what was said to that one does not count.
        changed: bool,
        tx_id: Option<String>,
        personal: Option<RccPersonal>,
    },
    /// Px says that it sent the text with this hash.
    RccSent {
        attempt: u32,
        method: Method,
        sha256: Digest,
        sent_at: Option<Timestamp>,
        tx_id: Option<String>,
    },
    /// The customer had not accepted yet: after so many checks asking was stopped, or a check was answered.
    AcceptancePending {
        checks: u32,
        /// True when the check before it had failed: nothing is wrong with asking any more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        answered: bool,
    },
    /// Px says that the customer accepted what was sent.
    AcceptanceReceived {
        method: Method,
        sha256: Digest,
        accepted_at: Option<Timestamp>,
        tx_id: Option<String>,
    },
    /// The agent began to read the text with this hash aloud, or went on; `afresh`: from its beginning.
    ReadingStarted {
        sha256: Digest,
        afresh: bool,
        /// How long the machine had been up: the first section's time runs from here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uptime: Option<Uptime>,
    },
    /// One section was read, in so many milliseconds. Before this version a walk wrote it without a time.
    #[serde(rename = "passage_read")]
    SectionRead {
        #[serde(rename = "passage")]
        section: usize,
        millis: Option<u64>,
        /// How many words it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<usize>,
        /// How long the machine had been up: the next section's time runs from here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uptime: Option<Uptime>,
    },
    /// A person vouches that the text with this hash was read; nobody timed it.
    ReadingVouched { sha256: Digest },
    /// Reading stopped before this section.
    ReadingInterrupted {
        #[serde(rename = "passage")]
        section: usize,
    },
    /// The customer said yes to the text with this hash.
    AcceptedVerbally {
        sha256: Digest,
        /// How the text was read. Versions before this one did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<HowRead>,
        personal: Option<NamePersonal>,
    },
    /// The customer said no.
    Declined { method: Option<Method> },
    /// Px took the order.
    Completed {
        attempt: u32,
        order_number: String,
        order_status: Option<String>,
        tx_id: Option<String>,
        personal: Option<DetailsPersonal>,
    },
    /// Px answered 2130, already submitted, to `attempt`; the one before it, `earlier`, had the same content and an unknown
    /// outcome. So that one arrived (inferred): what Px knows of the order was not received.
    CompletionInferred { attempt: u32, earlier: u32, error: CallError },
    /// A person said what became of the Complete in doubt, where two must say the same.
    VerdictProposed { placed: bool, reference: String, name: String },
    /// A person said what became of the Complete in doubt.
    Resolved { placed: bool, reference: String, name: String },
    /// Px, or the gateway, refused a call.
    CallRefused { attempt: Option<u32>, error: CallError },
    /// A call ended without an answer that could be used.
    CallFailed {
        attempt: Option<u32>,
        call: Call,
        failure: Failure,
        /// How long the machine had been up: a clock that nobody sets.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uptime: Option<Uptime>,
    },
    /// The process that had started this attempt is gone and left no outcome.
    CallCutOff {
        attempt: u32,
        /// True for one that never left: the call had begun on this machine before, and the journal did not know of that.
        /// Versions before this one did not say.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        held_back: bool,
        /// How long the machine had been up: a clock that nobody sets.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uptime: Option<Uptime>,
    },
    /// A person lifted a hold: what Px asked to be cleared by phone was cleared.
    Released { reason: String },
    /// Whoever recorded this works on the order from now on, in the place of this person.
    TakenOver { from: String },
    /// A supervisor gave the order to this agent.
    Assigned { to: String },
    /// A person wrote something down.
    Noted { personal: Option<NotePersonal> },
    /// Ended for good, by a person.
    Abandoned { reason: String },
    /// The key of the personal data was destroyed.
    Erased { reason: String },
}

/// Why an order was added although another one for the same customer and address is in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DespiteDoubt {
    /// The one in doubt.
    pub order: OrderId,
    /// The supervisor's.
    pub reason: String,
}

/// The personal part of [`Event::Opened`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenedPersonal {
    pub customer: Customer,
    pub payment_token: Option<Secret>,
    pub gift_cards: Vec<Secret>,
}

/// The personal part of [`Event::Amended`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AmendedPersonal {
    pub payment_token: Option<Secret>,
    pub gift_cards: Option<Vec<Secret>>,
}

/// The personal part of [`Event::CallStarted`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartedPersonal {
    /// Where an SMS or e-mail goes.
    pub to: Option<Contact>,
    /// The hash of the request's body, so that what was sent can be told from what would be sent now. Sealed: of a body
    /// whose only unknown is a phone number, the hash gives the number away.
    pub request: Digest,
}

/// An address that fits its method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Contact {
    Sms(super::Phone),
    Email(super::Email),
}

impl Contact {
    /// The method that goes to this kind of address.
    pub fn method(&self) -> Method {
        match self {
            Self::Sms(_) => Method::Sms,
            Self::Email(_) => Method::Email,
        }
    }

    /// The whole of it, to be compared.
    pub fn expose(&self) -> &str {
        match self {
            Self::Sms(phone) => phone.expose(),
            Self::Email(email) => email.expose(),
        }
    }

    /// What may be shown.
    pub fn masked(&self) -> String {
        match self {
            Self::Sms(phone) => phone.masked(),
            Self::Email(email) => email.masked(),
        }
    }
}

/// The text of [`Event::RccRetrieved`]; a text may name the customer and the address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RccPersonal {
    pub rcc: Rcc,
}

/// Who said yes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamePersonal {
    pub name: Personal,
}

/// What a person wrote down: it may speak of the customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotePersonal {
    pub text: Personal,
}

/// The personal part of [`Event::Completed`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetailsPersonal {
    pub details: Details,
}

/// The order details that Px sent (A): any JSON, which may name the customer. `Debug` does not show it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Details(pub serde_json::Value);

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What came of a call: the reply classifier's word, in values that the order understands. Serialised where an answer is
/// kept until the journal takes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "answer", rename_all = "snake_case")]
pub enum Outcome {
    /// The RCC text.
    Rcc { rcc: Rcc, tx_id: Option<String> },
    /// Sent, by the server's clock at `sent_at`.
    Sent { sent_at: Option<Timestamp>, tx_id: Option<String> },
    /// Not accepted yet.
    NotAccepted,
    /// Accepted.
    Accepted { method: Option<Method>, accepted_at: Option<Timestamp>, tx_id: Option<String> },
    /// The order was taken.
    Completed {
        order_number: String,
        order_status: Option<String>,
        tx_id: Option<String>,
        details: Option<Details>,
    },
    /// Refused.
    Refused(CallError),
    /// No answer that could be used.
    Failed(Failure),
}

impl Event {
    /// The variant's name for people, who say section where the first journals had another word, and held back of what was
    /// not cut off.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SectionRead { .. } => "section_read",
            Self::CallCutOff { held_back: true, .. } => "call_held_back",
            _ => self.kind(),
        }
    }

    /// The variant's name as it stands in JSON and in the journal.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Amended { .. } => "amended",
            Self::CallStarted { .. } => "call_started",
            Self::RccRetrieved { .. } => "rcc_retrieved",
            Self::RccSent { .. } => "rcc_sent",
            Self::AcceptancePending { .. } => "acceptance_pending",
            Self::AcceptanceReceived { .. } => "acceptance_received",
            Self::ReadingStarted { .. } => "reading_started",
            Self::SectionRead { .. } => "passage_read",
            Self::ReadingVouched { .. } => "reading_vouched",
            Self::ReadingInterrupted { .. } => "reading_interrupted",
            Self::AcceptedVerbally { .. } => "accepted_verbally",
            Self::Declined { .. } => "declined",
            Self::Completed { .. } => "completed",
            Self::CompletionInferred { .. } => "completion_inferred",
            Self::VerdictProposed { .. } => "verdict_proposed",
            Self::Resolved { .. } => "resolved",
            Self::CallRefused { .. } => "call_refused",
            Self::CallFailed { .. } => "call_failed",
            Self::CallCutOff { .. } => "call_cut_off",
            Self::Released { .. } => "released",
            Self::TakenOver { .. } => "taken_over",
            Self::Assigned { .. } => "assigned",
            Self::Noted { .. } => "noted",
            Self::Abandoned { .. } => "abandoned",
            Self::Erased { .. } => "erased",
        }
    }
}
