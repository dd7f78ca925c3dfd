//! The way to Px: name, connection, certificate, clock, token.

use super::{Check, Failed};
use crate::config::{Settings, Target};
use crate::kind::off;
use crate::order::Failure;
use crate::px::Client;
use crate::session::Exit;
use crate::wire::{Clocks, Server};
use jiff::SignedDuration;
use std::time::Duration;

/// A difference of clocks that is no more than the network's: below it nothing is said. In seconds.
const SKEW: i64 = 30;

/// The steps to a server, in their order.
const STEPS: [&str; 4] = ["dns", "connection", "tls", "clock"];

/// A token that lives less than this is hardly kept.
const SHORT: Duration = Duration::from_mins(1);

/// How far the clock of the journal's server is ahead of this machine's, where several machines go by it.
pub type Shared = Option<SignedDuration>;

/// Looks at every server, then at the token. `usable`: there are credentials to ask for one with.
pub async fn look(
    client: &Client,
    settings: &Settings,
    usable: bool,
    shared: Shared,
    checks: &mut Vec<Check>,
) {
    let mut reached = true;
    for server in client.servers() {
        if let Err(failed) = reach(client, &server, shared, checks).await {
            let at = STEPS.iter().position(|step| *step == failed.name).unwrap_or(STEPS.len());
            checks.push(failed);
            skip(STEPS.get(at + 1..).unwrap_or_default(), &server.host(), checks);
            reached = false;
        }
    }
    checks.push(if !reached {
        Check::skipped("token", "Px cannot be reached")
    } else if !usable {
        Check::skipped("token", "no credentials")
    } else {
        token(client, settings.target == Target::InProcess).await
    });
}

/// There is no way at all: why not, and what can therefore not be looked at.
pub fn none(failed: Failed, settings: &Settings, checks: &mut Vec<Check>) {
    let mend = match settings.target {
        Target::InProcess => "do what it says; nothing else is needed for the embedded Px".to_owned(),
        Target::At { .. } => format!("fix it in {}", settings.account.file.display()),
    };
    checks.push(Check::failed("connection", failed.exit, failed.what, mend));
    skip(&["tls", "clock", "token"], "Px", checks);
}

/// What `steps` would show of `host` is not known.
fn skip(steps: &[&'static str], host: &str, checks: &mut Vec<Check>) {
    checks.extend(steps.iter().map(|step| Check::skipped(step, format!("{host} cannot be reached"))));
}

/// What the embedded Px needs.
const EMBEDDED: &str = "the embedded Px needs room in the data folder, and the right to write there";

/// From the name to the clock; an error is the step at which it goes no further.
async fn reach(
    client: &Client,
    server: &Server,
    shared: Shared,
    checks: &mut Vec<Check>,
) -> Result<(), Check> {
    let (host, next) = (server.host(), server.next());
    let failed = |name, mend| move |why| Check::failed(name, Exit::Unreachable, why, mend);
    let name = "check the names in base_url, token_url and proxy, and this machine's network";
    let addresses = server.resolve().await.map_err(|why| failed("dns", name)(format!("{next}: {why}")))?;
    let shown: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
    checks.push(Check::ok("dns", format!("{next}: {}", shown.join(", "))));
    let network = "check the network and its firewall; if they are right, try again later";
    let address = server.connect(&addresses).await.map_err(failed("connection", network))?;
    checks.push(Check::ok("connection", format!("{next}: {address} accepts")));
    let greeting = client.greet(server).await;
    if server.is_secure() {
        let trust = "mend what it names, or have it mended by who runs that server or the proxy";
        greeting.as_ref().map_err(|why| failed("tls", trust)(format!("{host}: {why}")))?;
        checks.push(Check::ok("tls", format!("{host}: its certificate is trusted")));
    } else {
        checks.push(Check::skipped("tls", format!("{host}: plain http, on this machine")));
    }
    let mend = "check base_url and token_url: is that a Px?";
    let clocks = greeting.map_err(|why| failed("answer", mend)(format!("{host}: {why}")))?;
    checks.push(clock(&host, clocks, shared));
    Ok(())
}

/// `clocks`: theirs and ours. What counts is the clock that orders go by.
fn clock(host: &str, clocks: Clocks, shared: Shared) -> Check {
    let Some((theirs, ours)) = clocks else {
        return Check::skipped("clock", format!("{host} does not say what time it is"));
    };
    let whose = if shared.is_some() { "the clock of the journal's server" } else { "this machine's clock" };
    let ahead = (ours.duration_since(theirs) + shared.unwrap_or_default()).as_secs();
    if ahead.abs() <= SKEW {
        return Check::ok("clock", format!("{whose} is within {SKEW} seconds of {host}'s"));
    }
    let mend = match shared {
        Some(_) => {
            "have its administrator set it: every desk on this journal counts an order's 120 minutes by it"
        }
        None => "set this machine's clock: the 120 minutes of an order are counted by it",
    };
    Check::warning("clock", format!("{whose} is {} {host}'s", off(SignedDuration::from_secs(ahead))), mend)
}

async fn token(client: &Client, embedded: bool) -> Check {
    match client.check_token().await {
        Ok(Some(life)) if life < SHORT => Check::warning(
            "token",
            format!(
                "obtained; it lives {} seconds, so a new one is fetched before most calls",
                life.as_secs()
            ),
            "ask who runs the token service for tokens that live longer",
        ),
        Ok(Some(life)) => Check::ok("token", format!("obtained; it lives {} seconds", life.as_secs())),
        Ok(None) => Check::warning(
            "token",
            "obtained, but without expires_in, or it is no whole number of seconds: a new one is fetched every minute",
            "ask who runs the token service to say how long its tokens live, in seconds",
        ),
        Err(Failure::Credentials(why)) => Check::failed(
            "token",
            Exit::Configuration,
            why,
            "store the right pair with pxdesk login, or name the right token_url",
        ),
        // It keeps what it is told on this machine.
        Err(Failure::NotSent(why) | Failure::Unknown(why)) if embedded => {
            Check::failed("token", Exit::Unreachable, why, EMBEDDED)
        }
        Err(Failure::NotSent(why) | Failure::Unknown(why)) => Check::failed(
            "token",
            Exit::Unreachable,
            why,
            "mend what it names; otherwise check token_url, and try again later",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;
    use crate::order::Timestamp;

    #[test]
    fn a_clock_that_is_off_is_told_by_how_much() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let told = |ours: &str| clock("h", Some((at("2026-11-20T15:00:00Z"), at(ours))), None);
        assert_eq!(told("2026-11-20T15:00:30Z").status, Status::Ok);
        let ahead = told("2026-11-20T16:00:01Z");
        assert_eq!(ahead.status, Status::Warning);
        assert_eq!(ahead.found, "this machine's clock is 60 min ahead of h's");
        assert!(told("2026-11-20T14:00:00Z").found.contains("60 min behind h"));
        assert_eq!(clock("h", None, None).status, Status::Skipped);
    }

    /// Where machines share a journal, its server's clock is the one that counts, however wrong this machine's is.
    #[test]
    fn on_a_shared_journal_the_clock_of_its_server_is_told() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let told = |ours: &str, hours: i64| {
            let shared = Some(SignedDuration::from_hours(hours));
            clock("h", Some((at("2026-11-20T15:00:00Z"), at(ours))), shared)
        };
        assert_eq!(told("2026-11-20T14:00:00Z", 1).status, Status::Ok, "this machine is an hour behind");
        let behind = told("2026-11-20T15:00:00Z", -1);
        assert_eq!(behind.found, "the clock of the journal's server is 60 min behind h's");
        assert!(behind.mend.unwrap().contains("every desk"));
    }
}
