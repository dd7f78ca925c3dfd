//! Doing what a key of the trainer's screen asked for.

use super::act::Act;
use super::exchange::Wanted;
use super::items::{Does, Item, items};
use super::state::{Classroom, Over, Tab, Trainee};
use crate::desk::effect::{Effect, Simulation};
use crate::desk::frame::list::Move;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;
use crate::practice::Directive;
use tui_input::Input;

/// Does `act`.
pub fn perform(model: &mut Model, act: Act) -> Vec<Effect> {
    let ending = model.training.ending.take();
    let replacing = std::mem::take(&mut model.training.replacing);
    match act {
        Act::NextTab => turn(model, 1),
        Act::PreviousTab => turn(model, model.training.tabs().len() - 1),
        Act::Run => return run(model),
        Act::Keep => return keep(model),
        Act::TakeBack => return vec![Effect::Simulate(Simulation::TakeBack)],
        Act::Start => {
            let from_trainee = model.training.over == Some(Over::Trainee);
            model.training.over = Some(Over::Scenarios { from_trainee });
        }
        Act::StartAll => {
            let runs = model.training.classroom.as_ref().map_or(0, Classroom::running);
            if runs > 0 && !replacing {
                model.training.replacing = true;
                let what =
                    if runs == 1 { "A run is under way: it ends" } else { "Runs are under way: they end" };
                model.say(Severity::Warning, format!("{what} when you press A once more"));
                return Vec::new();
            }
            return start(model, true);
        }
        Act::Pause => {
            let paused = model.training.trainee().is_some_and(|trainee| trainee.snapshot.paused);
            let (directive, words) =
                if paused { (Directive::Resume, "goes on") } else { (Directive::Pause, "is paused") };
            return direct(model, directive, words);
        }
        Act::End => return end(model, ending),
        Act::NextTrainee => {
            let training = &mut model.training;
            let many = training.classroom.as_ref().map_or(0, |classroom| classroom.trainees.len());
            training.rows[Tab::Trainees as usize] = (training.rows[Tab::Trainees as usize] + 1) % many.max(1);
        }
    }
    Vec::new()
}

/// Another tab comes to the front.
fn turn(model: &mut Model, by: usize) {
    let training = &mut model.training;
    let tabs = training.tabs();
    let at = tabs.iter().position(|tab| *tab == training.tab).unwrap_or_default();
    training.tab = tabs[(at + by) % tabs.len()];
    training.over = None;
}

/// How many rows can be chosen from.
pub fn length(model: &Model) -> usize {
    let training = &model.training;
    let classroom = training.classroom.as_ref();
    match (training.over, training.tab) {
        (Some(Over::Scenarios { .. }), _) => classroom.map_or(0, |classroom| classroom.lessons.len()),
        (_, Tab::Trainees) => classroom.map_or(0, |classroom| classroom.trainees.len()),
        (_, Tab::Customer | Tab::Clock | Tab::Server) => items(model).len(),
    }
}

/// A step through what is in front.
pub fn step(model: &mut Model, to: Move, page: usize) {
    if model.training.over == Some(Over::Trainee) {
        // Where the end of the page is, only the view knows; it shows no more than there is.
        model.training.page_top = to.from(model.training.page_top, usize::from(u16::MAX), page);
        return;
    }
    let row = to.from(model.training.selected(), length(model), page);
    model.training.choose(row);
}

/// Closes what lies on top; false when nothing does.
pub fn back(model: &mut Model) -> bool {
    let training = &mut model.training;
    (training.ending, training.replacing) = (None, false);
    if training.saying.take().is_some() {
        return true;
    }
    match training.over.take() {
        Some(Over::Scenarios { from_trainee: true }) => training.over = Some(Over::Trainee),
        Some(Over::Scenarios { from_trainee: false } | Over::Trainee) => {}
        None if training.tab == Tab::Server && training.call.is_some() => training.call = None,
        // A classroom is left by quitting alone.
        None => return training.classroom.is_some(),
    }
    true
}

fn run(model: &mut Model) -> Vec<Effect> {
    match (model.training.over, model.training.tab) {
        (Some(Over::Scenarios { .. }), _) => return start(model, false),
        (None, Tab::Trainees) => {
            if model.training.trainee().is_some() {
                (model.training.over, model.training.page_top) = (Some(Over::Trainee), 0);
            }
        }
        (Some(Over::Trainee), _) => {}
        (None, Tab::Customer | Tab::Clock | Tab::Server) => {
            let chosen = items(model).into_iter().nth(model.training.selected());
            return chosen.map_or_else(Vec::new, |item| happen(model, &item));
        }
    }
    Vec::new()
}

/// Makes the chosen line happen.
fn happen(model: &mut Model, item: &Item) -> Vec<Effect> {
    match &item.does {
        Does::Open(call) => {
            (model.training.call, model.training.failure) = (Some(*call), 0);
            return Vec::new();
        }
        Does::Say(None) => {
            model.training.saying = Some(Input::default());
            return Vec::new();
        }
        Does::Accept
        | Does::Decline
        | Does::Say(Some(_))
        | Does::Line { .. }
        | Does::Advance { .. }
        | Does::Fail(..) => {}
    }
    if model.training.classroom.is_none() {
        let id = model.order.as_ref().map(|screen| screen.order.identity.transaction_id.to_string());
        return item.does.simulation(id).map(Effect::Simulate).into_iter().collect();
    }
    let done = match &item.does {
        Does::Fail(call, failure) => &failure.done(*call, false),
        Does::Accept
        | Does::Decline
        | Does::Say(_)
        | Does::Line { .. }
        | Does::Advance { .. }
        | Does::Open(_) => item.sentence.trim_end_matches('.'),
    };
    // What is about the server does not say whose it is.
    let words = match model.training.trainee() {
        Some(trainee) if !done.contains(&trainee.name) => format!("{}: {done}", trainee.name),
        Some(_) | None => done.to_owned(),
    };
    item.does.directive().map_or_else(Vec::new, |directive| wants(model, directive, words))
}

/// The chosen call fails so until that is taken back.
fn keep(model: &Model) -> Vec<Effect> {
    let chosen = items(model).into_iter().nth(model.training.selected());
    chosen.and_then(|item| item.does.failing(true)).map(Effect::Simulate).into_iter().collect()
}

/// The customer says what was typed.
pub fn say(model: &mut Model) -> Vec<Effect> {
    let typed = model.training.saying.take().map(|input| input.value().trim().to_owned());
    let Some(text) = typed.filter(|text| !text.is_empty()) else { return Vec::new() };
    let Some(name) = model.training.trainee().map(|trainee| trainee.name.clone()) else { return Vec::new() };
    let words = format!("{name}'s customer says: {text}");
    wants(model, Directive::Say { text }, words)
}

/// Starts the chosen scenario, for the chosen trainee or for everybody who is here.
fn start(model: &mut Model, all: bool) -> Vec<Effect> {
    let Some(lesson) = model.training.lesson().cloned() else { return Vec::new() };
    let Some(classroom) = &model.training.classroom else { return Vec::new() };
    let chosen = model.training.trainee().map(|trainee| trainee.number);
    let is_meant = |it: &&Trainee| if all { !it.away } else { Some(it.number) == chosen };
    let whom = classroom.trainees.iter().filter(is_meant);
    let effects: Vec<Effect> = whom
        .map(|trainee| {
            Effect::Classroom(Wanted::Direct {
                seat: trainee.number,
                directive: Directive::Start { scenario: lesson.text.clone() },
                words: format!("{} starts: {}", trainee.name, lesson.title),
            })
        })
        .collect();
    if effects.is_empty() {
        model.say(Severity::Warning, "Nobody is here to start it for.");
        return effects;
    }
    model.training.over = if all { None } else { Some(Over::Trainee) };
    model.training.page_top = 0;
    effects
}

/// Ends the chosen trainee's run, once the key has been pressed twice.
fn end(model: &mut Model, ending: Option<u32>) -> Vec<Effect> {
    let Some((number, name)) = model.training.trainee().map(|it| (it.number, it.name.clone())) else {
        return Vec::new();
    };
    if ending == Some(number) {
        return direct(model, Directive::End, "ends");
    }
    model.training.ending = Some(number);
    model.say(Severity::Warning, format!("{name}'s run ends when you press e once more"));
    Vec::new()
}

/// Wants something of the chosen trainee's run.
fn direct(model: &Model, directive: Directive, what: &str) -> Vec<Effect> {
    let name = model.training.trainee().map(|trainee| trainee.name.clone()).unwrap_or_default();
    wants(model, directive, format!("{name}'s run {what}"))
}

fn wants(model: &Model, directive: Directive, words: String) -> Vec<Effect> {
    let seat = model.training.trainee().map(|trainee| trainee.number);
    let wanted = seat.map(|seat| Effect::Classroom(Wanted::Direct { seat, directive, words }));
    wanted.into_iter().collect()
}
