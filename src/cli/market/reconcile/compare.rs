//! What the journal says of a SKU on a bill, against what the portal shows of it.

use crate::subscription::{Amount, Month, ReportRow, Reported, Shown, Slot};
use serde_json::{Value, json};

/// So many reports are tried in every combination. Of more, each alone and all together.
const COMBINED: usize = 10;

/// What the journal says of a SKU of a subscription on a bill.
#[derive(Clone, Debug, Default)]
pub struct Here {
    pub reported: Reported,
    /// Reports that may have arrived, and those that are under way.
    pub doubts: Vec<Sent>,
    /// Reports that the marketplace refused.
    pub refused: Vec<Sent>,
    /// Its SKU is sold for a price of its own, whatever is used.
    pub flat: bool,
}

/// A report of which the portal may show more than the journal says.
#[derive(Clone, Debug)]
pub struct Sent {
    slot: Slot,
    id: String,
    amount: Amount,
    /// The first and the last bill on which it can be.
    bills: (Month, Month),
}

impl Sent {
    /// Of a report that was sent; `bills` on which it can be.
    pub fn of(row: &ReportRow, bills: (Month, Month)) -> Self {
        let (slot, id) = (row.slot.clone(), row.id.to_string());
        Self { slot, id, amount: row.amount.unwrap_or_default(), bills }
    }

    fn words(&self) -> String {
        let Self { slot: Slot { month, supplement, .. }, amount, .. } = self;
        match supplement {
            0 => format!("{month} ({amount})"),
            n => format!("{month}, supplement {n} ({amount})"),
        }
    }

    fn json(&self, shown: Option<bool>) -> Value {
        json!({
            "id": self.id,
            "month": self.slot.month,
            "supplement": self.slot.supplement,
            "amount": self.amount,
            "firstBill": self.bills.0,
            "lastBill": self.bills.1,
            "shown": shown,
        })
    }
}

/// What came of the comparison.
#[derive(Debug)]
pub struct Compared {
    pub verdict: &'static str,
    /// What is to be said with it, if anything.
    pub about: String,
    /// Of each doubt, whether the portal shows it; none where its amount does not say.
    pub shown: Vec<Option<bool>>,
    /// The refused reports that explain what the portal shows.
    pub refused: Vec<Sent>,
}

pub const EQUAL: &str = "equal";
/// Nobody knows whether it differs, or nothing is to be compared.
pub const NOT_COMPARED: &str = "not compared";
const OTHER: &str = "other amount";
const UNKNOWN: &str = "unknown here";

impl Compared {
    pub fn new(verdict: &'static str, about: impl Into<String>) -> Self {
        Self { verdict, about: about.into(), shown: Vec::new(), refused: Vec::new() }
    }

    /// True when a person has to look at it.
    pub fn differs(&self) -> bool {
        ![EQUAL, NOT_COMPARED].contains(&self.verdict)
    }

    /// The doubts, each with whether the portal shows it.
    pub fn doubts(&self, here: &Here) -> Vec<Value> {
        let shown = |at: usize| self.shown.get(at).copied().flatten();
        here.doubts.iter().enumerate().map(|(at, doubt)| doubt.json(shown(at))).collect()
    }

    /// The refused reports that explain what the portal shows.
    pub fn refused(&self) -> Vec<Value> {
        self.refused.iter().map(|sent| sent.json(None)).collect()
    }
}

impl Here {
    /// What the doubts come to.
    pub fn in_doubt(&self) -> Reported {
        self.doubts.iter().fold(Reported::default(), |sum, doubt| sum.with(doubt.amount))
    }

    /// The verdict on the bill of `month`, of which the portal shows `there`.
    pub fn compared_with(&self, there: Option<Shown>, month: Month) -> Compared {
        if !self.doubts.is_empty() {
            return self.doubtful(there, month);
        }
        let reported = self.reported.exact.is_some();
        match there {
            Some(there) if reported && self.reported.is_exactly(there) => Compared::new(EQUAL, ""),
            Some(there) if reported && self.reported.is_shown_as(there) => {
                Compared::new(EQUAL, "as it arrives there")
            }
            None if reported => Compared::new("missing there", ""),
            // Nothing was used, and nothing is billed.
            Some(there) if !reported && there.is_zero() => Compared::new(EQUAL, ""),
            Some(there) => self.unexplained(there, reported),
            None => Compared::new(UNKNOWN, "somebody else reports"),
        }
    }

    /// The portal shows more, or less, than was reported.
    fn unexplained(&self, there: Shown, reported: bool) -> Compared {
        let verdict = if reported { OTHER } else { UNKNOWN };
        let amounts: Vec<Amount> = self.refused.iter().map(|sent| sent.amount).collect();
        let fitting = fitting(self.reported, &amounts, there);
        if let Some(chosen) = fitting.into_iter().min_by_key(Vec::len) {
            let refused: Vec<Sent> = chosen.iter().map(|at| self.refused[*at].clone()).collect();
            let (report, them, counts) = if refused.len() == 1 {
                ("report", "it", "it counts")
            } else {
                ("reports", "them", "they count")
            };
            let about = format!(
                "that is with our refused {report} of {}. Do not send {them} again, and add no usage to {them}: \
                 ask the marketplace whether {counts}",
                names(&refused)
            );
            return Compared { refused, ..Compared::new(verdict, about) };
        }
        match (reported, self.flat) {
            (false, true) => Compared::new(NOT_COMPARED, "the SKU is not billed by usage"),
            (false, false) => Compared::new(verdict, "somebody else reports"),
            (true, _) => Compared::new(verdict, ""),
        }
    }

    /// With reports in doubt: which of them the portal shows.
    fn doubtful(&self, there: Option<Shown>, month: Month) -> Compared {
        // A report of nothing makes no difference to the amount.
        let counts: Vec<usize> =
            (0..self.doubts.len()).filter(|at| self.doubts[*at].amount > Amount::ZERO).collect();
        let amounts: Vec<Amount> = counts.iter().map(|at| self.doubts[*at].amount).collect();
        let mut fitting = fitting(self.reported, &amounts, there.unwrap_or(Shown::ZERO));
        // A bill without a row has none of them.
        fitting.retain(|chosen| there.is_some() || chosen.is_empty());
        let mut shown = vec![None; self.doubts.len()];
        let said = match &fitting[..] {
            [] => "the portal shows another amount".to_owned(),
            [chosen] => {
                for (n, at) in counts.iter().enumerate() {
                    shown[*at] = Some(chosen.contains(&n));
                }
                if there.is_none() {
                    shown.fill(Some(false));
                }
                self.told(&shown)
            }
            _ => "the portal's amount does not say which of them it shows".to_owned(),
        };
        let hidden = self.doubts.iter().zip(&shown).filter(|(_, shown)| **shown != Some(true));
        let elsewhere = elsewhere(hidden.map(|(doubt, _)| doubt.bills), month);
        let about = elsewhere.map_or_else(|| said.clone(), |elsewhere| format!("{said}; {elsewhere}"));
        Compared { shown, ..Compared::new("in doubt", about) }
    }

    /// Which of the doubts the portal shows, in words.
    fn told(&self, shown: &[Option<bool>]) -> String {
        let one = self.doubts.len() == 1;
        let of = |is: Option<bool>| {
            let those = self.doubts.iter().zip(shown).filter(|(_, shown)| **shown == is);
            those.map(|(doubt, _)| doubt.clone()).collect::<Vec<_>>()
        };
        let (there, not_there, unknown) = (of(Some(true)), of(Some(false)), of(None));
        let nothing = if unknown.is_empty() { "" } else { "; whether that of 0 arrived, no amount can show" };
        match (there.is_empty(), not_there.is_empty()) {
            (true, true) => "whether a report of 0 arrived, no amount can show".to_owned(),
            (false, true) if one => "the portal shows it".to_owned(),
            (true, false) if one => "the portal does not show it".to_owned(),
            (false, true) => format!("the portal shows {}{nothing}", names(&there)),
            (true, false) => format!("the portal does not show {}{nothing}", names(&not_there)),
            (false, false) => {
                format!("the portal shows {}, and not {}{nothing}", names(&there), names(&not_there))
            }
        }
    }
}

fn names(sent: &[Sent]) -> String {
    sent.iter().map(Sent::words).collect::<Vec<_>>().join(" and ")
}

/// On which other bills these can be, in words; none where there is no other.
fn elsewhere(bills: impl Iterator<Item = (Month, Month)>, month: Month) -> Option<String> {
    let (first, last) = bills.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let others: Vec<Month> = std::iter::successors(Some(first), |month| Some(month.next()))
        .take_while(|other| *other <= last)
        .filter(|other| *other != month)
        .collect();
    let on = match &others[..] {
        [] => return None,
        [one] => format!("the bill of {one}"),
        [one, other] => format!("the bill of {one} or {other}"),
        [one, .., other] => format!("a bill from {one} to {other}"),
    };
    Some(format!("it can be on {on}: look there, too, before you say that it was not reported"))
}

/// The choices of `amounts` that make `there` of what was `reported`, by their places.
fn fitting(reported: Reported, amounts: &[Amount], there: Shown) -> Vec<Vec<usize>> {
    let fits = |chosen: &Vec<usize>| {
        let sum = chosen.iter().fold(reported, |sum, at| sum.with(amounts[*at]));
        sum.is_shown_as(there)
    };
    let all: Vec<usize> = (0..amounts.len()).collect();
    let choices: Vec<Vec<usize>> = if amounts.len() <= COMBINED {
        let of = |mask: usize| all.iter().copied().filter(|at| mask & (1 << at) != 0).collect();
        (0..1_usize << amounts.len()).map(of).collect()
    } else {
        let alone = all.iter().map(|at| vec![*at]);
        std::iter::once(Vec::new()).chain(alone).chain([all.clone()]).collect()
    };
    choices.into_iter().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::{ProvisioningId, Sku};

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    /// `2026-11 4`: of that month, so much, sent while its bill was open; the last bill is that of December.
    fn sent(text: &str) -> Sent {
        let (of, amount) = text.split_once(' ').unwrap();
        let slot = Slot {
            provisioning_id: ProvisioningId::new("P").unwrap(),
            sku: Sku::new("S").unwrap(),
            month: month(of),
            supplement: 0,
        };
        let bills = (month(of), month("2026-12"));
        Sent { slot, id: "id".to_owned(), amount: Amount::parse(amount).unwrap(), bills }
    }

    fn here(reported: &str, doubts: &[&str], refused: &[&str]) -> Here {
        let reported = reported.split_whitespace().map(|text| Amount::parse(text).unwrap());
        Here {
            reported: reported.fold(Reported::default(), Reported::with),
            doubts: doubts.iter().map(|text| sent(text)).collect(),
            refused: refused.iter().map(|text| sent(text)).collect(),
            flat: false,
        }
    }

    #[test]
    fn what_was_reported_is_compared_with_what_the_portal_shows() {
        for (reported, there, verdict, said) in [
            ("5", "5", "equal", ""),
            ("5", "6", "other amount", ""),
            ("5", "", "missing there", ""),
            ("", "5", "unknown here", "somebody else"),
            ("", "0", "equal", ""),
            // The marketplace reads doubles, and the preview said what it would make of these.
            ("123456789.0123456789", "123456789.01234567", "equal", "as it arrives"),
            ("123456789.0123456789 1", "123456790.01234567", "equal", "as it arrives"),
            ("123456789.0123456789", "123456789.0123456789", "equal", ""),
            ("123456789.0123456789", "123456789.01234568", "other amount", ""),
            ("0.1 0.2", "0.30000000000000004", "equal", "as it arrives"),
        ] {
            let there = Some(there).filter(|text| !text.is_empty()).map(|text| Shown::parse(text).unwrap());
            let found = here(reported, &[], &[]).compared_with(there, month("2026-12"));
            assert_eq!((found.verdict, found.about.contains(said)), (verdict, true), "{reported}: {found:?}");
        }
        let flat = Here { flat: true, ..Here::default() };
        let found = flat.compared_with(Shown::parse("1").ok(), month("2026-12"));
        assert_eq!((found.verdict, found.differs()), ("not compared", false), "{found:?}");
        let flat = Here { flat: true, ..here("5", &[], &[]) };
        assert_eq!(flat.compared_with(Shown::parse("1").ok(), month("2026-12")).verdict, "other amount");
    }

    #[test]
    fn a_report_of_ours_in_doubt_is_no_report_of_somebody_else() {
        let two = &["2026-11 4", "2026-12 7"][..];
        for (reported, doubts, there, bill, said) in [
            ("", &["2026-12 5"][..], "5", "2026-12", "the portal shows it"),
            ("", &["2026-12 5"], "", "2026-12", "the portal does not show it"),
            ("5", &["2026-12 3"], "8", "2026-12", "the portal shows it"),
            ("5", &["2026-12 3"], "5", "2026-12", "the portal does not show it"),
            ("5", &["2026-12 3"], "", "2026-12", "the portal shows another amount"),
            ("5", &["2026-12 3"], "9", "2026-12", "the portal shows another amount"),
            ("5", &["2026-12 123456789.0123456789"], "123456794.01234567", "2026-12", "the portal shows it"),
            (
                "123456789.0123456789",
                &["2026-12 5"],
                "123456789.01234567",
                "2026-12",
                "the portal does not show it",
            ),
            // Sent shortly before a closing, it can be on the next bill.
            ("3", &["2026-11 5"], "8", "2026-12", "the portal shows it"),
            (
                "",
                &["2026-11 5"],
                "",
                "2026-11",
                "the portal does not show it; it can be on the bill of 2026-12: look there",
            ),
            ("", &["2026-10 5"], "", "2026-11", "it can be on the bill of 2026-10 or 2026-12: look there"),
            ("", &["2026-08 5"], "", "2026-11", "it can be on a bill from 2026-08 to 2026-12: look there"),
            // Each is settled by itself.
            ("", two, "4", "2026-12", "the portal shows 2026-11 (4), and not 2026-12 (7)"),
            (
                "1",
                two,
                "8",
                "2026-12",
                "the portal shows 2026-12 (7), and not 2026-11 (4); it can be on the bill of 2026-11",
            ),
            ("", two, "11", "2026-12", "the portal shows 2026-11 (4) and 2026-12 (7)"),
            ("", two, "", "2026-12", "the portal does not show 2026-11 (4) and 2026-12 (7)"),
            ("", two, "5", "2026-12", "another amount"),
            ("", &["2026-11 4", "2026-12 4"], "4", "2026-12", "does not say which of them"),
            ("", &["2026-12 0", "2026-12 4"], "4", "2026-12", "shows 2026-12 (4); whether that of 0 arrived"),
            ("", &["2026-12 0"], "0", "2026-12", "whether a report of 0 arrived, no amount can show"),
            ("", &["2026-12 0"], "", "2026-12", "the portal does not show it"),
        ] {
            let there = Some(there).filter(|text| !text.is_empty()).map(|text| Shown::parse(text).unwrap());
            let found = here(reported, doubts, &[]).compared_with(there, month(bill));
            assert_eq!((found.verdict, found.differs()), ("in doubt", true));
            assert!(found.about.contains(said), "{reported} {doubts:?} {there:?}: {}", found.about);
            let one_bill = doubts.iter().all(|doubt| doubt.starts_with("2026-12"));
            assert!(!one_bill || !found.about.contains("look there"), "{}", found.about);
        }
        let many: Vec<String> = (1..=12).map(|n| format!("2026-12 {n}")).collect();
        let many = here("", &many.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        let found = many.compared_with(Shown::parse("78").ok(), month("2026-12"));
        assert_eq!(found.shown, vec![Some(true); 12], "{found:?}");
    }

    #[test]
    fn a_refused_report_of_ours_that_the_portal_shows_is_said_to_be_that() {
        for (reported, refused, there, verdict, said) in [
            (
                "",
                &["2026-11 2"][..],
                "2",
                "unknown here",
                "our refused report of 2026-11 (2). Do not send it",
            ),
            ("3", &["2026-11 2"], "5", "other amount", "our refused report of 2026-11 (2)"),
            (
                "3",
                &["2026-11 2", "2026-12 7"],
                "12",
                "other amount",
                "our refused reports of 2026-11 (2) and 2026-12 (7)",
            ),
            ("", &["2026-11 2"], "3", "unknown here", "somebody else reports"),
            ("3", &["2026-11 2"], "3", "equal", ""),
        ] {
            let there = Shown::parse(there).ok();
            let found = here(reported, &[], refused).compared_with(there, month("2026-12"));
            assert_eq!((found.verdict, found.about.contains(said)), (verdict, true), "{found:?}");
            assert_eq!(found.refused.is_empty(), !said.contains("refused"), "{found:?}");
        }
    }
}
