//! What the desk is told of the settings.

use crate::config::{MarketTarget, Settings, Theme};
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

/// The theme to begin with: what the configuration names, unless `NO_COLOR` is set.
pub fn theme(settings: &Settings) -> ThemeName {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    match settings.desk.theme {
        _ if no_color => ThemeName::Plain,
        Some(Theme::Dark) => ThemeName::Dark,
        Some(Theme::Light) => ThemeName::Light,
        Some(Theme::HighContrast) => ThemeName::HighContrast,
        Some(Theme::None) => ThemeName::Plain,
        None => by_background(std::env::var("COLORFGBG").ok().as_deref()),
    }
}

/// The theme that fits the background that `COLORFGBG` tells: the last of its numbers, where 7 and 15 are white.
fn by_background(colors: Option<&str>) -> ThemeName {
    match colors.and_then(|colors| colors.rsplit(';').next()) {
        Some("7" | "15") => ThemeName::Light,
        Some(_) | None => ThemeName::Dark,
    }
}

/// True in the environment whose Px a trainer may play with.
pub fn is_practice(environment: Environment) -> bool {
    environment == Environment::Embedded
}

#[cfg(test)]
mod tests {
    use super::by_background;
    use crate::desk::ThemeName;

    #[test]
    fn a_white_background_begins_with_the_light_theme() {
        for (colors, theme) in [
            (Some("0;15"), ThemeName::Light),
            (Some("0;default;7"), ThemeName::Light),
            (Some("15;0"), ThemeName::Dark),
            (Some(""), ThemeName::Dark),
            (None, ThemeName::Dark),
        ] {
            assert_eq!(by_background(colors), theme, "{colors:?}");
        }
    }
}
