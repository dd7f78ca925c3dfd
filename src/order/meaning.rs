//! The documented errors that decide what an order is. All others are refusals like any other.

/// What a documented error says of an order, beyond being a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Px holds a submitted order under these ids.
    AlreadySubmitted,
    /// The 120 minutes are over.
    WindowOver,
    /// Px holds no acceptance of the text.
    NoAcceptance,
    /// Px has no text for the order.
    NoText,
    /// The two ids do not belong together.
    MixedPair,
}

impl Meaning {
    pub const ALL: [Self; 5] =
        [Self::AlreadySubmitted, Self::WindowOver, Self::NoAcceptance, Self::NoText, Self::MixedPair];

    /// The ids of its rows in the table of errors.
    pub fn rows(self) -> &'static [&'static str] {
        match self {
            Self::AlreadySubmitted => &["complete_order/2130"],
            Self::WindowOver => &["complete_order/2215"],
            Self::NoAcceptance => &["complete_order/1210"],
            Self::NoText => &["retrieve_rcc/4050"],
            Self::MixedPair => &["retrieve_rcc/2131", "complete_order/2131"],
        }
    }

    /// What the row with this id means, where it means more than a refusal.
    pub fn of(row: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meaning| meaning.rows().contains(&row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::remedy::{all, by_id};

    #[test]
    fn each_is_of_rows_that_are_in_the_table() {
        for meaning in Meaning::ALL {
            for id in meaning.rows() {
                assert!(by_id(id).is_some(), "{meaning:?}: there is no {id}");
                assert_eq!(Meaning::of(id), Some(meaning));
            }
        }
        let mean: usize = Meaning::ALL.into_iter().map(|meaning| meaning.rows().len()).sum();
        assert_eq!(
            all().iter().filter(|row| Meaning::of(&row.id).is_some()).count(),
            mean,
            "each row means one thing"
        );
    }
}
