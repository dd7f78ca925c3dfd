//! `order retry`: many orders, each on its own; what would be sent, and what is left out and why.

use super::args::RetryArgs;
use super::orders::each_stalled;
use super::stop::Stop;
use super::{Console, Exit, Failed, Session, live, show};
use crate::config::Settings;
use crate::engine::{Engine, Error, Retried};
use crate::order::stalled::{BatchPlan, Outlook, PLAIN_CAUSES, cause, is_cause, outlook, outlook_for};
use crate::order::{Again, OrderId, Refusal, Retry, Right, Summary};
use crate::session::of_order;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Retries, or shows what a retry would do.
pub async fn run(settings: &Settings, args: &RetryArgs, console: &Console) -> Result<Exit, Failed> {
    if args.preview {
        let session = Session::open(settings).await?;
        let mut plan = BatchPlan::default();
        let now = session.engine.clock().now();
        let by = session.engine.agent();
        each_chosen(&session, args, console, |row| plan.add(by, row, now)).await?;
        return preview(&plan, console);
    }
    live::confirm(settings, args.live, console)?;
    let session = Session::open_with_px(settings).await?;
    let now = session.engine.clock().now();
    let (mut chosen, mut left_out, mut worked_on) = (Vec::new(), 0_usize, 0_usize);
    each_chosen(&session, args, console, |row| {
        // Whoever names an order, or a cause, is told of each; of all orders, only what can be retried is tried.
        let again = outlook(row, now).again(row);
        let others = again.is_some() && outlook_for(session.engine.agent(), row, now).call.is_none();
        if args.all_retryable && (again.is_none() || others) {
            left_out += 1;
            worked_on += usize::from(others);
        } else {
            chosen.push((row.id.clone(), again));
        }
    })
    .await?;
    if chosen.is_empty() {
        console.note("nothing is both stalled and safe to retry");
    }
    if left_out > 0 {
        let are = if left_out == 1 { "order is" } else { "orders are" };
        console.note(&format!("{left_out} stalled {are} left out; --preview says why for each"));
    }
    if worked_on > 0 {
        console.note(&format!("somebody else is working on {worked_on} of these: they are left to them"));
    }
    let bulk = args.all_retryable || args.cause.is_some();
    Batch { engine: &session.engine, console, bulk, worst: Exit::Done }.run(&chosen).await
}

/// Looks at the orders that are meant.
async fn each_chosen(
    session: &Session,
    args: &RetryArgs,
    console: &Console,
    mut look: impl FnMut(&Summary),
) -> Result<(), Failed> {
    let engine = &session.engine;
    if !args.all_retryable && args.cause.is_none() {
        for text in &args.ids {
            look(&Summary::of(&session.find(text).await?));
        }
        return Ok(());
    }
    engine.permit(Right::RetryInBulk)?;
    let now = engine.clock().now();
    let Some(wanted) = &args.cause else {
        return each_stalled(engine.journal(), engine.environment(), now, look).await;
    };
    let (mut others, mut found) = (BTreeSet::new(), false);
    each_stalled(engine.journal(), engine.environment(), now, |row| match cause(row, now) {
        Some(cause) if cause.key == *wanted => {
            found = true;
            look(row);
        }
        Some(cause) => {
            others.insert(cause.key);
        }
        None => {}
    })
    .await?;
    if !found {
        let others: Vec<String> = others.into_iter().collect();
        let there = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
        if !is_cause(wanted) {
            return Err(Failed::new(
                Exit::BadInput,
                format!(
                    "`{wanted}` is no cause; causes now: {there}. A cause is one of {}, or the refused call with the code, \
                     such as complete_order/2000, as `pxdesk errors` lists them",
                    PLAIN_CAUSES.join(", ")
                ),
            ));
        }
        console.note(&format!("no order is stalled by `{wanted}`; causes now: {there}"));
    }
    Ok(())
}

fn preview(plan: &BatchPlan, console: &Console) -> Result<Exit, Failed> {
    if console.is_json() {
        let send = |(id, again): &(OrderId, Again)| json!({ "id": id, "call": again.call });
        let left_out =
            |(id, why): &(OrderId, Outlook)| json!({ "id": id, "retry": why.retry, "why": why.why });
        console.json(&json!({
            "send": plan.send.iter().map(send).collect::<Vec<_>>(),
            "leftOut": plan.left_out.iter().map(left_out).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    console.text(&format!("would be sent: {}; left out: {}", plan.send.len(), plan.left_out.len()))?;
    for (id, again) in &plan.send {
        console.text(&format!("{id}  send      {}", again.call))?;
    }
    for (id, Outlook { retry, why, .. }) in &plan.left_out {
        console.text(&format!("{id}  left out  a retry is {}: {why}", retry.name()))?;
    }
    console.note("Nothing was sent.");
    Ok(Exit::Done)
}

/// Retries, one after the other.
struct Batch<'a> {
    engine: &'a Engine,
    console: &'a Console,
    /// Of orders that nobody named: none is taken over by it.
    bulk: bool,
    worst: Exit,
}

impl Batch<'_> {
    /// Each on its own: what becomes of one keeps no other back, unless the journal takes nothing any more.
    async fn run(mut self, chosen: &[(OrderId, Option<Again>)]) -> Result<Exit, Failed> {
        let mut stop = Stop::listen();
        let mut lines = self.console.array()?;
        for (at, (id, again)) in chosen.iter().enumerate() {
            if stop.was_told().await {
                self.worst = self.worst.or(Exit::Unexpected);
                self.say_left(&mut lines, &chosen[at..])?;
                break;
            }
            self.console.note(&format!("retrying {} of {}: order {id}", at + 1, chosen.len()));
            let retry = Box::pin(self.retry(id, *again));
            let retried = match stop.or(self.engine, self.console, retry).await {
                Ok(retried) => retried,
                Err(stopped) => {
                    self.worst = self.worst.or(stopped.say(self.engine, id, self.console).await);
                    self.say_left(&mut lines, &chosen[at + 1..])?;
                    break;
                }
            };
            let (exit, line) = match outcome(id, retried) {
                Ok(done) => done,
                Err(error) => {
                    let line = unfinished(id, &error);
                    let failed = Failed::from(error);
                    self.tell(&mut lines, id, &line)?;
                    self.say_left(&mut lines, &chosen[at + 1..])?;
                    lines.end()?;
                    return Err(failed);
                }
            };
            self.worst = self.worst.or(exit);
            self.tell(&mut lines, id, &line)?;
        }
        lines.end()?;
        Ok(self.worst)
    }

    async fn retry(&self, id: &OrderId, again: Option<Again>) -> Result<Retried, Error> {
        if self.bulk {
            self.engine.retry_in_bulk(id, again).await
        } else {
            self.engine.retry(id, again).await
        }
    }

    fn tell(&self, lines: &mut super::console::Array, id: &OrderId, line: &Value) -> Result<(), Failed> {
        if self.console.is_json() {
            return lines.item(line);
        }
        let done = if line["retried"] == true { "retried" } else { "not retried" };
        self.console.text(&format!("{id}  {done}  {}", line["what"].as_str().unwrap_or_default()))
    }

    /// What was not tried.
    fn say_left(
        &self,
        lines: &mut super::console::Array,
        left: &[(OrderId, Option<Again>)],
    ) -> Result<(), Failed> {
        if left.is_empty() {
            return Ok(());
        }
        for (id, _) in left {
            let line = json!({ "id": id, "retried": false, "left": true, "what": "left for later" });
            self.tell(lines, id, &line)?;
        }
        self.console
            .note(&format!("{} of them were not tried; the same command goes on with these", left.len()));
        Ok(())
    }
}

/// An order whose end the journal did not take. What was answered was sent: it has not failed.
fn unfinished(id: &OrderId, error: &Error) -> Value {
    let mut line = json!({ "id": id, "retried": false, "what": error.to_string() });
    if matches!(error, Error::Unrecorded { .. }) {
        (line["retried"], line["recorded"]) = (json!(true), json!(false));
    }
    line
}

fn outcome(id: &OrderId, retried: Result<Retried, Error>) -> Result<(Exit, Value), Error> {
    match retried {
        Ok(Retried { call, order }) => {
            let exit = of_order(&order);
            let what = if order.trouble.is_none() {
                format!("{call}: answered; now {}", order.standing().title())
            } else {
                let said: Vec<String> =
                    show::trouble_lines(&order).into_iter().map(|(_, value)| value).take(2).collect();
                format!("{call}: {}", said.join("; "))
            };
            let line =
                json!({ "id": id, "retried": true, "call": call, "state": order.standing(), "what": what });
            Ok((exit, line))
        }
        Err(Error::Refusal(refusal)) => {
            let exit = if refusal == Refusal::InDoubt { Exit::InDoubt } else { Exit::RefusedHere };
            let what = format!("{refusal}. {}", refusal.next());
            Ok((exit, json!({ "id": id, "retried": false, "retry": refusal.retry(), "what": what })))
        }
        Err(error @ (Error::Conflict | Error::NotRepeatable { .. })) => {
            let what = error.to_string();
            Ok((Exit::RefusedHere, json!({ "id": id, "retried": false, "what": what })))
        }
        Err(error @ Error::BegunElsewhere { .. }) => {
            let what = error.to_string();
            Ok((
                Exit::InDoubt,
                json!({ "id": id, "retried": false, "retry": Retry::Dangerous, "what": what }),
            ))
        }
        Err(
            error @ (Error::Journal(_) | Error::Unrecorded { .. } | Error::StateFolder(_) | Error::System(_)),
        ) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal;

    #[test]
    fn an_order_whose_answer_is_not_recorded_yet_was_retried() {
        let id = OrderId::from_bits(7);
        let away = || journal::Error::Away { file: "j".into(), why: "no route".to_owned() };
        let line = unfinished(&id, &Error::Unrecorded { answer: "Complete: 200".to_owned(), error: away() });
        assert_eq!((&line["retried"], &line["recorded"]), (&json!(true), &json!(false)));
        let line = unfinished(&id, &Error::Journal(away()));
        assert_eq!((&line["retried"], line.get("recorded")), (&json!(false), None));
    }
}
