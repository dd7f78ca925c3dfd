//! What a file says, before it is known whether it can be.

use super::Flaw;
use crate::registry::{Clash, Desired, IdError, Name, PairId, ProviderId, Wanted};
use std::collections::HashSet;

/// Where something stands.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub line: usize,
    pub field: String,
}

impl Place {
    fn flaw(&self, what: impl Into<String>) -> Flaw {
        Flaw { line: self.line, field: self.field.clone(), what: what.into() }
    }

    /// A member of what stands here.
    fn member(&self, name: &str) -> Self {
        let dot = if self.field.is_empty() { "" } else { "." };
        Self { line: self.line, field: format!("{}{dot}{name}", self.field) }
    }
}

/// An application or a customer.
#[derive(Clone, Debug)]
pub struct Object {
    pub place: Place,
    /// What its fields are called: id and name.
    pub fields: [&'static str; 2],
    pub id: String,
    pub name: Option<String>,
    /// On which line the name stands.
    pub name_line: usize,
}

/// A customer's application.
#[derive(Clone, Debug)]
pub struct Pair {
    pub place: Place,
    pub customer: String,
    pub application: String,
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub applications: Vec<Object>,
    pub customers: Vec<Object>,
    pub pairs: Vec<Pair>,
    /// What is already known not to be right.
    pub flaws: Vec<Flaw>,
}

impl Draft {
    /// The contract that it describes.
    ///
    /// # Errors
    /// All that is not right.
    pub fn check(self) -> Result<Desired, Vec<Flaw>> {
        let Self { applications, customers, pairs, mut flaws } = self;
        let applications = Objects::of(applications, &mut flaws);
        let customers = Objects::of(customers, &mut flaws);
        let (mut places, mut ids) = (Vec::new(), Vec::new());
        for Pair { place, customer, application } in pairs {
            // What is wrong with an id is said where the object stands.
            let known = !customers.bad.contains(&customer) && !applications.bad.contains(&application);
            match (ProviderId::new(customer), ProviderId::new(application)) {
                (Ok(customer), Ok(application)) if known => {
                    places.push(place);
                    ids.push(PairId { customer, application });
                }
                (Err(why), _) | (_, Err(why)) if known => flaws.push(place.flaw(why.to_string())),
                _ => {}
            }
        }
        let places_of = [&applications.places, &customers.places].map(Clone::clone);
        match Desired::new(applications.good, customers.good, &ids) {
            Ok(desired) if flaws.is_empty() => Ok(desired),
            Ok(_) => Err(flaws),
            Err(clashes) => {
                flaws.extend(clashes.into_iter().map(|clash| told(clash, &places_of, &places, &ids)));
                Err(flaws)
            }
        }
    }
}

/// The objects of a collection that can be, and what the others are called.
struct Objects {
    good: Vec<Wanted>,
    places: Vec<Place>,
    bad: HashSet<String>,
}

impl Objects {
    fn of(objects: Vec<Object>, flaws: &mut Vec<Flaw>) -> Self {
        let mut all = Self { good: Vec::new(), places: Vec::new(), bad: HashSet::new() };
        for Object { place, fields: [id_field, name_field], id, name, name_line } in objects {
            let name = name.map(Name::new).transpose();
            let of_name = || Place { line: name_line, ..place.member(name_field) };
            let name = name.map_err(|why| flaws.push(of_name().flaw(name_words(why))));
            match ProviderId::new(id.clone()) {
                Ok(id) => {
                    all.good.push(Wanted { id, name: name.unwrap_or_default() });
                    all.places.push(place.member(id_field));
                }
                Err(why) => {
                    flaws.push(place.member(id_field).flaw(why.to_string()));
                    all.bad.insert(id);
                }
            }
        }
        all
    }
}

/// Why a text cannot be a name.
pub fn name_words(why: IdError) -> String {
    match why {
        IdError::Empty => "is empty; leave it out to leave the name as it is".to_owned(),
        IdError::TooLong(_)
        | IdError::NotAscii(_)
        | IdError::Invisible(_)
        | IdError::NotDigits(_)
        | IdError::NotContract(_) => why.to_string(),
    }
}

fn told(clash: Clash, [applications, customers]: &[Vec<Place>; 2], pairs: &[Place], ids: &[PairId]) -> Flaw {
    match clash {
        Clash::Twice { customers: of_customers, first, second } => {
            let (places, one) =
                if of_customers { (customers, "customer") } else { (applications, "application") };
            places[second].flaw(format!("names the same {one} as line {}", places[first].line))
        }
        Clash::PairTwice { first, second } => pairs[second]
            .flaw(format!("gives the customer the same application as line {}", pairs[first].line)),
        Clash::Unknown { customer: true, pair } => pairs[pair]
            .flaw(format!("is of the customer `{}`, which the file does not have", ids[pair].customer)),
        Clash::Unknown { customer: false, pair } => {
            let application = &ids[pair].application;
            pairs[pair].flaw(format!("names the application `{application}`, which the file does not have"))
        }
    }
}
