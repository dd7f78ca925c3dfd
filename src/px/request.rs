//! What a request says: an order's values as the JSON of the contract. Pure; the same values give the same bytes.

use crate::order::{Call, Contact, Digest, Identity, Method, Secret};
use serde::Serialize;
use std::fmt;
use zeroize::Zeroizing;

/// One request to Px, ready to send. Its body may hold a phone number or a payment token: it is cleared from memory
/// when dropped, and `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Which of the four services it is for.
    pub call: Call,
    /// The JSON body.
    pub body: Zeroizing<Vec<u8>>,
    /// The secrets in the body. They are removed from a reply that echoes them.
    pub(super) private: Vec<Secret>,
}

/// The body of every call: the five identifiers (D), and what this call adds to them (A).
#[derive(Serialize)]
struct Body<'a, Rest> {
    #[serde(flatten)]
    identity: &'a Identity,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sending<'a> {
    delivery_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Completion<'a> {
    rcc_accepted: bool,
    rcc_acceptance_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gift_cards: Vec<&'a str>,
}

impl Request {
    /// Retrieve RCC.
    pub fn retrieve(identity: &Identity) -> Self {
        Self::new(Call::RetrieveRcc, identity, Nothing {}, Vec::new())
    }

    /// Send RCC, to the customer's phone or mailbox.
    pub fn send(identity: &Identity, to: &Contact) -> Self {
        let (phone_number, email_address) = match to {
            Contact::Sms(phone) => (Some(phone.expose()), None),
            Contact::Email(email) => (None, Some(email.expose())),
        };
        let sending = Sending { delivery_method: wire_name(to.method()), phone_number, email_address };
        let private = phone_number.or(email_address).map(Secret::new).into_iter().collect();
        Self::new(Call::SendRcc, identity, sending, private)
    }

    /// Get RCC Acceptance.
    pub fn acceptance(identity: &Identity) -> Self {
        Self::new(Call::GetRccAcceptance, identity, Nothing {}, Vec::new())
    }

    /// Complete Order. The caller vouches that the RCC was accepted, by `method`.
    pub fn complete(
        identity: &Identity,
        method: Method,
        payment_token: Option<&Secret>,
        gift_cards: &[Secret],
    ) -> Self {
        let completion = Completion {
            rcc_accepted: true,
            rcc_acceptance_method: wire_name(method),
            payment_token: payment_token.map(Secret::expose).filter(|token| !token.is_empty()),
            gift_cards: gift_cards.iter().map(Secret::expose).collect(),
        };
        let private = payment_token.into_iter().chain(gift_cards).cloned().collect();
        Self::new(Call::CompleteOrder, identity, completion, private)
    }

    /// The hash of the body: what was sent can be told from what would be sent now.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.body)
    }

    #[expect(clippy::expect_used, reason = "a structure of texts always has a JSON form")]
    fn new(call: Call, identity: &Identity, rest: impl Serialize, private: Vec<Secret>) -> Self {
        // Room for any usual body, so that growing leaves no copies of it behind.
        let mut body = Zeroizing::new(Vec::with_capacity(2048));
        serde_json::to_writer(&mut *body, &Body { identity, rest }).expect("texts serialise into memory");
        Self { call, body, private }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("call", &self.call).finish_non_exhaustive()
    }
}

/// The contract's name of a method (A).
fn wire_name(method: Method) -> &'static str {
    match method {
        Method::Verbal => "VERBAL",
        Method::Sms => "SMS",
        Method::Email => "EMAIL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{Email, Phone};

    const FIVE: &str = r#""salesCode":"S1","partnerId":"P1","partnerOrderId":"PO1","transactionId":"T1","addressDetailId":"A1""#;

    fn identity() -> Identity {
        serde_json::from_str(&format!("{{{FIVE}}}")).unwrap()
    }

    fn check(request: &Request, rest: &str) {
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        assert_eq!(body, format!("{{{FIVE}{rest}}}"));
    }

    #[test]
    fn the_bodies_are_those_of_the_contract() {
        let id = identity();
        check(&Request::retrieve(&id), "");
        check(&Request::acceptance(&id), "");
        let sms = Contact::Sms(Phone::new("3035550123").unwrap());
        check(&Request::send(&id, &sms), r#","deliveryMethod":"SMS","phoneNumber":"+13035550123""#);
        let email = Contact::Email(Email::new("a@example.com").unwrap());
        check(&Request::send(&id, &email), r#","deliveryMethod":"EMAIL","emailAddress":"a@example.com""#);
    }

    #[test]
    fn what_is_not_there_is_left_out_of_complete() {
        let id = identity();
        let accepted = r#","rccAccepted":true,"rccAcceptanceMethod":"VERBAL""#;
        check(&Request::complete(&id, Method::Verbal, None, &[]), accepted);
        let full = Request::complete(&id, Method::Verbal, Some(&Secret::new("tok")), &[Secret::new("g1")]);
        check(&full, &format!(r#"{accepted},"paymentToken":"tok","giftCards":["g1"]"#));
    }

    #[test]
    fn the_same_values_are_the_same_bytes_and_debug_hides_them() {
        let id = identity();
        let request = |token: &str| Request::complete(&id, Method::Sms, Some(&Secret::new(token)), &[]);
        assert_eq!(request("tok").digest(), request("tok").digest());
        assert_ne!(request("tok").digest(), request("other").digest());
        assert!(!format!("{:?}", request("tok_secret")).contains("tok_secret"));
    }
}
