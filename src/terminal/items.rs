//! One order of a batch, or of a retry: what is done with it, and what became of it in a line.

use crate::desk::{Ended, How, Job};
use crate::engine::{Engine, Error, Retried};
use crate::order::{Failure, Order, OrderId, Refusal, Right, Trouble};

/// Does it. Whatever becomes of it keeps no other order back, unless nothing can be recorded any more.
pub async fn run(engine: &Engine, id: OrderId, job: Job) -> Ended {
    let outcome = match job.command() {
        None => Box::pin(retry(engine, &id, &job)).await,
        Some(command) => {
            engine.command(&id, command).await.map(|order| (true, format!("now {}", stands(&order))))
        }
    };
    let (how, what) = match outcome {
        Ok((done, what)) => (How::of(done), what),
        // Another process moved it on since it was decided on: nothing was sent, and nothing went wrong.
        Err(Error::Refusal(refusal)) if job.command().is_none() && is_of_the_order(&refusal) => {
            (How::LeftOut, format!("left out: {refusal}. {}", refusal.next()))
        }
        Err(error) => (how(&error), said(&error)),
    };
    Ended { id, how, what }
}

/// Whether it is where the order stands that speaks against a retry, and not what the agent may do.
fn is_of_the_order(refusal: &Refusal) -> bool {
    !matches!(refusal, Refusal::NotYourRole(_))
}

/// What an error means for this order, and for the next ones.
fn how(error: &Error) -> How {
    match error {
        Error::Unrecorded { .. } => How::Answered,
        error if error.is_for_all() => How::Lost,
        _ => How::Failed,
    }
}

async fn retry(engine: &Engine, id: &OrderId, job: &Job) -> Result<(bool, String), Error> {
    engine.journal().trust()?;
    let Retried { call, order } = if matches!(job, Job::Retry { bulk: true, .. }) {
        engine.permit(Right::RetryInBulk)?;
        Box::pin(engine.retry_in_bulk(id, job.again(id))).await?
    } else {
        Box::pin(engine.retry(id, job.again(id))).await?
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal;

    #[test]
    fn a_lost_journal_is_told_from_an_order_that_fails() {
        let away = || journal::Error::Away { file: "j".into(), why: "no route".to_owned() };
        let unrecorded = Error::Unrecorded { answer: "Complete: 200".to_owned(), error: away() };
        let missing = journal::Error::NotFound { kind: "order", thing: "7".to_owned() };
        for (error, expected) in [
            (unrecorded, How::Answered),
            (Error::Journal(away()), How::Lost),
            (Error::StateFolder("full".to_owned()), How::Lost),
            (Error::Journal(missing), How::Failed),
            (Error::Conflict, How::Failed),
            (Error::Refusal(Refusal::InDoubt), How::Failed),
        ] {
            assert_eq!(how(&error), expected, "{error}");
        }
    }

    #[test]
    fn a_retry_that_the_order_has_no_use_for_any_more_is_told_from_one_that_is_not_allowed() {
        let abandoned = Refusal::Abandoned { reason: "hung up".to_owned() };
        assert!([abandoned, Refusal::MovedOn, Refusal::NothingFailed].iter().all(is_of_the_order));
        assert!(!is_of_the_order(&Refusal::NotYourRole(Right::RetryInBulk)));
    }
}
