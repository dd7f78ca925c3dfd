//! The registration's settings, resolved for one environment.

use super::super::file::HttpUrl;
use super::super::quiet::quiet;
use super::super::store::store;
use super::super::target::usual_pace;
use super::file::EnvironmentRegistration;
use crate::credentials::{EdgeKeeper, Store};
use crate::order::Environment;
use crate::registration::PRACTICE_CONTRACT;
use crate::registry::ContractId;
use crate::wire::Transport;
use jiff::SignedDuration;
use std::path::Path;
use std::time::Duration;

/// All that is set about the registration, resolved for one environment.
#[derive(Clone, Debug)]
pub struct RegistrationSettings {
    pub target: RegistrationTarget,
    pub contract: ContractId,
    /// Whether a path ends with a slash.
    pub trailing_slash: bool,
    pub transport: Transport,
    /// The whole of a call.
    pub timeout: Duration,
    /// Where the credentials are; none for an embedded server, which is shown those to practice with.
    pub credentials: Option<EdgeKeeper>,
    /// How many calls may be under way at once, from 1 to 16.
    pub concurrency: u8,
    /// How long a create without an answer is left alone before it may be sent again.
    pub quiet: SignedDuration,
}

/// Where the Registration API is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationTarget {
    /// Inside this program.
    InProcess,
    /// Behind this URL.
    At { base_url: String },
    /// At the host that the credentials file names.
    AsCredentialsSay,
}

/// What the file says of it, and for whom.
pub struct Given<'a> {
    pub environment: Environment,
    /// Whether Px, and with it an embedded server, is inside this program.
    pub in_process: bool,
    /// `[environments.NAME.registration]` of that environment.
    pub place: Option<EnvironmentRegistration>,
    pub timeout: Duration,
    /// `[doubt] quiet_period`, or what stands in for it.
    pub quiet_period: SignedDuration,
    /// Where the configuration file is.
    pub folder: &'a Path,
    /// This person's own folder, where it is known.
    pub home: Option<&'a Path>,
}

/// The settings of the environment; none when it has no registration.
///
/// # Errors
/// Names the setting, and says what is not right with it.
pub fn resolve(given: Given) -> Result<Option<RegistrationSettings>, String> {
    let Given { environment, in_process, place, timeout, quiet_period, folder, home } = given;
    let is_embedded = environment == Environment::Embedded && in_process;
    let Some(place) = place.or_else(|| is_embedded.then(EnvironmentRegistration::default)) else {
        return Ok(None);
    };
    let EnvironmentRegistration {
        base_url,
        contract,
        edgerc,
        section,
        trailing_slash,
        ca_file,
        proxy,
        requests_per_second,
        concurrency,
    } = place;
    let key = |name: &str| format!("environments.{environment}.registration.{name}");
    let credentials = keeper(&key("edgerc"), environment, edgerc.as_deref(), section, folder, home)?;
    let elsewhere = base_url.as_ref().map_or(!is_embedded, |url| !url.is_this_machine());
    let target = target(&key("base_url"), is_embedded, base_url, credentials.as_ref())?;
    let usual = match &target {
        RegistrationTarget::InProcess => None,
        RegistrationTarget::At { base_url } => usual_pace(base_url),
        RegistrationTarget::AsCredentialsSay => usual_pace("https:"),
    };
    let transport = Transport {
        ca_file: ca_file.map(|file| folder.join(file)),
        proxy,
        requests_per_second: requests_per_second.map(|rate| rate.0).or(usual),
    };
    Ok(Some(RegistrationSettings {
        target,
        contract: contract_of(&key("contract"), environment, contract)?,
        trailing_slash: trailing_slash.0,
        transport,
        timeout,
        credentials,
        concurrency: concurrency.0,
        quiet: quiet(quiet_period, timeout, elsewhere),
    }))
}

fn target(
    setting: &str,
    is_embedded: bool,
    base_url: Option<HttpUrl>,
    credentials: Option<&EdgeKeeper>,
) -> Result<RegistrationTarget, String> {
    match base_url {
        Some(url) => Ok(RegistrationTarget::At { base_url: url.0 }),
        None if is_embedded => Ok(RegistrationTarget::InProcess),
        None if credentials.is_some_and(EdgeKeeper::may_name_a_host) => {
            Ok(RegistrationTarget::AsCredentialsSay)
        }
        None => Err(format!("{setting} is missing; only an .edgerc file names a host of its own")),
    }
}

/// The contract; where people practice, the one of the embedded server stands in for one that is not named.
fn contract_of(
    setting: &str,
    environment: Environment,
    contract: Option<ContractId>,
) -> Result<ContractId, String> {
    let practice = match environment {
        Environment::Embedded => ContractId::new(PRACTICE_CONTRACT).ok(),
        Environment::Sandbox | Environment::Production => None,
    };
    contract
        .or(practice)
        .ok_or_else(|| format!("{setting} is missing; every call names the contract, such as \"A-1234\""))
}

/// Who keeps the credentials; nobody for an embedded server, which is never shown real ones.
fn keeper(
    setting: &str,
    environment: Environment,
    edgerc: Option<&str>,
    section: Option<String>,
    folder: &Path,
    home: Option<&Path>,
) -> Result<Option<EdgeKeeper>, String> {
    if environment == Environment::Embedded {
        return Ok(None);
    }
    let place = match (edgerc, home) {
        (Some(edgerc), _) => store(setting, Some(edgerc), folder)?,
        (None, Some(home)) => Store::File(home.join(".edgerc")),
        (None, None) => {
            let usual = "is ~/.edgerc where nothing is said";
            return Err(format!(
                "{setting} {usual}, and HOME is not set; write the whole of the file's name"
            ));
        }
    };
    Ok(EdgeKeeper::new(environment, place, section.unwrap_or_else(|| "default".to_owned())))
}
