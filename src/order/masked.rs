//! An order's history without the customer in it: to be shown to somebody whom the customer does not concern.
//!
//! What the screens mask becomes a value that looks the same when masked; what they show becomes dots. Texts of Px and of
//! people stay readable: only the customer's own values in them become dots.

use super::dots::{DOTS, same_letter, without};
use super::event::{
    AmendedPersonal, Contact, DespiteDoubt, Details, DetailsPersonal, Event, NamePersonal, NotePersonal,
    OpenedPersonal, RccPersonal, StartedPersonal,
};
use super::mask::{SHORTEST, without_phone};
use super::{CallError, Customer, Digest, Email, Failure, Personal, Phone, Rcc, Recorded, Secret, Section};

/// The same events with every personal value masked, or dots in its place. Numbers, instants and hashes stay, so that the
/// events make an order that goes through the same states.
pub fn masked(events: &[Recorded]) -> Vec<Recorded> {
    // All of it first: what somebody said yes under may stand in a text that came before.
    let known = Known::of(events);
    events
        .iter()
        .map(|recorded| Recorded { event: known.event(&recorded.event), ..recorded.clone() })
        .collect()
}

/// What is known of the customer.
#[derive(Default)]
struct Known<'a> {
    /// Values that are looked for whole.
    whole: Vec<&'a str>,
    /// The ten digits of phone numbers.
    phones: Vec<&'a str>,
    names: Vec<&'a str>,
    /// Parts of names and addresses, which are words of their own.
    parts: Vec<&'a str>,
}

impl<'a> Known<'a> {
    fn of(events: &'a [Recorded]) -> Self {
        let mut known = Self::default();
        for recorded in events {
            known.learn(&recorded.event);
        }
        // What is part of another value must not break that one up.
        for values in [&mut known.whole, &mut known.phones, &mut known.names, &mut known.parts] {
            values.sort_by_key(|value| std::cmp::Reverse(value.len()));
            values.dedup();
        }
        known
    }

    fn learn(&mut self, event: &'a Event) {
        match event {
            Event::Opened { personal: Some(personal), .. } => {
                let Customer { name, phone, email, address } = &personal.customer;
                self.names.extend(name.iter().map(Personal::expose));
                self.parts.extend(name.iter().flat_map(|name| name.expose().split_whitespace()));
                self.phones.extend(phone.iter().filter_map(national));
                self.whole.extend(email.iter().map(Email::expose));
                self.whole.extend(address.iter().map(Personal::expose));
                let parts = address.iter().flat_map(|address| address.expose().split(','));
                self.parts.extend(parts.map(str::trim).filter(|part| part.len() >= SHORTEST));
                self.whole.extend(personal.payment_token.iter().map(Secret::expose));
                self.whole.extend(personal.gift_cards.iter().map(Secret::expose));
            }
            Event::Amended { personal: Some(personal), .. } => {
                self.whole.extend(personal.payment_token.iter().map(Secret::expose));
                self.whole.extend(personal.gift_cards.iter().flatten().map(Secret::expose));
            }
            Event::CallStarted { personal: Some(personal), .. } => match &personal.to {
                Some(Contact::Sms(phone)) => self.phones.extend(national(phone)),
                Some(Contact::Email(email)) => self.whole.push(email.expose()),
                None => {}
            },
            Event::AcceptedVerbally { personal: Some(personal), .. } => {
                self.names.push(personal.name.expose());
                self.parts.extend(personal.name.expose().split_whitespace());
            }
            Event::Opened { .. }
            | Event::Amended { .. }
            | Event::CallStarted { .. }
            | Event::AcceptedVerbally { .. }
            | Event::RccRetrieved { .. }
            | Event::RccSent { .. }
            | Event::AcceptancePending { .. }
            | Event::AcceptanceReceived { .. }
            | Event::ReadingStarted { .. }
            | Event::SectionRead { .. }
            | Event::ReadingVouched { .. }
            | Event::ReadingInterrupted { .. }
            | Event::Declined { .. }
            | Event::Completed { .. }
            | Event::CompletionInferred { .. }
            | Event::VerdictProposed { .. }
            | Event::Resolved { .. }
            | Event::CallRefused { .. }
            | Event::CallFailed { .. }
            | Event::CallCutOff { .. }
            | Event::Released { .. }
            | Event::TakenOver { .. }
            | Event::Assigned { .. }
            | Event::Noted { .. }
            | Event::Abandoned { .. }
            | Event::Erased { .. } => {}
        }
    }

    fn event(&self, event: &Event) -> Event {
        let mut event = event.clone();
        match &mut event {
            Event::Opened { despite_doubt, personal, .. } => {
                *personal = personal.take().map(opened);
                if let Some(despite) = despite_doubt {
                    let DespiteDoubt { reason, .. } = &mut **despite;
                    self.clean(reason);
                }
            }
            Event::Amended { personal, .. } => *personal = personal.take().map(amended),
            Event::CallStarted { personal, .. } => *personal = personal.take().map(started),
            Event::RccRetrieved { tx_id, personal, .. } => {
                self.clean_each([tx_id.as_mut()]);
                if let Some(RccPersonal { rcc }) = personal {
                    self.clean_rcc(rcc);
                }
            }
            Event::RccSent { tx_id, .. } | Event::AcceptanceReceived { tx_id, .. } => {
                self.clean_each([tx_id.as_mut()]);
            }
            Event::AcceptedVerbally { personal: Some(NamePersonal { name }), .. } => {
                *name = Personal::new(DOTS);
            }
            Event::Completed { order_number, order_status, tx_id, personal, .. } => {
                self.clean_each([Some(order_number), order_status.as_mut(), tx_id.as_mut()]);
                if let Some(DetailsPersonal { details: Details(details) }) = personal {
                    self.clean_details(details);
                }
            }
            Event::CompletionInferred { error, .. } | Event::CallRefused { error, .. } => {
                self.clean_error(error);
            }
            Event::VerdictProposed { reference, name, .. } | Event::Resolved { reference, name, .. } => {
                self.clean_each([Some(reference), Some(name)]);
            }
            Event::CallFailed { failure, .. } => match failure {
                Failure::NotSent(why) | Failure::Credentials(why) | Failure::Unknown(why) => self.clean(why),
            },
            Event::Released { reason } | Event::Abandoned { reason } | Event::Erased { reason } => {
                self.clean(reason);
            }
            Event::Noted { personal: Some(NotePersonal { text }) } => *text = Personal::new(DOTS),
            Event::AcceptedVerbally { personal: None, .. }
            | Event::Noted { personal: None }
            | Event::AcceptancePending { .. }
            | Event::ReadingStarted { .. }
            | Event::SectionRead { .. }
            | Event::ReadingVouched { .. }
            | Event::ReadingInterrupted { .. }
            | Event::Declined { .. }
            | Event::CallCutOff { .. }
            | Event::TakenOver { .. }
            | Event::Assigned { .. } => {}
        }
        event
    }

    fn clean_each<const N: usize>(&self, texts: [Option<&mut String>; N]) {
        texts.into_iter().flatten().for_each(|text| self.clean(text));
    }

    fn clean_error(&self, error: &mut CallError) {
        let CallError { internal_code, user_message, tx_id, .. } = error;
        self.clean_each([internal_code.as_mut(), Some(user_message), tx_id.as_mut()]);
    }

    /// Nothing of what Px sent with an order is known to be anybody's but the customer's.
    fn clean_details(&self, value: &mut serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::Object(fields) => {
                let all = std::mem::take(fields).into_iter().map(|(mut name, mut value)| {
                    self.clean(&mut name);
                    self.clean_details(&mut value);
                    (name, value)
                });
                *fields = all.collect();
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean_details(item)),
            Value::String(_) | Value::Number(_) | Value::Bool(_) => *value = DOTS.into(),
            Value::Null => {}
        }
    }

    /// The text that the customer heard or was sent: a legal text, in which every other word must stay.
    fn clean_rcc(&self, rcc: &mut Rcc) {
        for Section { id, title, text } in &mut rcc.sections {
            for text in id.iter_mut().chain(title).chain([text]) {
                self.clean_whole(text);
                for part in &self.parts {
                    // As it is written or in capitals: somebody named Will is in no "you will be billed".
                    let capitals = part.to_uppercase();
                    without(text, part, |a, b| a == b, true);
                    without(text, &capitals, |a, b| a == b, true);
                }
            }
        }
    }

    /// What somebody wrote: rather a word too many goes than one of the customer's stays.
    fn clean(&self, text: &mut String) {
        self.clean_whole(text);
        for part in &self.parts {
            without(text, part, same_letter, part.len() < SHORTEST);
        }
    }

    fn clean_whole(&self, text: &mut String) {
        for value in self.whole.iter().filter(|value| value.len() >= SHORTEST) {
            without(text, value, same_letter, false);
        }
        for phone in &self.phones {
            *text = without_phone(text, phone);
        }
        for name in &self.names {
            without(text, name, same_letter, name.len() < SHORTEST);
        }
    }
}

/// The ten digits of a number.
fn national(phone: &Phone) -> Option<&str> {
    phone.expose().strip_prefix("+1").filter(|digits| digits.len() == 10)
}

fn dots(secret: Secret) -> Secret {
    drop(secret);
    Secret::new(DOTS)
}

fn opened(personal: OpenedPersonal) -> OpenedPersonal {
    let Customer { name, phone, email, address } = personal.customer;
    OpenedPersonal {
        customer: Customer {
            name: name.map(|_| Personal::new(DOTS)),
            phone: phone.as_ref().map(Phone::stand_in),
            email: email.as_ref().and_then(Email::stand_in),
            address: address.map(|_| Personal::new(DOTS)),
        },
        payment_token: personal.payment_token.map(dots),
        gift_cards: personal.gift_cards.into_iter().map(dots).collect(),
    }
}

fn amended(personal: AmendedPersonal) -> AmendedPersonal {
    AmendedPersonal {
        payment_token: personal.payment_token.map(dots),
        gift_cards: personal.gift_cards.map(|cards| cards.into_iter().map(dots).collect()),
    }
}

fn started(personal: StartedPersonal) -> StartedPersonal {
    let to = personal.to.and_then(|to| match to {
        Contact::Sms(phone) => Some(Contact::Sms(phone.stand_in())),
        Contact::Email(email) => email.stand_in().map(Contact::Email),
    });
    // The hash of a body whose only unknown is a phone number gives the number away.
    StartedPersonal { to, request: Digest::of(DOTS.as_bytes()) }
}
