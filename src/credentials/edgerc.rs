//! The `.edgerc` file, as the vendor's other programs read it: sections, and `name = value` in each (G). Pure.
//!
//! What is not right in it is said by line and name; a value is never shown.

use super::trio::fits;
use crate::order::Secret;
use crate::registration::{Credentials, Identity, MAX_BODY};
use crate::text::quote;
use std::collections::BTreeMap;

/// Names and values of one section, with the line of each.
type Members<'a> = BTreeMap<&'static str, (usize, &'a str)>;

/// The names that count, with how else they are written. Others belong to other programs.
const NAMES: [(&str, &str); 6] = [
    ("host", "host"),
    ("client_token", "client_token"),
    ("client_secret", "client_secret"),
    ("access_token", "access_token"),
    ("max_body", "max_body"),
    ("max-body", "max_body"),
];

/// What the section `section` of `text` says.
///
/// # Errors
/// In words, without the file's name: which line or which member is not right, and why.
pub fn parse(text: &[u8], section: &str) -> Result<Identity, String> {
    let text = std::str::from_utf8(text).map_err(|_| "it is not a text".to_owned())?;
    let members = members(text.trim_start_matches('\u{feff}'), section)?;
    let missing: Vec<_> = ["client_token", "client_secret", "access_token"]
        .into_iter()
        .filter(|name| !members.contains_key(name))
        .collect();
    if !missing.is_empty() {
        return Err(format!("its section [{}] has no {}", quote(section), missing.join(" and no ")));
    }
    let secret = |name| secret(&members, name);
    let credentials = Credentials {
        client_token: secret("client_token")?,
        client_secret: secret("client_secret")?,
        access_token: secret("access_token")?,
        max_body: max_body(&members)?,
    };
    Ok(Identity { credentials, host: host(&members)? })
}

/// The members of the section that count.
fn members<'a>(text: &'a str, section: &str) -> Result<Members<'a>, String> {
    let (mut found, mut members, mut inside) = (Vec::new(), Members::new(), false);
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name =
                name.strip_suffix(']').ok_or_else(|| format!("line {number} begins with [ and has no ]"))?;
            let name = name.trim();
            inside = name == section;
            if inside && found.contains(&name) {
                return Err(format!("line {number} begins its section [{}] once more", quote(section)));
            }
            found.push(name);
        } else if found.is_empty() {
            return Err(format!("line {number} stands before the first section, such as [default]"));
        } else if inside {
            member(number, line, &mut members)?;
        }
    }
    if found.contains(&section) {
        return Ok(members);
    }
    let others: Vec<_> = found.iter().take(9).map(|name| format!("[{}]", quote(name))).collect();
    let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
    Err(format!("it has no section [{}]; its sections are: {others}", quote(section)))
}

/// Takes in one line of the section. The value begins after the first `=` or `:` and may hold more of them.
fn member<'a>(number: usize, line: &'a str, members: &mut Members<'a>) -> Result<(), String> {
    let (name, value) = line
        .split_once(['=', ':'])
        .ok_or_else(|| format!("line {number} is not of the form NAME = VALUE"))?;
    let name = name.trim().to_ascii_lowercase();
    let Some((_, name)) = NAMES.into_iter().find(|(written, _)| *written == name) else { return Ok(()) };
    match members.insert(name, (number, value.trim())) {
        Some((first, _)) => Err(format!("line {number} says {name} once more, after line {first}")),
        None => Ok(()),
    }
}

fn secret(members: &Members, name: &str) -> Result<Secret, String> {
    let (number, value) = members.get(name).copied().unwrap_or_default();
    if value.is_empty() {
        return Err(format!("line {number} has no value for {name}"));
    }
    if !fits(value) {
        return Err(format!(
            "line {number}: {name} holds a space, a semicolon, or a character that is not of ASCII"
        ));
    }
    Ok(Secret::new(value))
}

fn max_body(members: &Members) -> Result<usize, String> {
    let Some((number, value)) = members.get("max_body") else { return Ok(MAX_BODY) };
    let size = value.parse().ok().filter(|size: &usize| *size > 0);
    size.ok_or_else(|| format!("line {number}: max_body is not a whole number above 0"))
}

/// A host's name. Many write it as an address.
fn host(members: &Members) -> Result<Option<String>, String> {
    let Some((number, value)) = members.get("host") else { return Ok(None) };
    let bare = value.strip_prefix("https://").unwrap_or(value).trim_end_matches('/');
    let is_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    if bare.is_empty() || !bare.chars().all(is_one) {
        return Err(format!("line {number}: host is not a host's name"));
    }
    Ok(Some(bare.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# control center\n[default]\nclient_secret = ab/c+d=\nhost = akab-h.luna.example\n\
                        access_token = akab-access\nclient_token = akab-client\n\n; another\n[papi]\n\
                        CLIENT_TOKEN:akab-c2\naccess_token=akab-a2\nclient_secret = s2==\nmax-body = 2048\n\
                        host = https://akab-2.luna.example/\naccount_key = ours to ignore\n[broken]\nhost\n";

    #[test]
    fn a_section_is_read_as_other_programs_read_it() {
        let Identity { credentials, host } = parse(FILE.as_bytes(), "default").unwrap();
        assert_eq!(credentials.client_secret.expose(), "ab/c+d=");
        assert_eq!(credentials.client_token.expose(), "akab-client");
        assert_eq!(credentials.access_token.expose(), "akab-access");
        assert_eq!((credentials.max_body, host.as_deref()), (131_072, Some("akab-h.luna.example")));
        let windows = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
        let Identity { credentials, host } = parse(windows.as_bytes(), "papi").unwrap();
        assert_eq!(
            (credentials.client_token.expose(), credentials.client_secret.expose()),
            ("akab-c2", "s2==")
        );
        assert_eq!((credentials.max_body, host.as_deref()), (2048, Some("akab-2.luna.example")));
    }

    #[test]
    fn what_is_wrong_is_named_by_line_and_never_shown() {
        let whole = "client_token=hunter2\naccess_token=hunter2\nclient_secret=hunter2\n";
        let section = |rest: &str| format!("[default]\n{whole}{rest}");
        for (text, says) in [
            (String::new(), "it has no section [default]; its sections are: none"),
            ("[a]\n[b]\n".to_owned(), "it has no section [default]; its sections are: [a], [b]"),
            (whole.to_owned(), "line 1 stands before the first section, such as [default]"),
            ("[default\n".to_owned(), "line 1 begins with [ and has no ]"),
            (
                "[default]\nclient_token = hunter2\n".to_owned(),
                "its section [default] has no client_secret and no access_token",
            ),
            (section("hunter2\n"), "line 5 is not of the form NAME = VALUE"),
            (section("client-secret\n"), "line 5 is not of the form NAME = VALUE"),
            (section("client_secret = hunter2\n"), "line 5 says client_secret once more, after line 4"),
            (section("[default]\n"), "line 5 begins its section [default] once more"),
            (section("max_body = hunter2\n"), "line 5: max_body is not a whole number above 0"),
            (section("max_body = 1\nmax-body = 1\n"), "line 6 says max_body once more, after line 5"),
            (section("host = hunter2/x\n"), "line 5: host is not a host's name"),
            (section("host = http://hunter2\n"), "line 5: host is not a host's name"),
        ] {
            assert_eq!(parse(text.as_bytes(), "default").unwrap_err(), says, "{text}");
        }
        for (value, says) in [("", "line 4 has no value for client_secret"), ("hunter2 x", "holds a space")] {
            let text =
                format!("[default]\nclient_token=hunter2\naccess_token=hunter2\nclient_secret={value}\n");
            let error = parse(text.as_bytes(), "default").unwrap_err();
            assert!(error.contains(says) && !error.contains("hunter2"), "{error}");
        }
        assert_eq!(parse(b"[default]\n\xff", "default").unwrap_err(), "it is not a text");
    }

    proptest::proptest! {
        #[test]
        fn no_file_is_too_odd_and_no_error_shows_a_value(
            lines in proptest::collection::vec("(host|client_token|max-body|x)? ?[=:]? ?hunter2[ ;#\\[\\]=é]{0,3}|\\[default\\]?|.{0,9}", 0..9),
        ) {
            if let Err(error) = parse(lines.join("\n").as_bytes(), "default") {
                proptest::prop_assert!(!error.contains("hunter2"), "{error}");
            }
        }
    }
}
