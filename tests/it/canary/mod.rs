//! Secrets and personal data go in, successes and failures of every kind follow, and every library says all it can:
//! then none of that data is anywhere but where it is shown on purpose.

mod house;
mod needles;
mod panics;
mod relay;
mod stories;

use house::{House, files_below};
use needles::Canary;
use relay::Relay;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Who says yes on the phone.
const ACCEPTED_BY: &str = "Marigold Throckmorton";
/// Whom the RCC text names; shown by whatever prints the text.
const IN_RCC: &str = "Peregrine Ashgrovewood";

/// What must be found nowhere; tokens come on top.
const SECRETS: [&str; 18] = [
    "canary-key-7Qh2vLw0",
    "canary-secret-9Zx4Lm3Te8",
    "tok_canary_51507VbRr2",
    "tok_canary_second_88Qx",
    "giftcard-canary-8842Aq",
    "Quillon Featherstonhaugh",
    "Featherstonhaugh",
    "+13035550147",
    "3035550147",
    "555-0147",
    "+17205550168",
    "7205550168",
    "quillon.feather@canary-mail.example",
    "canary-mail",
    "4417 Kestrel Lane",
    ACCEPTED_BY,
    "Throckmorton",
    "canary-wrong-secret-5Tt1",
];

#[test]
fn the_secrets_are_nowhere() {
    let mut house = House::new();
    stories::successes(&mut house);
    stories::refusals(&mut house);
    stories::gateway_and_wire(&mut house);
    stories::echoes(&mut house);
    stories::bad_intake(&mut house);
    stories::under_way(&mut house);
    stories::at_the_desk(&mut house);
    stories::credentials(&mut house);
    stories::wrong_credentials(&mut house);
    stories::looked_at(&mut house);
    house.keep_files();
    let secrets = secrets(&house.relay);
    search(&house.said, &secrets);
    the_logs_say_enough(&house);
}

/// The canaries, and every token that was shown.
fn secrets(relay: &Relay) -> Vec<Canary> {
    let authorizations = relay.authorizations();
    let tokens: Vec<&str> = authorizations.iter().filter_map(|a| a.strip_prefix("Bearer ")).collect();
    let basics: Vec<&str> = authorizations.iter().filter_map(|a| a.strip_prefix("Basic ")).collect();
    assert!(!tokens.is_empty() && basics.len() == 2, "{} tokens, {} pairs", tokens.len(), basics.len());
    // What was looked for went out and came back.
    for text in
        ["tok_canary_51507VbRr2", "giftcard-canary-8842Aq", "+17205550168", "quillon.feather@", IN_RCC]
    {
        assert!(relay.heard(text), "{text} was never on the wire");
    }
    let all = SECRETS.iter().chain(&tokens).chain(&basics).chain([&IN_RCC]);
    all.map(|text| Canary::new(text)).collect()
}

fn search(said: &[(String, String)], secrets: &[Canary]) {
    let mut found = Vec::new();
    for (place, text) in said {
        for secret in secrets {
            if let Some(needle) = secret.found_in(text) {
                let at = text.find(needle).unwrap();
                let around: String = text[..at].chars().rev().take(120).collect();
                let around: String = around.chars().rev().collect();
                found.push(format!("{} as {needle} in {place}: …{around}", secret.text));
            }
        }
    }
    assert!(found.is_empty(), "{} leaks\n{}", found.len(), found.join("\n"));
}

/// What was searched is worth searching: all libraries spoke, every line about a call bears both ids, and nobody else
/// can read it.
fn the_logs_say_enough(house: &House) {
    let state = house.home.path().join(".local/state/pxdesk");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let logs = files_below(&state);
    assert!(!logs.is_empty());
    let mut text = String::new();
    for log in &logs {
        assert_eq!(mode(log), 0o600, "{}", log.display());
        text += &std::fs::read_to_string(log).unwrap();
    }
    for library in [" reqwest::", " hyper_util::", " mio::"] {
        assert!(text.contains(library), "{library} was not heard");
    }
    let lines: Vec<&str> =
        text.lines().filter(|l| l.contains("call starts") || l.contains("call ends")).collect();
    let completes = lines.iter().filter(|l| l.contains("api=\"complete_order\"")).count();
    assert!(completes > 20, "{completes} lines about Complete");
    for line in lines {
        assert!(line.contains("order{id=") && line.contains(":call{id="), "{line}");
    }
}
