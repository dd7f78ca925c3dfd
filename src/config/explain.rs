//! What the reader of TOML says, in words for people.

/// serde's words, with the nearest valid key named.
pub fn explain(message: &str) -> String {
    if let Some(explained) = of_another_type(message) {
        return explained;
    }
    // Words about a name in a heading, which has no key of its own.
    if message.starts_with("is ") || message.starts_with("holds ") {
        return format!("what is written here {message}");
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let found = quoted.next();
    let (Some(found), true) = (found, unknown) else {
        return message.to_owned();
    };
    let what = if message.starts_with("unknown field") { "key" } else { "value" };
    let valid: Vec<&str> = quoted.collect();
    let nearest =
        valid.iter().max_by(|a, b| strsim::jaro_winkler(found, a).total_cmp(&strsim::jaro_winkler(found, b)));
    match nearest {
        Some(nearest) if strsim::jaro_winkler(found, nearest) > 0.7 => {
            format!("`{found}` is not a {what} here; did you mean `{nearest}`?")
        }
        Some(_) | None => format!("`{found}` is not a {what} here; valid are {}", valid.join(", ")),
    }
}

/// A value of another type than the one that belongs there.
fn of_another_type(message: &str) -> Option<String> {
    let (found, expected) = message.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let belongs = match expected {
        "a string" => "a text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    let kinds = [
        ("integer ", "the number "),
        ("floating point ", "the number "),
        ("boolean ", ""),
        ("string ", "the text "),
        ("map", "a table"),
        ("sequence", "a list"),
    ];
    let named = |(kind, word)| found.strip_prefix(kind).map(|rest| format!("{word}{rest}"));
    let found = kinds.into_iter().find_map(named).unwrap_or_else(|| found.to_owned());
    Some(format!("{belongs} belongs here, and not {found}"))
}
