//! Practice: where it is not to be had, and where nothing of it is left.

use crate::config::{FILE, Settings, Target};
use crate::credentials::{Keeper, Store};
use crate::journal::Place;
use crate::order::Environment;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why there is no practice here, naming what stands against it: production is configured, or its credentials are in reach.
pub fn practice_refusal(settings: &Settings) -> Option<String> {
    let why = configured(settings).or_else(stored)?;
    Some(format!("no practice where production is configured: {why}"))
}

/// Whether a desk offers practice: on the embedded Px, and where nothing of production is configured. Stored credentials are
/// looked for when it begins.
pub fn practice_offered(settings: &Settings) -> bool {
    settings.environment == Environment::Embedded && configured(settings).is_none()
}

/// What configures production here.
fn configured(settings: &Settings) -> Option<String> {
    if settings.environment == Environment::Production {
        return Some("the environment is production".to_owned());
    }
    // Whatever a flag or a variable says: it is of this run alone.
    for file in files(settings) {
        match named_in(&file) {
            Ok(None) => {}
            Ok(Some(what)) => return Some(format!("{what} stands in {}", file.display())),
            Err(Unreadable) => {
                return Some(format!("whether it is configured in {} cannot be seen", file.display()));
            }
        }
    }
    variable(std::env::vars_os()).map(|name| format!("the variable {name} is set"))
}

/// The file of this run, and those that count without a flag, and without a variable.
fn files(settings: &Settings) -> Vec<PathBuf> {
    let folders = [Some(&settings.places.config), settings.places.usual.as_ref()];
    let usual = folders.into_iter().flatten().map(|folder| folder.join(FILE));
    [settings.account.file.clone()].into_iter().chain(usual).collect()
}

/// Where credentials of production are stored.
fn stored() -> Option<String> {
    let keeper = Keeper::new(Environment::Production, Store::Keyring)?;
    match keeper.read() {
        Ok(_) => Some(format!("credentials of production are stored in {}", keeper.store())),
        Err(error) if error.is_none_there() => None,
        Err(_) => {
            Some(format!("whether credentials of production are stored in {} cannot be seen", keeper.store()))
        }
    }
}

/// A file is there, and what stands in it cannot be told.
struct Unreadable;

/// What configures production in the file. One that is not there names nothing; of any other that cannot be read, which is
/// not that of this run, nobody knows.
fn named_in(file: &Path) -> Result<Option<String>, Unreadable> {
    let text = match crate::files::text_of(file) {
        Err(error) if error.kind() == ErrorKind::NotFound && !is_behind_a_link(file) => return Ok(None),
        read => read.map_err(|_| Unreadable)?,
    };
    let table = text.parse::<toml::Table>().map_err(|_| Unreadable)?;
    let production = Environment::Production.name();
    if table.get("environment").and_then(toml::Value::as_str) == Some(production) {
        return Ok(Some(format!("environment = \"{production}\"")));
    }
    let environments = table.get("environments").and_then(toml::Value::as_table);
    let configured = environments.is_some_and(|table| table.contains_key(production));
    Ok(configured.then(|| format!("[environments.{production}]")))
}

/// True where a link on the way there leads nowhere now: what stands behind it at other times nobody knows.
fn is_behind_a_link(file: &Path) -> bool {
    file.ancestors().any(|path| path.is_symlink() && !path.exists())
}

/// A variable that configures production.
fn variable(all: impl Iterator<Item = (OsString, OsString)>) -> Option<String> {
    let configures = |(name, value): &(String, OsString)| {
        name.replace("__", "_").starts_with("PXDESK_ENVIRONMENTS_PRODUCTION_")
            || (name == "PXDESK_ENVIRONMENT" && *value == *Environment::Production.name())
    };
    let mut all = all.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    all.find(configures).map(|(name, _)| name)
}

/// The settings of the embedded environment, with everything that is written kept in `folder`; whoever practices may do
/// everything.
pub fn practice_settings(mut settings: Settings, folder: &Path) -> Settings {
    settings.environment = Environment::Embedded;
    settings.target = Target::InProcess;
    settings.journal = Place::File(folder.join("practice.db"));
    (settings.places.data, settings.places.state) = (folder.to_owned(), folder.to_owned());
    (settings.credentials, settings.market, settings.registration) = (None, None, None);
    // Some scenarios teach what only a supervisor may do.
    settings.role = None;
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Flags;

    fn settings(config: &str) -> (tempfile::TempDir, Settings) {
        settings_for(config, None)
    }

    fn settings_for(config: &str, flag: Option<Environment>) -> (tempfile::TempDir, Settings) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        std::fs::write(&file, config).unwrap();
        let flags = Flags { config: Some(file), environment: flag };
        let home_variable = ("HOME".to_owned(), home.path().display().to_string());
        (home, Settings::load(&flags, [home_variable]).unwrap())
    }

    #[test]
    fn practice_is_refused_where_production_is_configured_and_says_why() {
        let at = "base_url = \"https://px.example\"\ntoken_url = \"https://px.example/t\"\n";
        let table = [
            (String::new(), None),
            (format!("[environments.sandbox]\n{at}"), None),
            (format!("[environments.production]\n{at}"), Some("[environments.production] stands in")),
            (
                "environments.production.credentials = \"c\"\n".into(),
                Some("[environments.production] stands in"),
            ),
            ("environment = \"production\"\n".into(), Some("the environment is production")),
        ];
        for (config, why) in table {
            let (_home, settings) = settings(&config);
            // The keyring of whoever runs this is no part of it.
            let refusal = configured(&settings);
            assert_eq!(refusal.is_some(), why.is_some(), "{config}: {refusal:?}");
            assert!(refusal.unwrap_or_default().contains(why.unwrap_or_default()), "{config}");
        }
    }

    /// Neither another file nor another folder hides what is configured for this user.
    #[test]
    fn what_counts_without_a_flag_or_a_variable_is_looked_at_too() {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let file = home.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, text).unwrap();
            file
        };
        let other = write("other.toml", "");
        let usual = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        let production = "environment = \"production\"\n";
        let variables = |named: &[(&str, &str)]| {
            let home = ("HOME".to_owned(), home.path().display().to_string());
            let path = |name: &str| home.1.clone() + "/" + name;
            let named: Vec<_> = named.iter().map(|(n, v)| ((*n).to_owned(), path(v))).collect();
            [vec![home.clone()], named].concat()
        };
        let offered = |config: Option<PathBuf>, named: &[(&str, &str)]| {
            let flags = Flags { config, environment: Some(Environment::Embedded) };
            practice_offered(&Settings::load(&flags, variables(named)).unwrap())
        };
        let elsewhere: &[(&str, &str)] = &[("XDG_CONFIG_HOME", "elsewhere")];
        assert!(offered(Some(other.clone()), &[]) && offered(None, elsewhere));
        write("elsewhere/pxdesk/config.toml", production);
        assert!(!offered(Some(other.clone()), elsewhere), "in the folder that a variable names");
        assert!(offered(Some(other.clone()), &[]));
        write(&format!("{usual}/pxdesk/config.toml"), production);
        write("elsewhere/pxdesk/config.toml", "");
        let ways = [(Some(other.clone()), &[][..]), (None, elsewhere), (Some(other.clone()), elsewhere)];
        for (config, named) in ways {
            assert!(!offered(config.clone(), named), "{config:?}, {named:?}");
        }
        // What cannot be read may say anything.
        let usual = write(&format!("{usual}/pxdesk/config.toml"), "");
        assert!(offered(Some(other.clone()), &[]));
        let unreadable: [&[u8]; 2] = [b"environment = \"production\"\noops = = 1\n", b"# \xe9t\xe9\n"];
        for text in unreadable {
            std::fs::write(&usual, text).unwrap();
            let flags = Flags { config: Some(other.clone()), environment: Some(Environment::Embedded) };
            let refusal = practice_refusal(&Settings::load(&flags, variables(&[])).unwrap());
            let expected = format!("whether it is configured in {} cannot be seen", usual.display());
            assert!(refusal.is_some_and(|why| why.ends_with(&expected)), "{text:?}");
        }
        std::fs::remove_file(&usual).unwrap();
        std::fs::create_dir(&usual).unwrap();
        assert!(!offered(Some(other.clone()), &[]), "a folder is no file");
        std::fs::remove_dir(&usual).unwrap();
        assert!(offered(Some(other.clone()), &[]));
        std::os::unix::fs::symlink("/nowhere/config.toml", &usual).unwrap();
        assert!(!offered(Some(other), &[]), "a link to what is not there now");
    }

    #[test]
    fn a_flag_does_not_make_a_machine_of_production_one_for_practice() {
        let (_home, settings) = settings_for("environment = \"production\"\n", Some(Environment::Embedded));
        let refusal = practice_refusal(&settings).unwrap();
        assert!(refusal.contains("environment = \"production\" stands in"), "{refusal}");
        assert!(!practice_offered(&settings));
        let of = |name: &str, value: &str| variable([(name.into(), value.into())].into_iter());
        assert_eq!(of("PXDESK_ENVIRONMENT", "production").as_deref(), Some("PXDESK_ENVIRONMENT"));
        assert_eq!(of("PXDESK_ENVIRONMENT", "embedded"), None);
        assert!(of("PXDESK_ENVIRONMENTS__PRODUCTION__BASE_URL", "https://px.example").is_some());
    }

    #[test]
    fn everything_that_is_written_lies_in_the_folder() {
        let (_home, settings) = settings("");
        let folder = Path::new("/practice");
        let settings = practice_settings(settings, folder);
        assert!(settings.journal.file().unwrap().starts_with(folder));
        assert!(settings.places.data == folder && settings.places.state == folder);
    }
}
