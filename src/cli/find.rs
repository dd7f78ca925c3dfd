//! `order find`: whose order is it, when a customer phones back.

use super::console::line_from_stdin;
use super::{Console, Exit, Failed, json, opened, orders};
use crate::config::Settings;
use crate::desk::FOUND;
use crate::order::{Contact, Environment, Personal};

/// Prints the orders that `text` may mean.
pub async fn run(settings: &Settings, text: &Personal, console: &Console) -> Result<Exit, Failed> {
    let text = match text.expose() {
        "-" => Personal::new(line_from_stdin("what to look for")?.trim()),
        _ => text.clone(),
    };
    let session = opened::to_read(settings).await?;
    let engine = &session.engine;
    let rows = engine.journal().search(engine.environment(), text.expose()).await?;
    let now = engine.clock().now();
    if rows.len() >= FOUND {
        console.note(&format!("the first {}; more may match", rows.len()));
    }
    if console.is_json() {
        console.json(&rows.iter().map(|row| json::summary(row, now)).collect::<Vec<_>>())?;
    } else {
        console.text(&rows.iter().map(|row| orders::line(row, now, false)).collect::<String>())?;
        if rows.is_empty() {
            console.note(&nothing(text.expose(), engine.environment()));
        }
    }
    Ok(Exit::Done)
}

/// Nothing was found; and, where `text` is neither a number nor an address, what it was taken for.
fn nothing(text: &str, environment: Environment) -> String {
    let found = format!("nothing found in the {environment} environment");
    match Contact::parse(text) {
        Some(_) => found,
        None if text.contains('@') => format!("{found}: this is not a whole e-mail address"),
        None => format!(
            "{found}: it was looked for as the beginning of an id, since it is neither a whole phone number (ten digits, or +1 \
             and ten digits) nor an e-mail address"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_not_taken_for_one_without_a_word() {
        for (text, more) in [
            ("3035550123", ""),
            ("ann@example.com", ""),
            ("ann@", ": this is not a whole e-mail address"),
            ("1 (303) 555-0123 x4", ": it was looked for as the beginning of an id, "),
            ("T-1", ": it was looked for as the beginning of an id, "),
        ] {
            let told = nothing(text, Environment::Sandbox);
            let rest = told.strip_prefix("nothing found in the sandbox environment").unwrap();
            assert!(rest.starts_with(more) && rest.is_empty() == more.is_empty(), "{text}: {told}");
        }
    }
}
