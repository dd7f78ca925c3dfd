//! Being told to stop (SIGTERM, Ctrl-C, a hang-up) in the middle of a command that makes calls.
//!
//! The call that is under way is let end, which it does at its time-out at the latest, and what it brought is recorded; no
//! other is begun. Told again, the command ends at once: a Complete that was under way is then in doubt, and the next
//! command says so.

use super::{Console, Exit};
use crate::engine::Engine;
use crate::order::{Call, Order, OrderId};
use crate::session::of_order;
use std::pin::pin;
use std::time::Duration;

/// How long a command that was stopped waits for the journal to say how its order stands.
const LOOK: Duration = Duration::from_secs(3);

/// Listens for being told to stop.
pub struct Stop {
    listeners: Vec<Listener>,
    /// Whether it was told already.
    heard: bool,
}

/// Why a command did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// No call is under way.
    Between,
    /// A call may be under way, and was not waited for.
    AtOnce,
}

impl Stop {
    /// Starts to listen. What this process was started to ignore, by `nohup` or in the background of a script, it goes
    /// on ignoring.
    pub fn listen() -> Self {
        Self { listeners: listeners(), heard: false }
    }

    /// Whether it was told to stop, now or before: what is one after the other looks before it begins the next.
    pub async fn was_told(&mut self) -> bool {
        if !self.heard {
            self.heard = tokio::time::timeout(Duration::ZERO, self.told()).await.is_ok();
        }
        self.heard
    }

    /// Does `work` to its end, unless the command is told to stop.
    pub async fn or<T>(
        &mut self,
        engine: &Engine,
        console: &Console,
        work: impl Future<Output = T>,
    ) -> Result<T, Stopped> {
        if self.heard {
            return Err(Stopped::Between);
        }
        let mut work = pin!(work);
        loop {
            // What ends at the same moment is looked at second, so that nothing new begins.
            tokio::select! {
                biased;
                () = self.told() => break,
                done = &mut work => return Ok(done),
                () = engine.one_more_unrecorded() => say_in_hand(engine, console),
            }
        }
        self.heard = true;
        if !engine.is_idle() {
            let what = if engine.unrecorded().is_empty() {
                "the answer to the call in progress"
            } else {
                "the journal to take the answer that is there"
            };
            console.note(&format!("stopping: waiting for {what}; Ctrl-C again stops at once"));
        }
        tokio::select! {
            biased;
            _idle = engine.idle() => Err(Stopped::Between),
            done = &mut work => Ok(done),
            () = self.told() => Err(Stopped::AtOnce),
        }
    }

    /// Does `work` to its end, which begins nothing more once `pass_on` was called: that is when the command is told to stop.
    /// For what has several calls under way and a result of its own when it is stopped. Told again, it is not waited for.
    pub async fn passing_on<T>(
        &mut self,
        console: &Console,
        pass_on: impl FnOnce(),
        work: impl Future<Output = T>,
    ) -> Result<T, Stopped> {
        let mut work = pin!(work);
        tokio::select! {
            biased;
            () = self.told() => {}
            done = &mut work => return Ok(done),
        }
        self.heard = true;
        pass_on();
        console
            .note("stopping: waiting for the answers to the calls in progress; Ctrl-C again stops at once");
        tokio::select! {
            biased;
            done = &mut work => Ok(done),
            () = self.told() => Err(Stopped::AtOnce),
        }
    }

    /// Waits until it is told.
    pub async fn told(&mut self) {
        std::future::poll_fn(|context| {
            let told = self.listeners.iter_mut().any(|listener| listener.poll_recv(context).is_ready());
            if told { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
}

impl Stopped {
    /// The order of a command that was stopped, as it stands now: says so, and returns the status.
    pub async fn say(self, engine: &Engine, id: &OrderId, console: &Console) -> Exit {
        // The journal that has not taken an answer knows less than this process, and may not say even that.
        if let Some(answer) = engine.answer_in_hand(id) {
            return say_answer(id, &answer, console);
        }
        let order = match tokio::time::timeout(LOOK, engine.journal().load::<Order>(id)).await {
            Ok(Ok(order)) => order,
            Ok(Err(error)) => return self.say_without(engine, id, error.remedy(), console),
            Err(_) => return self.say_without(engine, id, "The journal does not answer.", console),
        };
        let completing = order.under_way().is_some_and(|attempt| attempt.call == Call::CompleteOrder);
        if self == Self::AtOnce && completing {
            console.note(&format!(
                "pxdesk: stopped while Complete was in progress for order {id}: it is in doubt, and locked"
            ));
            return Exit::InDoubt;
        }
        console.note(&format!("pxdesk: stopped; order {id} is {}", order.standing().title()));
        console.note("Nothing is lost: the same command goes on from there.");
        status(&order)
    }

    /// The same, where the journal cannot say how the order stands: what is known of its call without it.
    fn say_without(self, engine: &Engine, id: &OrderId, why: &str, console: &Console) -> Exit {
        if let Some(answer) = engine.answer_in_hand(id) {
            return say_answer(id, &answer, console);
        }
        if self == Self::AtOnce {
            console.note(&format!(
                "pxdesk: stopped while a call was in progress for order {id}: if that was Complete, the order is in doubt, \
                 and locked. {why}"
            ));
            return Exit::InDoubt;
        }
        console.note(&format!("pxdesk: {why}"));
        Exit::Journal
    }
}

/// Says what the answer is that the journal has not taken: the outcome is known, and not in doubt.
fn say_answer(id: &OrderId, answer: &str, console: &Console) -> Exit {
    console.note(&format!(
        "pxdesk: stopped; order {id}: {answer}, not yet recorded here. The answer is kept on this machine, and the next \
         command records it as soon as the journal takes it; do not send this again."
    ));
    Exit::Journal
}

/// Says what answers are there that the journal is slow to take.
fn say_in_hand(engine: &Engine, console: &Console) {
    for held in engine.unrecorded() {
        let (kind, thing, answer) = (held.kind, held.thing, held.answer);
        console.note(&format!(
            "{kind} {thing}: {answer}; the journal has not taken this yet, and is asked on …"
        ));
    }
}

/// Stopped before its aim is never "done".
fn status(order: &Order) -> Exit {
    match of_order(order) {
        Exit::Done => Exit::Unexpected,
        other => other,
    }
}

#[cfg(unix)]
type Listener = tokio::signal::unix::Signal;

#[cfg(unix)]
fn listeners() -> Vec<Listener> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    // Where one cannot be listened for, it does what it does to any program.
    kinds.into_iter().filter(|kind| !is_ignored(*kind)).filter_map(|kind| signal(kind).ok()).collect()
}

/// Whether this process was started with the signal ignored; known on Linux only.
#[cfg(unix)]
fn is_ignored(kind: tokio::signal::unix::SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (kind.as_raw_value() - 1)) != 0
}

/// Elsewhere a command that is told to stop ends at once.
#[cfg(not(unix))]
struct Listener;

#[cfg(not(unix))]
impl Listener {
    fn poll_recv(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Option<()>> {
        std::task::Poll::Pending
    }
}

#[cfg(not(unix))]
fn listeners() -> Vec<Listener> {
    Vec::new()
}
