//! Sections that were read too fast: which ones, and whether the desk took them as read.

use crate::order::Pace;
use crate::practice::seen::{Seen, What};

/// The section, from 0, that was read too fast; true when it counts as read all the same.
pub fn of(what: &What) -> Option<(usize, bool)> {
    match what {
        // The desk does not take that.
        What::TooSoon { section } => Some((*section, false)),
        What::SectionRead { section, words, millis, .. } => {
            // The trainee's own settings may allow more than anybody follows.
            let fast = u128::from(*millis) < Pace::UNDERSTOOD.time_for(*words).unsigned_abs().as_millis();
            (fast && *millis > 0).then_some((*section, true))
        }
        _ => None,
    }
}

/// What was done, in words, with the numbers of the sections.
pub fn words(seen: &[Seen]) -> String {
    let all: Vec<(usize, bool)> = seen.iter().filter_map(|seen| of(&seen.what)).collect();
    let taken = all.iter().any(|(_, taken)| *taken);
    let mut sections: Vec<usize> =
        all.into_iter().filter(|(_, is)| *is == taken).map(|(section, _)| section + 1).collect();
    sections.sort_unstable();
    sections.dedup();
    let (is_one, numbers) = (sections.len() == 1, listed(sections));
    match (taken, is_one) {
        (true, true) => {
            format!("Section {numbers} was marked read before it could have been read aloud.")
        }
        (true, false) => {
            format!("Sections {numbers} were marked read before they could have been read aloud.")
        }
        (false, true) => {
            format!(
                "Space was pressed before section {numbers} could have been read aloud; it did not count as read."
            )
        }
        (false, false) => {
            format!(
                "Space was pressed before sections {numbers} could have been read aloud; they did not count as read."
            )
        }
    }
}

/// `1, 2 and 5`.
fn listed(numbers: Vec<usize>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    match numbers.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => numbers.concat(),
    }
}
