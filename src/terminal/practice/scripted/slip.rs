//! The one mistake of a careless trainee.

use super::{Do, Script, Trainee};
use crate::desk::{Action, Pane, bindings};
use crate::order::{Attempt, AttemptOutcome, Call};
use crate::practice::Move;
use crate::practice::mistake::Mistake;
use crate::practice::scenario::{Step, Way};
use jiff::SignedDuration;

impl Script {
    pub(super) fn slip(&mut self, step: &Step) -> Option<Do> {
        let Trainee::Careless(mistake) = self.trainee else { return None };
        if self.made {
            return None;
        }
        let offered = |action: Action| bindings(&self.model).iter().any(|b| b.action == action);
        let slip = match mistake {
            Mistake::ReadTooFast => {
                let screen = self.model.order.as_ref()?;
                let reading = screen.pane == Pane::Reading && offered(Action::SectionRead);
                let press = reading.then(|| self.press(Action::SectionRead));
                if screen.goes_on() {
                    // This shows the next part of it, and is no mistake.
                    return press;
                }
                press
            }
            Mistake::ReadToNobody => {
                let screen = self.model.order.as_ref()?;
                let away = !self.player.play().is_on();
                return (away && screen.pane == Pane::Reading && offered(Action::SectionRead)).then(|| {
                    let made = self.player.report().mistakes.iter().any(|m| m.mistake == mistake.name());
                    self.made = made;
                    self.read()
                });
            }
            Mistake::YesNotGiven => {
                let early = offered(Action::AcceptVerbally) && self.heard() != Some(true);
                early.then(|| self.press(Action::AcceptVerbally))
            }
            Mistake::NoNotGiven => {
                let early = offered(Action::Decline) && self.heard() != Some(false);
                early.then(|| self.press(Action::Decline))
            }
            Mistake::CompletedAfterNo => {
                let late = offered(Action::Complete) && self.heard() == Some(false);
                late.then(|| self.press(Action::Complete))
            }
            Mistake::WrongWay => {
                let other = match self.scenario.customer.wants {
                    Way::Aloud => Action::SendSms,
                    Way::Sms | Way::Email => Action::Read,
                };
                let to_deliver =
                    matches!(step.it, Move::BeginReading | Move::Read | Move::SendSms | Move::SendEmail);
                (to_deliver && offered(other)).then(|| self.press(other))
            }
            Mistake::DangerousRetry => {
                let action = [Action::Release, Action::Verdict].into_iter().find(|action| offered(*action));
                let after = matches!(step.it, Move::CallCarrier | Move::Release | Move::Settle);
                match action {
                    Some(action) if after => Some(self.press(action)),
                    // The quiet period has to be over first.
                    None if after && self.is_in_doubt() => return Some(Do::Wait(30)),
                    Some(_) | None => None,
                }
            }
            Mistake::FutileRetry => {
                let refused = |a: &&Attempt| matches!(a.outcome, Some(AttemptOutcome::Refused(_)));
                let last = self.model.order.as_ref()?.order.attempts.iter().rev().find(refused)?;
                let again =
                    if last.call == Call::CompleteOrder { Action::Complete } else { Action::Retrieve };
                // The desk offers it once something was corrected: here another field than was refused.
                (step.it == Move::Correct && offered(again)).then(|| self.press(again))
            }
            Mistake::AbandonedCorrectable => {
                let refused = self.model.order.as_ref()?.order.refusal().is_some();
                let now = refused || !self.refuses();
                (now && offered(Action::Abandon)).then(|| self.press(Action::Abandon))
            }
            Mistake::LookedAway => {
                let screen = self.model.order.as_ref()?;
                let left = screen.order.window().expires_at()?.duration_since(self.model.now);
                let soon = left < SignedDuration::from_mins(9) && left > SignedDuration::from_mins(2);
                // Nobody has to press a key while they read.
                (soon && screen.pane != Pane::Reading).then_some(Do::Wait(90))
            }
            Mistake::WrongVerdict | Mistake::WrongValue => return None,
            Mistake::GaveUp => Some(Do::GiveUp),
        };
        self.made |= slip.is_some();
        slip
    }

    fn is_in_doubt(&self) -> bool {
        self.model.order.as_ref().is_some_and(|screen| screen.order.doubt().is_some())
    }

    /// Whether Px refuses something in this scenario.
    fn refuses(&self) -> bool {
        self.scenario.server.iter().any(|fault| fault.fault.get("row").is_some())
    }
}
