//! A partner's program that is asked what a deploy is answered. One that takes too long is ended, and what it started with it.

use super::decide::said_in;
use crate::subscription::{Answer, Subscription};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// As much of a program's answer as is read, in bytes.
const LONGEST: u64 = 64 * 1024;
/// As long as it takes to read what a program that has ended left in the pipe.
const EMPTIED: Duration = Duration::from_millis(250);
/// How long a program that was told to end may take for that.
const GRACE: Duration = Duration::from_secs(2);

/// Nothing, where `program` can be started. Where it cannot, no deploy would be decided by it.
///
/// # Errors
/// Says why not.
pub fn startable(program: &[String]) -> Result<(), String> {
    let name = program.first().map_or("", String::as_str);
    let found = if name.contains(std::path::is_separator) {
        can_run(Path::new(name))
    } else {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&folders).any(|folder| can_run(&folder.join(name)))
    };
    if found || cfg!(windows) {
        return Ok(());
    }
    Err(format!("market.webhook.command: the program `{name}` is not there, or may not be run by this user"))
}

#[cfg(unix)]
fn can_run(file: &Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn can_run(file: &Path) -> bool {
    file.is_file()
}

/// What `program` says of `subscription` `within` that time: the buyer's fields go in as JSON; `{"customerId": "…"}` comes out,
/// or `{"refusal": "…"}` with what the buyer is told. A refusal in words that may not be shown is told as `unworded`. What it
/// says while it is being ended goes to `late`.
///
/// # Errors
/// Says why there is no answer; nothing of what it printed is in that.
pub async fn ask(
    program: &[String],
    subscription: &Subscription,
    unworded: &Answer,
    within: Duration,
    late: impl FnOnce(Answer) + Send + 'static,
) -> Result<Answer, String> {
    let [name, arguments @ ..] = program else { return Err("no program is configured".to_owned()) };
    let mut command = Command::new(name);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    // A group of its own: it is ended with whatever it started.
    #[cfg(unix)]
    command.process_group(0);
    let child = command.spawn().map_err(|e| format!("the program `{name}` cannot be started: {e}"))?;
    let group = child.id();
    let mut talking = Box::pin(talk(child, subscription.filled_in()));
    if let Ok(talked) = timeout(within, &mut talking).await {
        let (status, said) = talked.map_err(|e| format!("the program `{name}` cannot be waited for: {e}"))?;
        if !status.success() {
            return Err(format!("the program `{name}` ended with {status}"));
        }
        return said_in(&said, unworded).ok_or_else(|| {
            format!("the program `{name}` printed no {{\"customerId\": \"…\"}} that can be used")
        });
    }
    let unworded = unworded.clone();
    tokio::spawn(async move {
        end(group, false);
        let talked = timeout(GRACE, &mut talking).await;
        // What it started may not have ended with it.
        end(group, true);
        if let Ok(Ok((status, said))) = talked
            && status.success()
            && let Some(answer) = said_in(&said, &unworded)
        {
            late(answer);
        }
    });
    let within = within.as_millis().div_ceil(1000);
    Err(format!("the program `{name}` had not answered after {within} s, and was ended"))
}

/// Writes `body`, reads what comes back, and waits for the end. What was printed is in the pipe when the program has ended; who
/// keeps that open longer, a process that it started, is not waited for.
async fn talk(mut child: Child, body: String) -> std::io::Result<(ExitStatus, Vec<u8>)> {
    let (mut stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let write = async {
        if let Some(mut stdin) = stdin.take() {
            // A program may answer without reading.
            let _ = stdin.write_all(body.as_bytes()).await;
        }
    };
    let mut said = Vec::new();
    let read = async {
        if let Some(stdout) = stdout {
            let _ = stdout.take(LONGEST).read_to_end(&mut said).await;
        }
    };
    let status = {
        let both = async { tokio::join!(write, read) };
        tokio::pin!(both);
        tokio::select! {
            _ = &mut both => child.wait().await,
            status = child.wait() => {
                let _ = timeout(EMPTIED, &mut both).await;
                status
            }
        }
    };
    Ok((status?, said))
}

/// Tells the processes of a group to end; `now`: ends them.
#[cfg(unix)]
fn end(group: Option<u32>, now: bool) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = group.and_then(|group| i32::try_from(group).ok()).and_then(Pid::from_raw);
    if let Some(group) = group {
        // They may all be gone.
        let _ = kill_process_group(group, if now { Signal::KILL } else { Signal::TERM });
    }
}

/// Elsewhere a program is ended when it is not waited for any more.
#[cfg(not(unix))]
fn end(_: Option<u32>, _: bool) {}
