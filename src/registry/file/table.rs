//! The file as CSV: a line for each customer with each of its applications; a customer without one, and an application
//! that nobody has, stand on a line of their own.

use super::Flaw;
use super::draft::{Draft, Object, Pair, Place, name_words};
use crate::registry::{Desired, Name, ProviderId, Wanted};
use std::collections::{HashMap, HashSet};

/// The columns, in the order in which they are written.
const COLUMNS: [&str; 4] = ["customer", "customer_name", "application", "application_name"];

/// What the text says.
///
/// # Errors
/// Where it is no such table.
pub fn read(text: &str) -> Result<Draft, Vec<Flaw>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| vec![broken(&error)])?.clone();
    let columns = places(&headers)?;
    let mut draft = Draft::default();
    let (mut customers, mut applications) = (HashMap::new(), HashMap::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                draft.flaws.push(broken(&error));
                continue;
            }
        };
        let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(usize::MAX));
        let field = |n: usize| columns[n].and_then(|at| record.get(at)).filter(|text| !text.is_empty());
        let [customer, customer_name, application, application_name] = [0, 1, 2, 3].map(field);
        let Draft { customers: found_customers, applications: found_applications, flaws, .. } = &mut draft;
        let seen = (
            see(
                &mut customers,
                found_customers,
                flaws,
                line,
                [COLUMNS[0], COLUMNS[1]],
                customer,
                customer_name,
            ),
            see(
                &mut applications,
                found_applications,
                flaws,
                line,
                [COLUMNS[2], COLUMNS[3]],
                application,
                application_name,
            ),
        );
        match (customer, application) {
            (Some(customer), Some(application)) if seen == (true, true) => draft.pairs.push(Pair {
                place: Place { line, field: COLUMNS[2].to_owned() },
                customer: customer.to_owned(),
                application: application.to_owned(),
            }),
            (None, None) => draft.flaws.push(Flaw {
                line,
                field: String::new(),
                what: "has neither a customer nor an application".to_owned(),
            }),
            _ => {}
        }
    }
    Ok(draft)
}

/// Where the columns stand.
fn places(headers: &csv::StringRecord) -> Result<[Option<usize>; 4], Vec<Flaw>> {
    let unknown = headers.iter().find(|name| !COLUMNS.contains(name));
    if let Some(name) = unknown {
        let what = format!("the column `{name}` is unknown; the columns are {}", COLUMNS.join(", "));
        return Err(vec![Flaw { line: 1, field: String::new(), what }]);
    }
    if let Some(name) =
        COLUMNS.into_iter().find(|name| headers.iter().filter(|header| header == name).count() > 1)
    {
        let what = format!("the column `{name}` is there twice; write a line for each pair");
        return Err(vec![Flaw { line: 1, field: String::new(), what }]);
    }
    let at = COLUMNS.map(|name| headers.iter().position(|header| header == name));
    for needed in [0, 2] {
        if at[needed].is_none() {
            let what = format!(
                "the column `{}` is missing; the columns are {}",
                COLUMNS[needed],
                COLUMNS.join(", ")
            );
            return Err(vec![Flaw { line: 1, field: String::new(), what }]);
        }
    }
    Ok(at)
}

/// Notes an object where it stands first; whether there is one.
fn see(
    seen: &mut HashMap<String, usize>,
    objects: &mut Vec<Object>,
    flaws: &mut Vec<Flaw>,
    line: usize,
    fields: [&'static str; 2],
    id: Option<&str>,
    name: Option<&str>,
) -> bool {
    let Some(id) = id else {
        if name.is_some() {
            let what = format!("is a name without a {}", fields[0]);
            flaws.push(Flaw { line, field: fields[1].to_owned(), what });
        }
        return false;
    };
    let Some(at) = seen.get(id) else {
        seen.insert(id.to_owned(), objects.len());
        let place = Place { line, field: String::new() };
        let (id, name) = (id.to_owned(), name.map(str::to_owned));
        objects.push(Object { place, fields, id, name, name_line: line });
        return true;
    };
    let first = &mut objects[*at];
    // What is wrong with the first one is said where it is checked; each line is to be corrected.
    if let Err(why) = ProviderId::new(id) {
        flaws.push(Flaw { line, field: fields[0].to_owned(), what: why.to_string() });
    }
    match (&first.name, name) {
        (Some(one), Some(other)) if one == other => {
            if let Err(why) = Name::new(other) {
                flaws.push(Flaw { line, field: fields[1].to_owned(), what: name_words(why) });
            }
        }
        (Some(_), Some(_)) => {
            let what = format!("is another name than on line {} for `{id}`", first.name_line);
            flaws.push(Flaw { line, field: fields[1].to_owned(), what });
        }
        (None, Some(name)) => (first.name, first.name_line) = (Some(name.to_owned()), line),
        (None | Some(_), _) => {}
    }
    true
}

fn broken(error: &csv::Error) -> Flaw {
    let line = error.position().map_or(1, |at| usize::try_from(at.line()).unwrap_or(usize::MAX));
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} fields; the first line has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    Flaw { line, field: String::new(), what }
}

/// What is desired, as CSV.
pub fn write(desired: &Desired) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let name = |wanted: Option<&Wanted>| {
        wanted.and_then(|wanted| wanted.name.as_ref()).map_or("", Name::as_str).to_owned()
    };
    let find = |list: &'_ [Wanted], id: &ProviderId| {
        list.binary_search_by(|wanted| wanted.id.cmp(id)).ok().map(|at| list[at].clone())
    };
    // Into memory, so that nothing can fail.
    let mut line = |fields: [&str; 4]| drop(writer.write_record(fields));
    line(COLUMNS);
    let (mut customers, mut applications) = (HashSet::new(), HashSet::new());
    for (customer, application) in desired.pairs() {
        let customer_name = name(find(desired.customers(), customer).as_ref());
        let application_name = name(find(desired.applications(), application).as_ref());
        line([customer.as_str(), &customer_name, application.as_str(), &application_name]);
        customers.insert(customer);
        applications.insert(application);
    }
    for customer in desired.customers().iter().filter(|wanted| !customers.contains(&wanted.id)) {
        line([customer.id.as_str(), &name(Some(customer)), "", ""]);
    }
    for application in desired.applications().iter().filter(|wanted| !applications.contains(&wanted.id)) {
        line(["", "", application.id.as_str(), &name(Some(application))]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
