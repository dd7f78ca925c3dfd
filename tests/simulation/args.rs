//! The command line. What is meant for the usual test runner is put up with.

use crate::plan::Break;
use std::ops::Range;

pub enum Args {
    /// What `cargo test` runs.
    Short,
    Range {
        seeds: Range<u64>,
        broken: Option<Break>,
    },
    Trace {
        seed: u64,
        broken: Option<Break>,
    },
    /// `--list`, as the usual test runner has it.
    List,
    /// A filter for other tests.
    Skip,
}

impl Args {
    pub fn read(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = args.peekable();
        let (mut seeds, mut trace, mut broken) = (None, None, None);
        let (mut list, mut skip) = (false, false);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--seeds" => seeds = Some(range(&value()?)?),
                "--trace" => trace = Some(number(&value()?)?),
                "--break" => {
                    let name = value()?;
                    broken = Some(Break::named(&name).ok_or_else(|| {
                        let known: Vec<_> = Break::ALL.iter().map(|(_, name)| *name).collect();
                        format!("there is no break `{name}`; there are {}", known.join(", "))
                    })?);
                }
                "--list" => list = true,
                "--skip" | "--test-threads" | "--format" | "--color" | "--logfile" | "-Z" => {
                    value()?;
                }
                other => skip |= !other.starts_with('-') && !"simulation".contains(other),
            }
        }
        Ok(match (seeds, trace) {
            (_, Some(seed)) => Self::Trace { seed, broken },
            (Some(seeds), None) => Self::Range { seeds, broken },
            (None, None) if list => Self::List,
            (None, None) if skip => Self::Skip,
            (None, None) if broken.is_some() => {
                Self::Range { seeds: broken.map_or(0..2_000, crate::looked_for), broken }
            }
            (None, None) => Self::Short,
        })
    }
}

fn range(text: &str) -> Result<Range<u64>, String> {
    let (from, to) = text.split_once("..").ok_or("--seeds takes A..B")?;
    Ok(number(from)?..number(to)?)
}

fn number(text: &str) -> Result<u64, String> {
    text.replace('_', "").parse().map_err(|_| format!("`{text}` is not a seed"))
}
