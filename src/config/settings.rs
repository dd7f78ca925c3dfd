//! All settings, found, read and resolved for one environment.

use super::distinct::distinct;
use super::error::Error;
use super::file::{self, Acceptance, Desk, Duration, EnvironmentFile, Fastest, File, Timeouts};
use super::home;
use super::journal::{self, ServerFiles, place, refuse_one_elsewhere, url_of};
use super::log::Log;
use super::market::{self, MarketSettings};
use super::origin::{Account, Sources, located};
use super::own;
use super::places::Places;
use super::production;
use super::registration::{self, RegistrationSettings};
use super::store::store;
use super::target::{Target, target};
use super::variables::{self, lookup};
use crate::credentials::{Keeper, PasswordKeeper, Store};
use crate::files;
use crate::journal::Place;
use crate::order::doubt::default_quiet;
use crate::order::{Environment, Pace, Role, Secret, is_invisible, one_line};
use crate::px::Paths;
use crate::wire::Transport;
use jiff::SignedDuration;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// All settings, resolved for one environment.
#[derive(Clone, Debug)]
pub struct Settings {
    pub environment: Environment,
    pub agent: String,
    /// What this person is; none for a person alone at their own desk.
    pub role: Option<Role>,
    /// Where the journal is.
    pub journal: Place,
    /// What the configuration says of a journal on PostgreSQL, wherever the journal is.
    server: ServerFiles,
    pub places: Places,
    pub target: Target,
    /// Where key and secret are; none for the embedded Px, which takes any.
    pub credentials: Option<Keeper>,
    pub paths: Paths,
    pub headers: Vec<(String, Secret)>,
    pub transport: Transport,
    pub timeouts: Timeouts,
    pub acceptance: Acceptance,
    pub desk: Desk,
    /// How long an order in doubt is left alone.
    pub quiet_period: SignedDuration,
    /// Whether two people must say the same of an order in doubt.
    pub two_people: bool,
    /// The fastest reading aloud that counts.
    pub fastest: Pace,
    pub log: Log,
    /// The marketplace; none where nothing is sold on it.
    pub market: Option<MarketSettings>,
    /// The registration; none where no contract is looked after.
    pub registration: Option<RegistrationSettings>,
    /// Where all this came from.
    pub account: Account,
    /// Every file that a setting names, with its key, whichever environment it is for.
    named: Vec<(String, PathBuf)>,
}

/// The name of the file.
pub const FILE: &str = "config.toml";

/// What the command line says; the rest is looked up.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub environment: Option<Environment>,
}

impl Settings {
    /// Finds, reads and resolves the settings.
    ///
    /// # Errors
    /// Names the file and line, or the variable, and what fits there.
    pub fn load(flags: &Flags, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let variables: Vec<(String, String)> = variables.into_iter().collect();
        let places = Places::find(&variables)?;
        let named = flags.config.clone().or_else(|| lookup(&variables, "PXDESK_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| places.config.join(FILE));
        // One that is named here and now may be a pipe, as a shell makes it of `<(…)`.
        let read = if named.is_some() { files::text_of(&path) } else { files::text_of_file(&path) };
        let text = match read {
            Ok(text) => Some(text),
            // A link that leads nowhere is not the absence of a file.
            Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
                let path = path.display();
                return Err(Error(format!(
                    "cannot read the configuration {path}: it is a link to a file that is not there. Remove the link, or put \
                     the file in its place"
                )));
            }
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => None,
            Err(error) => {
                return Err(Error(format!("cannot read the configuration {}: {error}", path.display())));
            }
        };
        let lines = text.as_deref().unwrap_or_default();
        let in_file = file::parse(lines).map_err(|e| Error(format!("{}:{e}", path.display())))?;
        let file = variables::overlay(in_file, lines, &variables)?;
        let sources =
            Sources { path: &path, text: text.as_deref(), variables: &variables, flag: flags.environment };
        let (folder, home) = (path.parent().unwrap_or(Path::new(".")), home_of(&variables));
        let named = own::named(&file, folder, &places.data, home);
        let settings = resolve(file, flags, places, &path, home, user_of(&variables));
        let settings = settings.and_then(|settings| settings.refuse_own(&path).map(|()| settings));
        let settings = settings.map_err(|what| Error(located(&sources, &what)))?;
        let account = Account::of(&sources, settings.environment, settings.worth_knowing());
        Ok(Self { account, named, ..settings })
    }

    /// How production is spoken of, with its address where that is not Lumen's own; none in the other environments.
    pub fn production(&self) -> Option<String> {
        production::production(self.environment, &self.target)
    }

    /// The same for the marketplace or the registration, which is at `base_url`.
    pub fn production_at(&self, base_url: &str) -> Option<String> {
        (self.environment == Environment::Production).then(|| production::at(base_url))
    }

    /// What this person may do. Who says nothing is alone at their own desk, and may do what a supervisor may.
    pub fn role(&self) -> Role {
        self.role.unwrap_or(Role::Supervisor)
    }

    /// The journal that a URL on the command line names, with the key and the password that are configured.
    ///
    /// # Errors
    /// Says what is not right in it.
    pub fn place(&self, url: &str) -> Result<Place, String> {
        let place = place(url, Path::new(""), &self.server)?;
        if let Place::File(file) = &place {
            refuse_one_elsewhere(file, &self.places.data)?;
        }
        Ok(place)
    }

    /// Who keeps the password of the journal's server in a keyring; none when that is not where it is.
    pub fn password_keeper(&self) -> Option<&PasswordKeeper> {
        self.server.keeper.as_ref()
    }

    /// The other setting that names the file at `store`, too, where `key` says so: what is stored for one of them, or removed, would
    /// be so for both.
    pub fn shares(&self, key: &str, store: &Store) -> Option<&str> {
        let Store::File(file) = store else { return None };
        own::shared(&self.named, key, file)
    }

    /// Refuses one of the program's own files as a place for secrets.
    fn refuse_own(&self, path: &Path) -> Result<(), String> {
        let of = format!("environments.{}", self.environment);
        let pair = self.credentials.as_ref().map(|keeper| (format!("{of}.credentials"), keeper.store()));
        let key = self.market.as_ref().and_then(|market| market.key.as_ref());
        let key = key.map(|keeper| (format!("{of}.market.provider_key"), keeper.store()));
        let mut both = pair.into_iter().chain(key);
        both.try_for_each(|(key, store)| own::refuse(&key, store, path, &self.journal, &self.places))
    }

    /// What is worth knowing of the settings even when nobody gave it.
    fn worth_knowing(&self) -> [(String, String); 6] {
        let Settings { environment, agent, journal, target, credentials, .. } = self;
        let (base_url, token_url) = match target {
            Target::InProcess => ("inside this program", "inside this program"),
            Target::At { base_url, token_url } => (base_url.as_str(), token_url.as_str()),
        };
        let credentials = credentials.as_ref().map(|keeper| keeper.store().to_string());
        let here = |key: &str| format!("environments.{environment}.{key}");
        [
            ("environment".to_owned(), environment.to_string()),
            ("agent".to_owned(), agent.clone()),
            ("journal.url".to_owned(), url_of(journal)),
            (here("base_url"), base_url.to_owned()),
            (here("token_url"), token_url.to_owned()),
            (here("credentials"), credentials.unwrap_or_else(|| "none needed".to_owned())),
        ]
    }
}

/// This person's own folder, where it is known.
fn home_of(variables: &[(String, String)]) -> Option<&Path> {
    lookup(variables, "HOME").or_else(|| lookup(variables, "USERPROFILE")).map(Path::new)
}

fn user_of(variables: &[(String, String)]) -> Option<&str> {
    lookup(variables, "USER").or_else(|| lookup(variables, "USERNAME"))
}

/// The settings of one environment; what is wrong begins with the key of the setting.
fn resolve(
    mut file: File,
    flags: &Flags,
    places: Places,
    path: &Path,
    home: Option<&Path>,
    user: Option<&str>,
) -> Result<Settings, String> {
    let environment = flags.environment.or(file.environment).unwrap_or(Environment::Embedded);
    refuse_real_secrets(&file)?;
    production::refuse_twice(&file.environments)?;
    home::expand(&mut file, environment, home)?;
    let EnvironmentFile {
        base_url,
        token_url,
        credentials,
        ca_file,
        proxy,
        requests_per_second,
        paths,
        headers,
        market,
        registration,
    } = file.environments.remove(&environment).unwrap_or_default();
    let elsewhere = match &base_url {
        Some(url) => !url.is_this_machine(),
        None => environment != Environment::Embedded,
    };
    refuse_endless(&file.timeouts)?;
    refuse_shrinking(&file.acceptance)?;
    distinct(&paths.named(), |other| format!("environments.{environment}.paths.{other}"))?;
    let quiet_period = quiet_period(&file, elsewhere)?;
    let fastest = fastest(file.reading.fastest, elsewhere)?;
    let target = target(environment, base_url, token_url);
    production::refuse_elsewhere(environment, &target)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let transport = Transport {
        ca_file: ca_file.map(|file| folder.join(file)),
        proxy,
        requests_per_second: requests_per_second.map(|rate| rate.0).or_else(|| target.usual_pace()),
    };
    let setting = format!("environments.{environment}.credentials");
    let store = store(&setting, credentials.as_deref(), folder)?;
    let market = market::resolve(market::Given {
        environment,
        in_process: target == Target::InProcess,
        place: market,
        file: file.market,
        timeout: file.timeouts.market.0,
        quiet_period,
        folder,
    });
    let registration = registration::resolve(registration::Given {
        environment,
        in_process: target == Target::InProcess,
        place: registration,
        timeout: file.timeouts.registration.0,
        quiet_period,
        folder,
        home,
    });
    let (journal, server) = journal::resolve(&file.journal, &places.data, folder)?;
    let agent = agent(file.agent, user)?;
    Ok(Settings {
        environment,
        agent,
        role: file.role,
        journal,
        server,
        places,
        target,
        credentials: Keeper::new(environment, store),
        paths,
        headers: headers.into_iter().collect(),
        transport,
        timeouts: file.timeouts,
        acceptance: file.acceptance,
        desk: file.desk,
        quiet_period,
        two_people: file.doubt.two_people.0,
        fastest,
        log: file.log,
        market: market?,
        registration: registration?,
        account: Account::default(),
        named: Vec::new(),
    })
}

/// Refuses a place for real secrets where none are ever shown.
fn refuse_real_secrets(file: &File) -> Result<(), String> {
    let Some(embedded) = file.environments.get(&Environment::Embedded) else { return Ok(()) };
    if embedded.credentials.is_some() {
        let what = "the embedded Px takes any and is never shown real ones; leave it out";
        return Err(format!("environments.embedded.credentials: {what}"));
    }
    if embedded.market.as_ref().is_some_and(|market| market.provider_key.is_some()) {
        let what = "the embedded marketplace has its own key and is never shown a real one; leave it out";
        return Err(format!("environments.embedded.market.provider_key: {what}"));
    }
    if embedded.registration.as_ref().is_some_and(|registration| registration.edgerc.is_some()) {
        let what =
            "the embedded server has credentials of its own and is never shown real ones; leave it out";
        return Err(format!("environments.embedded.registration.edgerc: {what}"));
    }
    Ok(())
}

/// Who works at this desk: as configured, or else the user of this process.
fn agent(configured: Option<String>, user: Option<&str>) -> Result<String, String> {
    if configured.as_ref().is_some_and(|agent| agent.trim().is_empty()) {
        return Err("agent is empty; write who works at this desk, or leave it out".to_owned());
    }
    let is_given = configured.is_some();
    let user = || user.map(str::to_owned);
    let agent = configured.or_else(user).or_else(system_user).unwrap_or_else(|| "agent".to_owned());
    // It stands beside every event: a line break in it would begin a line that looks like another event.
    if agent.contains(is_invisible) {
        let what =
            if is_given { "agent" } else { "agent, which is the user's name as nothing else is given," };
        return Err(format!(
            "{what} holds what cannot be seen: {}; write a name on one line",
            one_line(&agent)
        ));
    }
    Ok(agent)
}

/// Whom the system takes this process's user for.
#[cfg(unix)]
fn system_user() -> Option<String> {
    let user = uzers::get_user_by_uid(uzers::get_current_uid())?;
    user.name().to_str().map(str::to_owned)
}

#[cfg(not(unix))]
fn system_user() -> Option<String> {
    None
}

/// Nobody waits longer than an hour for a call: it is a slip, and the order's window would pass meanwhile.
fn refuse_endless(timeouts: &Timeouts) -> Result<(), String> {
    let Timeouts {
        connect,
        retrieve_rcc,
        send_rcc,
        get_rcc_acceptance,
        complete_order,
        market,
        registration,
    } = timeouts;
    let each = [
        ("connect", connect),
        ("retrieve_rcc", retrieve_rcc),
        ("send_rcc", send_rcc),
        ("get_rcc_acceptance", get_rcc_acceptance),
        ("complete_order", complete_order),
        ("market", market),
        ("registration", registration),
    ];
    match each.into_iter().find(|(_, timeout)| timeout.signed() > SignedDuration::from_hours(1)) {
        Some((key, _)) => Err(format!("timeouts.{key} is longer than an hour")),
        None => Ok(()),
    }
}

/// Pauses grow from the first one to the longest one: where both are written and the first one is longer, one is a slip.
fn refuse_shrinking(acceptance: &Acceptance) -> Result<(), String> {
    let Acceptance { first_pause: first, longest_pause: longest, .. } = acceptance;
    // The usual first one is most likely not written there, and is no longer than the longest one that is.
    if first.0 <= longest.0 || *first == Acceptance::default().first_pause {
        return Ok(());
    }
    let [first, longest] = [first, longest].map(|pause| humantime::format_duration(pause.0).to_string());
    Err(format!("acceptance.first_pause is {first}, longer than longest_pause, which is {longest}"))
}

/// While practicing on this machine nobody needs to wait; a Px elsewhere may still be at work on the request.
fn quiet_period(file: &File, elsewhere: bool) -> Result<SignedDuration, String> {
    let shortest = default_quiet(file.timeouts.complete_order.signed());
    let quiet = file.doubt.quiet_period.map_or(shortest, Duration::signed);
    if elsewhere && quiet < shortest {
        return Err(format!(
            "doubt.quiet_period is shorter than {} s: twice Complete's time-out, and two minutes at least",
            shortest.as_secs()
        ));
    }
    Ok(quiet)
}

/// On this machine no customer listens; elsewhere one does.
fn fastest(fastest: Fastest, elsewhere: bool) -> Result<Pace, String> {
    let words = fastest.0.words_a_minute();
    if elsewhere && words > Fastest::MOST {
        return Err(format!(
            "reading.fastest is {words} words a minute; nobody follows more than {}",
            Fastest::MOST
        ));
    }
    Ok(fastest.0)
}

#[cfg(test)]
mod tests;
