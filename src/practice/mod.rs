//! Practice, pure: what a trainee is put through, what was seen of it, and what it is worth.
//!
//! A [`Scenario`] is read from a file: the order, the customer, the server, the right moves, what counts as a mistake. A
//! [`Stage`] plays the customer and the clock: it is told what the trainee did and says what happens next. What the trainee
//! did is a list of [`Seen`] things with their times, and [`grade`] makes a [`Report`] of it.
//!
//! A run is a kind of thing in a journal of its own; `coverage` says which rows of the table of errors a trainee has practiced,
//! and `report` writes reports and coverage down: text, JSON, CSV, a page to print.
//!
//! Imports run one way: `way`, `seen`, `moves` and `mistake`, `scenario`, `stage`, `grade`, `play`, `run`, `coverage`, `report`; `classroom`
//! has what trainer and trainee tell each other. May touch: std, serde, `kind`, `text`, `order`'s values and its table of errors.
//! Never: clocks, files, the desk, the servers.

pub mod classroom;
pub mod coverage;
pub mod grade;
pub mod mistake;
pub mod moves;
pub mod play;
pub mod report;
pub mod run;
pub mod scenario;
pub mod seen;
pub mod stage;
pub mod way;

pub use classroom::{Directive, Snapshot};
pub use coverage::Coverage;
pub use grade::{By, Ended, Report, Who, grade};
pub use mistake::Mistake;
pub use moves::Move;
pub use play::{AtPx, Facts, Play};
pub use run::{Run, RunEvent, RunRow, RunState};
pub use scenario::{Scenario, Wrong};
pub use seen::{Seen, What};
pub use stage::{Cue, Stage};
