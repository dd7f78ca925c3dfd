//! The objects of the three collections, as the server writes them.
//!
//! Surrogate ids are numbers or strings, names may be absent, members that nobody here knows are passed over (R).

use super::{Unread, unknown};
use crate::registry::{Collection, Listed, ListedPair, Name, ProviderId, SurrogateId};
use crate::text::quote;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// As many entries that do not fit are told.
const TOLD: usize = 8;

/// What a collection holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objects {
    /// Applications, or customers.
    Named(Vec<Listed>),
    Pairs(Vec<ListedPair>),
}

impl Objects {
    /// How many.
    pub fn count(&self) -> usize {
        match self {
            Self::Named(objects) => objects.len(),
            Self::Pairs(pairs) => pairs.len(),
        }
    }
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// An application, or a customer.
    Named(Listed),
    Pair(ListedPair),
}

#[derive(Deserialize)]
struct Application {
    #[serde(rename = "providerApplicationId")]
    id: ProviderId,
    #[serde(rename = "applicationName")]
    name: Option<String>,
    #[serde(rename = "surrogateId")]
    surrogate: SurrogateId,
}

#[derive(Deserialize)]
struct Customer {
    #[serde(rename = "providerCustomerId")]
    id: ProviderId,
    #[serde(rename = "customerName")]
    name: Option<String>,
    #[serde(rename = "surrogateId")]
    surrogate: SurrogateId,
}

#[derive(Deserialize)]
struct Pair {
    #[serde(rename = "applicationSurrogateId")]
    application: SurrogateId,
    #[serde(rename = "customerSurrogateId")]
    customer: SurrogateId,
    #[serde(rename = "surrogateId")]
    surrogate: SurrogateId,
}

impl From<Application> for Listed {
    fn from(Application { id, name, surrogate }: Application) -> Self {
        Self { id, name: kept(name), surrogate }
    }
}

impl From<Customer> for Listed {
    fn from(Customer { id, name, surrogate }: Customer) -> Self {
        Self { id, name: kept(name), surrogate }
    }
}

impl From<Pair> for ListedPair {
    fn from(Pair { application, customer, surrogate }: Pair) -> Self {
        Self { application, customer, surrogate }
    }
}

/// A name as the server keeps it; none where there is nothing in it.
fn kept(told: Option<String>) -> Option<Name> {
    Name::kept(told?).ok()
}

/// All objects in `body`.
///
/// # Errors
/// It is no list, or which of its entries do not fit, and why.
pub fn list(collection: Collection, body: &[u8]) -> Result<Objects, Unread> {
    // In two steps, so that an entry that does not fit can be named.
    let entries: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|error| unknown(format!("the list of {collection} cannot be read: {}", said(&error))))?;
    Ok(match collection {
        Collection::Applications => Objects::Named(each::<Application, _>(collection, &entries)?),
        Collection::Customers => Objects::Named(each::<Customer, _>(collection, &entries)?),
        Collection::Pairs => Objects::Pairs(each::<Pair, _>(collection, &entries)?),
    })
}

fn each<'a, T: Deserialize<'a> + Into<U>, U>(
    collection: Collection,
    entries: &[&'a RawValue],
) -> Result<Vec<U>, Unread> {
    let mut unfit = Vec::new();
    let read = |(index, entry): (usize, &&'a RawValue)| match serde_json::from_str::<T>(entry.get()) {
        Ok(told) => Some(told.into()),
        Err(error) => {
            unfit.push(misfit(collection, index, entry, &error));
            None
        }
    };
    let all = entries.iter().enumerate().filter_map(read).collect();
    if unfit.is_empty() {
        return Ok(all);
    }
    let more = unfit.len().saturating_sub(TOLD);
    unfit.truncate(TOLD);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    Err(Unread::Unfit(format!("the list of {collection} cannot be used: {}{more}", unfit.join("; "))))
}

/// Which entry does not fit, by its surrogate id where it has one, and which of its members.
fn misfit(collection: Collection, index: usize, entry: &RawValue, error: &serde_json::Error) -> String {
    let members = serde_json::from_str::<Value>(entry.get()).unwrap_or_default();
    let surrogate = members.get("surrogateId").and_then(|told| SurrogateId::deserialize(told).ok());
    let which = match surrogate {
        Some(surrogate) => format!("the {} {surrogate}", collection.one()),
        None => format!("its entry [{index}]"),
    };
    let what = members.is_object().then(|| misfit_of_id(collection, &members)).flatten();
    format!("{which}: {}", what.unwrap_or_else(|| said(error)))
}

/// What is wrong with the provider's own id; none where it fits, or where there is none.
fn misfit_of_id(collection: Collection, members: &Value) -> Option<String> {
    let field = match collection {
        Collection::Applications => "providerApplicationId",
        Collection::Customers => "providerCustomerId",
        Collection::Pairs => return None,
    };
    match members.get(field) {
        None => Some(format!("it has no {field}")),
        Some(Value::String(id)) => {
            let why = ProviderId::new(id.as_str()).err()?;
            Some(format!("its {field} \"{}\" {why}", quote(id)))
        }
        Some(other) => Some(format!("its {field} is {}, which is not a text", quote(&other.to_string()))),
    }
}

/// The object in `body`.
///
/// # Errors
/// In words: why it is none.
pub fn one(collection: Collection, body: &[u8]) -> Result<Object, String> {
    let read = match collection {
        Collection::Applications => {
            serde_json::from_slice::<Application>(body).map(|told| Object::Named(told.into()))
        }
        Collection::Customers => {
            serde_json::from_slice::<Customer>(body).map(|told| Object::Named(told.into()))
        }
        Collection::Pairs => serde_json::from_slice::<Pair>(body).map(|told| Object::Pair(told.into())),
    };
    read.map_err(|error| format!("the {} cannot be read: {}", collection.one(), said(&error)))
}

/// What is wrong with JSON, without the place: a body of one line has only columns.
fn said(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    quote(whole.split(" at line ").next().unwrap_or(&whole))
}
