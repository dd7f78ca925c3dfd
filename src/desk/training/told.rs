//! Taking in what happened in the classroom, and on the embedded Px.

use super::exchange::News;
use super::state::{Over, Tab, Trainee, Training};
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;

/// How many lines of what a trainer did are kept.
const LOGGED: usize = 100;

/// Takes in what happened.
pub fn told(model: &mut Model, news: News) -> Vec<Effect> {
    match news {
        News::Seats(trainees) => {
            let news = changes(&model.training, &trainees);
            seats(&mut model.training, trainees);
            for what in news {
                model.say(Severity::Error, what);
            }
        }
        News::Directed { words } => done(model, words),
        News::Queued { seat, words } => {
            let what = format!("queued; {} is away: {words}", name(&model.training, seat));
            model.say(Severity::Warning, what);
        }
        News::Gone { seat, words } => {
            let name = name(&model.training, seat);
            let what = format!("not delivered: {name} has left or has too many requests waiting: {words}");
            model.say(Severity::Error, what);
        }
    }
    Vec::new()
}

/// What a trainer has to be told of what has changed: what could not begin, and what was queued for a seat that is gone.
fn changes(training: &Training, trainees: &[Trainee]) -> Vec<String> {
    let before = || training.classroom.iter().flat_map(|classroom| &classroom.trainees);
    let failed = trainees.iter().filter_map(|now| {
        let why = now.snapshot.failed.as_ref()?;
        let known = before().any(|it| it.number == now.number && it.snapshot.failed.as_ref() == Some(why));
        (!known).then(|| format!("{}: {why}", now.name))
    });
    let gone = before().filter(|it| it.waiting > 0 && trainees.iter().all(|now| now.number != it.number));
    failed.chain(gone.map(|it| format!("{} has left; {} queued was dropped", it.name, it.waiting))).collect()
}

/// Who sits there.
fn name(training: &Training, seat: u32) -> &str {
    let trainees = training.classroom.iter().flat_map(|classroom| &classroom.trainees);
    trainees.into_iter().find(|it| it.number == seat).map_or("the trainee", |it| it.name.as_str())
}

/// Something was done: it is said, and remembered.
pub fn done(model: &mut Model, what: String) {
    model.training.log.push_back(what.clone());
    if model.training.log.len() > LOGGED {
        model.training.log.pop_front();
    }
    model.say(Severity::Done, what);
}

/// The trainees as they are now. Who is chosen stays so, wherever their row is.
fn seats(training: &mut Training, trainees: Vec<Trainee>) {
    let chosen = training.trainee().map(|trainee| trainee.number);
    let Some(classroom) = &mut training.classroom else { return };
    let row = trainees.iter().position(|trainee| Some(trainee.number) == chosen);
    classroom.trainees = trainees;
    training.rows[Tab::Trainees as usize] = row.unwrap_or_default();
    if chosen.is_some() && row.is_none() && training.over == Some(Over::Trainee) {
        training.over = None;
    }
}
