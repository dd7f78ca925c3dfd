//! The table: what was measured, against what, and whether that is good enough.

use crate::home::Homes;

/// A row: its name on the command line, what it measures, in what unit, and how good it should be.
pub struct Row {
    pub name: &'static str,
    what: &'static str,
    unit: &'static str,
    goal: Goal,
    measure: Measure,
}

/// How a row is measured.
#[derive(Clone, Copy)]
enum Measure {
    Always(fn(&Homes) -> Pair),
    /// Where what it needs is installed.
    Maybe(fn(&Homes) -> Option<Pair>),
}

/// What a figure should be.
#[derive(Clone, Copy)]
pub enum Goal {
    /// At most so many times the floor.
    Times(f64),
    /// At most so many times the floor, and so much in the row's unit.
    TimesAndAtMost(f64, f64),
    /// At least so many times the floor.
    TimesAtLeast(f64),
    /// At most so much, in the row's unit.
    AtMost(f64),
}

/// A figure and its floor.
pub struct Pair {
    pub ours: f64,
    pub floor: f64,
}

/// The head of the table.
pub const HEAD: &str = "\
| what                                          |       ours |      floor | ratio | goal      | met |
| --------------------------------------------- | ---------: | ---------: | ----: | --------- | --- |";

impl Row {
    pub const fn new(
        name: &'static str,
        what: &'static str,
        unit: &'static str,
        goal: Goal,
        measure: fn(&Homes) -> Pair,
    ) -> Self {
        Self { name, what, unit, goal, measure: Measure::Always(measure) }
    }

    /// A row that needs what is not installed everywhere.
    pub const fn maybe(
        name: &'static str,
        what: &'static str,
        unit: &'static str,
        goal: Goal,
        measure: fn(&Homes) -> Option<Pair>,
    ) -> Self {
        Self { name, what, unit, goal, measure: Measure::Maybe(measure) }
    }

    /// The figure and its floor; none where it cannot be measured.
    pub fn measured(&self, homes: &Homes) -> Option<Pair> {
        match self.measure {
            Measure::Always(measure) => Some(measure(homes)),
            Measure::Maybe(measure) => measure(homes),
        }
    }

    /// The row as it is printed.
    pub fn line(&self, pair: &Pair) -> String {
        let ratio = pair.ours / pair.floor;
        let (goal, met) = match self.goal {
            Goal::Times(most) => (format!("≤ {most}×"), ratio <= most),
            Goal::TimesAndAtMost(times, most) => {
                (format!("≤ {times}×, {most}"), ratio <= times && pair.ours <= most)
            }
            Goal::TimesAtLeast(least) => (format!("≥ {least}×"), ratio >= least),
            Goal::AtMost(most) => (format!("≤ {most} {}", self.unit), pair.ours <= most),
        };
        let ratio = if ratio.is_finite() { format!("{ratio:.2}") } else { "–".to_owned() };
        let (ours, floor) = (self.figure(pair.ours), self.figure(pair.floor));
        let met = if met { "yes" } else { "NO" };
        format!("| {:<45} | {ours:>10} | {floor:>10} | {ratio:>5} | {goal:<9} | {met:<3} |", self.what)
    }

    fn figure(&self, value: f64) -> String {
        let digits = if value >= 100.0 { 0 } else { 2 };
        format!("{value:.digits$} {}", self.unit)
    }
}
