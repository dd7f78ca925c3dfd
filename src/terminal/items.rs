//! One order of a batch, or of a retry: what is done with it, and what became of it in a line.

use crate::desk::{Ended, Job};
use crate::engine::{Engine, Error, Retried};
use crate::order::{Failure, Order, OrderId, Right, Trouble};

/// Does it; whatever becomes of it keeps no other order back.
pub async fn run(engine: &Engine, id: OrderId, job: Job) -> Ended {
    let outcome = match job.command() {
        None => Box::pin(retry(engine, &id, &job)).await,
        Some(command) => {
            engine.command(&id, command).await.map(|order| (true, format!("now {}", stands(&order))))
        }
    };
    let (done, what) = outcome.unwrap_or_else(|error| (false, said(&error)));
    Ended { id, done, what }
}

async fn retry(engine: &Engine, id: &OrderId, job: &Job) -> Result<(bool, String), Error> {
    engine.journal().trust()?;
    if matches!(job, Job::Retry { bulk: true, .. }) {
        engine.permit(Right::RetryInBulk)?;
    }
    let Retried { call, order } = Box::pin(engine.retry(id, job.again(id))).await?;
    Ok(match &order.trouble {
        None => (true, format!("{call}: answered, now {}", order.standing().title())),
        Some(Trouble::Refused(error)) => (false, format!("{call}: refused again with {}", error.code())),
        Some(Trouble::Failed {
            failure: Failure::NotSent(why) | Failure::Credentials(why) | Failure::Unknown(why),
            call,
        }) => (false, format!("{call}: {why}")),
        Some(Trouble::PlacedAgain) => (false, "a second order was placed under its ids".to_owned()),
        Some(Trouble::CutOff { call }) => (false, format!("{call}: cut off")),
    })
}

/// Where it stands and who has it, for the line of a command.
fn stands(order: &Order) -> String {
    format!("{}, assigned to {}", order.standing().title(), order.holder)
}

fn said(error: &Error) -> String {
    match error {
        Error::Refusal(refusal) => format!("{refusal}. {}", refusal.next()),
        Error::Journal(_)
        | Error::Unrecorded { .. }
        | Error::Conflict
        | Error::BegunElsewhere { .. }
        | Error::NotRepeatable { .. }
        | Error::StateFolder(_)
        | Error::System(_) => error.to_string(),
    }
}
