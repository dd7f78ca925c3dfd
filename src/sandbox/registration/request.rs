//! A request that fits the contract, and why one does not.

use super::call::{Act, Call, Collection};
use super::contract::{Side, is_contract};
use super::form::Form;
use super::pairs::Ends;
use super::problem::{Kind, Refused};
use super::register::Named;
use serde::{Deserialize, Serialize};

/// A provider id has at most so many characters (D), each of them printable ASCII (R).
const LONGEST: usize = 50;

/// The parts of a request that are read here.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    pub call: Call,
    /// The last segment of the path, where it names an object.
    pub segment: &'a str,
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// What is wanted of a collection: objects are made of `New`, and changed by `Change`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish<New, Change> {
    List,
    Create(New),
    Get(u64),
    Modify(u64, Change),
    Remove(u64),
}

/// A request that fits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    Named(Side, Wish<Named, Renamed>),
    Pairs(Wish<Ends, Ends>),
}

/// What changes; what is not said stays (A).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Renamed {
    pub provider_id: Option<String>,
    pub name: Option<String>,
}

/// The contract that a query names.
pub fn contract(query: &str) -> Result<String, Refused> {
    let query = Form::read(query.as_bytes()).map_err(|why| Refused::new(Kind::BadRequest, why))?;
    match query.get("contractId") {
        None | Some("") => Err(Refused::new(Kind::NotAuthorized, "contractId is missing")),
        Some(id) if is_contract(id) => Ok(id.to_owned()),
        Some(_) => Err(Refused::new(Kind::NotAuthorized, "this contract is not yours")),
    }
}

impl Request {
    /// Reads it; says what does not fit.
    pub fn read(arrived: Arrived<'_>) -> Result<Self, Refused> {
        let side = match arrived.call.of {
            Collection::Applications => Side::Applications,
            Collection::Customers => Side::Customers,
            Collection::Pairs => return wish(arrived, ends, ends).map(Self::Pairs),
        };
        let new = |form: &Form| {
            let Renamed { provider_id, name } = renamed(side, form)?;
            let missing = || invalid(format!("{} is missing", side.id_member()));
            Ok(Named { provider_id: provider_id.ok_or_else(missing)?, name })
        };
        let change = |form: &Form| match renamed(side, form)? {
            Renamed { provider_id: None, name: None } => {
                Err(Refused::new(Kind::BadRequest, "the form says nothing that could be changed"))
            }
            renamed => Ok(renamed),
        };
        wish(arrived, new, change).map(|wish| Self::Named(side, wish))
    }
}

fn wish<New, Change>(
    arrived: Arrived<'_>,
    new: impl FnOnce(&Form) -> Result<New, Refused>,
    change: impl FnOnce(&Form) -> Result<Change, Refused>,
) -> Result<Wish<New, Change>, Refused> {
    let id = || surrogate_id("surrogateId", arrived.segment);
    Ok(match arrived.call.act {
        Act::List => Wish::List,
        Act::Create => Wish::Create(new(&form(arrived)?)?),
        Act::Get => Wish::Get(id()?),
        Act::Modify => Wish::Modify(id()?, change(&form(arrived)?)?),
        Act::Remove => Wish::Remove(id()?),
    })
}

fn form(arrived: Arrived<'_>) -> Result<Form, Refused> {
    let essence = arrived.content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let why = "the content type is not application/x-www-form-urlencoded";
        return Err(Refused::new(Kind::BadRequest, why));
    }
    Form::read(arrived.body).map_err(|why| Refused::new(Kind::BadRequest, why))
}

/// Of the two names of a provider id, the deprecated one counts only alone (D).
fn renamed(side: Side, form: &Form) -> Result<Renamed, Refused> {
    let given = [side.id_member(), side.old_id_member()].into_iter().find_map(|n| Some((n, form.get(n)?)));
    if let Some((member, id)) = given
        && !is_provider_id(id)
    {
        return Err(invalid(format!("{member} is not 1 to {LONGEST} ASCII characters")));
    }
    Ok(Renamed {
        provider_id: given.map(|(_, id)| id.to_owned()),
        name: form.get(side.name_member()).map(str::to_owned),
    })
}

/// Whether this can be a provider id.
pub fn is_provider_id(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|b| (0x20..=0x7e).contains(&b))
}

fn ends(form: &Form) -> Result<Ends, Refused> {
    let id = |name: &str| {
        let text = form.get(name).ok_or_else(|| invalid(format!("{name} is missing")))?;
        surrogate_id(name, text)
    };
    Ok(Ends { application: id("applicationSurrogateId")?, customer: id("customerSurrogateId")? })
}

/// Digits. An id too large to be counted is not there either.
fn surrogate_id(name: &str, text: &str) -> Result<u64, Refused> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid(format!("{name} is not a number")));
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

fn invalid(detail: String) -> Refused {
    Refused::new(Kind::InvalidArgument, detail)
}
