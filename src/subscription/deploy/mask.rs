//! A body that nobody could read, to be shown: as it came, but for its passwords.

use super::is_password;

/// What stands where a password stood.
const MASK: &str = "***";

/// The same text without what follows a name of a password: in JSON, whole or cut, in a form, or in XML.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_name(rest) {
        out.push_str(before);
        out.push_str(name);
        rest = after;
        let Some(value) = value_after(after).filter(|_| is_password(&spelled_out(name))) else { continue };
        out.push_str(&after[..after.len() - value.len()]);
        out.push_str(MASK);
        rest = behind(value);
    }
    out.push_str(rest);
    out
}

/// The next name in `text`, what stands before it and what behind it.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\\');
    let from = text.find(in_name)?;
    let (before, rest) = text.split_at(from);
    let (name, after) = rest.split_at(rest.find(|c: char| !in_name(c)).unwrap_or(rest.len()));
    Some((before, name, after))
}

/// A name in which JSON may have spelled letters as `\u0061`.
fn spelled_out(name: &str) -> String {
    serde_json::from_str(&format!("\"{name}\"")).unwrap_or_else(|_| name.to_owned())
}

/// The value that begins behind a name; none where no value follows.
fn value_after(text: &str) -> Option<&str> {
    let text = text.strip_prefix('"').unwrap_or(text).trim_start();
    let value = text.strip_prefix([':', '=', '>'])?.trim_start();
    (!value.is_empty() && !value.starts_with('<')).then_some(value)
}

/// What stands behind a value; nothing where it does not end.
fn behind(value: &str) -> &str {
    match value.as_bytes().first() {
        Some(b'"') => &value[1 + end_of_text(&value[1..])..],
        Some(b'{' | b'[') => &value[end_of_nest(value)..],
        _ => {
            &value[value
                .find(|c: char| matches!(c, ',' | '&' | '}' | ']' | '<') || c.is_control())
                .unwrap_or(value.len())..]
        }
    }
}

/// Where a text of JSON ends, behind its closing quote.
fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Where an object or an array of JSON ends, behind its closing bracket.
fn end_of_nest(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.as_bytes().get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => at += end_of_text(&text[at..]),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_in_no_form_and_the_rest_is() {
        for (body, shown) in [
            (r#"{"name":"Ann","Password":"hun\"ter2","x":1}"#, r#"{"name":"Ann","Password":***,"x":1}"#),
            (r#"{"resellerkey" : "k","mail":"a@x"}"#, r#"{"resellerkey" : ***,"mail":"a@x"}"#),
            (r#"{"pwd":{"a":["}",1]},"b":2}"#, r#"{"pwd":***,"b":2}"#),
            (r#"{"pass\u0077ord":"k","b":2"#, r#"{"pass\u0077ord":***,"b":2"#),
            (r#"{"a":1,"password":"cut of"#, r#"{"a":1,"password":***"#),
            (r#"{"password":["cut"#, r#"{"password":***"#),
            (r#"{"passcode":1234,"b":2}"#, r#"{"passcode":***,"b":2}"#),
            ("name=Ann&password=hunter 2&x=1", "name=Ann&password=***&x=1"),
            ("<password>hunter2</password><x>", "<password>***</password><x>"),
            ("password: hunter2\nname: Ann", "password: ***\nname: Ann"),
            (r#"{"note":"my password is long"}"#, r#"{"note":"my password is long"}"#),
            (r#"{"password""#, r#"{"password""#),
            ("é\u{fffd}", "é\u{fffd}"),
        ] {
            assert_eq!(masked(body), shown);
        }
    }
}
