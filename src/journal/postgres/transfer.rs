//! Copying a journal from PostgreSQL, and to it: one transaction each.

use super::address::Address;
use super::failure::Failure;
use super::lists::{self, Counts};
use super::positions::BLOCK;
use super::session::{Session, within};
use super::soundness::granted;
use super::stop::Stop;
use super::tables::{self, New};
use super::verify::Proof;
use crate::journal::carried::{About, Carried};
use crate::journal::chain::{Head, JournalId};
use crate::journal::error::Error;
use crate::journal::keyfile::Keys;
use crate::journal::kinds::Registered;
use crate::journal::report::{Progress, Report};
use crate::journal::stored::Stored;
use std::path::PathBuf;
use tokio_postgres::types::ToSql;

/// The epoch that all that was copied is in.
const EPOCH: i64 = 1;

/// A journal on a server, as it stands at one moment.
pub struct Source {
    place: PathBuf,
    session: Session,
}

impl Source {
    /// The journal at `address`.
    pub async fn open(address: &Address) -> Result<Self, Error> {
        let place = PathBuf::from(&address.shown);
        let opened = async {
            let session = Session::open(address, None).await?;
            let begin = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
                BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            session.client.batch_execute(begin).await?;
            Ok::<_, Failure>(session)
        };
        match opened.await {
            Ok(session) => Ok(Self { place, session }),
            Err(failure) => Err(failure.of(&place)),
        }
    }

    pub async fn about(&mut self) -> Result<About, Error> {
        let found = tables::found(&self.session, &self.place).await.map_err(|e| e.of(&self.place))?;
        let found = found.ok_or_else(|| Error::Missing { file: self.place.clone() })?;
        let epoch =
            self.session.rows("SELECT epoch - 1 FROM journal", &[]).await.map_err(|e| e.of(&self.place))?;
        let epoch = epoch.first().map_or(Ok(0), |row| row.try_get(0));
        let epoch = epoch.map_err(|e| Failure::from(e).of(&self.place))?;
        Ok(About { id: found.id, key_check: found.key_check, epoch })
    }

    /// The next things after the one of that number.
    pub async fn things(&mut self, after: i64) -> Result<Vec<Stored>, Error> {
        lists::things(&self.session, after).await.map_err(|e| e.of(&self.place))
    }
}

/// A journal that is being made on a server.
pub struct Target {
    place: PathBuf,
    session: Session,
    keys: Keys,
    id: JournalId,
    /// The epoch that ends with the copy. It is one that no checkpoint of the other journal was made of: whoever knows one
    /// of those knows this one for a later one.
    epoch: i64,
    /// The highest position, number and time so far.
    last: (i64, i64, i64),
    counts: Counts,
}

impl Target {
    /// Begins one at `address`, where there is none, or an empty one.
    pub async fn make(
        address: &Address,
        keys: Keys,
        about: &About,
        kinds: &[Registered],
    ) -> Result<Self, Error> {
        let place = PathBuf::from(&address.shown);
        match Self::begin(address, about, kinds).await {
            Ok(session) => {
                let (id, epoch, counts) = (about.id, about.epoch.max(0) + EPOCH, Counts::default());
                Ok(Self { place, session, keys, id, epoch, last: (0, 0, 0), counts })
            }
            Err(failure) => Err(failure.of(&place)),
        }
    }

    async fn begin(address: &Address, about: &About, kinds: &[Registered]) -> Result<Session, Failure> {
        let place = PathBuf::from(&address.shown);
        let session = Session::open(address, None).await?;
        let begin = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; BEGIN";
        session.client.batch_execute(begin).await?;
        tables::lock(&session.client).await?;
        let new = New { id: about.id, key_check: about.key_check.clone() };
        if tables::found(&session, &place).await?.is_none() {
            tables::make_in(&session.client, kinds, &new).await?;
        } else {
            session.client.batch_execute("LOCK TABLE things, events, journal IN EXCLUSIVE MODE").await?;
            if !session.rows("SELECT 1 FROM things LIMIT 1", &[]).await?.is_empty() {
                let why = "has a journal in it already; only an empty one is copied into".to_owned();
                return Err(Failure::Told(Error::Failed { file: place, why }));
            }
            // Nothing was ever recorded in it: its id is nobody's.
            session
                .client
                .batch_execute(
                    "ALTER TABLE checkpoints DISABLE TRIGGER USER; DELETE FROM checkpoints;
                ALTER TABLE checkpoints ENABLE TRIGGER USER",
                )
                .await?;
            let row = "UPDATE journal SET id = $1, key_check = $2, epoch = 1";
            session.rows(row, &[&about.id.0.as_slice(), &about.key_check]).await?;
        }
        Ok(session)
    }

    /// Writes things.
    pub async fn take(&mut self, things: &[Carried]) -> Result<(), Error> {
        self.put(things).await.map_err(|e| e.of(&self.place))
    }

    async fn put(&mut self, things: &[Carried]) -> Result<(), Failure> {
        for thing in things {
            self.counts.add(thing);
            for (record, _) in &thing.stored.records {
                let (pos, n, at) = self.last;
                self.last = (pos.max(record.pos), n.max(thing.stored.n), at.max(record.at));
            }
        }
        self.put_things(things).await?;
        self.put_events(things).await?;
        lists::put(&self.session, &self.keys, things).await
    }

    async fn put_things(&self, things: &[Carried]) -> Result<(), Failure> {
        let last: Vec<_> = things.iter().map(Carried::last).collect();
        let of = |thing: &Carried, (seq, hash): &(i64, crate::kind::Digest)| {
            self.keys.chain.thing(self.id, &thing.stored.kind, &thing.stored.id, *seq, hash)
        };
        let proofs: Vec<_> = things.iter().zip(&last).map(|(thing, last)| of(thing, last)).collect();
        let numbers: Vec<i64> = things.iter().map(|thing| thing.stored.n).collect();
        let kinds: Vec<&str> = things.iter().map(|thing| thing.stored.kind.as_str()).collect();
        let ids: Vec<&str> = things.iter().map(|thing| thing.stored.id.as_str()).collect();
        let keys: Vec<Option<&[u8]>> =
            things.iter().map(|thing| thing.stored.sealed_key.as_deref()).collect();
        let seqs: Vec<i64> = last.iter().map(|(seq, _)| *seq).collect();
        let hashes: Vec<&[u8]> = last.iter().map(|(_, hash)| hash.0.as_slice()).collect();
        let proofs: Vec<&[u8]> = proofs.iter().map(|proof| proof.0.as_slice()).collect();
        let sql = "INSERT INTO things (n, kind, id, sealed_key, seq, hash, proof)
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bytea[])";
        let values: [&(dyn ToSql + Sync); 7] = [&numbers, &kinds, &ids, &keys, &seqs, &hashes, &proofs];
        self.session.rows(sql, &values).await.map(|_| ())
    }

    async fn put_events(&self, things: &[Carried]) -> Result<(), Failure> {
        let all = || things.iter().flat_map(|thing| thing.stored.records.iter().map(|r| (thing.stored.n, r)));
        let pos: Vec<i64> = all().map(|(_, (record, _))| record.pos).collect();
        let of: Vec<i64> = all().map(|(n, _)| n).collect();
        let seq: Vec<i64> = all().map(|(_, (record, _))| record.seq).collect();
        let at: Vec<i64> = all().map(|(_, (record, _))| record.at).collect();
        let by: Vec<&str> = all().map(|(_, (record, _))| record.by.as_str()).collect();
        let event: Vec<&str> = all().map(|(_, (record, _))| record.event.as_str()).collect();
        let clear: Vec<&str> = all().map(|(_, (record, _))| record.clear.as_str()).collect();
        let sealed: Vec<Option<&[u8]>> = all().map(|(_, (record, _))| record.sealed.as_deref()).collect();
        let hash: Vec<&[u8]> = all().map(|(_, (_, hash))| hash.0.as_slice()).collect();
        let sql = "INSERT INTO events (pos, thing, seq, at, by, event, clear, sealed, hash, epoch)
            SELECT e.*, $10::bigint FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[],
                $6::text[], $7::text[], $8::bytea[], $9::bytea[]) AS e";
        let values: [&(dyn ToSql + Sync); 10] =
            [&pos, &of, &seq, &at, &by, &event, &clear, &sealed, &hash, &EPOCH];
        self.session.rows(sql, &values).await.map(|_| ())
    }

    /// Ends the copy, which has these events: with a checkpoint over all of them. It is there once it has been verified.
    pub async fn finish(
        mut self,
        head: Head,
        kinds: &[Registered],
        tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Error> {
        self.end(head).await.map_err(|e| e.of(&self.place))?;
        let place = self.place.clone();
        self.verified(kinds, tell).await.map_err(|e| e.of(&place))
    }

    async fn verified(
        &mut self,
        kinds: &[Registered],
        tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Failure> {
        let granted = granted(&self.session.client).await?;
        // The one that is under way already: to begin it once more changes nothing.
        let tx = within(self.session.client.transaction()).await?;
        let report = Proof { keys: &self.keys, id: self.id }.verify(&tx, kinds, granted, None, tell).await?;
        let report = report.whole(&self.place)?;
        within(tx.commit()).await?;
        Ok(report)
    }

    async fn end(&self, head: Head) -> Result<(), Failure> {
        self.counts.put(&self.session).await?;
        let (pos, n, at) = self.last;
        if pos > 0 {
            let blocks = (pos - 1) / BLOCK + 1;
            self.session
                .rows("SELECT setval('positions', $1), setval('things_n', $2)", &[&blocks, &n])
                .await?;
        }
        let stop = Stop::new(&self.keys.chain, self.id, self.epoch, head, at);
        stop.insert(&self.session.client).await?;
        self.session.rows("UPDATE journal SET epoch = $1", &[&(self.epoch + 1)]).await.map(|_| ())
    }
}
