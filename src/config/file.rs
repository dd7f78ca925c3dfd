//! The configuration file as it is written.

use super::explain::explain;
use super::log::Log;
use super::market::{EnvironmentMarket, MarketFile};
use super::registration::EnvironmentRegistration;
use super::spot::key_at;
use crate::market::TIMEOUT as MARKET;
use crate::order::{Environment, Pace, Role, Secret};
use crate::px::{self, Paths};
use crate::registration::TIMEOUT as REGISTRATION;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// A span of time, written as `30s`, `2m`, `1m 30s`; from a millisecond to 30 days, for beyond these it is a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Duration(pub std::time::Duration);

impl TryFrom<String> for Duration {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let Ok(time) = humantime::parse_duration(&text) else {
            return Err(format!("`{text}` is not a time such as \"30s\""));
        };
        if !(Self::LEAST..=Self::MOST).contains(&time) {
            return Err(format!("`{text}` does not fit: a time here is from 1ms to 30days"));
        }
        Ok(Self(time))
    }
}

impl Duration {
    const LEAST: std::time::Duration = std::time::Duration::from_millis(1);
    const MOST: std::time::Duration = std::time::Duration::from_hours(30 * 24);

    const fn secs(secs: u64) -> Self {
        Self(std::time::Duration::from_secs(secs))
    }

    /// As a signed duration.
    pub fn signed(self) -> jiff::SignedDuration {
        jiff::SignedDuration::try_from(self.0).unwrap_or(jiff::SignedDuration::MAX)
    }
}

/// An `https://` address; `http://` only to this machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HttpUrl(pub String);

impl TryFrom<String> for HttpUrl {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        // A URL parser would leave them out without a word.
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(format!(
                "{text:?} is not a URL: it holds a space, or a character that cannot be seen"
            ));
        }
        let url = reqwest::Url::parse(&text).map_err(|e| format!("`{text}` is not a URL: {e}"))?;
        let host = url.host_str().unwrap_or_default();
        match url.scheme() {
            "https" => Ok(Self(text)),
            "http" if is_this_machine(host) => Ok(Self(text)),
            "http" => Err(format!("plain http is only for this machine, and `{host}` is not; write https")),
            other => Err(format!("`{other}` is not a scheme here; write https")),
        }
    }
}

/// How often in a second: a whole number above 0. A variable brings it as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Rate(pub NonZeroU32);

impl TryFrom<toml::Value> for Rate {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let number =
            value.as_str().map_or_else(|| value.as_integer()?.try_into().ok(), |text| text.parse().ok());
        number
            .and_then(NonZeroU32::new)
            .map(Self)
            .ok_or_else(|| format!("`{value}` is not a whole number above 0"))
    }
}

impl HttpUrl {
    /// True when it can only be a server on this machine.
    pub fn is_this_machine(&self) -> bool {
        reqwest::Url::parse(&self.0).is_ok_and(|url| is_this_machine(url.host_str().unwrap_or_default()))
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    #[serde(deserialize_with = "crate::config::word::if_there")]
    pub environment: Option<Environment>,
    pub agent: Option<String>,
    /// A person alone at their own desk needs none.
    #[serde(deserialize_with = "crate::config::word::if_there")]
    pub role: Option<Role>,
    pub journal: Journal,
    pub environments: BTreeMap<Environment, EnvironmentFile>,
    pub timeouts: Timeouts,
    pub acceptance: Acceptance,
    pub reading: Reading,
    pub doubt: Doubt,
    pub desk: Desk,
    pub log: Log,
    pub market: MarketFile,
}

/// `[journal]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Journal {
    pub url: Option<String>,
    /// In which keyring the password of a journal on PostgreSQL is: `keyring` or `keyutils`.
    pub password: Option<String>,
    /// The same password in a file beside the configuration, for its owner alone.
    pub password_file: Option<String>,
    /// The key of a journal on PostgreSQL, which all desks on it share; in the data folder where it is not a whole path.
    pub key_file: Option<String>,
}

/// `[environments.NAME]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentFile {
    pub base_url: Option<HttpUrl>,
    pub token_url: Option<HttpUrl>,
    pub credentials: Option<String>,
    /// PEM, beside the configuration file: authorities that are trusted besides the platform's.
    pub ca_file: Option<String>,
    /// `http://HOST:PORT`; what goes to https goes through it.
    pub proxy: Option<String>,
    /// Default: 10, and no limit for a Px on this machine.
    pub requests_per_second: Option<Rate>,
    /// `[environments.NAME.paths]`
    pub paths: Paths,
    /// What they say may be a key.
    pub headers: BTreeMap<String, Secret>,
    /// `[environments.NAME.market]`; none where nothing is sold on it.
    pub market: Option<EnvironmentMarket>,
    /// `[environments.NAME.registration]`; none where no contract is looked after.
    pub registration: Option<EnvironmentRegistration>,
}

/// `[timeouts]`: per call, the whole of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    pub connect: Duration,
    pub retrieve_rcc: Duration,
    pub send_rcc: Duration,
    pub get_rcc_acceptance: Duration,
    pub complete_order: Duration,
    /// Each call to the marketplace.
    pub market: Duration,
    /// Each call to the Registration API.
    pub registration: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let px::Timeouts { connect, retrieve_rcc, send_rcc, get_rcc_acceptance, complete_order } =
            px::Timeouts::default();
        Self {
            connect: Duration(connect),
            retrieve_rcc: Duration(retrieve_rcc),
            send_rcc: Duration(send_rcc),
            get_rcc_acceptance: Duration(get_rcc_acceptance),
            complete_order: Duration(complete_order),
            market: Duration(MARKET),
            registration: Duration(REGISTRATION),
        }
    }
}

/// `[acceptance]`: polling, once the agent has started it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Acceptance {
    pub first_pause: Duration,
    pub longest_pause: Duration,
    pub give_up_after: Duration,
}

impl Default for Acceptance {
    fn default() -> Self {
        Self {
            first_pause: Duration::secs(2),
            longest_pause: Duration::secs(30),
            give_up_after: Duration::secs(600),
        }
    }
}

/// `[reading]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    pub fastest: Fastest,
}

/// The fastest reading aloud that counts, in words a minute: a whole number. A variable brings it as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Fastest(pub Pace);

impl Fastest {
    /// Slower than this nobody reads to a customer, and a limit below it would only be in the way.
    const LEAST: u32 = 60;
    /// The most where a customer listens.
    pub const MOST: u32 = Pace::UNDERSTOOD.words_a_minute();
    /// Where nothing but a simulation is read, and a test may be in a hurry.
    const MOST_HERE: u32 = 60_000;
}

impl Default for Fastest {
    fn default() -> Self {
        Self(Pace::FASTEST)
    }
}

impl TryFrom<toml::Value> for Fastest {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let number =
            value.as_str().map_or_else(|| value.as_integer()?.try_into().ok(), |text| text.parse().ok());
        number
            .filter(|words| (Self::LEAST..=Self::MOST_HERE).contains(words))
            .and_then(Pace::new)
            .map(Self)
            .ok_or_else(|| {
                format!("`{value}` is not a number of words a minute from {} to {}", Self::LEAST, Self::MOST)
            })
    }
}

/// `[doubt]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Doubt {
    /// Twice Complete's time-out when it is not said.
    pub quiet_period: Option<Duration>,
    /// Whether the same verdict of two people is needed.
    pub two_people: Switch,
}

/// On or off. A variable brings it as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Switch(pub bool);

impl TryFrom<toml::Value> for Switch {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let on = value.as_str().map_or_else(|| value.as_bool(), |text| text.parse().ok());
        on.map(Self).ok_or_else(|| format!("`{value}` is neither true nor false"))
    }
}

/// `[desk]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Desk {
    pub lock_after: LockAfter,
    /// Whether an acceptance that was waited for, what became of a Complete, and an error ring the bell when the agent is
    /// elsewhere.
    pub notify: Switch,
    /// The colors to begin with; where none are named, what the terminal's own variables say.
    #[serde(deserialize_with = "crate::config::word::if_there")]
    pub theme: Option<Theme>,
}

/// The colors of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    Dark,
    Light,
    HighContrast,
    None,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            lock_after: LockAfter(Some(jiff::SignedDuration::from_mins(5))),
            notify: Switch(true),
            theme: None,
        }
    }
}

/// After how long without a key the desk locks itself; `never` or `0s`: it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LockAfter(pub Option<jiff::SignedDuration>);

impl TryFrom<String> for LockAfter {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text == "never" || humantime::parse_duration(&text).is_ok_and(|time| time.is_zero()) {
            return Ok(Self(None));
        }
        let time = Duration::try_from(text).map_err(|what| format!("{what}, or \"never\""))?;
        Ok(Self(Some(time.signed())))
    }
}

/// Reads the file; an error begins with the line, and names the key whose value does not fit.
pub fn parse(text: &str) -> Result<File, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text[..at].matches('\n').count() + 1;
        let heading = text.lines().nth(line - 1).unwrap_or_default().trim();
        let near = heading
            .strip_prefix("[environment.")
            .map_or_else(String::new, |rest| format!("; did you mean [environments.{rest}?"));
        let key = key_at(text, at).map_or_else(String::new, |key| format!("{key}: "));
        let written = error.span().and_then(|span| text.get(span)).unwrap_or_default();
        let what = match error.message() {
            "duplicate key" => format!("`{written}` is written twice"),
            message if heading.starts_with("[environments.") && message.starts_with("unknown variant") => {
                explain(message).replacen("is not a value here", "is not an environment", 1)
            }
            message => explain(message),
        };
        format!("{line}: {key}{what}{near}")
    })
}
