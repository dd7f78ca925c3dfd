//! The keys of the trainer's screen.

use super::act::Act;
use super::items::{Does, is_offered, items};
use super::state::{Over, Tab};
use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Binding, Model};

fn act(key: Key, label: &'static str, help: &'static str, act: Act) -> Binding {
    bind(key, label, help, Action::Trainer(act))
}

fn enter(label: &'static str, help: &'static str) -> Binding {
    primary(plain(Code::Enter), label, help, Action::Trainer(Act::Run))
}

/// The keys of the trainer's screen.
pub fn training(model: &Model) -> Vec<Binding> {
    let training = &model.training;
    let mut all = Vec::new();
    if training.saying.is_some() {
        return vec![
            primary(plain(Code::Enter), "say it", "The customer says this.", Action::Submit),
            bind(plain(Code::Esc), "cancel", "Nobody says anything.", Action::Back),
        ];
    }
    if is_offered(model) {
        match (training.over, training.tab) {
            (Some(Over::Scenarios { .. }), _) => {
                all.push(enter("start it", "Start this scenario for the trainee."));
                let help = "Start this scenario for everybody who is here.";
                all.push(act(Key::char('A'), "start for all", help, Act::StartAll));
            }
            (Some(Over::Trainee), _) => of_trainee(model, &mut all),
            (None, Tab::Trainees) => {
                if training.trainee().is_some() {
                    all.push(enter("watch", "Show this trainee's run, live."));
                }
                of_trainee(model, &mut all);
            }
            (None, Tab::Customer | Tab::Clock | Tab::Server) => of_items(model, &mut all),
        }
    }
    let tabs = is_offered(model) && !matches!(training.over, Some(Over::Scenarios { .. }));
    if tabs {
        all.push(act(plain(Code::Tab), "next tab", "To the next tab.", Act::NextTab));
    }
    all.push(leaving(model));
    if tabs {
        all.push(act(plain(Code::BackTab), "previous tab", "To the previous tab.", Act::PreviousTab));
    }
    moving(&mut all);
    all
}

/// What can be done with the chosen trainee's run.
fn of_trainee(model: &Model, all: &mut Vec<Binding>) {
    let Some(trainee) = model.training.trainee() else { return };
    let key = Key::char;
    all.push(act(key('s'), "start", "Choose a scenario and start it for this trainee.", Act::Start));
    if trainee.is_running() {
        if trainee.snapshot.paused {
            all.push(act(key('p'), "resume", "Go on with the run.", Act::Pause));
        } else {
            all.push(act(key('p'), "pause", "Pause the run.", Act::Pause));
        }
        all.push(act(key('e'), "end", "End the run; the key is pressed twice.", Act::End));
    }
}

fn of_items(model: &Model, all: &mut Vec<Binding>) {
    let alone = model.training.classroom.is_none();
    match items(model).into_iter().nth(model.training.selected()).map(|item| item.does) {
        Some(Does::Fail(..)) if alone => {
            all.push(enter("once", "Make the next such call fail so."));
            let help = "Make every such call fail so, until you take it back with x.";
            all.push(act(Key::char('u'), "until taken back", help, Act::Keep));
        }
        Some(Does::Open(_)) => all.push(enter("open", "List the ways in which this call can fail.")),
        Some(Does::Say(None)) => all.push(enter("type it", "Type what the customer says.")),
        Some(_) => all.push(enter("do it", "Make the chosen thing happen.")),
        None => {}
    }
    if alone && model.training.tab == Tab::Server {
        let help = "Take back every failure that waits: calls work again.";
        all.push(act(Key::char('x'), "take back", help, Act::TakeBack));
    }
    if model.training.classroom.as_ref().is_some_and(|classroom| classroom.trainees.len() > 1) {
        let help = "To the next trainee: everything here is then about them.";
        all.push(act(Key::char('n'), "next trainee", help, Act::NextTrainee));
    }
}

/// The way back; in a classroom there is none from its lists but to quit.
fn leaving(model: &Model) -> Binding {
    let training = &model.training;
    let within = training.over.is_some() || (training.tab == Tab::Server && training.call.is_some());
    match (&training.classroom, within) {
        (_, true) => bind(plain(Code::Esc), "back", "Back to the list before.", Action::Back),
        (Some(_), false) => {
            bind(Key::char('q'), "quit", "Close the classroom; trainees keep their runs.", Action::Quit)
        }
        (None, false) => bind(plain(Code::Esc), "back", "Back to where you came from.", Action::Back),
    }
}
