//! Changing the draft.

use super::ask::Ask;
use super::basics::{ask, change, confirm};
use super::draft::Mark;
use super::forms;
use super::snapshot::Key;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;
use crate::registry::{Collection, Name, ProviderId, differ_in_case};

/// Asks for a new one, of the collection that the rows are of.
pub fn ask_add(model: &mut Model) -> Vec<Effect> {
    let collection = model.registration.rows_of();
    ask(model, Ask::Add(collection), forms::add(collection))
}

/// Asks for another name of the chosen row.
pub fn ask_rename(model: &mut Model) -> Vec<Effect> {
    let registration = &model.registration;
    let (Some(key), Some(here)) = (registration.key(), registration.editable()) else { return Vec::new() };
    if registration.draft.mark(&key) == Mark::Removed {
        return goes(model, &key);
    }
    let form = forms::rename(registration.draft.name(here, &key));
    ask(model, Ask::Rename(key), form)
}

/// Marks the chosen row for removal, or takes the mark away. What goes along is shown first.
pub fn remove(model: &mut Model) -> Vec<Effect> {
    let registration = &model.registration;
    let (Some(key), Some(here)) = (registration.key(), registration.editable()) else { return Vec::new() };
    let pairs = here.pairs_of(&key);
    match registration.draft.mark(&key) {
        Mark::Removed => {
            change(model, |draft, _| draft.keep(&key));
            Vec::new()
        }
        Mark::Same | Mark::Renamed if !pairs.is_empty() => confirm(model, Ask::Remove(key, pairs)),
        Mark::New | Mark::Same | Mark::Renamed => {
            marked(model, &key);
            Vec::new()
        }
    }
}

/// Marks it for removal.
pub fn marked(model: &mut Model, key: &Key) {
    change(model, |draft, here| draft.remove(here, key));
}

/// Takes back all that is to change at the chosen row.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    if let Some(key) = model.registration.key() {
        change(model, |draft, _| draft.undo(&key));
    }
    Vec::new()
}

/// Gives the chosen customer the chosen application, or takes it away.
pub fn switch(model: &mut Model) -> Vec<Effect> {
    let Some(pair) = model.registration.pair() else { return Vec::new() };
    if let Some(key) = model.registration.draft.end_that_goes(&pair) {
        return goes(model, &key);
    }
    change(model, |draft, here| draft.switch(here, pair));
    Vec::new()
}

/// Adds it, and chooses its row.
pub fn add(model: &mut Model, key: &Key, name: Option<Name>, applications: Vec<ProviderId>) {
    change(model, |draft, here| {
        draft.add(key.clone(), name);
        for application in applications {
            draft.switch(here, super::snapshot::pair(key, &application));
        }
    });
    model.registration.choose_key(key);
    let page = model.page();
    let chosen = model.registration.selected[model.registration.list as usize];
    model.registration.choose(chosen, page);
    if let Some(other) = case_twin(model, key) {
        model.say(Severity::Warning, format!("{}.", differ_in_case(&key.1, &other)));
    }
}

/// Another id that differs from that of `key` only in upper and lower case.
fn case_twin(model: &Model, key: &Key) -> Option<ProviderId> {
    let registration = &model.registration;
    let ids = registration.draft.ids(registration.here.as_ref()?, key.0);
    let is_twin = |id: &ProviderId| *id != key.1 && id.as_str().eq_ignore_ascii_case(key.1.as_str());
    ids.into_iter().find(is_twin)
}

/// Says that nothing else can be changed about what is to be removed.
fn goes(model: &mut Model, (collection, id): &Key) -> Vec<Effect> {
    let what = Collection::one(*collection);
    model.say(Severity::Info, format!("the {what} `{id}` is to be removed; u takes that back"));
    Vec::new()
}
