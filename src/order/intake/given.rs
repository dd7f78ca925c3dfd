//! JSON as it was given: a reader keeps the last of two members with one name, so what the first one said would be lost
//! without a word.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// A value, and what it names twice.
pub struct Given {
    pub value: Value,
    /// The members that stand twice in one object, with the way to them: `customer.phone`. Each once, in their order.
    pub twice: Vec<String>,
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut twice = Vec::new();
        let value = Look { way: String::new(), twice: &mut twice }.deserialize(deserializer)?;
        Ok(Self { value, twice })
    }
}

/// Reads the value that lies at `way`.
struct Look<'a> {
    way: String,
    twice: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let way = if self.way.is_empty() { name.clone() } else { format!("{}.{name}", self.way) };
            let value = map.next_value_seed(Look { way: way.clone(), twice: &mut *self.twice })?;
            if members.insert(name, value).is_some() && !self.twice.contains(&way) {
                self.twice.push(way);
            }
        }
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        let at = |n: usize| format!("{}[{n}]", self.way);
        while let Some(value) =
            list.next_element_seed(Look { way: at(values.len()), twice: &mut *self.twice })?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}
