//! What the next key does at the trainer's screen.

use super::items::{Does, is_offered, items};
use super::state::{Over, Tab};
use crate::desk::model::Model;

/// What to do in a pause. A trainer who is gone ends none.
pub fn paused(model: &Model) -> &'static str {
    if model.training.play.as_ref().is_some_and(|play| play.lost) {
        "The trainer cannot be reached: wait, or end the run with Ctrl-C."
    } else {
        "Keys do nothing until the trainer goes on. Ctrl-C ends the run."
    }
}

/// In one sentence.
pub fn line(model: &Model) -> String {
    let training = &model.training;
    if !is_offered(model) {
        return "Training is available only on the embedded Px.".to_owned();
    }
    if training.saying.is_some() {
        return "Type what the customer says, and press Enter. Esc cancels.".to_owned();
    }
    let name = training.trainee().map(|trainee| trainee.name.as_str()).unwrap_or_default();
    match (training.over, training.tab) {
        (Some(Over::Scenarios { .. }), _) => {
            format!("Enter starts the scenario for {name}; A starts it for everybody.")
        }
        (Some(Over::Trainee), _) => {
            format!("s starts a scenario for {name}. Tab: the customer, the clock, the server.")
        }
        (None, Tab::Trainees) if name.is_empty() => "Waiting for trainees to join.".to_owned(),
        (None, Tab::Trainees) => format!("Enter shows {name} live; s starts a scenario."),
        (None, Tab::Customer | Tab::Clock | Tab::Server) => {
            match items(model).into_iter().nth(training.selected()).map(|item| item.does) {
                Some(Does::Open(call)) => format!("Enter lists the ways in which {call} can fail."),
                Some(Does::Say(None)) => "Enter lets you type what the customer says.".to_owned(),
                Some(Does::Fail(..)) if training.classroom.is_none() => {
                    "Enter makes it fail so once; u every time, until x takes it back.".to_owned()
                }
                Some(_) if training.classroom.is_some() => format!("Enter makes it happen at {name}'s desk."),
                Some(_) => "Enter makes the chosen thing happen on the embedded Px.".to_owned(),
                None if training.classroom.is_some() && name.is_empty() => "Nobody is here yet.".to_owned(),
                None if training.classroom.is_some() => {
                    format!("{name} has no run under way: start one under Trainees.")
                }
                None => "Open an order and press t there: then this is about its customer.".to_owned(),
            }
        }
    }
}
