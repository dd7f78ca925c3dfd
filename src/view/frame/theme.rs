//! Styles by what they mean. Every meaning is also a word or a glyph, so the plain theme loses nothing.

use crate::desk::frame::theme::ThemeName;
use crate::order::Environment;
use ratatui::style::{Color, Modifier, Style};

/// A style for each meaning; colors from the 256 that every terminal has.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Everything that has no meaning of its own; also the background.
    pub base: Style,
    /// What matters less: labels, sections that are not the current one.
    pub dim: Style,
    /// What matters more: headings, values.
    pub strong: Style,
    /// The one accent: where one is.
    pub accent: Style,
    /// The line that says what the next key does.
    pub next: Style,
    pub good: Style,
    pub warn: Style,
    pub bad: Style,
    /// A character that cannot be seen, spelled out.
    pub mark: Style,
    /// The chosen row, the focused field.
    pub chosen: Style,
    /// The glyph before a chosen row, on its color.
    pub pointer: Style,
    /// A key in the line of keys.
    pub key: Style,
    embedded: Style,
    sandbox: Style,
    production: Style,
}

impl Theme {
    /// The theme of that name.
    pub fn named(name: ThemeName) -> Self {
        match name {
            ThemeName::Dark => Self::dark(),
            ThemeName::Light => Self::light(),
            ThemeName::HighContrast => Self::high_contrast(),
            ThemeName::Plain => Self::plain(),
        }
    }

    /// The style of the environment's name in the top line.
    pub fn environment(&self, environment: Environment) -> Style {
        match environment {
            Environment::Embedded => self.embedded,
            Environment::Sandbox => self.sandbox,
            Environment::Production => self.production,
        }
    }

    fn dark() -> Self {
        let on = |fg: u8, bg: u8| Style::new().fg(Color::Indexed(fg)).bg(Color::Indexed(bg));
        let fg = |fg: u8| Style::new().fg(Color::Indexed(fg));
        Self {
            base: on(252, 234),
            dim: fg(245),
            strong: fg(231).add_modifier(Modifier::BOLD),
            accent: fg(80).add_modifier(Modifier::BOLD),
            next: on(234, 80).add_modifier(Modifier::BOLD),
            good: fg(114),
            warn: fg(221),
            bad: fg(210).add_modifier(Modifier::BOLD),
            mark: on(234, 221),
            chosen: on(231, 238),
            pointer: fg(80).add_modifier(Modifier::BOLD),
            key: fg(80),
            embedded: on(252, 238),
            sandbox: on(234, 110).add_modifier(Modifier::BOLD),
            production: on(231, 160).add_modifier(Modifier::BOLD),
        }
    }

    fn light() -> Self {
        let on = |fg: u8, bg: u8| Style::new().fg(Color::Indexed(fg)).bg(Color::Indexed(bg));
        let fg = |fg: u8| Style::new().fg(Color::Indexed(fg));
        Self {
            base: on(236, 231),
            dim: fg(243),
            strong: fg(16).add_modifier(Modifier::BOLD),
            accent: fg(24).add_modifier(Modifier::BOLD),
            next: on(231, 24).add_modifier(Modifier::BOLD),
            good: fg(22),
            warn: fg(94),
            bad: fg(124).add_modifier(Modifier::BOLD),
            mark: on(231, 94),
            chosen: on(16, 253),
            pointer: fg(24).add_modifier(Modifier::BOLD),
            key: fg(24),
            embedded: on(236, 253),
            sandbox: on(231, 25).add_modifier(Modifier::BOLD),
            production: on(231, 160).add_modifier(Modifier::BOLD),
        }
    }

    fn high_contrast() -> Self {
        let on = |fg: Color, bg: Color| Style::new().fg(fg).bg(bg).add_modifier(Modifier::BOLD);
        let (black, white) = (Color::Indexed(16), Color::Indexed(231));
        let (yellow, red) = (Color::Indexed(226), Color::Indexed(124));
        Self {
            base: Style::new().fg(white).bg(black),
            dim: Style::new().fg(Color::Indexed(252)),
            strong: Style::new().fg(white).add_modifier(Modifier::BOLD),
            accent: Style::new().fg(yellow).add_modifier(Modifier::BOLD),
            next: on(black, yellow),
            good: Style::new().fg(Color::Indexed(46)).add_modifier(Modifier::BOLD),
            warn: Style::new().fg(yellow).add_modifier(Modifier::BOLD),
            bad: on(white, red),
            mark: on(black, yellow),
            chosen: on(black, white),
            pointer: on(black, white),
            key: Style::new().fg(yellow).add_modifier(Modifier::BOLD),
            embedded: on(black, white),
            sandbox: on(black, Color::Indexed(51)),
            production: on(white, red),
        }
    }

    /// `NO_COLOR`: modifiers alone.
    fn plain() -> Self {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        Self {
            base: Style::new(),
            dim: Style::new().add_modifier(Modifier::DIM),
            strong: bold,
            accent: bold,
            next: reversed.add_modifier(Modifier::BOLD),
            good: Style::new(),
            warn: bold,
            bad: bold,
            mark: reversed,
            chosen: reversed,
            pointer: bold,
            key: bold,
            embedded: Style::new(),
            sandbox: bold,
            production: reversed.add_modifier(Modifier::BOLD),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as WCAG 2 has it, of one of the 256 colors (16 and up: their values are the same everywhere).
    fn luminance(color: Color) -> f64 {
        let Color::Indexed(index @ 16..) = color else { panic!("{color:?} differs between terminals") };
        let grey = |n: u8| [8 + 10 * (n - 232); 3];
        let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
        let cube = |n: u8| [level(n / 36), level(n / 6 % 6), level(n % 6)];
        let rgb = if index >= 232 { grey(index) } else { cube(index - 16) };
        let linear = rgb.map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn everything_can_be_read_on_its_background() {
        let themes = [(ThemeName::Dark, 4.5), (ThemeName::Light, 4.5), (ThemeName::HighContrast, 7.0)];
        for (name, least) in themes {
            let t = Theme::named(name);
            let bars = Environment::ALL.map(|e| t.environment(e));
            let roles =
                [t.base, t.dim, t.strong, t.accent, t.next, t.good, t.warn, t.bad, t.mark, t.chosen, t.key];
            for style in roles.into_iter().chain(bars).map(|style| t.base.patch(style)) {
                let (a, b) = (luminance(style.fg.unwrap()), luminance(style.bg.unwrap()));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= least, "{name:?}: {style:?} has {contrast:.1}");
            }
        }
    }
}
