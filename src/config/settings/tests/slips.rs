//! Values that fit their key by their type alone: nobody can mean them.

use super::*;
use crate::config::{Answering, Theme};

#[test]
fn a_home_that_is_no_whole_path_is_told_as_that() {
    let load = |home: &str| {
        let variables = [("HOME".to_owned(), home.to_owned())];
        Settings::load(&Flags::default(), variables).unwrap_err().to_string()
    };
    assert!(load("rel").contains("HOME is `rel`, which does not begin at the root"), "{}", load("rel"));
    let unset = Settings::load(&Flags::default(), []).unwrap_err().to_string();
    assert!(unset.contains("neither XDG_CONFIG_HOME nor HOME is set"), "{unset}");
}

#[cfg(unix)]
#[test]
fn a_configuration_without_end_is_not_read_to_its_end() {
    let flags = Flags { config: Some("/dev/zero".into()), environment: None };
    let variables = [("HOME".to_owned(), "/nowhere".to_owned())];
    let endless = Settings::load(&flags, variables).unwrap_err().to_string();
    assert_eq!(endless, "cannot read the configuration /dev/zero: it is larger than 1 MiB");
}

#[test]
fn a_time_that_nobody_can_mean_is_refused() {
    for (time, says) in [
        ("0s", "does not fit: a time here is from 1ms to 30days"),
        ("1ns", "does not fit: a time here is from 1ms to 30days"),
        ("31days", "does not fit: a time here is from 1ms to 30days"),
        ("1000000000years", "does not fit: a time here is from 1ms to 30days"),
        ("-5s", "is not a time such as \"30s\""),
        ("", "is not a time such as \"30s\""),
    ] {
        for (table, key) in [("timeouts", "market"), ("acceptance", "give_up_after"), ("desk", "lock_after")]
        {
            if (table, time) == ("desk", "0s") {
                continue;
            }
            let error = load(&format!("[{table}]\n{key} = \"{time}\""), &[]).unwrap_err();
            assert!(error.starts_with(&format!("FILE:2: {table}.{key}: `{time}` {says}")), "{error}");
        }
    }
    let hours = load("[timeouts]\nconnect = \"1s\"\ncomplete_order = \"2h\"", &[]).unwrap_err();
    assert_eq!(hours, "FILE:3: timeouts.complete_order is longer than an hour");
    let variable = load("", &[("PXDESK_TIMEOUTS_MARKET", "2h")]).unwrap_err();
    assert_eq!(variable, "PXDESK_TIMEOUTS_MARKET: timeouts.market is longer than an hour");
}

#[test]
fn a_first_pause_longer_than_the_longest_is_refused_where_it_is_written() {
    let error = |text: &str, variables: &[(&str, &str)]| load(text, variables).unwrap_err();
    assert_eq!(
        error("[acceptance]\nlongest_pause = \"30s\"\nfirst_pause = \"1m\"", &[]),
        "FILE:3: acceptance.first_pause is 1m, longer than longest_pause, which is 30s"
    );
    assert_eq!(
        error("", &[("PXDESK_ACCEPTANCE_FIRST_PAUSE", "1m")]),
        "PXDESK_ACCEPTANCE_FIRST_PAUSE: acceptance.first_pause is 1m, longer than longest_pause, which is 30s"
    );
    assert!(load("[acceptance]\nlongest_pause = \"5s\"\nfirst_pause = \"5s\"", &[]).is_ok());
    assert!(load("[acceptance]\nlongest_pause = \"1s\"", &[]).is_ok(), "the usual first one gives way");
}

#[test]
fn a_path_may_begin_in_this_person_s_own_folder_whichever_setting_names_it() {
    let text = "environment = \"sandbox\"\n[environments.sandbox]\nbase_url = \"https://px.example/\"\n\
        credentials = \"~/px.key\"\nca_file = \"~//ca.pem\"\n[environments.sandbox.market]\n\
        base_url = \"https://m.example/\"\nprovider_key = \"~/m.key\"\nca_file = \"~/m.pem\"\n[market.webhook]\n\
        answer = \"command\"\ncommand = [\"~/answer\", \"~/as it is\"]\nbasic_file = \"~/basic\"\n\
        tls_cert_file = \"~/t.pem\"\ntls_key_file = \"~user\"";
    let settings = load(text, &[]).unwrap();
    let at = |file: &str| Path::new("/home/r").join(file);
    assert_eq!(settings.credentials.unwrap().store(), &Store::File(at("px.key")));
    assert_eq!(settings.transport.ca_file, Some(at("ca.pem")));
    let market = settings.market.unwrap();
    assert_eq!(market.key.unwrap().store(), &Store::File(at("m.key")));
    assert_eq!(market.transport.ca_file, Some(at("m.pem")));
    let command = ["/home/r/answer", "~/as it is"].map(str::to_owned).to_vec();
    assert!(market.webhook.answer == Answering::Command(command), "what a program is given is its own");
    assert_eq!(market.webhook.proof.basic, Some(at("basic")));
    let tls = market.webhook.tls.unwrap();
    assert!(tls.cert == at("t.pem") && tls.key.ends_with("~user") && tls.key != at("~user"));

    for url in ["sqlite:~/no-such/x.db", "sqlite://~/no-such/x.db"] {
        let journal = load(&format!("[journal]\nurl = \"{url}\""), &[]).unwrap_err();
        assert!(journal.starts_with("FILE:2: journal.url names a file in /home/r/no-such"), "{journal}");
    }
    let homeless = [("XDG_CONFIG_HOME", "/c"), ("XDG_DATA_HOME", "/d"), ("XDG_STATE_HOME", "/s")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let key = ("PXDESK_JOURNAL_KEY_FILE".to_owned(), "~/floor.key".to_owned());
    let nowhere = Settings::load(&Flags::default(), homeless.into_iter().chain([key])).unwrap_err();
    assert!(
        nowhere.to_string().contains("journal.key_file is ~/floor.key, and HOME is not set"),
        "{nowhere}"
    );
}

#[test]
fn a_switch_may_come_from_a_variable() {
    let theme = |text: &str| load(text, &[]).map(|s| s.desk.theme);
    assert_eq!(theme(""), Ok(None));
    assert_eq!(theme("[desk]\ntheme = \"high-contrast\""), Ok(Some(Theme::HighContrast)));
    assert!(theme("[desk]\ntheme = \"blue\"").unwrap_err().contains("light"));
    let notify = |value: &str| load("", &[("PXDESK_DESK_NOTIFY", value)]).map(|s| s.desk.notify.0);
    assert_eq!((notify("false"), notify("true")), (Ok(false), Ok(true)));
    assert_eq!(notify("yes").unwrap_err(), "PXDESK_DESK_NOTIFY: `\"yes\"` is neither true nor false");
}

#[test]
fn a_journal_is_not_begun_in_a_folder_that_is_not_there() {
    let wrong = load("[journal]\nurl = \"sqlite:/no/such/place/x.db\"", &[]).unwrap_err();
    assert!(
        wrong.starts_with("FILE:2: journal.url names a file in /no/such/place, and there is no"),
        "{wrong}"
    );
    let dir = tempfile::tempdir().unwrap();
    let there = format!("[journal]\nurl = \"sqlite:{}/x.db\"", dir.path().display());
    assert!(load(&there, &[]).is_ok());
    assert!(load("[journal]\nurl = \"sqlite:floor/x.db\"", &[]).is_ok(), "below our own folder");
    for key in ["key_file", "password_file"] {
        let empty = load(&format!("[journal]\n{key} = \"\""), &[]).unwrap_err();
        assert_eq!(empty, format!("FILE:2: journal.{key} is empty; name the file, or leave it out"));
    }
}

#[test]
fn a_name_that_would_begin_a_line_is_nobodys() {
    let forged = "ann\n    2  2026-11-28 17:00:00 +00:00  order completed  ann";
    let of_the_system = super::super::agent(None, Some(forged));
    assert!(of_the_system.unwrap_err().contains("the user's name"));
    for given in [load(&format!("agent = {forged:?}"), &[]), load("", &[("PXDESK_AGENT", forged)])] {
        let problem = given.unwrap_err();
        assert!(problem.contains("holds what cannot be seen: ann<U+000A>"), "{problem}");
    }
}

#[test]
fn a_secret_in_the_place_of_its_place_is_not_shown() {
    let pair = |value: &str| {
        load(&format!("environment = \"sandbox\"\n[environments.sandbox]\ncredentials = \"{value}\""), &[])
    };
    let wrong = pair("PROVSEKRIT3").unwrap_err();
    assert!(
        wrong.starts_with("FILE:3: environments.sandbox.credentials says where the secret is")
            && !wrong.contains("SEKRIT"),
        "{wrong}"
    );
    for near in ["Keyring", "keyrings"] {
        let wrong = pair(near).unwrap_err();
        assert!(wrong.ends_with("did you mean `keyring`?"), "{wrong}");
    }
    for file in ["./pair", "~/pair", "px.pair", "sub/Pair2", "pair", "px-pair"] {
        assert!(pair(file).is_ok(), "{file}");
    }
}

#[test]
fn a_secret_is_kept_in_none_of_our_own_files() {
    let home = tempfile::tempdir().unwrap();
    let (config, home) = (home.path().join("c.toml"), home.path().display().to_string());
    let load = |text: &str| {
        std::fs::write(&config, text).unwrap();
        let variables = [("HOME", &home), ("USER", &"r".to_owned())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.clone()));
        let flags = Flags { config: Some(config.clone()), environment: Some(Environment::Sandbox) };
        Settings::load(&flags, variables).map_err(|error| error.to_string())
    };
    let at = Places::find(&[("HOME".to_owned(), home.clone())]).unwrap();
    let (data, state) = (at.data.display(), at.state.display());
    for (file, what) in [
        ("c.toml".to_owned(), "the configuration itself"),
        (format!("{data}/pxdesk.key"), "of the journal, or its key"),
        (format!("{data}/pxdesk.db-wal"), "of the journal, or its key"),
        (format!("{data}/embedded-px.json"), "what pxdesk itself keeps"),
        (format!("{state}/spool/x"), "what pxdesk itself keeps"),
    ] {
        for text in [
            format!("[environments.sandbox]\ncredentials = \"{file}\""),
            format!(
                "[environments.sandbox.market]\nbase_url = \"https://m.example/\"\nprovider_key = \"{file}\""
            ),
        ] {
            let wrong = load(&text).unwrap_err();
            assert!(wrong.ends_with(&format!(", which is {what}; name another file")), "{wrong}");
        }
    }
    let both = "[environments.sandbox]\ncredentials = \"~/c\"\n[environments.production]\ncredentials = \"~/x/../c\"\n";
    std::fs::create_dir(format!("{home}/x")).unwrap();
    let settings = load(both).unwrap();
    let store = settings.credentials.as_ref().unwrap().store();
    let shares = settings.shares("environments.sandbox.credentials", store);
    assert_eq!(shares, Some("environments.production.credentials"));
    let apart = load(&both.replace("~/x/../c", "~/d")).unwrap();
    assert_eq!(apart.shares("environments.sandbox.credentials", store), None);
}

#[test]
fn production_is_nobody_else_s_place() {
    let at = |sandbox: &str| {
        load(
            &format!(
                "[environments.production]\nbase_url = \"https://px.example/api/\"\n[environments.sandbox]\nbase_url = \"{sandbox}\""
            ),
            &[],
        )
    };
    for same in ["https://px.example/api", "https://PX.example:443/api/"] {
        let wrong = at(same).unwrap_err();
        assert!(
            wrong.starts_with(
                "FILE:4: environments.sandbox.base_url is the same place as environments.production.base_url"
            ),
            "{wrong}"
        );
    }
    for other in ["https://px.example/test/", "https://px.example:8443/api/", "https://test.example/api/"] {
        assert!(at(other).is_ok(), "{other}");
    }
}

#[test]
fn a_journal_s_name_is_taken_as_it_is_meant_or_not_at_all() {
    for (url, what) in [
        ("sqlite:$HOME/x.db", "a variable"),
        ("sqlite:${HOME}/x.db", "a variable"),
        ("sqlite:~root/x.db", "a ~ that is not followed by a /"),
        ("sqlite::memory:", "a name that is no file's"),
        ("sqlite:foo.db?mode=memory", "a ?"),
        ("sqlite: pxdesk.db", "blanks around"),
    ] {
        let wrong = load(&format!("[journal]\nurl = \"{url}\""), &[]).unwrap_err();
        assert!(wrong.starts_with(&format!("FILE:2: journal.url holds {what}")), "{wrong}");
        assert!(wrong.ends_with("write sqlite:~/FILE, or the whole path of the file"), "{wrong}");
    }
    assert!(load("[journal]\nurl = \"sqlite:cash$.db\"", &[]).is_ok());
}

#[test]
fn what_is_wrong_in_the_file_is_named() {
    let wrong = load("agent = \"r\"\nagent = \"s\"", &[]).unwrap_err();
    assert_eq!(wrong, "FILE:2: `agent` is written twice");
    let wrong = load("[environments.staging]", &[]).unwrap_err();
    assert!(wrong.starts_with("FILE:1: `staging` is not an environment; valid are embedded"), "{wrong}");
    let header = load("", &[("PXDESK_ENVIRONMENTS_SANDBOX_HEADERS_X", "1")]).unwrap_err();
    assert!(header.ends_with("headers of your own are given in the file alone"), "{header}");
    assert_eq!(load("", &[("PXDESK_", "1")]).unwrap().account.without_effect, ["PXDESK_"]);
}

/// To open a pipe, or to read a device, might never end.
#[cfg(unix)]
#[test]
fn only_a_file_is_read_where_a_file_is_looked_for() {
    let home = tempfile::tempdir().unwrap();
    let at = home.path().display().to_string();
    let folder = Places::find(&[("HOME".to_owned(), at.clone())]).unwrap().config;
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join(FILE)).unwrap();
    let wrong = Settings::load(&Flags::default(), [("HOME".to_owned(), at)]).unwrap_err().to_string();
    assert!(wrong.ends_with("it is not a file"), "{wrong}");
}
