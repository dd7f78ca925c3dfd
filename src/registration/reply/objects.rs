//! The objects of the three collections, as the server writes them.
//!
//! Surrogate ids are numbers or strings, names may be absent, members that nobody here knows are passed over (R).

use crate::registry::{Collection, Listed, ListedPair, Name, ProviderId, SurrogateId};
use crate::text::quote;
use serde::Deserialize;
use serde_json::value::RawValue;

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
/// In words: it is no list, or which of its entries does not fit, and why.
pub fn list(collection: Collection, body: &[u8]) -> Result<Objects, String> {
    // In two steps, so that an entry that does not fit can be named.
    let entries: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|error| format!("the list of {collection} cannot be read: {}", said(&error)))?;
    Ok(match collection {
        Collection::Applications => Objects::Named(each::<Application, _>(collection, &entries)?),
        Collection::Customers => Objects::Named(each::<Customer, _>(collection, &entries)?),
        Collection::Pairs => Objects::Pairs(each::<Pair, _>(collection, &entries)?),
    })
}

fn each<'a, T: Deserialize<'a> + Into<U>, U>(
    collection: Collection,
    entries: &[&'a RawValue],
) -> Result<Vec<U>, String> {
    let read = |(index, entry): (usize, &&'a RawValue)| {
        let told = serde_json::from_str::<T>(entry.get());
        told.map(Into::into).map_err(|error| {
            format!(
                "the list of {collection} cannot be used: its entry [{index}] does not fit: {}",
                said(&error)
            )
        })
    };
    entries.iter().enumerate().map(read).collect()
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
