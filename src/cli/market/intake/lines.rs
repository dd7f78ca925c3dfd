//! JSON Lines: each member is judged by itself, so that what is not right with it names it.

use super::form::{Fault, Form, IDS, Lines, REST, Read1};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read};

/// Reads a file of them.
pub(super) fn read(file: Box<dyn Read>) -> Lines {
    let mut reader = BufReader::new(file);
    let (mut number, mut bytes, mut over) = (0, Vec::new(), false);
    Box::new(std::iter::from_fn(move || {
        while !over {
            bytes.clear();
            number += 1;
            return match reader.read_until(b'\n', &mut bytes) {
                Ok(0) => None,
                Ok(_) if bytes.trim_ascii().is_empty() => continue,
                Ok(_) => Some((number, line(&bytes))),
                Err(error) => {
                    over = true;
                    Some((number, Err(Fault::unreadable(&error))))
                }
            };
        }
        None
    }))
}

/// Reads one.
fn line(bytes: &[u8]) -> Read1 {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut members = Members::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = json.deserialize_map(Reading(&mut members)).and_then(|()| json.end());
    if let Err(error) = read {
        return Err(members.fault.unwrap_or_else(|| not_one(&error)));
    }
    let (mut ids, mut rest) = ([const { None }; 3], [const { None }; 4]);
    for (text, (name, raw)) in ids.iter_mut().chain(&mut rest).zip(names().zip(members.raw)) {
        *text = raw.map(|raw| text_of(name, raw)).transpose()?.flatten();
    }
    Form { ids: ids.each_ref().map(Option::as_deref), rest: rest.each_ref().map(Option::as_deref) }.usage()
}

/// The members that a line can have.
fn names() -> impl Iterator<Item = &'static str> {
    IDS.into_iter().chain(REST)
}

/// The text of a member; none where it is null. A count may be a number: then as it is spelled.
fn text_of<'a>(name: &'static str, raw: &'a RawValue) -> Result<Option<Cow<'a, str>>, Fault> {
    match raw.get() {
        "null" => Ok(None),
        text if text.starts_with('"') => {
            let text: Result<Text<'a>, _> = serde_json::from_str(text);
            text.map(|Text(text)| Some(text)).map_err(|error| Fault::at(name, said(&error)))
        }
        number if name == "count" => Ok(Some(Cow::Borrowed(number))),
        _ => Err(Fault::at(name, "is not a string")),
    }
}

/// The members of a line as they are spelled, and what was wrong with the first one that cannot be taken.
#[derive(Default)]
struct Members<'de> {
    raw: [Option<&'de RawValue>; 7],
    fault: Option<Fault>,
}

/// A text that is not copied unless it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

struct Reading<'r, 'de>(&'r mut Members<'de>);

impl<'de> Visitor<'de> for Reading<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
            // Others are left out, as further columns of a table are: each of these is needed, so a slip of one is found.
            let Some((at, known)) = names().enumerate().find(|(_, known)| *known == name) else {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            };
            if self.0.raw[at].is_some() {
                self.0.fault = Some(Fault::at(known, "is there twice"));
                return Err(A::Error::custom("twice"));
            }
            match map.next_value::<&'de RawValue>() {
                Ok(raw) => self.0.raw[at] = Some(raw),
                Err(error) => {
                    self.0.fault = Some(Fault::at(known, format!("is not JSON: {}", said(&error))));
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

fn not_one(error: &serde_json::Error) -> Fault {
    Fault::whole(format!("is not a line of usage: {}", said(error)))
}

/// serde's words; the place within the line says no more.
fn said(error: &impl fmt::Display) -> String {
    let what = error.to_string();
    crate::text::quote(what.split(" at line ").next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use crate::subscription::Called;

    const LINE: &str = r#"{"customerId":"C-1","sku":"S","month":"2026-11","count":1,"key":"k"}"#;

    fn fault(line: &str) -> (String, String) {
        let fault = super::line(line.as_bytes()).unwrap_err();
        (fault.field.into_owned(), fault.problem)
    }

    #[test]
    fn what_cannot_be_read_is_told_once() {
        let directory = std::fs::File::open(std::env::temp_dir()).unwrap();
        let mut told: Vec<_> = super::read(Box::new(directory)).take(9).collect();
        assert_eq!(told.len(), 1);
        let (number, fault) = told.remove(0);
        assert!(fault.unwrap_err().problem.starts_with("it cannot be read from here on"));
        assert_eq!(number, 1);
    }

    #[test]
    fn space_around_a_text_is_nothing_except_in_what_others_named() {
        let padded = r#"{"customerId":"C-1","sku":"S","month":" 2026-11 ","count":" 1 ","key":"k"}"#;
        assert_eq!(super::line(padded.as_bytes()).unwrap(), super::line(LINE.as_bytes()).unwrap());
        let padded = LINE.replace("C-1", " C-1").replace("\"S\"", "\"S \"");
        let usage = super::line(padded.as_bytes()).unwrap();
        assert_eq!((usage.of, usage.sku.as_str()), (Called::CustomerId(" C-1".to_owned()), "S "));
    }

    #[test]
    fn a_key_that_differs_from_another_one_by_a_space_alone_is_not_taken_for_it() {
        for key in [" k", "k ", "k\\t", "k\u{a0}", "\u{3000}k"] {
            let (field, problem) = fault(&LINE.replace("\"k\"", &format!("\"{key}\"")));
            assert_eq!(field, "key", "{key:?}");
            assert!(problem.contains("begins or ends with white space"), "{key:?}: {problem}");
        }
        assert!(super::line(LINE.replace("\"k\"", "\"k 1\"").as_bytes()).is_ok());
    }

    #[test]
    fn a_count_is_read_to_its_last_digit() {
        let line = LINE.replace(":1,", ":0.1000000001,");
        let usage = super::line(line.as_bytes()).unwrap();
        assert_eq!((usage.of.text(), usage.line.count.to_string().as_str()), ("C-1", "0.1000000001"));
        let line = line.replace("0.1000000001", "\"2.50\"");
        assert_eq!(super::line(line.as_bytes()).unwrap().line.count.to_string(), "2.5");
    }

    #[test]
    fn a_bad_line_names_the_field() {
        for (from, to, field) in [
            ("\"C-1\"", "\"\"", "provisioningId"),
            ("\"C-1\"", "7", "customerId"),
            ("\"S\"", "\"\"", "sku"),
            ("\"S\"", "[\"S\"]", "sku"),
            ("2026-11", "2026-13", "month"),
            ("\"2026-11\"", "202611", "month"),
            (":1,", ":1e309,", "count"),
            (":1,", ":-1,", "count"),
            (":1,", ":NaN,", "count"),
            (":1,", ":true,", "count"),
            (":1,", ":null,", "count"),
            (":1,", ":[1],", "count"),
            ("\"k\"", "\" \"", "key"),
            ("\"k\"", "7", "key"),
            ("\"k\"", "\"\\u0009\"", "key"),
            ("\"k\"", "\"k\",\"key\":\"k\"", "key"),
            ("\"count\"", "\"cuont\"", "count"),
        ] {
            assert!(LINE.contains(from), "{from}");
            assert_eq!(fault(&LINE.replace(from, to)).0, field, "{to}");
        }
        for line in ["{", "[]", "7", "", &format!("{LINE}{LINE}"), &LINE.replace('}', "")] {
            assert!(fault(line).1.starts_with("is not a line of usage"), "{line}");
        }
    }

    #[test]
    fn the_first_id_that_is_not_empty_says_who_and_the_others_are_kept() {
        let of = |ids: &str| {
            let usage = super::line(LINE.replace(r#""customerId":"C-1""#, ids).as_bytes()).unwrap();
            (usage.of, usage.also)
        };
        let customer = |id: &str| Called::CustomerId(id.to_owned());
        let provisioned = Called::ProvisioningId("p".to_owned());
        assert_eq!(of(r#""provisioningId":"","customerId":"C-1""#), (customer("C-1"), Vec::new()));
        assert_eq!(
            of(r#""customerId":"C-1","provisioningId":"p""#),
            (provisioned.clone(), vec![customer("C-1")])
        );
        assert_eq!(
            of(r#""customerId":"p","provisioningId":"p","id":null"#),
            (provisioned, vec![customer("p")]),
            "the same text is another id"
        );
    }
}
