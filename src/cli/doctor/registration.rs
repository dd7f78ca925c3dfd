//! The registration: what is configured, its credentials, the way to its server, its clock, and what may be read there.

use super::{Check, Status};
use crate::config::{RegistrationSettings, RegistrationTarget, Settings};
use crate::credentials::{EdgeKeeper, Store};
use crate::kind::{Timestamp, off};
use crate::registration::{Client, Unread};
use crate::registry::{Collection, Failure, Problem};
use crate::session::{Exit, registration_client};
use crate::wire::Clocks;
use jiff::SignedDuration;

/// How far the clocks may be apart before the gateway refuses a signature (G). In seconds.
const SKEW: i64 = 30;

/// What is configured, and whether it works; nothing where there is no registration, or only the one to practice on.
pub async fn look(settings: &Settings) -> Vec<Check> {
    let Some(registration) = &settings.registration else { return Vec::new() };
    if registration.target == RegistrationTarget::InProcess {
        return Vec::new();
    }
    let found = place(registration);
    let client = match registration_client(settings, None) {
        Ok(Some(client)) => client,
        Ok(None) => return Vec::new(),
        Err(failed) => {
            let mend = format!("fix it in {}", settings.account.file.display());
            return vec![Check::failed("registration", failed.exit, failed.what, mend)];
        }
    };
    let mut checks = vec![Check::ok("registration", found), held(registration.credentials.clone()).await];
    let usable = checks.iter().all(|check| check.status != Status::Failed);
    let reached = reach(&client, usable, &mut checks).await;
    checks.push(if !reached {
        Check::skipped("contract", "no way to its server")
    } else if !usable {
        Check::skipped("contract", "no credentials")
    } else {
        contract(&client, registration).await
    });
    checks
}

fn place(registration: &RegistrationSettings) -> String {
    let RegistrationSettings { target, contract, trailing_slash, timeout, concurrency, quiet, .. } =
        registration;
    let place = match target {
        RegistrationTarget::At { base_url } => base_url.as_str(),
        RegistrationTarget::AsCredentialsSay => "at the host that the credentials name",
        RegistrationTarget::InProcess => "inside this program",
    };
    let slash = if *trailing_slash { ", paths end with a slash" } else { "" };
    format!(
        "{place}, contract {contract}{slash}\na call takes {timeout:?} at most, {concurrency} at once\n\
         a create without an answer is left alone for {} s",
        quiet.as_secs()
    )
}

/// Whether there are credentials, without a look at what they are.
async fn held(keeper: Option<EdgeKeeper>) -> Check {
    const NAME: &str = "edgegrid";
    let Some(keeper) = keeper else {
        return Check::skipped(NAME, "an embedded server has credentials of its own");
    };
    let place = match keeper.store() {
        Store::File(path) => {
            format!("section [{}] of {}", crate::text::quote(keeper.section()), path.display())
        }
        Store::Keyring | Store::Keyutils => keeper.store().to_string(),
    };
    match tokio::task::spawn_blocking(move || keeper.read().map(drop)).await {
        Ok(Ok(())) => Check::ok(NAME, format!("two tokens and a secret in {place}")),
        Ok(Err(error)) => Check::failed(NAME, Exit::Configuration, error.what(), error.next_step()),
        Err(error) => Check::failed(NAME, Exit::Configuration, error.to_string(), "try again"),
    }
}

/// From the name to the clock; false where it goes no further. What is wrong with credentials that are not `usable` was said
/// before.
async fn reach(client: &Client, usable: bool, checks: &mut Vec<Check>) -> bool {
    const NAME: &str = "gateway";
    let server = match client.server().await {
        Ok(server) => server,
        Err(why) if usable => {
            let mend = "set base_url in the configuration, or host in the section of the .edgerc file";
            checks.push(Check::failed(NAME, Exit::Configuration, why, mend));
            return false;
        }
        Err(why) => {
            checks.push(Check::skipped(NAME, why));
            return false;
        }
    };
    let greeting = async {
        let addresses = server.resolve().await?;
        server.connect(&addresses).await?;
        client.greet(&server).await
    };
    let host = server.host();
    match greeting.await {
        Ok(clocks) => {
            checks.push(Check::ok(NAME, format!("{host} answers")));
            checks.extend(clock(&host, clocks));
            true
        }
        Err(why) => {
            let mend = "mend what it names, or have it mended by who runs that server or the proxy; otherwise check \
                        base_url, or the host in the .edgerc file, and the network";
            checks.push(Check::failed(NAME, Exit::Unreachable, format!("{host}: {why}"), mend));
            false
        }
    }
}

/// `clocks`: theirs and ours; nothing where they are near enough.
fn clock(host: &str, clocks: Clocks) -> Option<Check> {
    let (theirs, ours): (Timestamp, Timestamp) = clocks?;
    let ahead = ours.duration_since(theirs).as_secs();
    (ahead.abs() > SKEW).then(|| {
        let found = format!("this machine's clock is {} {host}'s", apart(ahead));
        Check::warning("gateway clock", found, SET_CLOCK)
    })
}

const SET_CLOCK: &str = "set this machine's clock: a signature is good for 30 seconds";

fn apart(ahead: i64) -> String {
    off(SignedDuration::from_secs(ahead))
}

/// Whether the contract may be read.
async fn contract(client: &Client, registration: &RegistrationSettings) -> Check {
    const NAME: &str = "contract";
    let listed = client.list(Collection::Applications, Timestamp::now()).await.outcome;
    match listed {
        Ok(objects) => {
            let found = format!(
                "the applications of {} may be read; there are {}",
                registration.contract,
                objects.count()
            );
            Check::ok(NAME, found)
        }
        Err(Unread::Refused(problem)) => {
            Check::failed(NAME, Exit::Configuration, problem.to_string(), mend(&problem))
        }
        Err(Unread::Unfit(why)) => Check::failed(
            NAME,
            Exit::RefusedHere,
            why,
            "change it in the vendor's portal, or remove it there",
        ),
        Err(Unread::Failed(Failure::NotSent { why } | Failure::Unknown { why })) => {
            Check::failed(NAME, Exit::Unreachable, why, "check base_url; if it is right, try again later")
        }
    }
}

fn mend(problem: &Problem) -> String {
    match (problem.is_clock(), problem.clock_ahead, problem.status) {
        (true, Some(ahead), _) if ahead.abs() <= SKEW => "by the time in the server's own answer this machine's clock is \
                                                          right, so only the vendor can mend it; if it stays so, tell \
                                                          the vendor's support"
            .to_owned(),
        (true, Some(ahead), _) => {
            format!("this machine's clock is {} the server's; {SET_CLOCK}", apart(ahead))
        }
        (true, None, _) => SET_CLOCK.to_owned(),
        (false, _, 401) => "take the tokens and the secret anew from the control center".to_owned(),
        (false, _, 404) => "check base_url, or the host in the .edgerc file, and the contract".to_owned(),
        (false, _, _) => {
            "check the contract, and in the control center whether these credentials may use it".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_by_more_than_a_signature_allows_is_told() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let told = |ours: &str| clock("h", Some((at("2026-11-20T15:00:00Z"), at(ours))));
        assert!(told("2026-11-20T15:00:30Z").is_none() && clock("h", None).is_none());
        let ahead = told("2026-11-20T15:00:31Z").unwrap();
        assert_eq!(ahead.found, "this machine's clock is 31 s ahead of h's");
        assert!(told("2026-11-20T14:00:00Z").unwrap().found.contains("60 min behind h"));
    }

    #[test]
    fn what_to_do_about_a_refusal_depends_on_what_it_is() {
        let problem = |status, detail: &str, clock_ahead| Problem {
            status,
            error: None,
            title: None,
            detail: Some(detail.to_owned()),
            clock_ahead,
            request_id: None,
        };
        assert!(mend(&problem(400, "Invalid timestamp", Some(-90))).contains("90 s behind the server's"));
        assert!(mend(&problem(400, "Invalid timestamp", Some(-30))).contains("tell the vendor's support"));
        assert_eq!(mend(&problem(400, "Invalid timestamp", None)), SET_CLOCK);
        assert!(mend(&problem(401, "The signature does not match", None)).contains("anew"));
        assert!(mend(&problem(403, "no", None)).contains("contract"));
    }
}
