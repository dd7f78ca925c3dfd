use super::*;
use crate::config::{Flags, Settings};
use crate::credentials::Store;
use std::path::PathBuf;
use std::time::Duration;

fn load_with(text: &str, variables: &[(&str, &str)]) -> Result<Option<RegistrationSettings>, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let mut all = vec![("HOME".to_owned(), "/home/r".to_owned()), ("USER".to_owned(), "r".to_owned())];
    all.extend(variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let flags = Flags { config: Some(path.clone()), environment: None };
    let settings = Settings::load(&flags, all);
    settings.map(|s| s.registration).map_err(|e| e.to_string().replace(&path.display().to_string(), "FILE"))
}

fn load(text: &str) -> Result<Option<RegistrationSettings>, String> {
    load_with(text, &[])
}

/// The registration of a sandbox with these lines.
fn sandbox(lines: &str) -> Result<RegistrationSettings, String> {
    let text = format!("environment = \"sandbox\"\n[environments.sandbox.registration]\n{lines}\n");
    load(&text).map(Option::unwrap)
}

#[test]
fn the_embedded_registration_is_there_with_a_contract_to_practice_on() {
    let settings = load("").unwrap().unwrap();
    assert_eq!((&settings.target, &settings.credentials), (&RegistrationTarget::InProcess, &None));
    assert_eq!((settings.contract.as_str(), settings.trailing_slash), ("A-PRACTICE", false));
    assert_eq!((settings.timeout, settings.concurrency), (Duration::from_secs(30), 4));
    assert_eq!(settings.transport.requests_per_second, None);
    let other =
        load("[environments.embedded.registration]\nbase_url = \"http://127.0.0.1:9/\"\ncontract = \"B-7\"");
    let other = other.unwrap().unwrap();
    assert_eq!(other.target, RegistrationTarget::At { base_url: "http://127.0.0.1:9/".to_owned() });
    assert_eq!((other.contract.as_str(), other.credentials), ("B-7", None));
    let real = load("[environments.embedded.registration]\nedgerc = \"keyring\"").unwrap_err();
    assert!(real.contains("environments.embedded.registration.edgerc: the embedded server has"), "{real}");
}

#[test]
fn an_environment_has_a_registration_when_it_is_configured() {
    assert!(load("environment = \"sandbox\"").unwrap().is_none());
    let settings = sandbox("contract = \"A-1234\"").unwrap();
    assert_eq!(settings.target, RegistrationTarget::AsCredentialsSay);
    assert_eq!(settings.transport.requests_per_second.map(std::num::NonZeroU32::get), Some(10));
    let keeper = settings.credentials.unwrap();
    assert_eq!(keeper.store(), &Store::File(PathBuf::from("/home/r/.edgerc")));
    assert_eq!(keeper.section(), "default");
    let settings = sandbox(
        "base_url = \"https://gateway.example/\"\ncontract = \"A-1234\"\nedgerc = \"~/keys/edge\"\nsection = \"saas\"\n\
         trailing_slash = true\nrequests_per_second = 3\nconcurrency = 16",
    )
    .unwrap();
    assert_eq!(settings.target, RegistrationTarget::At { base_url: "https://gateway.example/".to_owned() });
    assert_eq!((settings.trailing_slash, settings.concurrency), (true, 16));
    let keeper = settings.credentials.unwrap();
    assert_eq!(keeper.store(), &Store::File(PathBuf::from("/home/r/keys/edge")));
    assert_eq!(keeper.section(), "saas");
}

#[test]
fn credentials_stand_beside_the_configuration_or_in_the_keyring() {
    let keeper = |edgerc: &str| {
        let lines = format!("base_url = \"https://g.example/\"\ncontract = \"A-1\"\nedgerc = \"{edgerc}\"");
        sandbox(&lines).map(|settings| settings.credentials.unwrap().store().clone())
    };
    assert_eq!(keeper("keyring"), Ok(Store::Keyring));
    let Ok(Store::File(beside)) = keeper("edge.rc") else { panic!() };
    assert!(beside.is_absolute() && beside.ends_with("edge.rc"), "{}", beside.display());
    assert!(keeper("").unwrap_err().contains("environments.sandbox.registration.edgerc"));
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let missing = sandbox("edgerc = \"~/.edgerc\"").unwrap_err();
    assert!(missing.contains("environments.sandbox.registration.contract is missing"), "{missing}");
    let nowhere = sandbox("contract = \"A-1\"\nedgerc = \"keyring\"").unwrap_err();
    assert!(nowhere.contains("environments.sandbox.registration.base_url is missing"), "{nowhere}");
    let dash = sandbox("contract = \"A–1234\"").unwrap_err();
    assert!(
        dash.starts_with(
            "FILE:3: environments.sandbox.registration.contract: the contract holds `–` (U+2013)"
        ),
        "{dash}"
    );
    for (lines, says) in [
        ("contract = \"A-1\"\nconcurrency = 17", "`17` is not a number from 1 to 16"),
        ("contract = \"A-1\"\nconcurrency = 0", "`0` is not a number from 1 to 16"),
        ("contract = \"A-1\"\nbase_url = \"http://gateway.example\"", "plain http is only for this machine"),
        ("contracts = \"A-1\"", "did you mean `contract`?"),
    ] {
        let error = sandbox(lines).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_create_without_an_answer_is_left_alone_for_the_whole_quiet_period() {
    let quiet = |more: &str| {
        let text = format!("[environments.embedded.registration]\ncontract = \"A-1\"\n{more}");
        load(&text).unwrap().unwrap().quiet.as_secs()
    };
    let patient = "[timeouts]\nregistration = \"200s\"\n";
    assert_eq!(quiet(""), 240);
    assert_eq!(
        quiet("[timeouts]\nregistration = \"5s\""),
        240,
        "how long we wait says nothing of the server"
    );
    assert_eq!(quiet("[doubt]\nquiet_period = \"1s\""), 1);
    assert_eq!(quiet(&format!("{patient}[doubt]\nquiet_period = \"1s\"")), 1);
    // A Px on this machine, and the registration elsewhere.
    let elsewhere = |more: &str| {
        let text = format!(
            "environment = \"sandbox\"\n{more}[doubt]\nquiet_period = \"1s\"\n[environments.sandbox]\n\
             base_url = \"http://127.0.0.1:9/\"\n[environments.sandbox.registration]\ncontract = \"A-1\"\n"
        );
        load(&text).unwrap().unwrap().quiet.as_secs()
    };
    assert_eq!((elsewhere(""), elsewhere(patient)), (120, 400));
}

#[test]
fn every_key_has_its_variable() {
    let variables = [
        ("PXDESK_ENVIRONMENT", "sandbox"),
        ("PXDESK_TIMEOUTS_REGISTRATION", "7s"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_BASE_URL", "https://v.example/"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_CONTRACT", "C-9"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_EDGERC", "keyring"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_SECTION", "x"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_TRAILING_SLASH", "true"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_CA_FILE", "ca.pem"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_PROXY", "http://p:1"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_REQUESTS_PER_SECOND", "5"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_REGISTRATION_CONCURRENCY", "9"),
    ];
    let settings = load_with("", &variables).unwrap().unwrap();
    assert_eq!((settings.timeout.as_secs(), settings.contract.as_str()), (7, "C-9"));
    assert_eq!((settings.trailing_slash, settings.concurrency), (true, 9));
    assert_eq!(settings.credentials.unwrap().store(), &Store::Keyring);
    assert!(settings.transport.ca_file.is_some() && settings.transport.proxy.is_some());
    assert_eq!(settings.transport.requests_per_second.map(std::num::NonZeroU32::get), Some(5));
    let misspelt = load_with("", &[("PXDESK_TIMEOUTS_REGISTRATON", "7s")]).unwrap_err();
    assert!(misspelt.contains("did you mean PXDESK_TIMEOUTS_REGISTRATION?"), "{misspelt}");
}
