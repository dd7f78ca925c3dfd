//! What is kept, and for which environment: the name of an entry in a keyring.

use crate::order::Environment;
use std::fmt;

/// The end of the name of a provider key's entry.
const OF_THE_MARKET: &str = "-market";
/// The end of the name of the entry that signs the registration's calls.
const OF_THE_REGISTRATION: &str = "-registration";

/// One thing that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub environment: Environment,
    pub kept: Kept,
}

/// What is kept there.
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
        let ends = [(OF_THE_MARKET, Kept::ProviderKey), (OF_THE_REGISTRATION, Kept::EdgeGrid)];
        let with_end = ends.into_iter().find_map(|(end, kept)| Some((name.strip_suffix(end)?, kept)));
        let (environment, kept) = with_end.unwrap_or((name, Kept::Pair));
        Some(Self { environment: Environment::named(environment)?, kept })
    }

    /// The flags with which `login` and `logout` mean it.
    pub fn flags(self) -> String {
        let Self { environment, kept } = self;
        match kept {
            Kept::Pair => format!("-e {environment}"),
            Kept::ProviderKey => format!("-e {environment} --market"),
            Kept::EdgeGrid => format!("-e {environment} --registration"),
        }
    }

    /// The setting that says where it is kept.
    pub fn setting(self) -> String {
        let Self { environment, kept } = self;
        match kept {
            Kept::Pair => format!("[environments.{environment}] credentials"),
            Kept::ProviderKey => format!("[environments.{environment}.market] provider_key"),
            Kept::EdgeGrid => format!("[environments.{environment}.registration] edgerc"),
        }
    }
}

/// Its name, as an entry bears it.
impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.kept {
            Kept::Pair => "",
            Kept::ProviderKey => OF_THE_MARKET,
            Kept::EdgeGrid => OF_THE_REGISTRATION,
        };
        write!(f, "{}{end}", self.environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_pair_is_its_environment_s_and_every_name_reads_back() {
        for environment in Environment::ALL {
            let slot = |kept| Slot { environment, kept };
            assert_eq!(slot(Kept::Pair).to_string(), environment.name());
            for kept in [Kept::Pair, Kept::ProviderKey, Kept::EdgeGrid] {
                assert_eq!(Slot::named(&slot(kept).to_string()), Some(slot(kept)));
            }
        }
        for name in [
            "",
            "-market",
            "nowhere",
            "nowhere-market",
            "sandbox-market-market",
            "sandbox-market-registration",
        ] {
            assert_eq!(Slot::named(name), None, "{name}");
        }
    }
}
