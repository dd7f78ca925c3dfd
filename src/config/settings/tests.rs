use super::super::file::HttpUrl;
use super::super::log::{Format, KeepDays, Level};
use super::super::origin::{Given, Origin};
use super::*;
use crate::credentials::Store;
use std::num::NonZeroU32;

mod slips;

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
    assert!(settings.journal.file().unwrap().ends_with("pxdesk/pxdesk.db"), "{:?}", settings.journal);
    assert_eq!(settings.timeouts.complete_order.0.as_secs(), 120);
}

#[test]
fn the_desk_locks_itself_after_a_time_or_never() {
    let after = |text: &str| load(text, &[]).map(|settings| settings.desk.lock_after.0.map(|t| t.as_secs()));
    assert_eq!(after(""), Ok(Some(300)));
    assert_eq!(after("[desk]\nlock_after = \"90s\""), Ok(Some(90)));
    assert_eq!(after("[desk]\nlock_after = \"never\""), Ok(None));
    assert_eq!(after("[desk]\nlock_after = \"0s\""), Ok(None));
    let wrong = after("[desk]\nlock_after = \"later\"").unwrap_err();
    assert_eq!(wrong, "FILE:2: desk.lock_after: `later` is not a time such as \"30s\", or \"never\"");
    assert_eq!(
        load("", &[("PXDESK_DESK_LOCK_AFTER", "1m")]).unwrap().desk.lock_after.0.unwrap().as_secs(),
        60
    );
}

#[test]
fn the_fastest_reading_that_counts_has_bounds() {
    let fastest = |text: &str| load(text, &[]).map(|settings| settings.fastest.words_a_minute());
    assert_eq!(fastest(""), Ok(260));
    assert_eq!(fastest("[reading]\nfastest = 180"), Ok(180));
    let variable = load("", &[("PXDESK_READING_FASTEST", "300")]).unwrap();
    assert_eq!(variable.fastest.words_a_minute(), 300);
    for wrong in ["0", "59", "-1", "60001", "2.5", "\"fast\""] {
        let problem = fastest(&format!("[reading]\nfastest = {wrong}")).unwrap_err();
        assert_eq!(
            problem,
            format!("FILE:2: reading.fastest: `{wrong}` is not a number of words a minute from 60 to 400")
        );
    }
    let sandbox = "environment = \"sandbox\"\n[reading]\nfastest = ";
    assert_eq!(fastest(&format!("{sandbox}400")), Ok(400));
    let problem = fastest(&format!("{sandbox}401")).unwrap_err();
    assert_eq!(problem, "FILE:3: reading.fastest is 401 words a minute; nobody follows more than 400");
    assert_eq!(fastest("[reading]\nfastest = 5000"), Ok(5000), "on this machine nobody listens");
    let slip = fastest("[reading]\nfastst = 200").unwrap_err();
    assert_eq!(slip, "FILE:2: `fastst` is not a key here; did you mean `fastest`?");
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
fn logs_are_set_by_the_file_and_by_variables() {
    assert_eq!(load("", &[]).unwrap().log, Log::default());
    let text = "[log]\nlevel = \"warn\"\nformat = \"json\"\nkeep_days = 3\n";
    let log = load(text, &[("PXDESK_LOG", "debug"), ("PXDESK_LOG_KEEP_DAYS", "30")]).unwrap().log;
    assert_eq!((log.level, log.format, log.keep_days), (Level::Debug, Format::Json, KeepDays(30)));
    let wrong = |name: &str, value: &str| load("", &[(name, value)]).unwrap_err();
    assert_eq!(
        wrong("PXDESK_LOG", "tracy"),
        "PXDESK_LOG: `tracy` is not a value here; did you mean `trace`?"
    );
    for days in ["0", "soon", "9999"] {
        assert!(
            wrong("PXDESK_LOG_KEEP_DAYS", days).ends_with("is not a number of days from 1 to 3650"),
            "{days}"
        );
    }
}

#[test]
fn a_path_is_sent_as_it_is_written() {
    let told = |path: &str| {
        let file =
            format!("environment = \"sandbox\"\n[environments.sandbox.paths]\nretrieve_rcc = \"{path}\"");
        load(&file, &[]).unwrap_err()
    };
    for path in ["/./pxCompleteOrder", "/a/../pxCompleteOrder"] {
        let why = format!("is \"{path}\"; write the path that is meant, without . and ..");
        assert_eq!(told(path), format!("FILE:3: environments.sandbox.paths.retrieve_rcc {why}"));
    }
    for (path, odd) in
        [("/pxCompleteOrder\\t", "'\\t'"), ("/px%43ompleteOrder", "'%'"), ("/pxCompleteOrder?", "'?'")]
    {
        assert!(told(path).ends_with(&format!("; a path holds no {odd}")), "{}", told(path));
    }
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
    check(
        "environment = \"prod\"",
        &[],
        "FILE:1: environment: `prod` is not a value here; did you mean `production`?",
    );
    check(
        "[timeouts]\nconnect = \"soon\"",
        &[],
        "FILE:2: timeouts.connect: `soon` is not a time such as \"30s\"",
    );
    check(
        "[timeouts]\nconnect = 10",
        &[],
        "FILE:2: timeouts.connect: a text in quotes belongs here, and not the number `10`",
    );
    check(
        "[environments.sandbox]\n\nbase_url = \"http://example.com/\"",
        &[],
        "FILE:3: environments.sandbox.base_url: plain http is only for this machine, and `example.com` is not; write https",
    );
    check(
        "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"https://px.example/\"\ntoken_url = \"https://px.example/t\"\n\
         [environments.sandbox.paths]\nretrieve_rcc = \"/pxCompleteOrder/\"",
        &[],
        "FILE:6: environments.sandbox.paths.retrieve_rcc and complete_order are the same; every complete_order would be taken for the other call",
    );
    let word = "a text in quotes belongs here, and not a table";
    check(
        "environment = 5",
        &[],
        "FILE:1: environment: a text in quotes belongs here, and not the number `5`",
    );
    // A table with nothing but one table in it is no word either.
    check(
        "agent = \"a\"\n[environment.production]",
        &[],
        &format!("FILE:2: {word}; did you mean [environments.production]?"),
    );
    check("[role.agent]", &[], &format!("FILE:1: {word}"));
    check("[log.level.debug]", &[], &format!("FILE:1: {word}"));
    check("[market.usage.tail.ask]", &[], &format!("FILE:1: {word}"));
    check(
        "\n[environment.sandbox]\nbase_url = \"https://x.example/\"",
        &[],
        &format!("FILE:2: {word}; did you mean [environments.sandbox]?"),
    );
    check("[environments.sandbx]", &[], "FILE:1: `sandbx` is not an environment; did you mean `sandbox`?");
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
    let others =
        load("", &[("PXDESK_REQUIRE_SERVICES", "1"), ("PXDESK_AGENT", "a"), ("HOME", "/h")]).unwrap();
    assert_eq!(others.account.without_effect, ["PXDESK_REQUIRE_SERVICES"], "taken, and told");
    assert!(load("a = [", &[]).unwrap_err().starts_with("FILE:1: "));
    let refused = load("[journal]\nurl = \"mysql://x\"", &[]).unwrap_err();
    assert!(refused.contains("journal.url is not a journal"), "{refused}");
    let refused = load("[journal]\nurl = \"postgres://ann:hunter2@db.example/floor\"", &[]).unwrap_err();
    assert!(refused.contains("password_file") && !refused.contains("hunter2"), "{refused}");
    let floor =
        load("[journal]\nurl = \"postgres://ann@db.example/floor\"\npassword_file = \"pw\"", &[]).unwrap();
    assert_eq!(floor.journal.to_string(), "postgres://ann@db.example/floor");
    assert_eq!(floor.password_keeper(), None);
    let kept =
        load("[journal]\nurl = \"postgres://ann@db.example/floor\"\npassword = \"keyring\"", &[]).unwrap();
    assert!(kept.password_keeper().is_some());
    let refused = load("[journal]\npassword = \"hunter2\"", &[]).unwrap_err();
    assert!(refused.contains("login --journal") && !refused.contains("hunter2"), "{refused}");
    let refused = load("", &[("PXDESK_JOURNAL_PASSWORD", "hunter2")]).unwrap_err();
    assert!(refused.contains("journal.password") && !refused.contains("hunter2"), "{refused}");
    let both = "[journal]\npassword = \"keyring\"\npassword_file = \"pw\"";
    assert!(load(both, &[]).unwrap_err().contains("leave one of them out"));
    assert!(floor.journal.key_file().ends_with("pxdesk/pxdesk.key"));
}

#[test]
fn the_way_to_px_is_its_environment_s_own() {
    let text = "environment = \"sandbox\"\n[environments.sandbox]\nca_file = \"ca.pem\"\nproxy = \"http://proxy:3128\"\nrequests_per_second = 4\n";
    let transport = load(text, &[]).unwrap().transport;
    assert!(transport.ca_file.unwrap().is_absolute(), "beside the configuration");
    assert_eq!(transport.proxy.as_deref(), Some("http://proxy:3128"));
    assert_eq!(transport.requests_per_second.map(NonZeroU32::get), Some(4));
    let others = [("PXDESK_ENVIRONMENT", "production"), ("HTTPS_PROXY", "http://proxy:3128")];
    let transport = load(text, &others).unwrap().transport;
    assert_eq!((transport.ca_file, transport.proxy), (None, None));
    assert_eq!(transport.requests_per_second.map(NonZeroU32::get), Some(10), "as long as nothing is said");
    assert_eq!(
        load("", &[]).unwrap().transport.requests_per_second,
        None,
        "the Px inside counts nobody's calls"
    );
    let variable = [("PXDESK_ENVIRONMENTS_SANDBOX_REQUESTS_PER_SECOND", "7")];
    let transport = load(text, &variable).unwrap().transport;
    assert_eq!(transport.requests_per_second.map(NonZeroU32::get), Some(7));
    for bad in ["0", "-1", "1.5", "\"many\""] {
        let error = load(&text.replace("= 4", &format!("= {bad}")), &[]).unwrap_err();
        assert_eq!(
            error,
            format!(
                "FILE:5: environments.sandbox.requests_per_second: `{bad}` is not a whole number above 0"
            )
        );
    }
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

#[test]
fn a_url_holds_nothing_that_cannot_be_seen() {
    for url in
        [" https://px.example/", "https://px.example/ ", "https://px\t.example/", "\0https://px.example/"]
    {
        let error = load("", &[("PXDESK_ENVIRONMENTS_SANDBOX_BASE_URL", url)]).unwrap_err();
        assert!(error.contains("PXDESK_ENVIRONMENTS_SANDBOX_BASE_URL"), "{error}");
        assert!(error.contains("cannot be seen") && !error.contains(['\0', '\t']), "{error}");
    }
}

#[test]
fn production_is_named_and_chosen_by_name_alone() {
    let production =
        |text: &str| load(&format!("environment = \"production\"\n{text}"), &[]).unwrap().production();
    assert_eq!(production("").as_deref(), Some("production"));
    let here = "[environments.production]\nbase_url = \"http://127.0.0.1:81/\"";
    assert_eq!(production(here).as_deref(), Some("production (at 127.0.0.1:81)"));
    // Configured, and not chosen.
    assert_eq!(load(here, &[]).unwrap().environment, Environment::Embedded);
    assert_eq!(load(here, &[]).unwrap().production(), None);
    for (environment, key) in [("sandbox", "base_url"), ("sandbox", "token_url"), ("embedded", "base_url")] {
        let text = format!(
            "environment = \"{environment}\"\n[environments.{environment}]\n{key} = \"https://API.lumen.com./x\"\n"
        );
        let other = if key == "token_url" { "base_url = \"https://api-test.lumen.com/\"\n" } else { "" };
        let error = load(&(text + other), &[]).unwrap_err();
        assert!(error.contains("where every order is live"), "{error}");
    }
}

#[test]
fn every_value_says_where_it_came_from() {
    let text = "environment = \"sandbox\"\nagent = \"a\"\n\n[environments.sandbox]\nbase_url = \"https://px.example/\"\n\
                headers = { X-Partner = \"hunter2\" }\n[environments.production]\ncredentials = \"elsewhere\"\n\
                [timeouts]\nconnect = \"1s\"\n";
    let variables =
        [("PXDESK_TIMEOUTS_CONNECT", "2s"), ("PXDESK_ENVIRONMENTS_PRODUCTION_BASE_URL", "https://h/")];
    let account = load(text, &variables).unwrap().account;
    let of_somebody = account.given.iter().filter(|(_, given)| given.origin != Origin::Default);
    let shown = of_somebody.map(|(key, given)| format!("{key} = {} ({})", given.value, given.origin));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "agent = a (line 2 of the file)",
            "environment = sandbox (line 1 of the file)",
            "environments.sandbox.base_url = https://px.example/ (line 5 of the file)",
            "environments.sandbox.headers.X-Partner = [redacted] (line 6 of the file)",
            "timeouts.connect = 2s (variable PXDESK_TIMEOUTS_CONNECT)",
        ]
    );
    assert!(account.found);
    let token_url = Given { value: "https://px.example/oauth/v2/token".to_owned(), origin: Origin::Default };
    assert_eq!(account.given["environments.sandbox.token_url"], token_url);
    let account = load("[journal]\nurl = \"sqlite://u:hunter2@j.db\"", &[]).unwrap().account;
    assert_eq!(account.given["journal.url"].value, "sqlite://[redacted]@j.db");
}

/// On the command line a file is below the current folder, and no other is taken for it.
#[test]
fn a_journal_that_is_not_here_but_in_the_data_folder_is_asked_about() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("pxdesk");
    std::fs::create_dir(&data).unwrap();
    let settings = load("", &[("XDG_DATA_HOME", home.path().to_str().unwrap())]).unwrap();
    let file = |url: &str| settings.place(url).map(|place| place.file().unwrap().to_owned());
    assert_eq!(file("sqlite:floor.db"), Ok("floor.db".into()));
    std::fs::write(data.join("floor.db"), "").unwrap();
    let refused = file("sqlite:floor.db").unwrap_err();
    let here = std::env::current_dir().unwrap().join("floor.db");
    for path in [here, data.join("floor.db")] {
        assert!(refused.contains(&path.display().to_string()), "{refused}");
    }
    let whole = data.join("floor.db");
    assert_eq!(file(&format!("sqlite:{}", whole.display())), Ok(whole));
    assert_eq!(file("sqlite:other.db"), Ok("other.db".into()));
}

#[test]
fn credentials_have_a_place_and_the_embedded_px_has_none() {
    let store = |text: &str| load(text, &[]).map(|s| s.credentials.map(|keeper| keeper.store().clone()));
    let sandbox = |line: &str| store(&format!("environment = \"sandbox\"\n[environments.sandbox]\n{line}"));
    assert_eq!(sandbox(""), Ok(Some(Store::Keyring)));
    assert_eq!(sandbox("credentials = \"keyring\""), Ok(Some(Store::Keyring)));
    assert!(
        matches!(sandbox("credentials = \"pair\""), Ok(Some(Store::File(path))) if path.ends_with("pair"))
    );
    assert_eq!(store(""), Ok(None));
    let other = "[environments.production]\ncredentials = \"pair\"";
    assert_eq!(store(other), Ok(None), "another environment's are not reached for");
    let error = store("[environments.embedded]\ncredentials = \"pair\"").unwrap_err();
    assert!(error.contains("environments.embedded.credentials") && error.contains("leave it out"), "{error}");
}

#[test]
fn what_is_wrong_is_said_with_its_line_or_its_variable() {
    for (text, begins) in [
        ("agent = \"a\"\n[journal]\nurl = \"mysql://x\"", "FILE:3: journal.url is not a journal"),
        (
            "environment = \"sandbox\"\n[doubt]\nquiet_period = \"1s\"",
            "FILE:3: doubt.quiet_period is shorter",
        ),
        (
            "environment = \"sandbox\"\n[environments.sandbox]\ncredentials = \"\"",
            "FILE:3: environments.sandbox.credentials: `` is not a place",
        ),
        (
            "environment = \"sandbox\"\n[environments.embedded]\ncredentials = \"x\"",
            "FILE:3: environments.embedded.credentials: the embedded Px",
        ),
        (
            "environment = \"sandbox\"\n\n[environments.sandbox]\nbase_url = \"https://api.lumen.com/\"",
            "FILE:4: environments.sandbox.base_url is api.lumen.com",
        ),
        (
            "environment = \"sandbox\"\n[environments.sandbox.registration]\ncontract = \"A-1\"\nedgerc = \"\"",
            "FILE:4: environments.sandbox.registration.edgerc: `` is not a place",
        ),
        ("agent = \" \"", "FILE:1: agent is empty"),
        (
            "environment = \"sandbox\"\n[environments.sandbox.registration]\nedgerc = \"x\"",
            "FILE: environments.sandbox.registration.contract is missing",
        ),
    ] {
        let problem = load(text, &[]).unwrap_err();
        assert!(problem.starts_with(begins), "{problem}");
    }
    let variable = load("", &[("PXDESK_JOURNAL_URL", "mysql://x")]).unwrap_err();
    assert!(variable.starts_with("PXDESK_JOURNAL_URL: journal.url is not a journal"), "{variable}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_in_the_place_of_the_file_is_not_taken_for_none() {
    let home = tempfile::tempdir().unwrap();
    let variables = || {
        let config = home.path().join("config").display().to_string();
        [("HOME".to_owned(), home.path().display().to_string()), ("XDG_CONFIG_HOME".to_owned(), config)]
    };
    assert!(Settings::load(&Flags::default(), variables()).is_ok(), "there is none");
    let folder = home.path().join("config/pxdesk");
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/nowhere/config.toml", folder.join(FILE)).unwrap();
    let error = Settings::load(&Flags::default(), variables()).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot read the configuration") && error.contains("config.toml: it is a link"),
        "{error}"
    );
}
