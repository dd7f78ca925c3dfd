//! A reply's JSON as one flat list, so that a field is found wherever a partner's variant of the contract puts it.

use serde_json::{Map, Value};

/// One value of the JSON, with the name it stands under.
pub struct Field<'a> {
    /// The name's letters and digits in lower case; an element of a list bears the list's name; the root bears none.
    pub key: String,
    pub value: &'a Value,
    /// The object it stands in.
    pub object: Option<&'a Map<String, Value>>,
    /// True in the outermost object and in an envelope right below it: there a reply speaks of the order that it is about.
    /// Deeper, and in lists, it may speak of payments, of earlier orders, of anything.
    pub near: bool,
    /// True where the call's own error stands: near, in an error's object or list below it, and in a list that is the whole
    /// reply. A warning, an earlier attempt, a cause further down may have codes that say nothing of this call.
    pub of_the_error: bool,
}

/// What an envelope may be called (A).
const ENVELOPES: [&str; 16] = [
    "order",
    "orderdetails",
    "data",
    "result",
    "response",
    "payload",
    "completeorder",
    "completeorderresponse",
    "retrievercc",
    "retrieverccresponse",
    "sendrcc",
    "sendrccresponse",
    "getrccacceptance",
    "getrccacceptanceresponse",
    "rccacceptance",
    "acceptance",
];

/// What the object or the list of a call's own error may be called (A).
const ERRORS: [&str; 10] = [
    "error",
    "errors",
    "apierror",
    "pxerror",
    "fault",
    "errordetails",
    "message",
    "messages",
    "detail",
    "details",
];

/// Every value of a JSON document, those nearest to the root first.
pub struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    pub fn of(root: &'a Value) -> Self {
        let whole = Field { key: String::new(), value: root, object: None, near: false, of_the_error: true };
        let mut all = vec![whole];
        let mut at = 0;
        while let Some(field) = all.get(at) {
            let (key, value, object, of_the_error) =
                (field.key.clone(), field.value, field.object, field.of_the_error);
            let envelope = ENVELOPES.contains(&key.as_str());
            // Only the root has no object around it and no name; an element of a list of the root's is not near either.
            let near = at == 0 || (field.near && envelope && is_of_the_root(root, object));
            let error = of_the_error && (key.is_empty() || envelope || ERRORS.contains(&key.as_str()));
            match value {
                Value::Object(map) => all.extend(map.iter().map(|(name, value)| Field {
                    key: plain(name),
                    value,
                    object: Some(map),
                    near,
                    of_the_error: error,
                })),
                Value::Array(list) => {
                    let near = false;
                    let element =
                        |value| Field { key: key.clone(), value, object, near, of_the_error: error };
                    all.extend(list.iter().map(element));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
            at += 1;
        }
        Self(all)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Field<'a>> {
        self.0.iter()
    }

    /// Every value named `key` that is not null.
    pub fn all(&self, key: &'static str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |f| f.key == key && !f.value.is_null()).map(|f| f.value)
    }

    /// Every value named `key` that is not null, where a reply speaks of the order that it is about.
    pub fn near(&self, key: &'static str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |f| f.near && f.key == key && !f.value.is_null()).map(|f| f.value)
    }

    /// The first value named `key` that is not null.
    pub fn first(&self, key: &'static str) -> Option<&'a Value> {
        self.all(key).next()
    }

    /// The first text or number named `key` that is not blank.
    pub fn text(&self, key: &'static str) -> Option<String> {
        self.all(key).find_map(text)
    }
}

/// True when `object` is the outermost one.
fn is_of_the_root(root: &Value, object: Option<&Map<String, Value>>) -> bool {
    object.zip(root.as_object()).is_some_and(|(object, root)| std::ptr::eq(object, root))
}

/// The letters and digits of a name, in lower case: `Internal_Message-Code` is `internalmessagecode`.
pub fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A text, or a number as text; none when blank or of another kind.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A yes or no, however it is written.
pub fn truth(value: &Value) -> Option<bool> {
    let word = match value {
        Value::Bool(truth) => return Some(*truth),
        other => text(other)?.trim().to_lowercase(),
    };
    match word.as_str() {
        "true" | "yes" | "y" | "1" => Some(true),
        "false" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// The value in `object` under one of the names `keys`, the earlier name first.
pub fn member<'a>(object: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().find_map(|key| object.iter().find(|(name, _)| plain(name) == *key).map(|(_, value)| value))
}
