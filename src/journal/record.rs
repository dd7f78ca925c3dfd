//! Events as records, pure: the clear part as JSON, the personal part sealed.

use super::seal::{Key, NONCE};
use crate::kind::{Kind, Timestamp};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt::{self, Write as _};
use zeroize::Zeroizing;

/// An event as it is stored, its hash left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Counts all events of the journal, from 1.
    pub pos: i64,
    /// [`Kind::NAME`].
    pub kind: String,
    /// The thing's id.
    pub thing: String,
    /// From 1, without a gap.
    pub seq: i64,
    /// Microseconds since 1970, UTC.
    pub at: i64,
    /// The agent.
    pub by: String,
    /// [`Kind::event_name`].
    pub event: String,
    /// The event's other members, as a JSON object; personal data left out.
    pub clear: String,
    /// The event's member `personal`, as sealed JSON.
    pub sealed: Option<Vec<u8>>,
}

/// An event taken apart: what may be stored as it is, and what may not.
pub struct Parts {
    event: &'static str,
    clear: String,
    personal: Option<Zeroizing<Vec<u8>>>,
}

impl Parts {
    /// Takes `event` apart.
    pub fn of<K: Kind>(event: &K::Event) -> Self {
        #[expect(clippy::expect_used, reason = "events have string keys and nothing that can fail")]
        let whole = Zeroizing::new(serde_json::to_string(event).expect("an event is JSON"));
        #[expect(clippy::expect_used, reason = "an event is an object, see `Kind::Event`")]
        let members: Members<'_> = serde_json::from_str(&whole).expect("an event is a JSON object");
        let (mut clear, mut personal) = (String::with_capacity(whole.len()), None);
        for (name, value) in members.0 {
            match name.as_str() {
                "kind" => {}
                "personal" => personal = Some(value.get()).filter(|value| *value != "null"),
                _ => {
                    let before = if clear.is_empty() { '{' } else { ',' };
                    // Writing to a text cannot fail.
                    let _ = write!(clear, "{before}{}:{}", Value::from(name.as_str()), value.get());
                }
            }
        }
        clear.push_str(if clear.is_empty() { "{}" } else { "}" });
        let personal = personal.map(|plain| Zeroizing::new(plain.as_bytes().to_vec()));
        Self { event: K::event_name(event), clear, personal }
    }

    /// True when there is something to seal.
    pub fn is_personal(&self) -> bool {
        self.personal.is_some()
    }

    /// The record of a thing, its place in the journal still open (`pos` is 0); without a key the personal part is left
    /// out.
    pub fn record<K: Kind>(
        self,
        id: &K::Id,
        seq: i64,
        at: Timestamp,
        by: &str,
        key: Option<(&Key, [u8; NONCE])>,
    ) -> Record {
        let thing = id.to_string();
        let sealed = self
            .personal
            .zip(key)
            .map(|(plain, (key, nonce))| key.seal(nonce, &about(&thing, seq, self.event), &plain));
        Record {
            pos: 0,
            kind: K::NAME.to_owned(),
            thing,
            seq,
            at: at.as_microsecond(),
            by: by.to_owned(),
            event: self.event.to_owned(),
            clear: self.clear,
            sealed,
        }
    }
}

impl Record {
    /// The event. Without a key, as after an erasure, its personal part reads as none.
    ///
    /// # Errors
    /// Says what is wrong with the record.
    pub fn event<K: Kind>(&self, key: Option<&Key>) -> Result<K::Event, String> {
        let mut value: Value =
            serde_json::from_str(&self.clear).map_err(|e| format!("the clear part is not JSON: {e}"))?;
        let fields = value.as_object_mut().ok_or("the clear part is not a JSON object")?;
        fields.insert("kind".to_owned(), self.event.as_str().into());
        if let (Some(sealed), Some(key)) = (&self.sealed, key) {
            let plain = key
                .open(&about(&self.thing, self.seq, &self.event), sealed)
                .ok_or("the sealed part does not open with the key of its thing")?;
            let personal =
                serde_json::from_slice(&plain).map_err(|e| format!("the sealed part is not JSON: {e}"))?;
            fields.insert("personal".to_owned(), personal);
        }
        serde_json::from_value(value).map_err(|e| format!("it is not a `{}` event: {e}", self.event))
    }

    /// When it was recorded.
    ///
    /// # Errors
    /// Says so, when the number is not an instant.
    pub fn time(&self) -> Result<Timestamp, String> {
        Timestamp::from_microsecond(self.at).map_err(|_| format!("{} is not a time", self.at))
    }
}

/// `at`, as exact as the journal keeps it: to the microsecond.
pub fn kept(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// What a sealed part belongs to: it opens nowhere else.
fn about(thing: &str, seq: i64, event: &str) -> String {
    format!("{thing} {seq} {event}")
}

/// The members of a JSON object as they are written, in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Read)
    }
}

/// Reads them.
struct Read;

impl<'de> Visitor<'de> for Read {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_as_they_are_written() {
        let text = r#"{"b":1.50,"a":{"x":[1, 2]},"personal":null,"a\"b":"\u00e9"}"#;
        let members: Members<'_> = serde_json::from_str(text).unwrap();
        let members: Vec<_> = members.0.iter().map(|(name, value)| (name.as_str(), value.get())).collect();
        let (object, escaped) = (r#"{"x":[1, 2]}"#, r#""\u00e9""#);
        assert_eq!(members, [("b", "1.50"), ("a", object), ("personal", "null"), ("a\"b", escaped)]);
        assert!(serde_json::from_str::<Members<'_>>("[]").is_err());
    }
}
