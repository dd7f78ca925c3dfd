//! How objects are written down.

use super::call::Collection;
use super::contract::{Contract, Side};
use super::pairs::Ends;
use super::register::Named;
use super::settings::Ids;
use serde_json::Value;

impl Side {
    /// The collection's name.
    pub fn collection(self) -> Collection {
        match self {
            Self::Applications => Collection::Applications,
            Self::Customers => Collection::Customers,
        }
    }

    /// The member that has the provider id.
    pub fn id_member(self) -> &'static str {
        match self {
            Self::Applications => "providerApplicationId",
            Self::Customers => "providerCustomerId",
        }
    }

    /// The same by its deprecated name.
    pub fn old_id_member(self) -> &'static str {
        match self {
            Self::Applications => "applicationId",
            Self::Customers => "customerId",
        }
    }

    /// The member that has the name.
    pub fn name_member(self) -> &'static str {
        match self {
            Self::Applications => "applicationName",
            Self::Customers => "customerName",
        }
    }
}

/// An application or a customer, as JSON. A name that was never set is absent.
pub fn named(side: Side, id: u64, named: &Named, ids: Ids) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    let name = named
        .name
        .as_ref()
        .map_or_else(String::new, |name| format!("\"{}\":{},", side.name_member(), quoted(name)));
    let (member, provider_id) = (side.id_member(), quoted(&named.provider_id));
    format!("{{{name}\"{member}\":{provider_id},\"surrogateId\":{}}}", number(id, side.collection(), ids))
}

/// A pair, as JSON.
pub fn pair(id: u64, ends: Ends, ids: Ids) -> String {
    let number = |id| number(id, Collection::Pairs, ids);
    let (application, customer, id) = (number(ends.application), number(ends.customer), number(id));
    format!(
        "{{\"applicationSurrogateId\":{application},\"customerSurrogateId\":{customer},\"surrogateId\":{id}}}"
    )
}

/// All applications or customers, as JSON.
pub fn all_named(contract: &Contract, side: Side, ids: Ids) -> String {
    listed(contract.side(side).iter().map(|(id, one)| named(side, id, one, ids)))
}

/// All pairs, as JSON.
pub fn all_pairs(contract: &Contract, ids: Ids) -> String {
    listed(contract.pairs.iter().map(|(id, ends)| pair(id, ends, ids)))
}

fn listed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A surrogate id, as a number or as a string.
fn number(id: u64, of: Collection, ids: Ids) -> String {
    let as_string = match ids {
        Ids::Reference => of != Collection::Pairs,
        Ids::Numbers => false,
        Ids::Strings => true,
        Ids::Mixed => id % 2 == 1,
    };
    if as_string { format!("\"{id}\"") } else { id.to_string() }
}
