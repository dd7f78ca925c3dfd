//! `registration runs`: the plans that were applied, and each of their changes.

use crate::cli::dates::local;
use crate::cli::{Console, Exit, Failed, Session, opened};
use crate::config::Settings;
use crate::engine::RegistrationError;
use crate::journal;
use crate::kind::ShortId;
use crate::registry::{Account, Closed, Run, RunRow, RunStep};
use crate::text::one_line;
use serde_json::{Value, json};

/// As many runs as are shown.
const RUNS: u32 = 100;

/// What the state of a run is called that nobody applies any more: whoever applies next finishes it.
const UNFINISHED: &str = "unfinished";

/// Prints the plans that were applied.
pub async fn all(settings: &Settings, console: &Console) -> Result<Exit, Failed> {
    let session = opened::contract_to_read(settings).await?;
    let mut rows = Vec::new();
    for mut row in session.engine.runs(RUNS).await? {
        row.state = state(&session, &row).await;
        let reason = session.engine.account(&row.id).await?.reason;
        rows.push((row, reason));
    }
    if console.is_json() {
        let row = |(row, reason): &(RunRow, Option<String>)| {
            json!({
                "id": row.id, "contract": row.contract, "state": row.state, "at": row.opened_at,
                "by": row.opened_by, "reason": reason, "changes": row.changes, "done": row.done,
                "failed": row.failed,
            })
        };
        console.json(&rows.iter().map(row).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let line = |(row, reason): &(RunRow, Option<String>)| {
        let RunRow { id, opened_at, state, done, changes, opened_by, .. } = row;
        let reason = reason.as_ref().map(|reason| format!("  {reason}")).unwrap_or_default();
        let at = local(*opened_at);
        // A line break in what somebody wrote begins no line.
        one_line(&format!("{id}  {at}  {state:<10} {done} of {changes} done  {opened_by}{reason}"))
    };
    if rows.is_empty() {
        console.note("no plan was applied yet");
    }
    console.text(&rows.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    Ok(Exit::Done)
}

async fn state(session: &Session, row: &RunRow) -> String {
    let is_left = row.owner.is_some() && !session.engine.is_under_way(row).await;
    if is_left { UNFINISHED.to_owned() } else { row.state.clone() }
}

/// Prints one of them, with each of its changes and what became of it.
pub async fn one(settings: &Settings, text: &str, console: &Console) -> Result<Exit, Failed> {
    let none = || Failed {
        exit: Exit::BadInput,
        what: format!("there is no run `{text}`"),
        next: Some("`pxdesk registration runs` shows their ids".to_owned()),
    };
    let id = ShortId::parse(text).ok_or_else(none)?;
    let session = opened::contract_to_read(settings).await?;
    let (run, account) = match session.engine.run_in_full(&id).await {
        Err(RegistrationError::Journal(journal::Error::NotFound { .. })) => return Err(none()),
        read => read?,
    };
    let rows = session.engine.runs(RUNS).await?;
    let row = rows.iter().find(|row| row.id == id);
    let state = match row {
        Some(row) => state(&session, row).await,
        None => run.state().to_owned(),
    };
    if console.is_json() {
        console.json(&in_full(&run, &state, &account))?;
    } else {
        console.text(&lines(&run, &state, &account).join("\n"))?;
    }
    Ok(Exit::Done)
}

fn in_full(run: &Run, state: &str, account: &Account) -> Value {
    let step = |(n, step): (&u32, &RunStep)| {
        json!({
            "n": n, "change": step.change, "begun": step.begun, "became": step.how,
            "words": step.words(),
        })
    };
    json!({
        "id": run.id, "contract": run.contract, "state": state, "at": run.opened_at, "by": run.opened_by,
        "reason": account.reason, "changes": run.changes, "done": run.done, "failed": run.failed,
        "ended": account.closed, "each": account.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn lines(run: &Run, state: &str, account: &Account) -> Vec<String> {
    let Run { id, contract, opened_at, opened_by, done, changes, .. } = run;
    let mut lines = vec![
        format!("{id}  {opened_at:.0}  {state}  {done} of {changes} done  {opened_by}"),
        format!("contract {contract}"),
    ];
    lines.extend(account.reason.as_ref().map(|reason| format!("reason: {reason}")));
    match &account.closed {
        Some(Closed::Moved { what: why } | Closed::Stopped { why }) => {
            lines.push(format!("ended early: {why}"));
        }
        Some(Closed::Applied | Closed::Refused { .. } | Closed::CutOff) | None => {}
    }
    lines.extend(account.steps.values().map(RunStep::to_string));
    let mut lines: Vec<_> = lines.iter().map(|line| one_line(line)).collect();
    let begun = account.steps.len();
    if let Some(rest) =
        usize::try_from(*changes).ok().and_then(|all| all.checked_sub(begun)).filter(|n| *n > 0)
    {
        lines.push(format!("{rest} of {changes} were not begun"));
    }
    lines
}
