//! The marketplace's provider key: stored, shown to be there, removed; and what `doctor` says of a marketplace.

use crate::keyring::Bus;
use crate::kit::{Home, Ran};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const KEY: &str = "the-provider-key\n";
const LOGIN: [&str; 4] = ["login", "--market", "-e", "sandbox"];
const LOGOUT: [&str; 4] = ["logout", "--market", "-e", "sandbox"];

/// A home whose sandbox environment has a marketplace that nobody serves.
fn home(more: &str) -> Home {
    let home = Home::at("http://127.0.0.1:9");
    home.configure_also(&format!(
        "[environments.sandbox.market]\nbase_url = \"http://127.0.0.1:9/m/\"\n{more}"
    ));
    home
}

/// What the doctor says of `name`: the status, and everything else.
fn check(ran: &Ran, name: &str) -> (String, String) {
    let checks = ran.json()["checks"].clone();
    let check = checks.as_array().unwrap().iter().find(|check| check["name"] == name).unwrap().clone();
    (check["status"].as_str().unwrap().to_owned(), format!("{} {}", check["found"], check["mend"]))
}

#[test]
fn a_key_in_a_file_is_stored_found_and_removed() {
    let home = home("provider_key = \"market.key\"\n");
    let file = home.path().join(".config/pxdesk/market.key");
    let doctor = || home.run(&["doctor", "--output", "json"]);
    let (status, text) = check(&doctor(), "provider key");
    assert!(status == "failed" && text.contains("pxdesk login -e sandbox --market"), "{text}");
    for wrong in ["", "two\nlines\n", "a\u{200b}b\n"] {
        let ran = home.run_with(&LOGIN, wrong).with(2);
        assert!(ran.err.contains("not a provider key") && !file.exists(), "{ran:?}");
    }
    let ran = home.run_with(&LOGIN, KEY).with(0);
    assert!(ran.out.is_empty() && ran.err.contains("the provider key for sandbox is in"), "{ran:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), KEY);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let ran = doctor();
    assert_eq!(check(&ran, "provider key").0, "ok", "{ran:?}");
    assert!(!ran.out.contains("the-provider-key"), "{ran:?}");
    assert_eq!(check(&ran, "credentials").0, "ok", "the pair is another thing");
    assert!(home.run(&LOGOUT).with(0).err.contains("is no longer in") && !file.exists());
    assert!(home.run(&LOGOUT).with(0).err.contains("there was no provider key"));
}

#[test]
fn a_keyring_holds_it_beside_the_pair() {
    let home = home("");
    home.reconfigure("credentials = \"credentials\"", "credentials = \"keyring\"");
    let Some(bus) = Bus::start(&home) else { return };
    let bus = bus.unlocked(&home);
    let pair = "the-consumer-key\nthe-consumer-secret\n";
    bus.run_with(&home, &["login", "-e", "sandbox"], pair).with(0);
    bus.run_with(&home, &LOGIN, KEY).with(0);
    assert_eq!(
        (bus.entry(&home, "sandbox").as_str(), bus.entry(&home, "sandbox-market").as_str()),
        (pair, KEY)
    );
    bus.run(&home, &LOGOUT).with(0);
    assert_eq!(bus.entry(&home, "sandbox"), pair);
}

#[test]
fn only_a_named_environment_with_a_marketplace_is_given_a_key() {
    let with = home("");
    assert!(with.run_with(&["login", "--market"], KEY).with(2).err.contains("must be named"));
    let embedded = with.run_with(&["login", "--market", "-e", "embedded"], KEY).with(2);
    assert!(embedded.err.contains("never shown to it"), "{embedded:?}");
    let none = Home::at("http://127.0.0.1:9").run_with(&LOGIN, KEY).with(5);
    assert!(none.err.contains("[environments.sandbox.market] base_url"), "{none:?}");
}

#[test]
fn the_doctor_shows_the_marketplace_and_what_the_receiver_lacks() {
    let home = home(
        "[market.webhook]\notherwise = \"refuse\"\nrefusal = \"Call us.\"\n[market.skus.\"A.B\"]\nbilling = \"delay 3d\"\n\
         usage = true\nunit = \"GB\"\n",
    );
    let doctor = || home.run(&["doctor", "--output", "json"]);
    let ran = doctor();
    let (status, text) = check(&ran, "marketplace");
    assert!(
        status == "ok" && text.contains("http://127.0.0.1:9/m/") && text.contains("/saas-usage/end"),
        "{text}"
    );
    let (status, text) = check(&ran, "market server");
    assert!(status == "failed" && text.contains("127.0.0.1:9"), "nobody is there: {text}");
    let (status, text) = check(&ran, "receiver");
    assert!(status == "warning" && text.contains("/deploy") && text.contains("refused: Call us."), "{text}");
    let (status, text) = check(&ran, "skus");
    assert!(status == "ok" && text.contains("A.B: delay 3d, usage in GB"), "{text}");
    home.reconfigure(
        "[market.webhook]\n",
        "[market.webhook]\nsecret_header = \"X-Key\"\nsecret_file = \"deploy.key\"\n",
    );
    let file = home.path().join(".config/pxdesk/deploy.key");
    assert!(check(&doctor(), "receiver").1.contains("there is no file"));
    fs::write(&file, "hunter2-hunter2\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (status, text) = check(&doctor(), "receiver");
    assert!(status == "failed" && text.contains("chmod 600") && !text.contains("hunter2"), "{text}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let (status, text) = check(&doctor(), "receiver");
    assert!(status == "ok" && text.contains("header X-Key") && !text.contains("hunter2"), "{text}");
}

/// A login without a session keyring of its own may add to one that it may not use: what is added there stays.
#[cfg(target_os = "linux")]
#[test]
fn a_kernel_s_keyring_that_cannot_be_used_is_given_no_key() {
    let keys = || fs::read_to_string("/proc/keys").unwrap_or_default();
    if keys().contains("keyring:sandbox-market@pxdesk") {
        return crate::kit::skip("a kernel's keyring without an entry of pxdesk's");
    }
    let home = home("provider_key = \"keyutils\"\n");
    let ran = home.run_with(&LOGIN, KEY);
    if ran.err.contains("no session keyring") {
        assert!(!keys().contains("keyring:sandbox-market@pxdesk"), "{ran:?}");
    } else {
        home.run(&LOGOUT);
    }
}

/// A program that is not there would decide no deploy.
#[test]
fn a_receiver_whose_program_is_not_there_is_not_started() {
    let home = home("[market.webhook]\nanswer = \"command\"\ncommand = [\"/nonexistent/provision\"]\n");
    let (status, text) = check(&home.run(&["doctor", "--output", "json"]), "receiver");
    assert!(status == "failed" && text.contains("/nonexistent/provision"), "{text}");
    let served = home.run(&["market", "serve", "--listen", "127.0.0.1:0"]).with(5);
    assert!(served.err.contains("/nonexistent/provision"), "{served:?}");
}

/// It would be lost with the key.
#[test]
fn what_login_has_not_written_it_does_not_replace() {
    let home = home("provider_key = \"id.pem\"\n");
    let file = home.path().join(".config/pxdesk/id.pem");
    fs::write(&file, "-----BEGIN\nabc\n-----END\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let refused = [home.run_with(&LOGIN, KEY).with(5), home.run(&LOGOUT).with(5)];
    assert!(refused.iter().all(|ran| ran.err.contains("name another file")), "{refused:?}");
    home.reconfigure("id.pem", "credentials");
    let shared = home.run_with(&LOGIN, KEY).with(5);
    assert!(shared.err.contains("environments.sandbox.credentials"), "{shared:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "-----BEGIN\nabc\n-----END\n");
}
