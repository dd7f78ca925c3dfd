//! Production: gone to by nobody who did not name it, and called by its name.

use super::target::Target;
use crate::order::Environment;

/// Lumen's production (D).
pub const HOST: &str = "api.lumen.com";

/// How production is spoken of, with its address where that is not Lumen's own; none in the other environments.
pub fn production(environment: Environment, target: &Target) -> Option<String> {
    match (environment, target) {
        (Environment::Embedded | Environment::Sandbox, _) => None,
        (Environment::Production, Target::InProcess) => Some("production".to_owned()),
        (Environment::Production, Target::At { base_url, .. }) => Some(match host(base_url) {
            Some((name, None)) if name == HOST => "production".to_owned(),
            Some((name, port)) => {
                format!("production (at {name}{})", port.map_or_else(String::new, |port| format!(":{port}")))
            }
            None => "production".to_owned(),
        }),
    }
}

/// Refuses another environment that would go to Lumen's production: what happens there would look like a simulation.
pub fn refuse_elsewhere(environment: Environment, target: &Target) -> Result<(), String> {
    let Target::At { base_url, token_url } = target else { return Ok(()) };
    for (key, url) in [("base_url", base_url), ("token_url", token_url)] {
        let is_production = host(url).is_some_and(|(name, _)| name == HOST);
        if is_production && environment != Environment::Production {
            return Err(format!(
                "environments.{environment}.{key} is {HOST}, where every order is live; \
                 that is the environment `production`, which is chosen by its name alone"
            ));
        }
    }
    Ok(())
}

fn host(url: &str) -> Option<(String, Option<u16>)> {
    let url = reqwest::Url::parse(url).ok()?;
    Some((url.host_str()?.trim_end_matches('.').to_ascii_lowercase(), url.port()))
}
