//! What can go wrong at a desk, as far as it can be seen.

/// A mistake that a trainee can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mistake {
    /// A section was marked read, or was to be, sooner than its words allow.
    ReadTooFast,
    /// A section was marked read while nobody listened.
    ReadToNobody,
    /// A yes was recorded that the customer had not given.
    YesNotGiven,
    /// A no was recorded that the customer had not given.
    NoNotGiven,
    /// The order was placed although the customer had taken their yes back.
    CompletedAfterNo,
    /// The text went another way than the customer had asked for.
    WrongWay,
    /// Sent again, released or settled although it could do harm, before the carrier was asked.
    DangerousRetry,
    /// The same call again after a refusal that only a correction mends.
    FutileRetry,
    /// A field was corrected to something else than what is right, or the text was sent to somebody else.
    WrongValue,
    /// An order was abandoned that could have been completed.
    AbandonedCorrectable,
    /// The order was left alone in the last minutes of its window.
    LookedAway,
    /// The verdict, or its reference, is not what the carrier said.
    WrongVerdict,
    /// The run was left before its end.
    GaveUp,
}

impl Mistake {
    /// All of them: the name in files, what was done, what would have been right, and the points that it costs.
    pub const ALL: [(Self, &'static str, &'static str, &'static str, u8); 13] = [
        (
            Self::ReadTooFast,
            "read_too_fast",
            "Space was pressed before a section could have been read aloud.",
            "Read every word, then press Space: the screen says how many seconds are left.",
            10,
        ),
        (
            Self::ReadToNobody,
            "read_to_nobody",
            "A section was marked read while the customer was not on the line.",
            "Stop when the customer is away, and continue, or start again, when they are back.",
            25,
        ),
        (
            Self::YesNotGiven,
            "yes_not_given",
            "A yes was recorded that the customer had not given.",
            "Record a yes only after the customer has said it.",
            50,
        ),
        (
            Self::NoNotGiven,
            "no_not_given",
            "A no was recorded that the customer had not given.",
            "Record a no only after the customer has said it.",
            50,
        ),
        (
            Self::CompletedAfterNo,
            "completed_after_no",
            "Complete was sent although the customer had said no.",
            "Until the order is completed a yes can be taken back: record the customer's no.",
            50,
        ),
        (
            Self::WrongWay,
            "wrong_way",
            "The customer got the text in a different way than they asked for.",
            "Ask how the customer wants the text, and use that way first.",
            15,
        ),
        (
            Self::DangerousRetry,
            "dangerous_retry",
            "Something was sent again, released or settled that could have placed the order twice.",
            "Call the carrier first: only they know whether the order was placed.",
            50,
        ),
        (
            Self::FutileRetry,
            "futile_retry",
            "The same call was made again, and nothing had been corrected.",
            "Read the error at its field, correct it there, then go on.",
            10,
        ),
        (
            Self::WrongValue,
            "wrong_value",
            "A value was entered that is not the right one.",
            "Enter exactly what the customer, the carrier or the order system says.",
            30,
        ),
        (
            Self::AbandonedCorrectable,
            "abandoned_correctable",
            "An order was abandoned that could still have been completed.",
            "Do what the error says is the next step; abandon only what cannot be fixed.",
            40,
        ),
        (
            Self::LookedAway,
            "looked_away",
            "Nobody touched the order for a minute in the last ten minutes of its window.",
            "When the window is about to close, stay on the order until it is completed.",
            20,
        ),
        (
            Self::WrongVerdict,
            "wrong_verdict",
            "The verdict that was recorded, or its reference, is not what the carrier said.",
            "Record exactly what the carrier says, with their reference.",
            50,
        ),
        (
            Self::GaveUp,
            "gave_up",
            "The run was left before its end.",
            "Stay with the customer until the order is completed or cannot be.",
            0,
        ),
    ];

    fn row(self) -> &'static (Self, &'static str, &'static str, &'static str, u8) {
        Self::ALL.iter().find(|row| row.0 == self).unwrap_or(&Self::ALL[12])
    }

    /// The name in files and JSON.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// What was done.
    pub fn what(self) -> &'static str {
        self.row().2
    }

    /// What would have been right.
    pub fn instead(self) -> &'static str {
        self.row().3
    }

    /// The points that it costs, where the scenario says nothing else.
    pub fn points(self) -> u8 {
        self.row().4
    }

    /// The mistake of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}
