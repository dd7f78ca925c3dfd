//! The open order: which step it shows, its reading, its polling.

use super::effect::{Action, Effect};
use super::model::{Busy, Model, OrderScreen, Pane, Screen, Severity};
use super::msg::Problem;
use super::{deeds, doubt, polling};
use crate::order::{
    Basis, Call, Command, Completion, Order, Recorded, Reopens, Retry, State, Timestamp, Trouble,
};
use jiff::SignedDuration;
use std::sync::Arc;

impl OrderScreen {
    /// The screen of an order.
    pub fn new(order: Arc<Order>, history: Arc<Vec<Recorded>>, now: Timestamp) -> Self {
        let mut screen = Self {
            pane: Pane::Retrieve,
            passage: 0,
            lit_at: now,
            top: 0,
            busy: None,
            polling: None,
            problem: None,
            order,
            history,
        };
        screen.settle(now);
        screen
    }

    /// Shows the step that the order is at, and lights the first passage that was not read.
    fn settle(&mut self, now: Timestamp) {
        let pane = pane(&self.order, now);
        let bookmark = self
            .order
            .reading
            .as_ref()
            .map_or(0, |r| r.bookmark().unwrap_or(r.passages.len().saturating_sub(1)));
        if pane != self.pane || bookmark != self.passage {
            self.top = 0;
            self.lit_at = now;
        }
        self.pane = pane;
        self.passage = bookmark;
    }
}

/// The step that an order is at.
fn pane(order: &Order, now: Timestamp) -> Pane {
    let held =
        order.refusal().is_some_and(|e| matches!(e.remedy().reopens, Reopens::Never | Reopens::Release));
    match order.state(now) {
        State::Completed | State::Abandoned | State::InDoubt | State::Expired => Pane::Outcome,
        State::Refused if held => Pane::Outcome,
        State::Completing => Pane::Complete,
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused => match order.progress() {
            State::Opened | State::RccBlocked => Pane::Retrieve,
            State::Reading if order.reading.as_ref().is_some_and(|r| r.interrupted) => Pane::Deliver,
            State::Reading => Pane::Reading,
            State::Sent => Pane::Sent,
            State::Accepted => Pane::Complete,
            State::RccRetrieved
            | State::Completing
            | State::InDoubt
            | State::Completed
            | State::Expired
            | State::Refused
            | State::Abandoned => Pane::Deliver,
        },
    }
}

/// The order was read, or has changed. `was`: what of this desk that ended.
pub fn changed(
    model: &mut Model,
    order: Arc<Order>,
    history: Arc<Vec<Recorded>>,
    was: Option<Busy>,
) -> Vec<Effect> {
    let now = model.now;
    let asked = was.and_then(|(call, _)| call);
    let Some(screen) = &mut model.order else { return Vec::new() };
    let news = order.seq > screen.order.seq;
    let settled = if was.is_some() { order.verdicts.get(screen.order.verdicts.len()).cloned() } else { None };
    // An answer may come in behind a newer reading, which then stays.
    if order.seq >= screen.order.seq {
        screen.order = order;
        screen.history = history;
        screen.settle(now);
    }
    if asked == Some(Call::GetRccAcceptance) {
        return polling::checked(model, news, None);
    }
    if screen.pane != Pane::Sent {
        screen.polling = None;
    }
    tell(model, asked);
    if let Some((severity, text)) = settled.as_ref().map(doubt::settled) {
        model.say(severity, text);
    }
    // Left while something was under way: the reading is put aside now.
    let training = model.screen == Screen::Training && model.training.from_order;
    if was.is_some() && model.screen != Screen::Order && !training {
        return put_aside(model);
    }
    Vec::new()
}

/// Time has passed: the window may be over.
pub fn tick(model: &mut Model) {
    let now = model.now;
    if let Some(screen) = model.order.as_mut().filter(|screen| screen.busy.is_none())
        && pane(&screen.order, now) != screen.pane
    {
        screen.settle(now);
        screen.polling = None;
    }
}

/// Puts a text that is being read aside: its bookmark is kept in the journal, not only on the screen.
pub fn put_aside(model: &mut Model) -> Vec<Effect> {
    let reading = model.order.as_ref().is_some_and(|screen| {
        screen.pane == Pane::Reading
            && screen.order.reading.as_ref().is_some_and(|r| !r.interrupted && r.left() > 0)
    });
    let effects = if reading { deeds::run(model, Action::Do(Command::Interrupt)) } else { Vec::new() };
    if !effects.is_empty() {
        model.say(Severity::Info, "reading interrupted; the bookmark stays");
    }
    effects
}

/// Says what an action of this desk has brought, when that is worth a line.
pub fn tell(model: &mut Model, asked: Option<Call>) {
    let Some(screen) = &model.order else { return };
    let line = match (asked, &screen.order.trouble) {
        (Some(Call::RetrieveRcc), None) if screen.order.replaced.is_some() => Some((
            Severity::Warning,
            "the text has changed: what was said to the old one does not count".to_owned(),
        )),
        (Some(Call::RetrieveRcc), None) => Some((Severity::Done, "the RCC text is here".to_owned())),
        (Some(Call::SendRcc), None) => Some((Severity::Done, "Px has sent the RCC".to_owned())),
        (Some(Call::CompleteOrder), None) => doubt::placed(&screen.order),
        (Some(Call::CompleteOrder), Some(Trouble::Refused(error))) if screen.order.doubt().is_some() => {
            let text = format!("refused with {}; that does not settle what is in doubt", error.code());
            Some((Severity::Error, text))
        }
        (Some(call), Some(Trouble::Refused(error))) => {
            Some((Severity::Error, format!("{call} was refused with {}", error.code())))
        }
        (Some(call), Some(Trouble::Failed { .. } | Trouble::CutOff { .. })) => {
            Some((Severity::Error, format!("{call} came to no answer")))
        }
        (Some(Call::GetRccAcceptance) | None, _) => None,
    };
    if let Some((severity, text)) = line {
        model.say(severity, text);
    }
}

/// An action on this order came to nothing, or it could not be read. `was`: what of this desk that ended.
pub fn failed(
    model: &mut Model,
    problem: Problem,
    was: Option<Busy>,
    retry_after: Option<u64>,
) -> Vec<Effect> {
    let Some(screen) = &mut model.order else { return Vec::new() };
    let check = matches!(was, Some((Some(Call::GetRccAcceptance), _)));
    if check && screen.polling.is_some() && problem.retry == Retry::Useful {
        let wait = retry_after.and_then(|s| i64::try_from(s).ok()).map(SignedDuration::from_secs);
        return polling::checked(model, false, wait);
    }
    if was.is_some() {
        screen.polling = None;
    }
    screen.problem = Some(problem);
    Vec::new()
}

/// The lit passage was read.
pub fn passage_read(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let Some(screen) = &mut model.order else { return Vec::new() };
    let Some(bookmark) = screen.order.reading.as_ref().and_then(crate::order::Reading::bookmark) else {
        return Vec::new();
    };
    if screen.passage != bookmark {
        // The agent had looked back: on to the next one, which is not read by that.
        screen.passage = (screen.passage + 1).min(bookmark);
        screen.top = 0;
        screen.lit_at = now;
        return Vec::new();
    }
    let millis = u64::try_from(now.duration_since(screen.lit_at).as_millis()).ok();
    deeds::run(model, Action::Do(Command::PassageRead { passage: bookmark, millis }))
}

/// Lights the passage before.
pub fn look_back(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    if let Some(screen) = &mut model.order {
        screen.passage = screen.passage.saturating_sub(1);
        screen.top = 0;
        screen.lit_at = now;
    }
    Vec::new()
}

/// Copies what a person would quote on the phone.
pub fn copy(model: &mut Model) -> Vec<Effect> {
    let Some(screen) = &model.order else { return Vec::new() };
    let order = &screen.order;
    let text = match (&order.completion, &order.trouble) {
        (Some(Completion { order_number: Some(number), .. }), _) => number.clone(),
        (Some(Completion { basis: Basis::Verdict { reference, .. }, .. }), _) => reference.clone(),
        (None, Some(Trouble::Refused(error))) => match &error.tx_id {
            Some(tx_id) => format!("{} TxID {tx_id}", error.code()),
            None => error.code(),
        },
        (None, Some(Trouble::Failed { .. } | Trouble::CutOff { .. }) | None) | (Some(_), _) => {
            format!(
                "transaction {} partner order {}",
                order.identity.transaction_id, order.identity.partner_order_id
            )
        }
    };
    model.say(Severity::Done, format!("copied: {}", crate::order::one_line(&text)));
    vec![Effect::Copy(text)]
}
