//! A body that nobody could read, to be shown: as it came, but for its passwords.
//!
//! It is read as loosely as it may have been written: JSON whole or cut, in either kind of quotes; a form, also one of several
//! parts; XML; lines. What cannot be told is masked rather than shown.

use super::secrets::is_password;
use std::ops::Range;

/// What stands where a password stood.
const MASK: &str = "***";
/// So often a text may stand in a text; what is deeper is masked.
const DEEPEST: usize = 8;
/// As much of what may be a name is looked at, in characters.
const LONGEST: usize = 200;
/// What a member is called that names what another one holds, and what that one is called.
const NAMES: [&str; 12] =
    ["name", "key", "field", "label", "id", "title", "type", "k", "n", "param", "parameter", "attribute"];
const VALUES: [&str; 9] = ["value", "values", "val", "v", "content", "text", "data", "answer", "input"];

/// The same text without its passwords.
pub fn masked(text: &str) -> String {
    if text.to_ascii_lowercase().contains("form-data") { in_parts(text) } else { plain(text, 0) }
}

/// A form of several parts: what a part holds whose name is a password's is masked, line breaks and all.
fn in_parts(text: &str) -> String {
    let (mut out, mut open) = (String::new(), String::new());
    // None outside of a part's head; else whether the part is a password.
    let (mut head, mut hides) = (None, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.starts_with("--") {
            out.push_str(&plain(&open, 0));
            open.clear();
            out.push_str(line);
            (head, hides) = (Some(false), false);
            continue;
        }
        match head {
            Some(password) if bare.is_empty() => {
                out.push_str(line);
                (head, hides) = (None, password);
                if password {
                    out.push_str(MASK);
                    out.push('\n');
                }
            }
            Some(password) => {
                let names = bare.to_ascii_lowercase().starts_with("content-disposition");
                head = Some(password || names && part_name(bare).is_some_and(is_password));
                out.push_str(line);
            }
            None if hides => {}
            None => open.push_str(line),
        }
    }
    out + &plain(&open, 0)
}

/// What a part is called.
fn part_name(line: &str) -> Option<&str> {
    let at = line.to_ascii_lowercase().find(" name=").or_else(|| line.find(";name="))?;
    let name = line.get(at + 6..)?;
    name.strip_prefix('"').map_or_else(|| name.split([';', ' ']).next(), |quoted| quoted.split('"').next())
}

/// An object or an array that is open.
struct Open {
    /// Where it begins, and by which bracket.
    at: usize,
    bracket: u8,
    /// What it is called.
    name: Option<String>,
    /// What it holds: each with what that is called.
    values: Vec<(Option<String>, Range<usize>)>,
    /// The name of a password stands in it as a value.
    names_password: bool,
}

/// Reads a text once, from its beginning to its end.
struct Reading<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Where what may be a name without quotes began.
    phrase: usize,
    /// What is about to get a value.
    name: Option<String>,
    open: Vec<Open>,
    hidden: Vec<Range<usize>>,
}

fn plain(text: &str, depth: usize) -> String {
    let mut reading =
        Reading { text, at: 0, depth, phrase: 0, name: None, open: Vec::new(), hidden: Vec::new() };
    while reading.at < text.len() {
        reading.step();
    }
    while !reading.open.is_empty() {
        reading.closes(text.len());
    }
    let mut hidden = reading.hidden;
    hidden.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let (mut out, mut shown) = (String::with_capacity(text.len()), 0);
    for range in hidden {
        if range.start >= shown {
            out.push_str(&text[shown..range.start]);
            out.push_str(MASK);
        }
        shown = shown.max(range.end);
    }
    out + &text[shown..]
}

impl Reading<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn step(&mut self) {
        let Some(c) = self.rest().chars().next() else { return };
        match c {
            '"' => self.quoted('"'),
            '\'' if self.may_open() && self.rest()[1..].contains('\'') => self.quoted('\''),
            '{' | '[' if self.is_secret() => self.hides(self.at + end_of_nest(self.rest())),
            '{' | '[' => {
                let bracket = if c == '{' { b'{' } else { b'[' };
                let name = self.name.take();
                self.open.push(Open {
                    at: self.at,
                    bracket,
                    name,
                    values: Vec::new(),
                    names_password: false,
                });
                if c == '{' {
                    self.phrase = self.at + 1;
                }
                self.at += 1;
            }
            '}' | ']' => {
                self.at += 1;
                self.closes(self.at);
            }
            '<' => self.tag(),
            ':' | '=' => {
                self.name = Some(self.phrase());
                self.at += 1;
                self.at += self.rest().len() - self.rest().trim_start_matches(['=', ':', '>']).len();
            }
            ',' | '&' | ';' | '\n' | '\r' => {
                if !c.is_control() {
                    self.name = None;
                }
                self.at += 1;
                self.phrase = self.at;
            }
            c if self.name.is_some() && !c.is_whitespace() => self.bare(),
            c => self.at += c.len_utf8(),
        }
    }

    /// True where a single quote begins a text: an apostrophe does not.
    fn may_open(&self) -> bool {
        let before = self.text[..self.at].trim_end();
        before.is_empty() || before.ends_with(['{', '[', ',', ':', '=', '(', '>'])
    }

    /// What stands before a colon or an equals sign without quotes: the end of it, where it is long.
    fn phrase(&self) -> String {
        let phrase = self.text.get(self.phrase..self.at).unwrap_or_default();
        let from = phrase.char_indices().rev().take(LONGEST).last().map_or(0, |(at, _)| at);
        phrase[from..].trim().to_owned()
    }

    fn is_secret(&self) -> bool {
        self.name.as_deref().is_some_and(is_password)
    }

    fn hides(&mut self, to: usize) {
        self.hidden.push(self.at..to);
        self.at = to;
        self.name = None;
    }

    /// A text in quotes: a name where a value follows, else a value.
    fn quoted(&mut self, quote: char) {
        let end = self.at + 1 + end_of_text(&self.rest()[1..], quote);
        let raw = &self.text[self.at + 1..end];
        let inner = spelled_out(raw.strip_suffix(quote).unwrap_or(raw));
        let after = self.text[end..].trim_start();
        let is_name = after.starts_with([':', '=']) && self.name.is_none();
        if is_name {
            let after = after.trim_start_matches([':', '=', '>']);
            self.at = self.text.len() - after.len();
            self.name = Some(inner);
        } else if self.is_secret() || self.depth >= DEEPEST || plain(&inner, self.depth + 1) != inner {
            // A text may hold JSON, or a form, of its own.
            self.hides(behind(self.text, end));
        } else {
            self.value(&inner, end);
        }
        self.phrase = self.at;
    }

    /// A value without quotes.
    fn bare(&mut self) {
        if self.is_secret() {
            let ends = |c: char| matches!(c, ',' | '&' | '}' | ']' | '<') || c.is_control();
            let long = self.rest().find(ends).unwrap_or(self.rest().len());
            return self.hides(self.at + long);
        }
        // It may hold more names and values.
        let rest = self.rest();
        let word = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let word = word.max(rest.chars().next().map_or(1, char::len_utf8));
        let text = rest[..word].to_owned();
        self.value(&text, self.at + word);
        self.phrase = self.at;
    }

    /// What stands here up to `end` is the value of the name before it.
    fn value(&mut self, text: &str, end: usize) {
        let name = self.name.take();
        if let Some(open) = self.open.last_mut() {
            let says = |names: &[&str]| {
                name.as_deref().is_some_and(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
            };
            if is_password(text) && (open.bracket == b'[' || says(&NAMES)) {
                open.names_password = true;
            } else {
                open.values.push((name, self.at..end));
            }
        }
        self.at = end;
    }

    /// The innermost object or array has ended.
    fn closes(&mut self, end: usize) {
        let Some(closed) = self.open.pop() else { return };
        let is_value = |name: &Option<String>| {
            closed.bracket == b'['
                || name
                    .as_deref()
                    .is_some_and(|name| VALUES.iter().any(|known| name.eq_ignore_ascii_case(known)))
        };
        if closed.names_password {
            self.hidden
                .extend(closed.values.into_iter().filter(|(name, _)| is_value(name)).map(|(_, range)| range));
        }
        if let Some(around) = self.open.last_mut() {
            around.values.push((closed.name, closed.at..end));
        }
        self.name = None;
    }

    /// An element of XML, or whatever begins like one.
    fn tag(&mut self) {
        self.name = None;
        self.at += 1;
        self.phrase = self.at;
        let inside = self.rest();
        let ends = |c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<');
        let name: String = inside.chars().take(LONGEST).take_while(|c| !ends(*c)).collect();
        if !is_password(&name) {
            return;
        }
        let Some(end) = inside.find('>').filter(|end| !inside[..*end].ends_with('/')) else { return };
        self.at += end + 1;
        let long = self.rest().find("</").unwrap_or(self.rest().len());
        if long > 0 {
            self.hides(self.at + long);
        }
    }
}

/// A text in which JSON may have spelled letters as `\u0061`, and its quotes with a backslash.
fn spelled_out(text: &str) -> String {
    serde_json::from_str(&format!("\"{text}\""))
        .unwrap_or_else(|_| text.replace("\\\"", "\"").replace("\\'", "'"))
}

/// Where what stands at `end`, behind a text in quotes, ends if it belongs to that: another text, or the rest of one in which a
/// quote was not spelled as it should be.
fn behind(text: &str, mut end: usize) -> usize {
    loop {
        let gap = text[end..].len() - text[end..].trim_start_matches([' ', '\t']).len();
        let Some(next) = text[end + gap..].strip_prefix('"') else { break };
        end = text.len() - next.len() + end_of_text(next, '"');
    }
    let ends = |c: char| c.is_whitespace() || c.is_control() || ",&;}]<>/".contains(c);
    if text[end..].starts_with(ends) {
        return end;
    }
    let stops = |c: char| c.is_control() || ",&}]<".contains(c);
    text[end..].find(stops).map_or(text.len(), |long| end + long)
}

/// Where a text ends, behind its closing quote.
fn end_of_text(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            c if c == quote && !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Where an object or an array of JSON ends, behind its closing bracket.
fn end_of_nest(value: &str) -> usize {
    let quote = if value[1..].trim_start().starts_with('\'') { '\'' } else { '"' };
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(c) = value[at..].chars().next() {
        at += c.len_utf8();
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            c if c == quote => at += end_of_text(&value[at..], quote),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    value.len()
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
            // Either kind of quotes, and more in one.
            ("{'name':'Ann','password':'hunter2','x':1}", "{'name':'Ann','password':***,'x':1}"),
            ("{'pwd' : {'a':'}hunter2'},'it':'s'}", "{'pwd' : ***,'it':'s'}"),
            ("it's 5 o'clock", "it's 5 o'clock"),
            (r#"{"password":"a" "hunter2","b":2}"#, r#"{"password":***,"b":2}"#),
            (r#"{"password":"a"hunter2","b":2}"#, r#"{"password":***,"b":2}"#),
            (r#"{"mot de passe":"x","b":2}"#, r#"{"mot de passe":***,"b":2}"#),
            (r#"{"a":"{\"password\":\"hunter2\"}","b":2}"#, r#"{"a":***,"b":2}"#),
            (r#"{"note":"password: hunter2","b":2}"#, r#"{"note":***,"b":2}"#),
            // Names that stand in the values.
            (r#"[{"name":"password","value":"x","n":1}]"#, r#"[{"name":"password","value":***,"n":1}]"#),
            (r#"[{"value":"x","key":"PIN"}]"#, r#"[{"value":***,"key":"PIN"}]"#),
            (r#"{"name":"pwd","value":{"a":["x"]}}"#, r#"{"name":"pwd","value":***}"#),
            (r#"[["password","x"],["mail","a@x"]]"#, r#"[["password",***],["mail","a@x"]]"#),
            (r#"{"name":"pwd","value":"cut"#, r#"{"name":"pwd","value":***"#),
            // Forms and XML of other kinds.
            ("user[password]=x&user[name]=Ann", "user[password]=***&user[name]=Ann"),
            (r#"<u password="x" name="Ann"/>"#, r#"<u password=*** name="Ann"/>"#),
            ("<Pwd a='1'><![CDATA[x<y]]></Pwd>", "<Pwd a='1'>***</Pwd>"),
            ("password => 'x', name => 'Ann'", "password => ***, name => 'Ann'"),
        ] {
            assert_eq!(masked(body), shown);
        }
    }

    #[test]
    fn a_part_of_a_form_that_is_a_password_is_not_shown_whatever_lines_it_has() {
        let head = "Content-Disposition: form-data;";
        let body = format!(
            "--b\r\n{head} name=\"user\"\r\n\r\nAnn\r\n--b\r\n{head} name=\"adminPassword\"\r\n\r\nhunter\r\n\r\n2\r\n--b\r\n\
             {head} name=json\r\n\r\n{{\"pwd\":\"x\",\"a\":1}}\r\n--b--\r\n"
        );
        let shown = masked(&body);
        assert!(shown.contains("Ann") && shown.contains(r#"{"pwd":***,"a":1}"#), "{shown}");
        assert!(!shown.contains("hunter") && !shown.contains("\n2"), "{shown}");
    }

    #[test]
    fn a_long_body_of_brackets_and_quotes_is_read_all_the_same() {
        for body in ["[".repeat(200_000), "{\"".repeat(100_000), "\\\"'".repeat(70_000), "a=".repeat(100_000)]
        {
            masked(&body);
        }
    }
}
