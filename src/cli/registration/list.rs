//! `registration list` and `export`.

use crate::cli::{Console, Exit, Failed, opened};
use crate::config::Settings;
use crate::engine::RegistrationError;
use crate::registry::file::{self, Format};
use crate::registry::{
    Collection, Desired, Ids, Listed, ListedPair, Listing, Name, ProviderId, Unusable, Wanted,
};
use crate::session::write_new;
use serde_json::{Value, json};
use std::path::Path;

/// Prints what is there, as it was listed.
pub async fn list(
    settings: &Settings,
    collection: Option<Collection>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = opened::contract_to_read(settings).await?;
    let listing = session.engine.list_contract().await?;
    let collections = collection.map_or(Collection::ALL.to_vec(), |one| vec![one]);
    if console.is_json() {
        let of = |collection: &Collection| (collection.name().to_owned(), json_of(&listing, *collection));
        match collections.as_slice() {
            [one] => console.json(&json_of(&listing, *one))?,
            many => console.json(&Value::Object(many.iter().map(of).collect()))?,
        }
        return Ok(Exit::Done);
    }
    for collection in collections {
        let mut lines = lines_of(&listing, collection);
        let unusable = unusable_of(&listing, collection);
        lines.extend(unusable.map(|one| format!("  unusable: {one}")));
        console.text(&format!("{collection}: {}\n{}", lines.len(), lines.join("\n")))?;
    }
    Ok(Exit::Done)
}

fn unusable_of(listing: &Listing, collection: Collection) -> impl Iterator<Item = &Unusable> {
    listing.unusable.iter().filter(move |one| one.collection == collection)
}

fn json_of(listing: &Listing, collection: Collection) -> Value {
    match collection {
        Collection::Applications | Collection::Customers => {
            let listed = listing.named(collection).iter().map(|listed| json!(listed));
            let unusable = unusable_of(listing, collection)
                .map(|one| json!({ "surrogate": one.surrogate, "unusable": one.why }));
            listed.chain(unusable).collect()
        }
        Collection::Pairs => {
            let ids = Ids::of(listing);
            let pair = |pair: &ListedPair| {
                let [customer, application] = ids.ends(pair);
                json!({
                    "customer": customer, "application": application, "surrogate": pair.surrogate,
                    "customerSurrogate": pair.customer, "applicationSurrogate": pair.application,
                })
            };
            listing.pairs.iter().map(pair).collect()
        }
    }
}

fn lines_of(listing: &Listing, collection: Collection) -> Vec<String> {
    let named = |Listed { id, name, surrogate }: &Listed| {
        format!(
            "  {:<32} {:<32} {surrogate}",
            id.as_str(),
            name.as_ref().map_or("-".to_owned(), Name::to_string)
        )
    };
    match collection {
        Collection::Applications | Collection::Customers => {
            listing.named(collection).iter().map(named).collect()
        }
        Collection::Pairs => {
            let ids = Ids::of(listing);
            let pair = |pair: &ListedPair| {
                let [customer, application] = ids.ends(pair).map(|id| id.map_or("?", ProviderId::as_str));
                format!("  {customer:<32} {application:<32} {}", pair.surrogate)
            };
            listing.pairs.iter().map(pair).collect()
        }
    }
}

/// Writes the file from what is there.
pub async fn export(
    settings: &Settings,
    file: Option<&Path>,
    format: Format,
    console: &Console,
) -> Result<Exit, Failed> {
    let bad = |what: String| Failed::new(Exit::BadInput, what);
    let format = match file {
        None => format,
        Some(file) => file
            .extension()
            .and_then(|end| Format::of_extension(end.to_str()?))
            .ok_or_else(|| bad(format!("{}: its name must end in .toml, .json or .csv", file.display())))?,
    };
    let session = opened::contract_to_read(settings).await?;
    let listing = session.engine.list_contract().await?;
    let mut desired = Desired::of(&listing).map_err(RegistrationError::Findings)?;
    for Wanted { id, name } in desired.leave_out_invisible_names() {
        let name = name.map(|name| name.to_string()).unwrap_or_default();
        console.note(&format!(
            "the name of `{id}` holds what cannot be seen: \"{name}\". It is left out of the file, and stays as it is"
        ));
    }
    let text = file::write(&desired, format);
    let Some(file) = file else {
        return crate::cli::console::write_stdout(text.as_bytes());
    };
    write_new(file, &text).map_err(|error| bad(format!("cannot write {}: {error}", file.display())))?;
    console.note(&format!("{} is written", file.display()));
    Ok(Exit::Done)
}
