//! `pxdesk worker`: no screen; what needs no person, for the whole floor.

use super::args::WorkerArgs;
use super::stop::Stop;
use super::{Console, Exit, Failed, Session, live};
use crate::config::Settings;
use crate::engine::{Lease, Tally, Worker, WorkerOptions};
use crate::journal::{self, Journal, Standing};
use crate::order::errand::Backoff;
use jiff::SignedDuration;
use serde_json::json;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::watch;

/// Calls that are under way together; the pace of the environment holds besides.
const AT_ONCE: usize = 16;

/// Works until it is told to stop, or one round.
pub async fn run(settings: &Settings, args: &WorkerArgs, console: &Console) -> Result<Exit, Failed> {
    live::announce(settings, console);
    let mut session = Session::open_with_px(settings).await?;
    let tally = Arc::default();
    let (stop_tx, stop_rx) = watch::channel(false);
    if args.once {
        let mut worker = Worker::new(session.engine.clone(), options(settings), Arc::clone(&tally));
        let mut lease = lease(&session, settings, args)?;
        let round = Box::pin(worker.once(&mut lease, &stop_rx));
        let done = guarded(round, &stop_tx, console).await.transpose()?;
        lease.give_up().await;
        if done == Some(false) {
            let what = "another worker is active on this journal, and nothing was done";
            return Err(Failed::new(Exit::RefusedHere, what));
        }
        print(&tally, console)?;
        return Ok(if done.is_none() { Exit::Unexpected } else { Exit::Done });
    }
    if let Some(address) = &args.metrics {
        serve(*address, Arc::clone(&tally), console).await?;
    }
    let failed = |what: String| Failed::new(Exit::Unexpected, what);
    loop {
        let mut worker = Worker::new(session.engine.clone(), options(settings), Arc::clone(&tally));
        let mut lease = lease(&session, settings, args)?;
        let told = |standing| console.note(&words(standing, session.engine.journal()));
        let work = Box::pin(worker.run(&mut lease, stop_rx.clone(), told));
        let Some(ended) = guarded(work, &stop_tx, console).await else {
            return Err(failed("stopped at once, with calls in progress".to_owned()));
        };
        if ended.map_err(failed)? != Standing::Superseded {
            lease.give_up().await;
            break;
        }
        // What it had begun is judged as that of a process that is gone.
        drop((worker, lease));
        session = session.anew(settings).await?;
    }
    session.engine.journal().close().await;
    console.note("stopped; no call is in progress");
    Ok(Exit::Done)
}

fn lease(session: &Session, settings: &Settings, args: &WorkerArgs) -> Result<Lease, Failed> {
    let file = settings.journal.file().map_or_else(|| settings.journal.key_file(), journal::real);
    Ok(session.engine.lease(&file, Duration::from_secs(args.lease))?)
}

fn words(standing: Standing, journal: &Journal) -> String {
    let words = match standing {
        Standing::Active => "working",
        Standing::StandingBy => "another worker is active; standing by",
        Standing::Away => "the journal cannot be reached; nothing is sent until it can be; standing by",
        Standing::Superseded => {
            "this worker was held up for longer than its lease, and another one has taken over; it sends and records nothing \
             more, and stands by"
        }
        Standing::Doubted => {
            // It may have been accepted just now.
            return journal.trust().map_or_else(|error| error.to_string(), |()| "working".to_owned());
        }
    };
    words.to_owned()
}

/// Does `work` to its end. Told to stop, it begins nothing more and ends with what is under way; told twice, at once.
async fn guarded<T>(
    mut work: impl Future<Output = T> + Unpin,
    stop: &watch::Sender<bool>,
    console: &Console,
) -> Option<T> {
    let mut told = Stop::listen();
    tokio::select! {
        biased;
        () = told.told() => {}
        done = &mut work => return Some(done),
    }
    console.note("stopping: waiting for the calls in progress; Ctrl-C again stops at once");
    stop.send_replace(true);
    tokio::select! {
        biased;
        done = &mut work => Some(done),
        () = told.told() => None,
    }
}

fn options(settings: &Settings) -> WorkerOptions {
    let acceptance = &settings.acceptance;
    let (first, longest) = (acceptance.first_pause.signed(), acceptance.longest_pause.signed());
    let retries =
        Backoff { first: (first * 5).min(longest), longest: longest.max(SignedDuration::from_mins(5)) };
    WorkerOptions { checks: Backoff { first, longest }, retries, at_once: AT_ONCE }
}

/// The numbers, by the names that stand in the metrics.
fn numbers(tally: &Tally) -> [(&'static str, &'static str, &'static str, &AtomicU64); 8] {
    [
        ("active", "gauge", "1 while this worker holds the lease.", &tally.active),
        ("waiting", "gauge", "Orders that wait for a check or a retry.", &tally.waiting),
        ("checks_total", "counter", "Acceptance checks made.", &tally.checks),
        ("accepted_total", "counter", "Checks that brought an acceptance.", &tally.accepted),
        ("retries_total", "counter", "Safe retries made.", &tally.retries),
        ("mended_total", "counter", "Retries after which nothing was wrong any more.", &tally.mended),
        ("errors_total", "counter", "Checks and retries that came to nothing.", &tally.errors),
        ("given_up", "gauge", "Orders that are left to a person after many retries.", &tally.given_up),
    ]
}

fn print(tally: &Tally, console: &Console) -> Result<(), Failed> {
    let numbers = numbers(tally);
    let done: Vec<_> = numbers.iter().filter(|(_, kind, ..)| *kind == "counter").collect();
    if console.is_json() {
        let members = done
            .iter()
            .map(|(name, _, _, n)| ((*name).trim_end_matches("_total").to_owned(), json!(n.load(Relaxed))));
        return console.json(&serde_json::Value::Object(members.collect()));
    }
    let parts =
        done.iter().map(|(name, _, _, n)| format!("{} {}", n.load(Relaxed), name.trim_end_matches("_total")));
    console.text(&parts.collect::<Vec<_>>().join(", "))
}

/// The numbers as Prometheus reads them.
fn metrics(tally: &Tally) -> String {
    let mut out = String::new();
    for (name, kind, help, n) in numbers(tally) {
        let name = format!("pxdesk_worker_{name}");
        // Writing to a text cannot fail.
        let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {}\n", n.load(Relaxed));
    }
    out
}

/// Serves them until the process ends.
async fn serve(address: SocketAddr, tally: Arc<Tally>, console: &Console) -> Result<(), Failed> {
    let failed = |e: std::io::Error| Failed::new(Exit::BadInput, format!("--metrics {address}: {e}"));
    let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let kind = [(axum::http::header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    let page = move || std::future::ready((kind, metrics(&tally)));
    let router = axum::Router::new().route("/metrics", axum::routing::get(page));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the metrics are served no more");
        }
    });
    console.json_line(&json!({ "listening": format!("http://{address}/metrics") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_in_prometheus_own_format() {
        let tally = Tally::default();
        tally.checks.store(3, Relaxed);
        let text = metrics(&tally);
        assert!(
            text.contains("# TYPE pxdesk_worker_checks_total counter\npxdesk_worker_checks_total 3\n"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 24);
    }
}
