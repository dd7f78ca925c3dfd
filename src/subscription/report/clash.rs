//! Answers that come after a person has said what the portal shows, and say something else.
//!
//! The answer counts for more than the person, and takes nothing back that was sent meanwhile. So what is on the bill may
//! not be what was used. The report is then in doubt once more, until a person has looked again.

use super::Report;
use crate::subscription::{Amount, Arrived, Attempt, Total};

/// How what is known of a report contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// A person said that this attempt was reported, and the marketplace answered that it did not take it.
    Denied { attempt: u32 },
    /// What the marketplace took is not what was used.
    NotOnce {
        /// What it took for certain, and what it may have taken besides.
        taken: Total,
        maybe: Total,
        used: Total,
    },
}

impl Clash {
    /// What is wrong, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Denied { attempt } => format!(
                "a person said that attempt {attempt} was reported, and the marketplace has answered that it was not carried out"
            ),
            Self::NotOnce { taken, maybe, used } if *maybe > Total::ZERO => format!(
                "the marketplace took {taken}, and perhaps {maybe} more, after a person had said that it took nothing; {used} was used"
            ),
            Self::NotOnce { taken, used, .. } if taken > used => {
                format!("reported more than once: the marketplace took {taken}, and {used} was used")
            }
            Self::NotOnce { taken, used, .. } => format!(
                "the marketplace took {taken}, after a person had said that it took nothing; by now {used} was used"
            ),
        }
    }

    /// What to do about it.
    pub fn next(&self) -> &'static str {
        match self {
            Self::Denied { .. } => {
                "Look at the portal once more, and record what it shows: `market usage resolve`."
            }
            Self::NotOnce { taken, used, maybe } if *maybe == Total::ZERO && taken < used => {
                "Record that it is reported: `market usage resolve --reported`. Then add the rest: `market usage supplement`."
            }
            Self::NotOnce { .. } => {
                "Look at the portal. Where it shows too much, have the carrier take that back. Then record it with the carrier's \
                 reference: `market usage resolve --reported`."
            }
        }
    }
}

impl Report {
    /// How what is known of it contradicts itself, until a person has looked at just that.
    pub fn clash(&self) -> Option<Clash> {
        self.found_clash().filter(|clash| self.looked_at.as_ref() != Some(clash))
    }

    /// The same, whether or not a person has looked at it.
    pub(super) fn found_clash(&self) -> Option<Clash> {
        let denied = self.attempts.0.iter().find(|attempt| self.arrived(attempt) == Arrived::Denied);
        if let Some(attempt) = denied {
            return Some(Clash::Denied { attempt: attempt.number });
        }
        let sum = |is: Arrived| {
            let those = self.attempts.0.iter().filter(|attempt| self.arrived(attempt) == is);
            those.map(|attempt| self.sent_with(attempt)).fold(Total::ZERO, Total::plus)
        };
        let (taken, maybe, used) = (sum(Arrived::Yes), sum(Arrived::Maybe), Total::from(self.total));
        let once = taken == used && maybe == Total::ZERO;
        (self.taken().is_some() && !once).then_some(Clash::NotOnce { taken, maybe, used })
    }

    /// The last attempt that was carried out.
    pub fn taken(&self) -> Option<&Attempt> {
        self.attempts.0.iter().rfind(|attempt| self.arrived(attempt) == Arrived::Yes)
    }

    /// Whether an attempt was carried out, by its answer and by what was said of it last.
    pub fn arrived(&self, attempt: &Attempt) -> Arrived {
        let said = self.verdicts.iter().rfind(|verdict| verdict.attempt == attempt.number);
        attempt.arrived(said.map(|verdict| verdict.reported))
    }

    /// The amount that this attempt was to report.
    pub fn sent_with(&self, attempt: &Attempt) -> Amount {
        self.sent.get(&attempt.number).copied().unwrap_or(self.total)
    }
}
