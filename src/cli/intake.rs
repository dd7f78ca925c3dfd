//! `order open`: a bad line is reported with its number and field, and the good ones are still added.

use super::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::engine::Error;
use crate::order::{NewOrder, Refusal, parse_intake};
use serde_json::json;
use std::io::Read as _;
use std::path::Path;

/// Takes the orders of `file` in, `-` being standard input.
pub async fn run(
    settings: &Settings,
    file: &Path,
    despite_doubt: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let text = read(file)?;
    let session = Session::open(settings).await?;
    let lines = parse_intake(&text, session.engine.clock().now());
    if lines.is_empty() {
        return Err(Failed::new(Exit::BadInput, format!("{}: there is no order in it", file.display())));
    }
    let mut worst = Exit::Done;
    for line in lines {
        let place = format!("{}:{}", file.display(), line.number);
        let exit = match line.order {
            Err(errors) => {
                let errors: Vec<_> = errors
                    .iter()
                    .map(|e| json!({ "field": e.field, "problem": e.problem, "text": e.to_string() }))
                    .collect();
                for error in &errors {
                    console.note(&format!("{place}: {}", error["text"].as_str().unwrap_or_default()));
                }
                if console.is_json() {
                    console.json_line(&json!({ "line": line.number, "errors": errors }))?;
                }
                Exit::BadInput
            }
            Ok(mut new) => {
                new.despite_doubt = despite_doubt.map(str::to_owned);
                open(&session, new, line.number, &place, console).await?
            }
        };
        // Bad input weighs more than an identity that is locked.
        worst = if worst == Exit::BadInput || exit == Exit::Done { worst } else { exit };
    }
    Ok(worst)
}

async fn open(
    session: &Session,
    new: NewOrder,
    line: usize,
    place: &str,
    console: &Console,
) -> Result<Exit, Failed> {
    for field in &new.ignored {
        console.note(&format!("{place}: warning: {field} is not a field of an order and was left out"));
    }
    if new.gift_cards.len() > 1 {
        console.note(&format!(
            "{place}: warning: Px takes one gift card (1215); there are {}",
            new.gift_cards.len()
        ));
    }
    match session.engine.open(new).await {
        Ok(order) => {
            if console.is_json() {
                console.json_line(&json!({ "line": line, "id": order.id, "state": order.standing() }))?;
            } else {
                console.text(order.id.as_str())?;
            }
            Ok(Exit::Done)
        }
        Err(Error::Refusal(refusal @ (Refusal::IdentityLocked { .. } | Refusal::SameSaleInDoubt { .. }))) => {
            console.note(&format!("{place}: {refusal}. {}", refusal.next()));
            if console.is_json() {
                let errors = [
                    json!({ "field": refusal.field(), "problem": refusal.to_string(), "text": refusal.to_string() }),
                ];
                console.json_line(&json!({ "line": line, "errors": errors }))?;
            }
            Ok(Exit::RefusedHere)
        }
        Err(error) => {
            let mut failed = Failed::from(error);
            failed.what = format!("{place}: {}", failed.what);
            failed.next = Some("The orders before this line were added; the rest were not.".to_owned());
            Err(failed)
        }
    }
}

fn read(file: &Path) -> Result<String, Failed> {
    let bad = |e: &dyn std::fmt::Display| {
        Failed::new(Exit::BadInput, format!("cannot read {}: {e}", file.display()))
    };
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map_err(|e| bad(&e))?;
    } else {
        bytes = std::fs::read(file).map_err(|e| bad(&e))?;
    }
    String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].split(|b| *b == b'\n').count();
        Failed::new(Exit::BadInput, format!("{}:{line}: is not UTF-8 text", file.display()))
    })
}
