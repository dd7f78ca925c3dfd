//! What a deploy is answered with: the same answer makes the same bytes, so that a deploy that comes again gets them again.

use super::CustomerId;
use serde::{Deserialize, Serialize};

/// The longest refusal that is shown to a buyer, in characters.
const LONGEST: usize = 200;

/// The answer to a deploy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// 200, with the partner's id of the customer. The marketplace stores all that is returned (D), so nothing else is.
    Provisioned { customer_id: CustomerId },
    /// 422, with one sentence that the buyer sees as it is (D). It may speak of the buyer: none once it was erased.
    Refused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

/// Who, or what, decided on an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum By {
    /// The pattern of the configuration.
    Pattern,
    /// A program of the partner.
    Program,
    /// A server of the partner.
    Forward,
    /// A person at the desk. With a reason where the customer id is that of another company as well.
    Person {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Whoever decides has not answered, so it is what the configuration says for that.
    Otherwise { why: String },
}

impl By {
    /// In words, for people: who it was, or why nobody was.
    pub fn words(&self) -> String {
        match self {
            Self::Pattern => "the pattern of the configuration".to_owned(),
            Self::Program => "the program".to_owned(),
            Self::Forward => "the server it was forwarded to".to_owned(),
            Self::Person { name, .. } => name.clone(),
            Self::Otherwise { why } => format!("`otherwise` of the configuration, as {why}"),
        }
    }
}

impl Answer {
    /// A refusal that may be shown to a buyer: plain text, one line, short.
    ///
    /// # Errors
    /// Says what is not right with it, to stand after "the message".
    pub fn refusal(message: &str) -> Result<Self, String> {
        let message = message.trim();
        if message.is_empty() {
            return Err("says nothing".to_owned());
        }
        if let Some(c) = message.chars().find(|c| crate::text::is_invisible(*c)) {
            return Err(format!("holds the invisible character U+{:04X}", u32::from(c)));
        }
        if message.contains(['<', '>']) {
            return Err("holds `<` or `>`; it is plain text".to_owned());
        }
        match message.chars().count() {
            n if n > LONGEST => Err(format!("is {n} characters long; a buyer is shown {LONGEST} at most")),
            _ => Ok(Self::Refused { message: Some(message.to_owned()) }),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Provisioned { .. } => 200,
            Self::Refused { .. } => 422,
        }
    }

    /// The body's type.
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Provisioned { .. } => "application/json",
            Self::Refused { .. } => "text/plain; charset=utf-8",
        }
    }

    /// The body.
    pub fn body(&self) -> String {
        match self {
            Self::Provisioned { customer_id } => serde_json::json!({ "customerId": customer_id }).to_string(),
            Self::Refused { message } => message.clone().unwrap_or_default(),
        }
    }

    /// The same, and `refusal` where it refuses in words that were erased.
    #[must_use]
    pub fn or_worded(self, refusal: &Self) -> Self {
        match self {
            Self::Refused { message: None } => refusal.clone(),
            other => other,
        }
    }

    /// The answer to a provisioning of version 1: 201, and the id under its own name (R).
    pub fn first_version(&self) -> (u16, String) {
        match self {
            Self::Provisioned { customer_id } => {
                (201, serde_json::json!({ "coid": customer_id }).to_string())
            }
            Self::Refused { .. } => (422, self.body()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buyer_is_shown_one_short_plain_line() {
        assert_eq!(Answer::refusal(" No seats left. ").unwrap().body(), "No seats left.");
        assert!(Answer::refusal(&"x".repeat(200)).is_ok());
        for message in ["", "  ", "a\nb", "<b>no</b>", "\u{202e}no", &"x".repeat(201)] {
            assert!(Answer::refusal(message).is_err(), "{message:?}");
        }
    }

    #[test]
    fn an_id_is_a_string_even_if_it_is_a_number() {
        let answer = Answer::Provisioned { customer_id: CustomerId::new("1234").unwrap() };
        assert_eq!((answer.status(), answer.body().as_str()), (200, r#"{"customerId":"1234"}"#));
        assert_eq!(answer.first_version(), (201, r#"{"coid":"1234"}"#.to_owned()));
    }
}
