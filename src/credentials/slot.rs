//! What is kept, and for what: the name of an entry in a keyring.

use crate::order::Environment;
use std::fmt;

/// The end of the name of a provider key's entry.
const OF_THE_MARKET: &str = "-market";
/// The end of the name of the entry that signs the registration's calls.
const OF_THE_REGISTRATION: &str = "-registration";
/// The name of the entry of the journal's server.
const OF_THE_JOURNAL: &str = "journal";

/// One thing that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// What goes with an environment.
    Of(Environment, Kept),
    /// The password of the server that the journal is on, which all environments share.
    JournalPassword,
}

/// What is kept of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The consumer key and secret for Px.
    Pair,
    /// The provider key for the marketplace.
    ProviderKey,
    /// The tokens and the secret for the Registration API.
    EdgeGrid,
}

impl Slot {
    /// The slot of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        if name == OF_THE_JOURNAL {
            return Some(Self::JournalPassword);
        }
        let ends = [(OF_THE_MARKET, Kept::ProviderKey), (OF_THE_REGISTRATION, Kept::EdgeGrid)];
        let with_end = ends.into_iter().find_map(|(end, kept)| Some((name.strip_suffix(end)?, kept)));
        let (environment, kept) = with_end.unwrap_or((name, Kept::Pair));
        Some(Self::Of(Environment::named(environment)?, kept))
    }

    /// The flags with which `login` and `logout` mean it.
    pub fn flags(self) -> String {
        match self {
            Self::Of(environment, Kept::Pair) => format!("-e {environment}"),
            Self::Of(environment, Kept::ProviderKey) => format!("-e {environment} --market"),
            Self::Of(environment, Kept::EdgeGrid) => format!("-e {environment} --registration"),
            Self::JournalPassword => "--journal".to_owned(),
        }
    }

    /// The setting that says where it is kept.
    pub fn setting(self) -> String {
        match self {
            Self::Of(environment, Kept::Pair) => format!("[environments.{environment}] credentials"),
            Self::Of(environment, Kept::ProviderKey) => {
                format!("[environments.{environment}.market] provider_key")
            }
            Self::Of(environment, Kept::EdgeGrid) => {
                format!("[environments.{environment}.registration] edgerc")
            }
            Self::JournalPassword => "[journal] password_file".to_owned(),
        }
    }

    /// What it is for, as a person says it.
    pub fn whose(self) -> String {
        match self {
            Self::Of(environment, _) => environment.to_string(),
            Self::JournalPassword => "the journal".to_owned(),
        }
    }

    /// That there is none of it.
    pub fn none(self) -> String {
        match self {
            Self::Of(environment, Kept::Pair) => format!("there are no credentials for {environment}"),
            Self::Of(environment, Kept::ProviderKey) => format!("there is no provider key for {environment}"),
            Self::Of(environment, Kept::EdgeGrid) => {
                format!("there are no registration credentials for {environment}")
            }
            Self::JournalPassword => "there is no password for the journal".to_owned(),
        }
    }

    /// What is to stand there.
    pub fn shape(self) -> &'static str {
        match self {
            Self::Of(_, Kept::Pair) => {
                "two lines, the consumer key and the consumer secret, without spaces or colons in the key"
            }
            Self::Of(_, Kept::ProviderKey) => "one line, the provider key",
            Self::Of(_, Kept::EdgeGrid) => {
                "three lines, the client token, the access token and the client secret"
            }
            Self::JournalPassword => "one line, the password",
        }
    }
}

/// Its name, as an entry bears it.
impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(environment, Kept::Pair) => write!(f, "{environment}"),
            Self::Of(environment, Kept::ProviderKey) => write!(f, "{environment}{OF_THE_MARKET}"),
            Self::Of(environment, Kept::EdgeGrid) => write!(f, "{environment}{OF_THE_REGISTRATION}"),
            Self::JournalPassword => f.write_str(OF_THE_JOURNAL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_pair_is_its_environment_s_and_every_name_reads_back() {
        for environment in Environment::ALL {
            assert_eq!(Slot::Of(environment, Kept::Pair).to_string(), environment.name());
            for kept in [Kept::Pair, Kept::ProviderKey, Kept::EdgeGrid] {
                let slot = Slot::Of(environment, kept);
                assert_eq!(Slot::named(&slot.to_string()), Some(slot));
            }
        }
        assert_eq!(Slot::named(&Slot::JournalPassword.to_string()), Some(Slot::JournalPassword));
        for name in [
            "",
            "-market",
            "nowhere",
            "nowhere-market",
            "journal-market",
            "sandbox-market-market",
            "sandbox-market-registration",
        ] {
            assert_eq!(Slot::named(name), None, "{name}");
        }
    }
}
