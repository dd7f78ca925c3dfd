//! What a person can do at the trainer's screen.

/// What a key of this screen does, beside what every desk's keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    NextTab,
    PreviousTab,
    /// The next step of the chosen row: makes it happen, opens it, starts it.
    Run,
    /// Makes the chosen call fail so until that is taken back.
    Keep,
    /// Takes back every failure that waits for its call.
    TakeBack,
    /// Chooses a scenario for the chosen trainee.
    Start,
    /// Starts the chosen scenario for everybody.
    StartAll,
    /// Pauses the trainee's run, or goes on with it.
    Pause,
    /// Ends it.
    End,
    /// Makes the next trainee the one whom everything is about.
    NextTrainee,
}
