//! The command line. What is meant for the usual test runner is put up with.

use crate::{market, plan};
use std::ops::Range;

/// What it is about, and what is broken on purpose.
#[derive(Clone, Copy)]
pub enum Broken {
    Orders(Option<plan::Break>),
    Market(Option<market::Break>),
}

pub enum Args {
    /// What `cargo test` runs.
    Short {
        orders: bool,
        market: bool,
    },
    Range {
        seeds: Range<u64>,
        broken: Broken,
    },
    Trace {
        seed: u64,
        broken: Broken,
    },
    /// `--list`, as the usual test runner has it.
    List,
    /// A filter for other tests.
    Skip,
}

impl Args {
    pub fn read(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = args.peekable();
        let (mut seeds, mut trace, mut kind, mut name) = (None, None, None, None);
        let (mut list, mut skip) = (false, false);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--seeds" => seeds = Some(range(&value()?)?),
                "--trace" => trace = Some(number(&value()?)?),
                "--break" => name = Some(value()?),
                "--kind" => {
                    kind = Some(match value()?.as_str() {
                        "orders" => false,
                        "market" => true,
                        other => return Err(format!("there is no kind `{other}`; there are orders, market")),
                    });
                }
                "--list" => list = true,
                "--skip" | "--test-threads" | "--format" | "--color" | "--logfile" | "-Z" => {
                    value()?;
                }
                other => skip |= !other.starts_with('-') && !"simulation".contains(other),
            }
        }
        let about_market = kind == Some(true);
        let broken = broken(name.as_deref(), about_market)?;
        Ok(match (seeds, trace) {
            (_, Some(seed)) => Self::Trace { seed, broken },
            (Some(seeds), None) => Self::Range { seeds, broken },
            (None, None) if list => Self::List,
            (None, None) if skip => Self::Skip,
            (None, None) => match broken {
                Broken::Orders(Some(of)) => Self::Range { seeds: crate::looked_for(of), broken },
                Broken::Market(Some(of)) => Self::Range { seeds: market::looked_for(of), broken },
                Broken::Orders(None) | Broken::Market(None) => {
                    Self::Short { orders: kind != Some(true), market: kind != Some(false) }
                }
            },
        })
    }
}

fn broken(name: Option<&str>, about_market: bool) -> Result<Broken, String> {
    let unknown =
        |name: &str, known: Vec<&str>| format!("there is no break `{name}`; there are {}", known.join(", "));
    if about_market {
        let of = |name: &str| {
            let known = || market::Break::ALL.iter().map(|(_, name)| *name).collect();
            market::Break::named(name).ok_or_else(|| unknown(name, known()))
        };
        Ok(Broken::Market(name.map(of).transpose()?))
    } else {
        let of = |name: &str| {
            let known = || plan::Break::ALL.iter().map(|(_, name)| *name).collect();
            plan::Break::named(name).ok_or_else(|| unknown(name, known()))
        };
        Ok(Broken::Orders(name.map(of).transpose()?))
    }
}

fn range(text: &str) -> Result<Range<u64>, String> {
    let (from, to) = text.split_once("..").ok_or("--seeds takes A..B")?;
    Ok(number(from)?..number(to)?)
}

fn number(text: &str) -> Result<u64, String> {
    text.replace('_', "").parse().map_err(|_| format!("`{text}` is not a seed"))
}
