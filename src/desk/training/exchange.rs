//! What the trainer's screen asks of the classroom, and what happens there.

use super::state::Trainee;
use crate::practice::Directive;

/// Something for the terminal's loop to do. Each answers with [`News`].
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Have a trainee's desk do this; `words` say what. Answers `Directed`, `Queued` or `Gone`.
    Direct { seat: u32, directive: Directive, words: String },
}

/// One thing that happened, in the past tense.
#[derive(Clone, Debug)]
pub enum News {
    /// Who is here, and how their runs stand.
    Seats(Vec<Trainee>),
    /// It is on its way to the trainee.
    Directed { words: String },
    /// It waits for the trainee, who is away.
    Queued { seat: u32, words: String },
    /// It is not: nobody sits there any more, or too much waits there.
    Gone { seat: u32, words: String },
}
