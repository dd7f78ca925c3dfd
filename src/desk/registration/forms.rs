//! The forms of the registration's desk, and how their fields are read.

use super::draft::Mark;
use super::snapshot::Key;
use super::state::Registration;
use crate::desk::frame::form::{Field, Form};
use crate::desk::model::Model;
use crate::registry::{Collection, IdError, Name, Plan, ProviderId};
use tui_input::Input;

/// What is wrong, by field.
pub type Errors = Vec<(String, String)>;

/// The field for how many are removed.
pub const REMOVALS: &str = "removals";

/// What has to be typed before something real is changed.
const LIVE: &str = "live";

fn field(name: &'static str, label: &'static str, hint: &'static str, value: &str) -> Field {
    let input = Input::new(value.to_owned());
    Field { name, label, hint, required: false, secret: false, input, error: None }
}

fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

fn wrong(name: &str, what: impl Into<String>) -> Errors {
    vec![(name.to_owned(), what.into())]
}

/// A new application or customer.
pub fn add(collection: Collection) -> Form {
    let mut fields = vec![
        required(field("id", "Id", "1 to 50 ASCII characters; it can never be changed", "")),
        field("name", "Name", "what reports show; may stay empty", ""),
    ];
    if collection == Collection::Customers {
        let hint = "ids with commas between them; may stay empty, and be switched in the matrix";
        fields.push(field("applications", "Applications", hint, ""));
    }
    Form { fields, ..Form::default() }
}

/// Another name.
pub fn rename(name: Option<&Name>) -> Form {
    let name = name.map_or("", Name::as_str);
    Form { fields: vec![field("name", "Name", "what reports show", name)], ..Form::default() }
}

/// An id that cannot be one is refused as soon as it is typed or pasted.
pub fn typed(form: &mut Form) {
    let is_id = |field: &Field| matches!(field.name, "id");
    if let Some(field) = form.focused().filter(|field| is_id(field)) {
        match ProviderId::new(field.input.value().trim()) {
            Ok(_) | Err(IdError::Empty) => {}
            Err(why) => field.error = Some(why.to_string()),
        }
    }
}

/// Reads a new application or customer: its id, its name, and the ids of its applications.
pub fn read_add(
    registration: &Registration,
    collection: Collection,
    form: &Form,
) -> Result<(Key, Option<Name>, Vec<ProviderId>), Errors> {
    if form.value("id").is_empty() {
        return Err(wrong("id", "is required"));
    }
    let id = ProviderId::new(form.value("id")).map_err(|why| wrong("id", why.to_string()))?;
    let key = (collection, id);
    if let Some(what) = taken(registration, &key) {
        return Err(wrong("id", what));
    }
    let name = read_name(form)?;
    let ids = form.value("applications").split(',').map(str::trim).filter(|id| !id.is_empty());
    let applications: Vec<_> = ids.map(|id| read_application(registration, id)).collect::<Result<_, _>>()?;
    let twice = applications.iter().enumerate().find(|(n, id)| applications[..*n].contains(id));
    match twice {
        Some((_, id)) => Err(wrong("applications", format!("names `{id}` twice"))),
        None => Ok((key, name, applications)),
    }
}

/// Why this id is not free.
fn taken(registration: &Registration, key: &Key) -> Option<&'static str> {
    let there = registration.here.as_ref().is_some_and(|here| here.object(key).is_some());
    match registration.draft.mark(key) {
        Mark::New => Some("is among the new ones already"),
        Mark::Removed => Some("is there, and marked for removal: d on its row takes the mark away"),
        Mark::Same | Mark::Renamed => there.then_some("is there already"),
    }
}

fn read_application(registration: &Registration, id: &str) -> Result<ProviderId, Errors> {
    let id = ProviderId::new(id).map_err(|why| wrong("applications", format!("holds an id that {why}")))?;
    let key = (Collection::Applications, id);
    let there = registration.here.as_ref().is_some_and(|here| here.object(&key).is_some());
    let is = match registration.draft.mark(&key) {
        Mark::New | Mark::Renamed => true,
        Mark::Same => there,
        Mark::Removed => false,
    };
    if is { Ok(key.1) } else { Err(wrong("applications", format!("names `{}`, which is not there", key.1))) }
}

/// Reads a name; none where it is empty.
pub fn read_name(form: &Form) -> Result<Option<Name>, Errors> {
    match form.value("name") {
        "" => Ok(None),
        name => Name::new(name).map(Some).map_err(|why| wrong("name", why.to_string())),
    }
}

/// A name that must not be empty.
pub fn name_needed() -> Errors {
    wrong("name", "is required: the API has no way to take a name away")
}

/// What is typed before a plan is applied; none where a yes is enough.
pub fn apply(plan: &Plan, live: bool) -> Option<Form> {
    let mut fields = Vec::new();
    if plan.removals() > 0 {
        let hint = "of the removals, as it stands above";
        fields.push(required(field(REMOVALS, "Type the number", hint, "")));
    }
    if live {
        fields.push(required(field(
            "word",
            "Type live",
            "so that habit alone never changes what is real",
            "",
        )));
    }
    (!fields.is_empty()).then(|| Form { fields, ..Form::default() })
}

/// Whether all of the question stands above its form on a window of this size. Nobody agrees to a removal that they cannot see.
pub fn is_in_sight(model: &Model, plan: &Plan, form: &Form) -> bool {
    if plan.removals() == 0 {
        return true;
    }
    // Beside the box's border and the words before a value.
    let columns = usize::from(model.frame.size.0).clamp(28, 80) - 27;
    let rows = |text: &str| text.chars().count().div_ceil(columns);
    let contract = model.setup.registration.as_ref().map_or(0, |setup| rows(setup.contract.as_str()));
    // A hint begins where its field does, which is further to the right.
    let hint = |field: &Field| field.hint.len().div_ceil(columns.saturating_sub(5).max(1));
    let hint = form.fields.iter().map(hint).max().unwrap_or_default();
    // The title, what is real, the removals; and the border.
    let needed = 3 + contract + rows(&plan.counts()) + form.fields.len() + hint + 2;
    needed <= model.frame.body().into()
}

/// Reads it.
pub fn read_apply(form: &Form, plan: &Plan, live: bool) -> Result<(), Errors> {
    let removals = plan.removals();
    if removals > 0 && form.value("removals") != removals.to_string() {
        return Err(wrong("removals", format!("is not {removals}; Esc goes back, and nothing is sent")));
    }
    if live && !form.value("word").eq_ignore_ascii_case(LIVE) {
        return Err(wrong("word", "is not the word live; Esc goes back, and nothing is sent"));
    }
    Ok(())
}
