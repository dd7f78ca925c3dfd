//! The file as TOML: `[[applications]]` and `[[customers]]`.

use super::draft::{Draft, Object, Pair, Place};
use super::{Flaw, Lines};
use crate::registry::Desired;
use serde::{Deserialize, Serialize};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    applications: Vec<Application>,
    #[serde(default)]
    customers: Vec<Customer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    id: Spanned<String>,
    name: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    id: Spanned<String>,
    name: Option<Spanned<String>>,
    #[serde(default)]
    applications: Vec<Spanned<String>>,
}

/// What the text says.
///
/// # Errors
/// Where it is no such TOML.
pub fn read(text: &str) -> Result<Draft, Vec<Flaw>> {
    let lines = Lines::of(text);
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.at(span.start));
        vec![Flaw { line, field: String::new(), what: error.message().trim().to_owned() }]
    })?;
    let place = |span: std::ops::Range<usize>, field: String| Place { line: lines.at(span.start), field };
    let object = |list: &str, n: usize, id: Spanned<String>, name: Option<Spanned<String>>| Object {
        place: place(id.span(), format!("{list}[{n}]")),
        fields: ["id", "name"],
        name_line: lines.at(name.as_ref().map_or(id.span(), Spanned::span).start),
        id: id.into_inner(),
        name: name.map(Spanned::into_inner),
    };
    let mut draft = Draft::default();
    for (n, Application { id, name }) in file.applications.into_iter().enumerate() {
        draft.applications.push(object("applications", n, id, name));
    }
    for (n, Customer { id, name, applications }) in file.customers.into_iter().enumerate() {
        let customer = id.get_ref().clone();
        draft.customers.push(object("customers", n, id, name));
        draft.pairs.extend(applications.into_iter().enumerate().map(|(k, application)| Pair {
            place: place(application.span(), format!("customers[{n}].applications[{k}]")),
            customer: customer.clone(),
            application: application.into_inner(),
        }));
    }
    Ok(draft)
}

/// The same to be written, in TOML and in JSON.
#[derive(Serialize)]
pub struct Written<'a> {
    applications: Vec<WrittenApplication<'a>>,
    customers: Vec<WrittenCustomer<'a>>,
}

#[derive(Serialize)]
struct WrittenApplication<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct WrittenCustomer<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    applications: Vec<&'a str>,
}

impl<'a> Written<'a> {
    /// What is desired, to be written.
    pub fn of(desired: &'a Desired) -> Self {
        let mut pairs = desired.pairs().peekable();
        let mut applications_of = |customer: &crate::registry::ProviderId| {
            let mut applications = Vec::new();
            while let Some((_, application)) = pairs.next_if(|(of, _)| *of == customer) {
                applications.push(application.as_str());
            }
            applications
        };
        let name =
            |wanted: &'a crate::registry::Wanted| wanted.name.as_ref().map(crate::registry::Name::as_str);
        Self {
            applications: desired
                .applications()
                .iter()
                .map(|wanted| WrittenApplication { id: wanted.id.as_str(), name: name(wanted) })
                .collect(),
            customers: desired
                .customers()
                .iter()
                .map(|wanted| WrittenCustomer {
                    id: wanted.id.as_str(),
                    name: name(wanted),
                    applications: applications_of(&wanted.id),
                })
                .collect(),
        }
    }
}

/// What is desired, as TOML. A list that is empty is left out: tables could not be added to a file with one.
pub fn write(desired: &Desired) -> String {
    #[derive(Serialize)]
    struct Tables<'a> {
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        applications: &'a [WrittenApplication<'a>],
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        customers: &'a [WrittenCustomer<'a>],
    }
    if desired.is_empty() {
        return "# No application and no customer.\n".to_owned();
    }
    let Written { applications, customers } = Written::of(desired);
    // Texts and lists of texts can always be written.
    toml::to_string(&Tables { applications: &applications, customers: &customers }).unwrap_or_default()
}
