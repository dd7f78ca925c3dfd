//! Reading a deploy: only three ids are required of it, and every further field is kept.

mod mask;
mod secrets;
mod spelled;

pub use mask::masked;

use self::secrets::is_password;
use self::spelled::Spelled;
use super::{ProvisioningId, Sku};
use crate::kind::Digest;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt;

/// A deploy that could be read.
#[derive(Clone, PartialEq)]
pub struct Deploy {
    pub provisioning_id: ProvisioningId,
    /// Missing in the form of 2017 alone (K).
    pub product_id: Option<i64>,
    pub skus: Vec<Sku>,
    /// All that was sent, with passwords taken out.
    pub fields: Map<String, Value>,
    /// The passwords that were sent: sealed, and shown to nobody.
    pub passwords: Map<String, Value>,
    /// The same as JSON with everything as it was spelled, where a number or a text is more than `fields` can hold.
    pub exact: Option<String>,
    /// The hash of all that was sent, whatever the order of its members, and however its numbers are spelled.
    pub content: Digest,
    /// The same as journals of before have it, where numbers of one value were other content.
    pub before: Digest,
}

impl fmt::Debug for Deploy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deploy").field("provisioning_id", &self.provisioning_id).finish_non_exhaustive()
    }
}

/// Why a deploy cannot be read, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

/// Reads the body of a deploy.
///
/// # Errors
/// Names the member, and what is not right with it.
pub fn read(body: &[u8]) -> Result<Deploy, Unreadable> {
    let Whole { fields, product_id, halves, exact, content, before } = whole(body)?;
    if let Some(name) = halves.first() {
        return Err(Unreadable(format!("The member {name} holds half a character.")));
    }
    let id = |name| fields.get(name).filter(|id| !id.is_null());
    let (name, id) = match (id("provisioningId"), id("provisioningGuid")) {
        (Some(id), _) => ("provisioningId", Some(id)),
        (None, Some(id)) => ("provisioningGuid", Some(id)),
        (None, None) => ("provisioningId", None),
    };
    let provisioning_id = text(name, id).and_then(|id| {
        ProvisioningId::new(id).map_err(|error| Unreadable(format!("The member {name} {error}.")))
    })?;
    let product_id = match fields.get("productId") {
        Some(_) if product_id.is_none() => {
            return Err(Unreadable("The member productId is not an integer.".to_owned()));
        }
        Some(_) => product_id,
        None if name == "provisioningGuid" => None,
        None => return Err(Unreadable("The member productId is missing.".to_owned())),
    };
    let skus = skus(fields.get("productSkus"))?;
    let mut fields = fields;
    let passwords = take_passwords(&mut fields);
    Ok(Deploy { provisioning_id, product_id, skus, fields, passwords, exact, content, before })
}

/// All that a body says.
struct Whole {
    fields: Map<String, Value>,
    /// Read from its text: a number with a point is rounded in `fields`, to another product.
    product_id: Option<i64>,
    /// The members with ids of which `fields` does not hold every text: another id could be read as the same one.
    halves: Vec<&'static str>,
    exact: Option<String>,
    content: Digest,
    before: Digest,
}

fn whole(body: &[u8]) -> Result<Whole, Unreadable> {
    let not_json = |_| Unreadable("The request is not JSON.".to_owned());
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let spelled: &RawValue = serde_json::from_slice(body).map_err(not_json)?;
    let spelled = Spelled::read(spelled).map_err(Unreadable)?;
    // Only the ids are required to be what this program can hold.
    let Value::Object(fields) = serde_json::from_slice(body).unwrap_or_else(|_| spelled.value()) else {
        return Err(Unreadable("The request is not a JSON object.".to_owned()));
    };
    let is_half = |name: &&str| spelled.member(name).is_some_and(Spelled::has_halves);
    let halves = ["provisioningId", "provisioningGuid", "productSkus"].into_iter().filter(is_half).collect();
    let (sent, exact) = if spelled.is_held() {
        (sorted(&Value::Object(fields.clone())).to_string(), None)
    } else {
        (spelled.sorted_before(), Some(spelled.without_passwords()))
    };
    let (content, before) = (Digest::of(spelled.sorted().as_bytes()), Digest::of(sent.as_bytes()));
    let product_id = spelled.member("productId").and_then(Spelled::integer);
    Ok(Whole { fields, product_id, halves, exact, content, before })
}

/// An object of JSON in which no member is there twice: which of the two is meant, nobody can say. All of it is what this
/// program can hold.
///
/// # Errors
/// Says what is not right with it.
pub fn read_object(body: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    whole(body)?;
    serde_json::from_slice(body).map_err(|error| Unreadable(format!("It cannot be read: {error}.")))
}

fn text<'a>(name: &str, value: Option<&'a Value>) -> Result<&'a str, Unreadable> {
    let value = value.ok_or_else(|| Unreadable(format!("The member {name} is missing.")))?;
    value.as_str().ok_or_else(|| Unreadable(format!("The member {name} is not a string.")))
}

fn skus(value: Option<&Value>) -> Result<Vec<Sku>, Unreadable> {
    let fault = |why: &str| Unreadable(format!("The member productSkus {why}."));
    let all = value.ok_or_else(|| fault("is missing"))?.as_array().ok_or_else(|| fault("is not an array"))?;
    let (mut skus, mut known) = (Vec::with_capacity(all.len()), HashSet::with_capacity(all.len()));
    for sku in all {
        let sku = sku.as_str().ok_or_else(|| fault("holds what is not a string"))?;
        let sku = Sku::new(sku).map_err(|error| fault(&format!("holds a SKU that {error}")))?;
        // One that stands twice is one SKU.
        if known.insert(sku.clone()) {
            skus.push(sku);
        }
    }
    if skus.is_empty() { Err(fault("is empty")) } else { Ok(skus) }
}

/// Takes the secrets out of `fields`, however deep they stand; each under its way down, such as `account.password`.
fn take_passwords(fields: &mut Map<String, Value>) -> Map<String, Value> {
    let mut taken = Map::new();
    take_from(fields, "", &mut taken);
    taken
}

fn take_from(fields: &mut Map<String, Value>, above: &str, taken: &mut Map<String, Value>) {
    for (name, mut value) in std::mem::take(fields) {
        let path = format!("{above}{name}");
        if is_password(&name) {
            taken.insert(path, value);
            continue;
        }
        take_within(&mut value, &path, taken);
        fields.insert(name, value);
    }
}

fn take_within(value: &mut Value, path: &str, taken: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => take_from(members, &format!("{path}."), taken),
        Value::Array(all) => {
            for (at, value) in all.iter_mut().enumerate() {
                take_within(value, &format!("{path}[{at}]"), taken);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Reads the body of a provisioning of version 1, which has no id: the same content is the same one. The id is the one that
/// journals of before gave it, a plain hash; a new one is given another, made with the journal's key.
///
/// # Errors
/// Names the member, and what is not right with it.
pub fn read_first_version(body: &[u8]) -> Result<Deploy, Unreadable> {
    let Whole { fields, exact, content, before, .. } = whole(body)?;
    for name in ["resellerkey", "name", "email"] {
        if text(name, fields.get(name))?.trim().is_empty() {
            return Err(Unreadable(format!("The member {name} is empty.")));
        }
    }
    // Known ids stay what they are.
    let id = format!("v1-{}", &before.to_string()[..32]);
    let provisioning_id = ProvisioningId::new(id).map_err(|error| Unreadable(error.to_string()))?;
    let mut fields = fields;
    let passwords = take_passwords(&mut fields);
    Ok(Deploy {
        provisioning_id,
        product_id: None,
        skus: Vec::new(),
        fields,
        passwords,
        exact,
        content,
        before,
    })
}

/// The same value, the members of its objects sorted.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            Value::Object(members.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect())
        }
        Value::Array(all) => Value::Array(all.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// The company that buys, by whichever of its names the member goes.
pub(super) fn company(fields: &Map<String, Value>) -> Option<&str> {
    let is_company =
        |name: &str| ["company", "companyname"].iter().any(|known| name.eq_ignore_ascii_case(known));
    let company = fields.iter().find(|(name, _)| is_company(name)).and_then(|(_, value)| value.as_str());
    company.map(str::trim).filter(|company| !company.is_empty())
}

/// Who may be written to about it: every text in a member with "email" in its name.
pub(super) fn contacts(fields: &Map<String, Value>) -> Vec<String> {
    let email = |(name, value): (&String, &Value)| {
        let contact = value.as_str().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        contact.filter(|_| name.to_lowercase().contains("email"))
    };
    let mut contacts: Vec<_> = fields.iter().filter_map(email).collect();
    contacts.sort();
    contacts.dedup();
    contacts
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"provisioningId":"9ddz","productSkus":["A","B","A"],"productId":123,"contactEmail":"B@x.example","Password":"hunter2","n":{"b":1,"a":2}}"#;

    #[test]
    fn the_three_ids_are_enough_and_the_rest_is_kept_but_for_passwords() {
        let deploy = read(WHOLE.as_bytes()).unwrap();
        assert_eq!(
            (deploy.provisioning_id.as_str(), deploy.product_id, deploy.skus.len()),
            ("9ddz", Some(123), 2)
        );
        assert!(deploy.fields.contains_key("n") && !deploy.fields.contains_key("Password"));
        assert_eq!(deploy.passwords["Password"], "hunter2");
        assert_eq!(contacts(&deploy.fields), ["b@x.example"]);
        let least = read(br#"{"provisioningGuid":"g","productSkus":["A"]}"#).unwrap();
        assert_eq!(least.product_id, None);
    }

    #[test]
    fn a_password_is_taken_out_however_deep_it_stands() {
        let body = WHOLE.replace(
            r#""b":1"#,
            r#""b":1,"login":{"user":"u","PWD":"deep"},"all":[{"passphrase":"in a list"}],"secret":"s""#,
        );
        let deploy = read(body.as_bytes()).unwrap();
        let fields = Value::Object(deploy.fields.clone()).to_string();
        assert!(!fields.contains("deep") && !fields.contains("in a list"), "{fields}");
        assert_eq!(deploy.fields["n"]["login"]["user"], "u");
        let taken: Vec<_> = deploy.passwords.keys().map(String::as_str).collect();
        assert_eq!(taken, ["Password", "n.login.PWD", "n.all[0].passphrase", "n.secret"]);
    }

    #[test]
    fn content_is_compared_as_json() {
        let (a, b) = (read(WHOLE.as_bytes()).unwrap(), WHOLE.replace(r#""b":1,"a":2"#, r#" "a" : 2, "b":1"#));
        assert_eq!(a.content, read(b.as_bytes()).unwrap().content);
        assert_ne!(a.content, read(WHOLE.replace("hunter2", "hunter3").as_bytes()).unwrap().content);
    }

    #[test]
    fn a_number_is_kept_to_its_last_digit_and_another_one_is_other_content() {
        let with = |n: &str| read(WHOLE.replace(r#""b":1"#, &format!(r#""b":{n}"#)).as_bytes()).unwrap();
        let long = with("12345678901234567890123");
        let exact = long.exact.as_deref().unwrap();
        assert!(exact.contains("12345678901234567890123") && !exact.contains("hunter2"), "{exact}");
        for (a, b, same) in [
            ("12345678901234567890123", "12345678901234567890124", false),
            ("12345678901234567890123", "1.2345678901234567890123E22", true),
            ("0.10000000000000000001", "0.1", false),
            ("0.1", "1e-1", true),
            ("1e-400", "0", false),
            ("1", "1.0", true),
            ("100", "1e2", true),
            ("-0.0", "0", true),
            ("-1", "1", false),
            ("1.5e3", "1500", true),
            ("18446744073709551615", "18446744073709551615.0", true),
            ("9007199254740993", "9007199254740992.0", false),
            ("1e20", "100000000000000000000", true),
            ("1.50", "1.5", true),
        ] {
            assert_eq!(with(a).content == with(b).content, same, "{a} {b}");
        }
        assert_eq!(with("0.1").exact, None, "nothing is lost of it");
        for plain in ["1", "0.1", "-7", "1.5e-7", "12345678901234567890123"] {
            assert_eq!(with(plain).content, with(plain).before, "{plain}: what is recorded of it stays");
        }
        assert_ne!(with("1.0").before, with("1").before);
    }

    #[test]
    fn a_text_or_a_number_that_this_program_cannot_hold_is_kept_as_it_came() {
        let with = |n: &str| read(WHOLE.replace(r#""b":1"#, &format!(r#""b":{n}"#)).as_bytes()).unwrap();
        for (odd, other, shown) in [
            (r#""Caf\u00e9 \ud83d""#, r#""Caf\u00e9 \ud83c""#, "Café \u{fffd}"),
            (
                r#""\\ud83d \udc00x \ud83d\ude00 \n""#,
                r#""\\ud83d \udc01x \ud83d\ude00 \n""#,
                "\\ud83d \u{fffd}x 😀 \n",
            ),
            ("1e400", "1e401", "1e400"),
        ] {
            let deploy = with(odd);
            assert_eq!((deploy.provisioning_id.as_str(), &deploy.fields["n"]["b"]), ("9ddz", &shown.into()));
            let exact = deploy.exact.as_deref().unwrap();
            assert!(exact.contains(odd) && !exact.contains("hunter2"), "{exact}");
            assert_eq!(with(odd).content, deploy.content);
            assert_ne!(with(other).content, deploy.content);
        }
        // A name is a name, however it is spelled.
        let named = read(WHOLE.replace(r#""b":1"#, r#""x\ud83d":"\u0062""#).as_bytes()).unwrap();
        assert_eq!(named.fields["n"]["x\u{fffd}"], "b");
    }

    #[test]
    fn what_fits_the_contract_is_taken_however_it_is_spelled() {
        for (from, to) in [
            ("123", "123.0"),
            (r#"{"provisioningId":"9ddz""#, r#"{"provisioningId":null,"provisioningGuid":"9ddz""#),
            (r#"{"prov"#, "\u{feff}{\"prov"),
        ] {
            let deploy = read(WHOLE.replacen(from, to, 1).as_bytes()).unwrap();
            assert_eq!((deploy.provisioning_id.as_str(), deploy.product_id), ("9ddz", Some(123)), "{to}");
        }
        // To the last digit, beyond what a double tells apart.
        for (text, pointed, product) in [
            ("9007199254740993", "9007199254740993.0", 9_007_199_254_740_993),
            ("9223372036854775807", "9223372036854775807.0", i64::MAX),
            ("120", "1.2e2", 120),
        ] {
            let [bare, pointed] =
                [text, pointed].map(|text| read(WHOLE.replacen("123", text, 1).as_bytes()).unwrap());
            assert_eq!((bare.product_id, pointed.product_id), (Some(product), Some(product)), "{text}");
            assert_eq!(bare.content, pointed.content, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_names_the_member() {
        for (body, why) in [
            ("", "not JSON"),
            ("[]", "not a JSON object"),
            (r#"{"provisioningId":"p","provisioningId":"q"}"#, "provisioningId is there twice"),
            (r#"{"provisioningId":"p","a":[{"b":1,"\u0062":2}]}"#, "b is there twice"),
            (r#"{"productSkus":["A"],"productId":1}"#, "provisioningId is missing"),
            (r#"{"provisioningId":7,"productSkus":["A"],"productId":1}"#, "provisioningId is not a string"),
            (r#"{"provisioningId":"","productSkus":["A"],"productId":1}"#, "provisioningId is empty"),
            (r#"{"provisioningId":"p","productSkus":["A"]}"#, "productId is missing"),
            (r#"{"provisioningId":"p","productSkus":["A"],"productId":"1"}"#, "productId is not an integer"),
            (r#"{"provisioningId":"p","productSkus":["A"],"productId":1.5}"#, "productId is not an integer"),
            (
                r#"{"provisioningId":"p\ud83d","productSkus":["A"],"productId":1}"#,
                "Id holds half a character",
            ),
            (
                r#"{"provisioningId":"p","productSkus":["A\ud83d"],"productId":1}"#,
                "Skus holds half a character",
            ),
            (
                r#"{"provisioningId":"p","productSkus":["A"],"productId":1e400}"#,
                "productId is not an integer",
            ),
            (
                r#"{"provisioningId":"p","productSkus":["A"],"productId":9223372036854775808.0}"#,
                "productId is not an integer",
            ),
            (&format!("{}1{}", "[".repeat(128), "]".repeat(128)), "nested too deeply"),
            (&"[".repeat(100_000), "not JSON"),
            (r#"{"provisioningId":"p","productId":1}"#, "productSkus is missing"),
            (r#"{"provisioningId":"p","productSkus":[],"productId":1}"#, "productSkus is empty"),
            (r#"{"provisioningId":"p","productSkus":"A","productId":1}"#, "productSkus is not an array"),
            (r#"{"provisioningId":"p","productSkus":[1],"productId":1}"#, "not a string"),
        ] {
            assert!(read(body.as_bytes()).unwrap_err().0.contains(why), "{body}");
        }
    }
}
