//! Production: gone to by nobody who did not name it, and called by its name.

use super::file::EnvironmentFile;
use super::target::Target;
use crate::order::Environment;
use std::collections::BTreeMap;

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

/// How production is spoken of where what is at `base_url` is called, such as the marketplace.
pub fn at(base_url: &str) -> String {
    let host = reqwest::Url::parse(base_url).ok().and_then(|url| {
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        Some(format!("{}{port}", url.host_str()?))
    });
    host.map_or_else(|| "production".to_owned(), |host| format!("production (at {host})"))
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

/// Refuses another environment at the very place of production, whose host is not Lumen's: it would be gone to without a word.
pub fn refuse_twice(environments: &BTreeMap<Environment, EnvironmentFile>) -> Result<(), String> {
    let place = |environment| {
        let url = environments.get(&environment).and_then(|of| of.base_url.as_ref());
        let url = reqwest::Url::parse(&url?.0).ok()?;
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        Some((host, url.port_or_known_default(), url.path().trim_matches('/').to_owned()))
    };
    let Some(production) = place(Environment::Production) else { return Ok(()) };
    let mut others = [Environment::Embedded, Environment::Sandbox].into_iter();
    match others.find(|other| place(*other).as_ref() == Some(&production)) {
        None => Ok(()),
        Some(other) => Err(format!(
            "environments.{other}.base_url is the same place as environments.production.base_url, where every order is live; \
             each environment has its own"
        )),
    }
}

fn host(url: &str) -> Option<(String, Option<u16>)> {
    let url = reqwest::Url::parse(url).ok()?;
    Some((url.host_str()?.trim_end_matches('.').to_ascii_lowercase(), url.port()))
}
