//! `order list --stalled --by-cause`: what holds orders up, most urgent first.

use super::orders::{each_stalled, not_recorded};
use super::{Console, Exit, Failed, opened};
use crate::config::Settings;
use crate::order::span;
use crate::order::stalled::{Group, Groups};
use serde_json::json;

/// Prints a line for each cause.
pub async fn list(settings: &Settings, console: &Console) -> Result<Exit, Failed> {
    let session = opened::to_read(settings).await?;
    not_recorded(&session, console);
    let now = session.engine.clock().now();
    let mut groups = Groups::default();
    each_stalled(session.engine.journal(), settings.environment, now, |row| groups.add(row, now)).await?;
    let groups = groups.sorted();
    if console.is_json() {
        let group = |group: &Group| {
            json!({
                "cause": group.cause.key,
                "title": group.cause.title,
                "count": group.count,
                "oldestSeconds": group.oldest(now).as_secs(),
                "leastSecondsLeft": group.least_left(now).map(|left| left.as_secs()),
                "retry": { "useful": group.useful, "futile": group.futile, "dangerous": group.dangerous },
            })
        };
        console.json(&groups.iter().map(group).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let width = groups.iter().map(|group| group.cause.key.len()).max().unwrap_or(0);
    for group in &groups {
        let left = group.least_left(now).map_or_else(|| "-".to_owned(), span);
        console.text(&format!(
            "{:>5}  {:<width$}  oldest {:<8}  least left {left:<8}  retry: {} useful, {} futile, {} dangerous  {}",
            group.count,
            group.cause.key,
            span(group.oldest(now)),
            group.useful,
            group.futile,
            group.dangerous,
            group.cause.title,
        ))?;
    }
    if groups.is_empty() {
        console.note("no order is stalled");
    }
    Ok(Exit::Done)
}
