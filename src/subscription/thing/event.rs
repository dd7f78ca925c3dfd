//! What happens to a subscription, in the past tense. Personal data stands in the member `personal` alone.

use crate::kind::{Digest, Timestamp};
use crate::order::{Environment, Personal};
use crate::subscription::{Answer, By, CallEvent, CustomerId, Decider, Plan, ProvisioningId, Sku};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One event. `kind` in JSON is the variant's name in snake case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A buyer asked for it: on disk before anything is answered. Always the first event.
    Requested {
        environment: Environment,
        provisioning_id: ProvisioningId,
        product_id: Option<i64>,
        skus: Vec<Plan>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        first_version: bool,
        personal: Option<RequestedPersonal>,
    },
    /// What it is answered with, decided: on disk before it is sent.
    ///
    /// The words in it stand in its personal part; in journals of before they stand in the answer, and in who decided.
    Answered {
        #[serde(flatten)]
        answer: Answer,
        decided: By,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        personal: Option<AnsweredPersonal>,
    },
    /// Somebody else is about to be asked what it is answered: on disk before that, as they may make a customer of it. The
    /// process `owner` waits for what they say.
    HandedOver { to: Decider, owner: String },
    /// Whoever was asked gave an answer that is not used: there was one already, or the id is another company's. No
    /// customer id where it refused the buyer.
    AnswerNotUsed {
        from: Decider,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer_id: Option<CustomerId>,
    },
    /// The connection took the whole answer.
    AnswerDelivered,
    /// The answer could not be sent, or nobody knows.
    AnswerLost,
    /// The same deploy came again.
    Repeated,
    /// Its id came again with other content: refused.
    ConflictingDeploy { personal: Option<ConflictPersonal> },
    /// A person wrote something down.
    Noted {
        #[serde(flatten)]
        note: Note,
    },
    /// A supervisor has looked at the alarms of it: they are not among the requests any more. In journals of before it is a
    /// note.
    AlarmSetAside { reason: String },
    /// The key of the personal data was destroyed.
    Erased { reason: String },
    /// What happened to a call.
    #[serde(untagged)]
    Call(CallEvent),
}

/// What a person wrote down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// The customer pressed Terminate on the marketplace: an e-mail came, and they are to be written to until `due` (K).
    TerminationMail { mail: Date, due: Date },
    /// The date on which billing starts was changed on the portal.
    BillingMoved { sku: Sku, to: Timestamp },
    /// These SKUs are ended although usage of them is not reported, for this reason.
    UsageLeftOut { skus: Vec<Sku>, reason: String },
    /// As [`Event::AlarmSetAside`], which stands in the journal in its place by now: a database guards an event by its name.
    AlarmSetAside { reason: String },
    /// The configuration was corrected after the deploy: this is what it says of a SKU now.
    AsConfigured { plan: Plan },
    /// The product, which the deploy did not name: the form of 2017 does not (K). With a reason where another one was typed
    /// before.
    ProductNamed {
        product_id: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Any text; it may speak of the customer.
    Text { personal: Option<TextPersonal> },
}

/// The personal part of [`Event::Requested`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestedPersonal {
    /// All that was sent, without passwords.
    pub fields: Map<String, Value>,
    /// The same as JSON, where a number of it is more than `fields` can hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<String>,
    /// The passwords (version 1): kept, and given to nobody.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub passwords: Map<String, Value>,
    /// The hash of all that was sent. Of fields that can be guessed, it gives them away: so it is personal.
    pub content: Digest,
}

impl std::fmt::Debug for RequestedPersonal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The personal part of [`Event::Answered`]: what somebody wrote, who may have written of the buyer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnsweredPersonal {
    /// What a buyer who is refused reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Personal>,
    /// Why a person gave the customer id of another company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal>,
}

/// The personal part of [`Event::ConflictingDeploy`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictPersonal {
    pub content: Digest,
}

/// The personal part of [`Note::Text`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextPersonal {
    pub text: Personal,
}

impl Event {
    /// A deploy is answered so. What somebody wrote is kept apart, as it is sealed.
    pub fn answered(answer: Answer, decided: By) -> Self {
        let (mut answer, mut decided) = (answer, decided);
        let message = match &mut answer {
            Answer::Refused { message } => message.take(),
            Answer::Provisioned { .. } => None,
        };
        let reason = match &mut decided {
            By::Person { reason, .. } => reason.take(),
            By::Pattern | By::Program | By::Forward | By::Otherwise { .. } => None,
        };
        let sealed = message.is_some() || reason.is_some();
        let [message, reason] = [message, reason].map(|text| text.map(Personal::new));
        let personal = sealed.then_some(AnsweredPersonal { message, reason });
        Self::Answered { answer, decided, personal }
    }

    /// The variant's name as it stands in JSON and in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "requested",
            Self::Answered { .. } => "answered",
            Self::HandedOver { .. } => "handed_over",
            Self::AnswerNotUsed { .. } => "answer_not_used",
            Self::AnswerDelivered => "answer_delivered",
            Self::AnswerLost => "answer_lost",
            Self::Repeated => "repeated",
            Self::ConflictingDeploy { .. } => "conflicting_deploy",
            Self::Noted { .. } => "noted",
            Self::AlarmSetAside { .. } => "alarm_set_aside",
            Self::Erased { .. } => "erased",
            Self::Call(event) => event.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_words_of_an_answer_stand_in_its_personal_part_and_those_of_before_are_read() {
        let refusal = Answer::refusal("No, Ann.").unwrap();
        let refused = serde_json::to_value(Event::answered(refusal, By::Program)).unwrap();
        let expected = json!({
            "kind": "answered", "answer": "refused", "decided": { "by": "program" }, "personal": { "message": "No, Ann." },
        });
        assert_eq!(refused, expected);
        let given = Answer::Provisioned { customer_id: CustomerId::new("C-1").unwrap() };
        let why = By::Person { name: "lee".to_owned(), reason: Some("Ann's".to_owned()) };
        let given_so = serde_json::to_value(Event::answered(given.clone(), why)).unwrap();
        assert_eq!(given_so["decided"], json!({ "by": "person", "name": "lee" }));
        assert_eq!(given_so["personal"], json!({ "reason": "Ann's" }));
        let plain = json!({ "kind": "answered", "answer": "provisioned", "customer_id": "C-1", "decided": { "by": "pattern" } });
        assert_eq!(serde_json::to_value(Event::answered(given, By::Pattern)).unwrap(), plain, "as it was");

        let before = json!({ "kind": "answered", "answer": "refused", "message": "No.", "decided": { "by": "forward" } });
        let Event::Answered { answer, personal, .. } = serde_json::from_value(before).unwrap() else {
            panic!("it is an answer");
        };
        assert_eq!((answer.body().as_str(), personal), ("No.", None));
    }
}
