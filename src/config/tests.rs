use super::*;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let mut all = vec![("HOME".to_owned(), "/home/r".to_owned()), ("USER".to_owned(), "r".to_owned())];
    all.extend(variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let flags = Flags { config: Some(path.clone()), environment: None };
    Settings::load(&flags, all).map_err(|e| e.to_string().replace(&path.display().to_string(), "FILE"))
}

#[test]
fn with_nothing_configured_it_is_the_embedded_px() {
    let settings = load("", &[]).unwrap();
    assert_eq!(settings.environment, Environment::Embedded);
    assert_eq!(settings.target, Target::InProcess);
    assert_eq!(settings.agent, "r");
    assert!(settings.journal.ends_with("pxdesk/pxdesk.db"), "{:?}", settings.journal);
    assert_eq!(settings.timeouts.complete_order.0.as_secs(), 120);
}

#[test]
fn variables_win_over_the_file() {
    let text = "environment = \"sandbox\"\nagent = \"a\"\n[timeouts]\nconnect = \"1s\"\nsend_rcc = \"3s\"\n";
    let variables = [
        ("PXDESK_AGENT", "b"),
        ("PXDESK_TIMEOUTS__CONNECT", "2s"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_BASE_URL", "http://127.0.0.1:9/"),
        ("PXDESK_ENVIRONMENTS_SANDBOX_PATHS_SEND_RCC", "/send"),
    ];
    let settings = load(text, &variables).unwrap();
    assert_eq!((settings.agent.as_str(), settings.environment), ("b", Environment::Sandbox));
    assert_eq!((settings.timeouts.connect.0.as_secs(), settings.timeouts.send_rcc.0.as_secs()), (2, 3));
    let target = Target::At {
        base_url: "http://127.0.0.1:9/".into(),
        token_url: "http://127.0.0.1:9/oauth/v2/token".into(),
    };
    assert_eq!((settings.target, settings.paths.send_rcc.as_str()), (target, "/send"));
}

#[test]
fn every_mistake_names_its_place_and_what_fits() {
    let check = |text: &str, variables: &[(&str, &str)], expected: &str| {
        assert_eq!(load(text, variables).unwrap_err(), expected);
    };
    check(
        "\nenviroment = \"sandbox\"",
        &[],
        "FILE:2: `enviroment` is not a key here; did you mean `environment`?",
    );
    check("environment = \"prod\"", &[], "FILE:1: `prod` is not a value here; did you mean `production`?");
    check("[timeouts]\nconnect = \"soon\"", &[], "FILE:2: `soon` is not a time such as \"30s\"");
    check("[timeouts]\nconnect = 10", &[], "FILE:2: invalid type: integer `10`, expected a string");
    check(
        "[environments.sandbox]\n\nbase_url = \"http://example.com/\"",
        &[],
        "FILE:3: plain http is only for this machine, and `example.com` is not; write https",
    );
    check("[environments.sandbx]", &[], "FILE:1: `sandbx` is not a value here; did you mean `sandbox`?");
    check(
        "",
        &[("PXDESK_ENVIROMENT", "production")],
        "the variable PXDESK_ENVIROMENT is not a setting; did you mean PXDESK_ENVIRONMENT?",
    );
    check(
        "",
        &[("PXDESK_TIMEOUTS_CONNECT", "x")],
        "PXDESK_TIMEOUTS_CONNECT: `x` is not a time such as \"30s\"",
    );
    assert!(
        load("", &[("PXDESK_REQUIRE_SERVICES", "1"), ("PXDESK_BIN", "x")]).is_ok(),
        "others' variables are left alone"
    );
    assert!(load("a = [", &[]).unwrap_err().starts_with("FILE:1: "));
    assert!(
        load("[journal]\nurl = \"postgres://x\"", &[]).unwrap_err().contains("journal.url names PostgreSQL")
    );
}

#[test]
fn loopback_in_all_its_spellings() {
    for host in ["127.0.0.1:80", "127.9.9.9", "localhost:1", "[::1]:8080"] {
        assert!(HttpUrl::try_from(format!("http://{host}/")).is_ok(), "{host}");
    }
    for host in ["10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "[::2]", "example.com"] {
        assert!(HttpUrl::try_from(format!("http://{host}/")).is_err(), "{host}");
    }
    assert!(HttpUrl::try_from("https://example.com/".to_owned()).is_ok());
    assert!(HttpUrl::try_from("ftp://localhost/".to_owned()).is_err());
}
