use super::*;
use crate::config::{Flags, Settings};
use crate::credentials::Store;
use crate::subscription::{Answer, Billing, Sku};
use jiff::SignedDuration;
use std::num::NonZeroU32;
use std::time::Duration;

fn load_with(text: &str, variables: &[(&str, &str)]) -> Result<Option<MarketSettings>, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let mut all = vec![("HOME".to_owned(), "/home/r".to_owned()), ("USER".to_owned(), "r".to_owned())];
    all.extend(variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let flags = Flags { config: Some(path.clone()), environment: None };
    let settings = Settings::load(&flags, all);
    settings.map(|s| s.market).map_err(|e| e.to_string().replace(&path.display().to_string(), "FILE"))
}

fn load(text: &str) -> Result<Option<MarketSettings>, String> {
    load_with(text, &[])
}

const SANDBOX: &str =
    "environment = \"sandbox\"\n[environments.sandbox.market]\nbase_url = \"https://m.example/\"\n";

fn sku<'a>(settings: &'a MarketSettings, name: &str) -> &'a SkuSettings {
    &settings.skus[&Sku::new(name).unwrap()]
}

#[test]
fn the_embedded_marketplace_is_there_with_what_it_sells() {
    let settings = load("").unwrap().unwrap();
    assert_eq!((&settings.target, &settings.key), (&MarketTarget::InProcess, &None));
    assert_eq!(settings.timeout, Duration::from_mins(1));
    assert_eq!((settings.tail, settings.concurrency, settings.v1), (Tail::Ask, 4, false));
    assert_eq!(settings.carries("r.diaz"), None, "a person says");
    let storage = SkuSettings { billing: Billing::Manual, usage: true, unit: Some("GB".to_owned()) };
    assert_eq!(sku(&settings, "PRACTICE-STORAGE"), &storage);
    assert_eq!(sku(&settings, "PRACTICE-SUPPORT").billing, Billing::Immediately);
    assert_eq!(settings.skus.len(), 3);
    let Webhook { path, answer, assign, answer_within, otherwise, proof, .. } = settings.webhook;
    assert_eq!((path.as_str(), answer, assign.to_string().as_str()), ("/deploy", Answering::Assign, "C-{n}"));
    assert_eq!((answer_within.as_secs(), otherwise, proof.is_none()), (10, Otherwise::Assign, true));
    let more = load(
        "[market.skus.\"PRACTICE-SEATS\"]\nbilling = \"next_month\"\n[market.skus.X]\nbilling = \"delay 3d\"",
    );
    let more = more.unwrap().unwrap();
    assert_eq!((more.skus.len(), sku(&more, "PRACTICE-SEATS").billing), (4, Billing::NextMonth));
    assert_eq!(sku(&more, "X").billing, Billing::Delay(SignedDuration::from_hours(72)));
}

#[test]
fn an_environment_has_a_marketplace_when_it_is_configured() {
    assert!(load("environment = \"sandbox\"").unwrap().is_none());
    let other =
        "environment = \"production\"\n[environments.sandbox.market]\nbase_url = \"https://m.example/\"";
    assert!(load(other).unwrap().is_none());
    let settings = load(SANDBOX).unwrap().unwrap();
    assert_eq!(settings.target, MarketTarget::At { base_url: "https://m.example/".to_owned() });
    assert_eq!(settings.key.unwrap().store(), &Store::Keyring);
    assert!(settings.skus.is_empty(), "nothing of practice");
    assert_eq!(settings.transport.requests_per_second.map(NonZeroU32::get), Some(10));
    let file = load(&format!(
        "{SANDBOX}provider_key = \"market.key\"\nca_file = \"ca.pem\"\nrequests_per_second = 2"
    ));
    let file = file.unwrap().unwrap();
    assert!(matches!(file.key.unwrap().store(), Store::File(path) if path.ends_with("market.key")));
    assert!(file.transport.ca_file.unwrap().is_absolute(), "beside the configuration");
    assert_eq!(file.transport.requests_per_second.map(NonZeroU32::get), Some(2));
}

#[test]
fn a_sandbox_elsewhere_may_stand_in_for_the_embedded_one_and_is_shown_no_real_key() {
    let here = "[environments.embedded.market]\nbase_url = \"http://127.0.0.1:9/\"\n";
    let settings = load(here).unwrap().unwrap();
    assert_eq!(settings.target, MarketTarget::At { base_url: "http://127.0.0.1:9/".to_owned() });
    assert!(settings.key.is_none() && settings.skus.len() == 3);
    assert_eq!(settings.transport.requests_per_second, None);
    let error = load(&format!("{here}provider_key = \"keyring\"")).unwrap_err();
    assert!(error.starts_with("FILE:3: environments.embedded.market.provider_key: "), "{error}");
    assert!(load("[environments.embedded]\nbase_url = \"http://127.0.0.1:9/\"").unwrap().is_none());
}

#[test]
fn all_of_it_can_be_set() {
    let text = format!(
        "{SANDBOX}[environments.sandbox.market.paths]\nusage = \"/u\"\n\
         [market.webhook]\npath = \"/d\"\nv1_path = \"/acme-provision-account/\"\nanswer = \"command\"\n\
         assign = \"{{provisioningId}}\"\ncommand = [\"provision\", \"-x\"]\nanswer_within = \"5s\"\notherwise = \"refuse\"\n\
         refusal = \" Call us. \"\nsecret_header = \"X-Deploy-Key\"\nsecret_file = \"deploy.key\"\nbasic_file = \"basic\"\n\
         client_ca_file = \"ca.pem\"\ntls_cert_file = \"c.pem\"\ntls_key_file = \"k.pem\"\nbehind_proxy = \"nginx here\"\n\
         [market.skus.\"A.B\"]\nbilling = \"immediate\"\nusage = true\nunit = \"GB\"\n\
         [market.usage]\ntail = \"carry\"\nconcurrency = 2\n[market.v1]\nenabled = true\n[timeouts]\nmarket = \"30s\"\n"
    );
    let settings = load(&text).unwrap().unwrap();
    assert_eq!((settings.paths.usage.as_str(), settings.paths.usage_end.as_str()), ("/u", "/saas-usage/end"));
    assert_eq!((settings.tail, settings.concurrency, settings.v1), (Tail::Carry, 2, true));
    assert_eq!(settings.carries("r.diaz").map(|because| because.name).as_deref(), Some("r.diaz"));
    assert_eq!(settings.timeout.as_secs(), 30);
    assert!(sku(&settings, "A.B").usage);
    let webhook = settings.webhook;
    assert_eq!(webhook.answer, Answering::Command(vec!["provision".to_owned(), "-x".to_owned()]));
    assert_eq!(webhook.otherwise, Otherwise::Refuse(Answer::refusal("Call us.").unwrap()));
    assert_eq!(webhook.v1_path.as_deref(), Some("/acme-provision-account/"));
    let (name, file) = webhook.proof.header.unwrap();
    assert!(name == "X-Deploy-Key" && file.is_absolute() && webhook.proof.client_ca.is_some());
    assert!(webhook.tls.is_some() && webhook.behind_proxy.as_deref() == Some("nginx here"));
}

#[test]
fn variables_set_it_too() {
    let variables = [
        ("PXDESK_TIMEOUTS_MARKET", "7s"),
        ("PXDESK_ENVIRONMENTS_EMBEDDED_MARKET_BASE_URL", "http://127.0.0.1:9/"),
        ("PXDESK_ENVIRONMENTS_EMBEDDED_MARKET_PATHS_USAGE_END", "/e"),
        ("PXDESK_MARKET_USAGE_CONCURRENCY", "1"),
        ("PXDESK_MARKET_V1_ENABLED", "true"),
        ("PXDESK_MARKET_WEBHOOK_BEHIND_PROXY", "true"),
        ("PXDESK_MARKET_WEBHOOK_ANSWER", "ask"),
    ];
    let settings = load_with("", &variables).unwrap().unwrap();
    assert_eq!((settings.timeout.as_secs(), settings.concurrency, settings.v1), (7, 1, true));
    assert_eq!(settings.paths.usage_end, "/e");
    assert_eq!(settings.webhook.behind_proxy.as_deref(), Some("a TLS proxy"));
    assert_eq!(settings.webhook.answer, Answering::Ask);
    let wrong = load_with("", &[("PXDESK_TIMEOUTS_MARKET", "soon")]).unwrap_err();
    assert_eq!(wrong, "PXDESK_TIMEOUTS_MARKET: `soon` is not a time such as \"30s\"");
    let wrong = load_with("", &[("PXDESK_MARKET_USAGE_TAIL", "cary")]).unwrap_err();
    assert_eq!(wrong, "PXDESK_MARKET_USAGE_TAIL: `cary` is not a value here; did you mean `carry`?");
}

#[test]
fn every_mistake_names_its_place_and_what_fits() {
    for (text, expected) in [
        ("[market.webhok]", "1: `webhok` is not a key here; did you mean `webhook`?"),
        (
            "[market.webhook]\nanswer_withn = \"1s\"",
            "2: `answer_withn` is not a key here; did you mean `answer_within`?",
        ),
        (
            "[market.webhook]\nanswer = \"asign\"",
            "2: market.webhook.answer: `asign` is not a value here; did you mean `assign`?",
        ),
        (
            "[market.webhook]\n\nassign = \"C\"",
            "3: market.webhook.assign: `C` would give every customer the same id; it is to hold {n} or {provisioningId}",
        ),
        (
            "[market.webhook]\nassign = \"{m}\"",
            "2: market.webhook.assign: `{m}` is not a placeholder; there are {n} and {provisioningId}",
        ),
        ("[market.webhook]\npath = \"deploy\"", "2: market.webhook.path: \"deploy\" is not a path such as"),
        (
            "[market.webhook]\nforward = \"http://h.example/\"",
            "2: market.webhook.forward: plain http is only for this machine",
        ),
        (
            "[market.webhook]\nsecret_header = \"a b\"",
            "2: market.webhook.secret_header: \"a b\" is not the name of a header",
        ),
        ("[market.webhook]\nrefusal = \"<b>\"", "2: market.webhook.refusal: the message holds `<` or `>`"),
        (
            "[market.webhook]\nbehind_proxy = 3",
            "2: market.webhook.behind_proxy: `3` is neither true, false nor the name of a proxy",
        ),
        (
            "[market.webhook]\nanswer_within = \"0s\"",
            "2: market.webhook.answer_within: `0s` does not fit: a time here is from 1ms",
        ),
        (
            "[market.skus.A]\nbilling = \"later\"",
            "2: market.skus.A.billing: `later` is not one of \"immediately\", \"delay 3d\"",
        ),
        ("[market.skus.A]\nusage = true", "1: missing field `billing`"),
        (
            "[market.skus.A]\nbilling = \"manual\"\nunits = \"GB\"",
            "3: `units` is not a key here; did you mean `unit`?",
        ),
        ("[market.skus.\"\"]\nbilling = \"manual\"", "1: what is written here is empty"),
        ("[market.usage]\nconcurrency = 5", "2: market.usage.concurrency: `5` is not a number from 1 to 4"),
        (
            "[market.usage]\ntail = \"keep\"",
            "2: market.usage.tail: `keep` is not a value here; valid are ask, carry",
        ),
        ("[market.v1]\nenabled = \"maybe\"", "2: market.v1.enabled: `\"maybe\"` is neither true nor false"),
        (
            "[environments.sandbox.market]\nbase_ur = \"x\"",
            "2: `base_ur` is not a key here; did you mean `base_url`?",
        ),
        (
            "[environments.sandbox.market.paths]\nusages = \"/u\"",
            "2: `usages` is not a key here; did you mean `usage`?",
        ),
        (
            "[market.webhook]\nsecret_header = \"X-K\"",
            "2: market.webhook.secret_header goes with secret_file, which is missing",
        ),
        (
            "[market.webhook]\ntls_key_file = \"k\"",
            "2: market.webhook.tls_key_file goes with tls_cert_file, which is missing",
        ),
        (
            "[market.webhook]\nclient_ca_file = \"ca\"",
            "2: market.webhook.client_ca_file goes with tls_cert_file",
        ),
        (
            "[market.webhook]\nanswer = \"command\"",
            "2: market.webhook.answer is \"command\", and `command` names none",
        ),
        (
            "[market.webhook]\nanswer = \"forward\"",
            "2: market.webhook.answer is \"forward\", and `forward` is missing",
        ),
        ("[market.webhook]\nv1_path = \"/deploy\"", "2: market.webhook.v1_path is the same as path"),
        (
            "environment = \"sandbox\"\n[environments.sandbox.market]",
            " environments.sandbox.market.base_url is missing",
        ),
    ] {
        let error = load(text).map(|_| text).unwrap_err();
        assert!(error.starts_with(&format!("FILE:{expected}")), "{text}\n{error}");
    }
}
