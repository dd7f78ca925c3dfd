//! `order erase`: one order, or all that ended before a day.

use super::args::EraseArgs;
use super::stop::Stop;
use super::{Console, Exit, Failed, Session, dates, orders};
use crate::config::Settings;
use crate::engine::{Engine, Error};
use crate::order::{Command, Order, OrderId, Refusal, Right, Summary, Timestamp};
use crate::text::many;
use serde_json::json;

/// Orders that are looked at together.
const PAGE: u32 = 256;

/// Erases.
pub async fn run(settings: &Settings, args: &EraseArgs, console: &Console) -> Result<Exit, Failed> {
    let reason = match args.by.as_deref().map(str::trim) {
        Some("") => return Err(Failed::new(Exit::BadInput, "--by is empty; say who wants it erased")),
        Some(name) => format!("{} (said by {name})", args.reason.trim()),
        None => args.reason.trim().to_owned(),
    };
    if args.reason.trim().is_empty() {
        return Err(Failed::new(Exit::BadInput, "--reason is empty; say why, for whoever reads the history"));
    }
    if let Some(id) = &args.id {
        let session = Session::open(settings).await?;
        let order = session.find(id).await?;
        orders::finish(&session, &order.id, Command::Erase { reason }, console).await?;
        console.note("erased: the key of its personal data is destroyed");
        tell_of_rest(settings, &session, console);
        return Ok(Exit::Done);
    }
    let before = dates::moment("ended-before", args.ended_before.as_deref().unwrap_or_default())?;
    let session = Session::open(settings).await?;
    let engine = &session.engine;
    engine.permit(Right::Erase)?;
    if before > engine.clock().now() {
        return Err(Failed::new(Exit::BadInput, "--ended-before lies in the future"));
    }
    let batch = Batch { engine, console, reason: (!args.preview).then_some(reason), done: 0 };
    let exit = batch.run(before).await?;
    if !args.preview {
        tell_of_rest(settings, &session, console);
    }
    Ok(exit)
}

/// Where the keys may still be: in the log while another process reads it, and in what was kept of an earlier version of
/// the journal, which knows nothing of an erasure.
fn tell_of_rest(settings: &Settings, session: &Session, console: &Console) {
    if !session.engine.journal().is_purged() {
        console.note(
            "the journal is being read, so the erased keys are still on the disk; they leave it when all desks are closed: \
             close them, then run: pxdesk order list",
        );
    }
    for copy in settings.journal.kept_by_migrations() {
        console.note(&format!(
            "{} was kept when the journal was brought to this version, and still has the erased data: remove it once you \
             do not need it any more",
            copy.display()
        ));
    }
}

/// Every order that ended before a moment and was not erased yet, a page at a time.
struct Batch<'a> {
    engine: &'a Engine,
    console: &'a Console,
    /// None: nothing is erased.
    reason: Option<String>,
    done: usize,
}

impl Batch<'_> {
    async fn run(mut self, before: Timestamp) -> Result<Exit, Failed> {
        let mut lines = self.console.array()?;
        let ended = self.each(before, &mut lines).await;
        // What was done before the journal was lost is told all the same.
        lines.end()?;
        let what = if self.reason.is_some() { "erased" } else { "would be erased" };
        self.console.note(&format!("{} {what}", many(self.done, "order")));
        if !matches!(ended, Ok(Exit::Done)) {
            self.console.note("stopped before the end; the same command goes on from here");
        }
        ended
    }

    async fn each(
        &mut self,
        before: Timestamp,
        lines: &mut super::console::Array<'_>,
    ) -> Result<Exit, Failed> {
        let mut stop = Stop::listen();
        let mut after: Option<Summary> = None;
        loop {
            let page = self.engine.ended_before(before, after.as_ref(), PAGE).await?;
            for row in &page {
                if stop.was_told().await {
                    return Ok(Exit::Unexpected);
                }
                if self.one(&row.id).await? {
                    self.done += 1;
                    self.tell(lines, row)?;
                }
            }
            after = page.into_iter().next_back();
            if after.is_none() {
                return Ok(Exit::Done);
            }
        }
    }

    /// Erases one, or looks whether it would be; false when it was erased before.
    async fn one(&self, id: &OrderId) -> Result<bool, Failed> {
        if self.engine.journal().load::<Order>(id).await?.erased {
            return Ok(false);
        }
        let Some(reason) = &self.reason else { return Ok(true) };
        match self.engine.command(id, Command::Erase { reason: reason.clone() }).await {
            Ok(_) => Ok(true),
            // Somebody else erases, too, and was faster.
            Err(Error::Refusal(Refusal::Erased)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn tell(&self, lines: &mut super::console::Array, row: &Summary) -> Result<(), Failed> {
        if self.console.is_json() {
            let erased = self.reason.is_some();
            return lines.item(&json!({ "id": row.id, "endedAt": row.ended_at, "erased": erased }));
        }
        let ended = row.ended_at.map(dates::day).unwrap_or_default();
        self.console.text(&format!("{}  ended {ended}", row.id))
    }
}
