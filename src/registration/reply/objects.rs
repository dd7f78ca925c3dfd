//! The objects of the three collections, as the server writes them.
//!
//! Surrogate ids are numbers or strings, names may be absent, members that nobody here knows are passed over (R).

use super::{Unread, unknown};
use crate::registry::{Collection, Listed, ListedPair, Name, ProviderId, SurrogateId, Unusable};
use crate::text::quote;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// As many entries that do not fit are told.
const TOLD: usize = 8;

/// What a collection holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objects {
    /// Applications, or customers; and those of them that cannot be used.
    Named {
        listed: Vec<Listed>,
        unusable: Vec<Unusable>,
    },
    Pairs(Vec<ListedPair>),
}

impl Objects {
    /// How many.
    pub fn count(&self) -> usize {
        match self {
            Self::Named { listed, unusable } => listed.len() + unusable.len(),
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

/// All objects in `body`. An application or a customer whose id alone cannot be one is told as that: it must not hide the
/// others.
///
/// # Errors
/// It is no list, or which of its entries do not fit, and why.
pub fn list(collection: Collection, body: &[u8]) -> Result<Objects, Unread> {
    // In two steps, so that an entry that does not fit can be named.
    let entries: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|error| unknown(format!("the list of {collection} cannot be read: {}", said(&error))))?;
    Ok(match collection {
        Collection::Applications => named::<Application>(collection, &entries)?,
        Collection::Customers => named::<Customer>(collection, &entries)?,
        Collection::Pairs => Objects::Pairs(each::<Pair, _>(collection, &entries)?.0),
    })
}

fn named<'a, T: Deserialize<'a> + Into<Listed>>(
    collection: Collection,
    entries: &[&'a RawValue],
) -> Result<Objects, Unread> {
    let (listed, unusable) = each::<T, _>(collection, entries)?;
    Ok(Objects::Named { listed, unusable })
}

fn each<'a, T: Deserialize<'a> + Into<U>, U>(
    collection: Collection,
    entries: &[&'a RawValue],
) -> Result<(Vec<U>, Vec<Unusable>), Unread> {
    let (mut unfit, mut unusable) = (Vec::new(), Vec::new());
    let read = |(index, entry): (usize, &&'a RawValue)| match serde_json::from_str::<T>(entry.get()) {
        Ok(told) => Some(told.into()),
        Err(error) => {
            match misfit(collection, entry, &error) {
                (Some(surrogate), Misfit::Id(why)) => unusable.push(Unusable { collection, surrogate, why }),
                (Some(surrogate), Misfit::Other(why)) => {
                    unfit.push(format!("the {} {surrogate}: {why}", collection.one()));
                }
                (None, Misfit::Id(why) | Misfit::Other(why)) => {
                    unfit.push(format!("its entry [{index}]: {why}"));
                }
            }
            None
        }
    };
    let all = entries.iter().enumerate().filter_map(read).collect();
    if unfit.is_empty() {
        return Ok((all, unusable));
    }
    let more = unfit.len().saturating_sub(TOLD);
    unfit.truncate(TOLD);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    Err(Unread::Unfit(format!("the list of {collection} cannot be used: {}{more}", unfit.join("; "))))
}

/// Why an entry does not fit.
enum Misfit {
    /// For its id alone, as far as is known.
    Id(String),
    Other(String),
}

/// The surrogate id of an entry that does not fit, where it has one, and why it does not.
fn misfit(
    collection: Collection,
    entry: &RawValue,
    error: &serde_json::Error,
) -> (Option<SurrogateId>, Misfit) {
    let members = serde_json::from_str::<Value>(entry.get()).unwrap_or_default();
    let surrogate = members.get("surrogateId").and_then(|told| SurrogateId::deserialize(told).ok());
    let what = members.is_object().then(|| misfit_of_id(collection, &members)).flatten();
    (surrogate, what.map_or_else(|| Misfit::Other(said(error)), Misfit::Id))
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
    if !error.is_data() {
        return "it is not JSON, or not all of it came".to_owned();
    }
    let whole = error.to_string();
    quote(whole.split(" at line ").next().unwrap_or(&whole))
}
