//! What a registration contract should hold, what it holds, and exactly what will change: pure.
//!
//! A contract has applications, customers, and pairs (which customer has which application). Facts are named as in the
//! notes on the API: D documented, E by an example, G by the vendor's gateway or public documents, R our reading, A
//! assumed.
//! May touch: std, serde, `kind`, `text`, `order`'s environment. Never: any I/O, clocks.

mod call;
mod change;
mod desired;
pub mod file;
mod id;
mod listing;
mod moved;
mod odd;
mod plan;
mod progress;
mod run;
mod told;
mod world;

pub use call::{Call, ErrorType, Failure, Outcome, Problem, Verb};
pub use change::{Change, Gone, Phase};
pub use desired::{Clash, Desired, PairId, Wanted};
pub use id::{ContractId, IdError, LONGEST_ID, Name, ProviderId, SurrogateId};
pub use listing::{Collection, Ids, Listed, ListedPair, Listing, Unusable};
pub use moved::{besides_renames, moved, moved_besides, renamed_meanwhile};
pub use odd::{differ_in_case, may_be_kept_as, oddities, oddities_of_new};
pub use plan::Plan;
pub use progress::{Failed, Moment, Progress, Seen, Settled, Step, settle};
pub use run::{
    Account, Answered, Begun, Closed, Ended, How, Open, Run, RunEvent, RunRow, RunStep, SAID_NOT_THERE,
    kept_otherwise_before, made_before, renamed_before,
};
pub use world::{Finding, PairHere, World, doubles, mend, remove_pairs};

#[cfg(test)]
mod tests;
