//! Telling the desk what happened.

use crate::desk::{Msg, Problem};
use crate::engine::Error;
use crate::journal;
use crate::order::{OrderId, Retry, Who};
use tokio::sync::mpsc::UnboundedSender;

/// Tells the desk.
pub fn tell(sender: &UnboundedSender<Msg>, msg: Msg) {
    // The loop has ended when nobody listens: there is nobody to tell.
    let _ = sender.send(msg);
}

/// That something could not be done for an order, or at all; `after`: somebody waits for it.
pub fn failed(id: Option<OrderId>, error: &Error, after: bool) -> Msg {
    let problem = match error {
        Error::Refusal(refusal) => Problem {
            what: refusal.to_string(),
            field: refusal.field().to_owned(),
            who: refusal.who(),
            next: refusal.next().to_owned(),
            retry: refusal.retry(),
            code: None,
            tx_id: None,
        },
        Error::Journal(journal::Error::Doubted { .. } | journal::Error::Lost { .. }) => Problem {
            next: "Tell a supervisor: the right journal must be put back, or this one accepted.".to_owned(),
            retry: Retry::Futile,
            ..plain(error.to_string(), "journal")
        },
        Error::Journal(error @ journal::Error::Away { .. }) => Problem {
            next: "Wait: this desk goes on by itself as soon as the server answers; then do it again.".to_owned(),
            ..plain(error.what(), "journal")
        },
        Error::Journal(journal::Error::Reserved { .. }) => Problem {
            next: "Ask a supervisor.".to_owned(),
            retry: Retry::Futile,
            ..plain(error.to_string(), "role")
        },
        Error::Journal(_) => plain(error.to_string(), "journal"),
        Error::Unrecorded { answer, error } => not_recorded(answer, Some(error.remedy())),
        Error::BegunElsewhere { .. } => Problem {
            next: "Ask the carrier what became of it, and tell a supervisor: it is in doubt until that is recorded."
                .to_owned(),
            retry: Retry::Dangerous,
            ..plain(error.to_string(), "order")
        },
        Error::Conflict | Error::NotRepeatable { .. } | Error::StateFolder(_) | Error::System(_) => {
            plain(error.to_string(), "order")
        }
    };
    Msg::Failed { id, problem, after, retry_after: None }
}

/// An answer that the journal has not taken yet. `remedy`: what makes it take it.
pub fn not_recorded(answer: &str, remedy: Option<&str>) -> Problem {
    let remedy = remedy.map(|remedy| format!("{remedy} ")).unwrap_or_default();
    Problem {
        what: format!("{answer}, not yet recorded here; a retry is dangerous"),
        next: format!(
            "{remedy}The answer is recorded by itself as soon as the journal takes it; do not send it again."
        ),
        retry: Retry::Dangerous,
        ..plain(String::new(), "journal")
    }
}

/// A problem that `what` says all of; `field` says what it is about.
pub fn plain(what: String, field: &str) -> Problem {
    Problem {
        what,
        field: field.to_owned(),
        who: Who::Supervisor,
        next: "Look at the order again; if it stays so, tell a supervisor.".to_owned(),
        retry: Retry::Useful,
        code: None,
        tx_id: None,
    }
}
