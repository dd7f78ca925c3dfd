//! What can be read about: the texts in `assets/docs`.

use std::fmt::Write as _;

/// Something that can be read about.
pub struct Topic {
    pub name: &'static str,
    /// Markdown; its first line is the title.
    pub text: &'static str,
}

macro_rules! topics {
    ($($name:literal),* $(,)?) => {
        [$(Topic { name: $name, text: include_str!(concat!("../../assets/docs/", $name, ".md")) }),*]
    };
}

/// All topics, in the order in which a newcomer would read them.
pub static TOPICS: [Topic; 16] = topics![
    "keys",
    "orders",
    "reading",
    "doubt",
    "supervisor",
    "training",
    "marketplace",
    "registration",
    "report",
    "worker",
    "configuration",
    "credentials",
    "journal",
    "sandbox",
    "exit-status",
    "reliability",
];

impl Topic {
    /// Its first line.
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }
}

/// The topics and their titles, as lines for the help and the manual page.
pub fn topics() -> String {
    let mut lines = String::new();
    for topic in &TOPICS {
        let _ = writeln!(lines, "  {:14} {}", topic.name, topic.title());
    }
    lines
}
