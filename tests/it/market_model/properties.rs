//! What must always hold, and what must be reachable, so that what always holds is not held by doing nothing.

use super::protocol::Protocol;
use super::state::{End, Record, Report, Standing, State};
use stateright::Property;

pub const ONCE: &str = "no line is added to the bill twice";
pub const COUNTED_ONCE: &str = "no line is in two reports";
pub const NEVER_IN_DOUBT: &str = "nothing is sent while an earlier attempt is in doubt";
pub const TRUE: &str = "what the journal calls reported is what the marketplace has added";
pub const NEVER_LOST: &str = "what was added is reported, in doubt or under way in the journal";

/// All of them.
pub fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(ONCE, |_, state: &State| state.bill.iter().all(|count| *count <= 1)),
        Property::always(COUNTED_ONCE, |_, state: &State| {
            let mut all = state.reports.iter().map(Report::lines);
            all.try_fold(0, |seen, lines| (seen & lines == 0).then_some(seen | lines)).is_some()
        }),
        Property::always(NEVER_IN_DOUBT, |_, state: &State| !state.sent_in_doubt),
        Property::always(TRUE, |_, state: &State| {
            let reported = |report: &&Report| report.standing() == Standing::Reported;
            state.reports.iter().filter(reported).all(|report| report.added == [report.lines()])
        }),
        Property::always(NEVER_LOST, |_, state: &State| state.reports.iter().all(is_known)),
        Property::sometimes("reported", |_, state: &State| stands(state, Standing::Reported)),
        Property::sometimes("in doubt", |_, state: &State| stands(state, Standing::InDoubt)),
        Property::sometimes("refused, and then reported", |_, state: &State| {
            has(state, |record| matches!(record, Record::Ended(_, End::Refused)))
                && stands(state, Standing::Reported)
        }),
        Property::sometimes("reported by a verdict", |_, state: &State| {
            has(state, |record| matches!(record, Record::Verdict { reported: true }))
        }),
        Property::sometimes("sent again after a verdict, and reported", |_, state: &State| {
            has(state, |record| matches!(record, Record::Verdict { reported: false }))
                && stands(state, Standing::Reported)
        }),
        Property::sometimes("a supplement is reported", |_, state: &State| {
            state.reports.get(1).is_some_and(|report| report.standing() == Standing::Reported)
        }),
        Property::sometimes("both lines in one report", |_, state: &State| {
            state.bill == [1, 1] && state.reports.len() == 1
        }),
    ]
}

fn stands(state: &State, standing: Standing) -> bool {
    state.reports.first().is_some_and(|report| report.standing() == standing)
}

fn has(state: &State, is_it: impl Fn(&Record) -> bool) -> bool {
    state.reports.first().is_some_and(|report| report.records.iter().any(is_it))
}

fn is_known(report: &Report) -> bool {
    match report.standing() {
        Standing::Sending | Standing::InDoubt | Standing::Reported => true,
        Standing::Open | Standing::Prepared | Standing::Refused => report.added.is_empty(),
    }
}
