//! Opening a journal on PostgreSQL: is it one, is it ours, is it what this machine last saw; and bringing it to this version.

use super::address::Address;
use super::bring::Bringing;
use super::failure::Failure;
use super::judge::judge;
use super::look::look_at;
use super::seen::Seen;
use super::server::Server;
use super::session::Session;
use super::tables::{self, Found, New, VERSION};
use crate::journal::chain::JournalId;
use crate::journal::error::Error;
use crate::journal::keyfile::{self, Keys};
use crate::journal::memory::Doubt;
use crate::journal::open::Options;
use crate::journal::random::{nonce, random};
use crate::journal::seal::ABOUT_CHECK;
use std::path::PathBuf;

/// Opens the journal at `address`; makes it, and its key, when the options say so and there is none. With `remember` this machine
/// keeps in mind what it finds there.
pub async fn open(address: &Address, options: &Options, remember: bool) -> Result<Server, Error> {
    let place = PathBuf::from(&address.shown);
    let seen = options.state.as_ref().map(|state| Seen::of(&address.shown, state));
    let mut session = Session::open(address, None).await.map_err(|e| e.of(&place))?;
    let opened = look(&mut session, address, options, seen.as_ref(), !remember).await;
    let (id, keys, doubt) = opened.map_err(|e| e.of(&place))?;
    let mut newest = None;
    if let (Some(seen), None, true) = (&seen, &doubt, remember) {
        seen.note_opened(&keys, id, session.now());
        let found = look_at(&session, &keys, id).await.map_err(|e| e.of(&place))?;
        seen.note_found(&keys, id, found.all);
        newest = found.newest;
    }
    let server = Server::new(address.clone(), id, keys, seen, doubt, session);
    server.knows(newest);
    Ok(server)
}

async fn look(
    session: &mut Session,
    address: &Address,
    options: &Options,
    seen: Option<&Seen>,
    looks: bool,
) -> Result<(JournalId, Keys, Option<Doubt>), Failure> {
    let place = PathBuf::from(&address.shown);
    let mut gone = None;
    let (keys, Found { version, id, key_check }) = match tables::found(session, &place).await? {
        Some(found) => (keyfile::read_at(&address.key, &place)?, found),
        None if options.create => {
            gone = seen.map_or(Ok(None), Seen::last).map_err(|e| failed(address, &e))?;
            let keys = keyfile::read_or_make_at(address.key.clone(), &place)?;
            let new = new(&keys)?;
            (keys, tables::make(session, &place, &options.kinds, &new).await?)
        }
        None => return Err(Failure::Told(Error::Missing { file: place })),
    };
    if keys.seal.open(ABOUT_CHECK, &key_check).is_none() {
        let why = "does not open what this journal has sealed".to_owned();
        return Err(Failure::Told(Error::WrongKey { file: address.key.clone(), journal: place, why }));
    }
    if version < VERSION {
        Bringing { session, place: &place, keys: &keys, kinds: &options.kinds }.bring().await?;
    }
    // What an older journal could not have noted is nothing to find.
    let looks = looks && version == VERSION;
    tables::add_lists(session, &place, &options.kinds, looks).await?;
    let doubt = match (gone, seen) {
        (Some(at), _) => Some(Doubt::Gone { seen: 0, at }),
        (None, Some(seen)) => judge(session, &keys, id, seen).await?,
        (None, None) => None,
    };
    Ok((id, keys, doubt))
}

/// The row of a new journal.
fn new(keys: &Keys) -> Result<New, Error> {
    let mut id = [0; 16];
    random(&mut id)?;
    Ok(New { id: JournalId(id), key_check: keys.seal.seal(nonce()?, ABOUT_CHECK, &[]) })
}

fn failed(address: &Address, error: &std::io::Error) -> Failure {
    Failure::Told(Error::Failed { file: PathBuf::from(&address.shown), why: error.to_string() })
}
