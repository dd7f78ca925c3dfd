//! What the desk is told of the settings.

use crate::config::{MarketTarget, Settings};
use crate::desk::{MarketSetup, RegistrationSetup, Setup, ThemeName};
use crate::order::{Environment, Pauses};
use crate::session::practice_offered;

/// What does not change while the desk is open.
pub fn setup(settings: &Settings) -> Setup {
    let acceptance = &settings.acceptance;
    Setup {
        environment: settings.environment,
        agent: settings.agent.clone(),
        role: settings.role(),
        two_people: settings.two_people,
        pauses: Pauses {
            first: acceptance.first_pause.signed(),
            longest: acceptance.longest_pause.signed(),
            give_up_after: acceptance.give_up_after.signed(),
        },
        complete_room: settings.timeouts.complete_order.signed(),
        quiet_period: settings.quiet_period,
        market_quiet: settings.market.as_ref().map_or(settings.quiet_period, |market| market.quiet),
        fastest: settings.fastest,
        lock_after: settings.desk.lock_after.0,
        notify: settings.desk.notify.0,
        practice_offered: practice_offered(settings),
        market: settings.market.as_ref().map(|market| MarketSetup {
            practice: is_practice(settings.environment) && market.target == MarketTarget::InProcess,
            limit: settings.timeouts.market.signed(),
        }),
        registration: settings
            .registration
            .as_ref()
            .map(|registration| RegistrationSetup { contract: registration.contract.clone() }),
    }
}

/// The theme to begin with.
pub fn theme() -> ThemeName {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    if no_color { ThemeName::Plain } else { ThemeName::Dark }
}

/// True in the environment whose Px a trainer may play with.
pub fn is_practice(environment: Environment) -> bool {
    environment == Environment::Embedded
}
