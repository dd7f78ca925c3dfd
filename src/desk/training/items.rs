//! What a trainer can make happen: the customer, the clock, the server. At a trainee's desk where a classroom is open, else at
//! this one.

use super::failures::{self, Called, Failure, Sold};
use super::state::{Tab, Trainee};
use crate::desk::effect::Simulation;
use crate::desk::model::Model;
use crate::order::Call;
use crate::practice::Directive;
use jiff::SignedDuration;

/// One line of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The heading that it stands under; empty for none.
    pub group: &'static str,
    /// Stands before the label.
    pub code: String,
    pub label: String,
    /// All of it, for below the list.
    pub sentence: String,
    /// What a trainee should do about it; empty for nothing.
    pub advice: String,
    pub does: Does,
}

/// What a line does.
#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    Accept,
    Decline,
    /// The customer says this; nothing: what is typed next.
    Say(Option<&'static str>),
    Line {
        on: bool,
    },
    Advance {
        minutes: i64,
    },
    /// Lists the failures of a call.
    Open(Called),
    Fail(Called, Failure),
}

/// What customers say in the middle of things.
const SAYINGS: [&str; 6] = [
    "Could you repeat that, please?",
    "One moment, please.",
    "I don't understand that part.",
    "How long will this take?",
    "Please send it to me by e-mail instead.",
    "Can I still cancel later?",
];

/// True on the embedded Px, the only one that a trainer can control.
pub fn is_offered(model: &Model) -> bool {
    model.trains()
}

/// The lines under the tab in front; none off the embedded Px, and where there is no run that they are about.
pub fn items(model: &Model) -> Vec<Item> {
    let training = &model.training;
    let alone = training.classroom.is_none();
    if !is_offered(model) || (!alone && !training.trainee().is_some_and(Trainee::is_running)) {
        return Vec::new();
    }
    match (training.tab, training.call) {
        (Tab::Trainees, _) => Vec::new(),
        (Tab::Customer, _) => customer(model),
        (Tab::Clock, _) => [1, 10, 30, 60, 121].map(|minutes| clock(minutes, training.trainee())).into(),
        (Tab::Server, None) => calls(model),
        (Tab::Server, Some(call)) => failures::of(call).into_iter().map(|it| failure(call, it)).collect(),
    }
}

fn item(label: impl Into<String>, sentence: impl Into<String>, does: Does) -> Item {
    let (label, sentence) = (label.into(), sentence.into());
    Item { group: "", code: String::new(), label, sentence, advice: String::new(), does }
}

fn customer(model: &Model) -> Vec<Item> {
    let Some(trainee) = model.training.trainee() else {
        let Some(screen) = &model.order else { return Vec::new() };
        let id = &screen.order.identity.transaction_id;
        return vec![
            item("accepts the text", format!("The customer of {id} accepts the text."), Does::Accept),
            item("declines the text", format!("The customer of {id} declines the text."), Does::Decline),
        ];
    };
    let whose = format!("{}'s customer", trainee.name);
    let mut all = vec![
        item(
            "accepts the text",
            format!("{whose} accepts: what was sent, or what was read to them."),
            Does::Accept,
        ),
        item(
            "declines the text",
            format!("{whose} declines: what was sent, or what was read to them."),
            Does::Decline,
        ),
        item("hangs up", format!("{whose} hangs up."), Does::Line { on: false }),
        item("is back on the line", format!("{whose} is back on the line."), Does::Line { on: true }),
        item("says what you type", format!("{whose} says what you type."), Does::Say(None)),
    ];
    let says = |text| item(format!("says: {text}"), format!("{whose} says: {text}"), Does::Say(Some(text)));
    all.extend(SAYINGS.map(says));
    for item in &mut all {
        item.group = if matches!(item.does, Does::Say(_)) { "SAYS" } else { "" };
    }
    all
}

fn clock(minutes: i64, trainee: Option<&Trainee>) -> Item {
    let length = if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
    let label = if minutes > 120 { format!("{length}: past the window") } else { length.clone() };
    let whose = trainee.map_or_else(|| "this desk".to_owned(), |trainee| format!("{}'s desk", trainee.name));
    let sentence = format!("The clock of Px and of {whose} moves {length} ahead.");
    item(label, sentence, Does::Advance { minutes })
}

/// True where the embedded marketplace's calls can be made to fail: at a desk that sells on it, for itself.
pub fn sells(model: &Model) -> bool {
    let practice = model.setup.market.is_some_and(|market| market.practice);
    practice && model.training.classroom.is_none()
}

/// The calls of the servers that there are, each server under a heading where there are several.
fn calls(model: &Model) -> Vec<Item> {
    let px = Call::ALL.map(|call| call_line(Called::Px(call)));
    if !sells(model) {
        return px.into();
    }
    let market = Sold::ALL.map(|call| call_line(Called::Market(call)));
    let under = |group| move |line| Item { group, ..line };
    px.into_iter().map(under("PX")).chain(market.into_iter().map(under("MARKETPLACE"))).collect()
}

fn call_line(call: Called) -> Item {
    let all = failures::of(call);
    let documented = all.iter().filter(|failure| failure.documented).count();
    let what = match call {
        Called::Px(_) => "documented error",
        Called::Market(_) => "refusal",
    };
    let rows = match documented {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    };
    let accidents = all.len() - documented;
    let sentence = format!("The next {call} can fail in {} ways: {rows}, {accidents} accidents.", all.len());
    item(call.to_string(), sentence, Does::Open(call))
}

fn failure(call: Called, failure: Failure) -> Item {
    Item {
        group: match (call, failure.documented) {
            (Called::Px(_), true) => "DOCUMENTED ERRORS",
            (Called::Market(_), true) => "REFUSALS",
            (_, false) => "ACCIDENTS",
        },
        code: match (failure.documented, failure.code.is_empty()) {
            (true, true) => "none".to_owned(),
            (true, false) => failure.code.clone(),
            (false, _) => String::new(),
        },
        label: failure.label.clone(),
        sentence: failure.sentence.clone(),
        advice: failure.advice.clone(),
        does: Does::Fail(call, failure),
    }
}

impl Does {
    /// What it is at a trainee's desk; none for what only opens something.
    pub fn directive(&self) -> Option<Directive> {
        Some(match self {
            Self::Accept => Directive::Accept,
            Self::Decline => Directive::Decline,
            Self::Say(text) => Directive::Say { text: (*text)?.to_owned() },
            Self::Line { on } => Directive::Line { on: *on },
            Self::Advance { minutes } => Directive::Advance { minutes: *minutes },
            // A trainee's run is about orders.
            Self::Open(_) | Self::Fail(Called::Market(_), _) => return None,
            Self::Fail(Called::Px(call), failure) => {
                Directive::Fail { call: *call, fault: failure.fault.clone() }
            }
        })
    }

    /// What it is at this desk's own order, which has this transaction; none for what this desk cannot do.
    pub fn simulation(&self, transaction_id: Option<String>) -> Option<Simulation> {
        Some(match self {
            Self::Accept => Simulation::Accept { transaction_id: transaction_id? },
            Self::Decline => Simulation::Decline { transaction_id: transaction_id? },
            Self::Advance { minutes } => Simulation::Advance(SignedDuration::from_mins(*minutes)),
            Self::Fail(..) => return self.failing(false),
            Self::Say(_) | Self::Line { .. } | Self::Open(_) => return None,
        })
    }

    /// The call fails so at this desk: once, or `lasting` until it is taken back. None for what is no failure.
    pub fn failing(&self, lasting: bool) -> Option<Simulation> {
        let Self::Fail(call, failure) = self else { return None };
        let (fault, words) = (failure.fault.clone(), failure.done(*call, lasting));
        Some(Simulation::Fail { call: call.name(), fault, words, lasting })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::remedy;

    #[test]
    fn every_documented_row_stands_under_its_call_and_no_label_is_long() {
        let calls = Call::ALL.map(Called::Px).into_iter().chain(Sold::ALL.map(Called::Market));
        let all: Vec<(Called, Failure)> =
            calls.flat_map(|call| failures::of(call).into_iter().map(move |it| (call, it))).collect();
        let of_px = all.iter().filter(|(call, it)| matches!(call, Called::Px(_)) && it.documented);
        assert_eq!(of_px.count(), remedy::all().len());
        for (call, it) in &all {
            assert!(it.label.chars().count() <= 42, "{}", it.label);
            assert!(it.sentence.starts_with(&format!("The next {call}")) && !it.advice.is_empty(), "{it:?}");
            for text in [&it.label, &it.sentence, &it.advice] {
                assert!(!text.contains(['{', '}', '"']), "raw JSON: {text}");
            }
        }
        for call in Call::ALL.map(Called::Px).into_iter().chain(Sold::ALL.map(Called::Market)) {
            let mut faults: Vec<String> = failures::of(call).iter().map(|it| it.fault.to_string()).collect();
            let many = faults.len();
            faults.sort();
            faults.dedup();
            assert_eq!(faults.len(), many, "{call}: two lines do the same");
            assert!(many >= 8, "{call}");
        }
    }
}
