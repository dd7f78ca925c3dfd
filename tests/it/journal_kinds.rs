//! The journal keeps things of any kind: one that only these tests know is recorded, listed, verified and erased.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{now, tamper};
use pxdesk::journal::{Error, Journal, Options, Registered, Select, every_kind};
use pxdesk::kind::{Column, Index, Kind, List, Recorded, Unique, Value};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A parcel is packed, and at some time its address is forgotten.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    id: u32,
    seq: u64,
    to: Option<String>,
    weight: i64,
    erased: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happened {
    Packed { weight: i64, personal: Option<Address> },
    Forgotten,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Address {
    to: String,
}

impl Kind for Parcel {
    const NAME: &'static str = "parcel";
    const LIST: List = List {
        table: "parcels",
        columns: &[Column::integer("weight"), Column::text("note").optional()],
        unique: &[Unique { columns: &["weight"], field: "weight" }],
        indexes: &[Index { name: "parcels_by_weight", columns: &["weight", "id"], only: None }],
        counted: &["note"],
    };
    type Id = u32;
    type Row = (String, i64);
    type Event = Happened;

    fn parse_id(text: &str) -> Option<u32> {
        text.parse().ok()
    }

    fn id(&self) -> &u32 {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn is_erased(&self) -> bool {
        self.erased
    }

    fn event_name(event: &Happened) -> &'static str {
        match event {
            Happened::Packed { .. } => "packed",
            Happened::Forgotten => "forgotten",
        }
    }

    fn erases(event: &Happened) -> bool {
        *event == Happened::Forgotten
    }

    fn open(id: &u32, first: &Recorded<Happened>) -> Option<Self> {
        let Happened::Packed { weight, personal } = &first.event else { return None };
        let to = personal.as_ref().map(|address| address.to.clone());
        Some(Self { id: *id, seq: first.seq, to, weight: *weight, erased: false })
    }

    fn follow(&mut self, recorded: &Recorded<Happened>) -> bool {
        self.seq = recorded.seq;
        self.erased |= recorded.event == Happened::Forgotten;
        recorded.event == Happened::Forgotten
    }

    fn row(&self) -> Vec<Value> {
        vec![self.weight.into(), self.erased.then_some("forgotten").into()]
    }

    fn read_row(id: &str, _: u64, values: &[Value]) -> Result<(String, i64), String> {
        match values {
            [Value::Integer(weight), _] => Ok((id.to_owned(), *weight)),
            _ => Err("no weight".to_owned()),
        }
    }
}

fn packed(weight: i64) -> Happened {
    Happened::Packed { weight, personal: Some(Address { to: "1 Main Street".to_owned() }) }
}

async fn with_parcels(file: &Path) -> Journal {
    let mut kinds = every_kind();
    kinds.push(Registered::of::<Parcel>());
    Journal::open_with(&file.into(), &Options { create: true, state: None, kinds }).await.unwrap()
}

#[tokio::test]
async fn a_kind_that_the_journal_has_never_heard_of_is_kept_as_any_other() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pxdesk.db");
    // The journal was made by a pxdesk that did not know the kind.
    drop(Journal::open(&file, true).await.unwrap());
    let journal = with_parcels(&file).await;
    crate::journal::open(&journal, 1).await;
    let many = (1..=30).map(|n| (n, packed(i64::from(n % 25)))).collect();
    let packed: Vec<_> = journal.open_many::<Parcel>(many, now(), "a").await.unwrap();
    let refused: Vec<_> = packed.iter().filter_map(|parcel| parcel.as_ref().err()).collect();
    assert_eq!(refused.len(), 5, "no two weigh the same; the others are not kept out");
    assert!(
        refused.iter().all(|error| matches!(error, Error::Taken { field: "weight", kind: "parcel", .. }))
    );

    let select =
        Select { by: &["weight", "id"], from: vec![("weight", 20.into())], limit: 3, ..Select::default() };
    let rows = journal.rows::<Parcel>(&select).await.unwrap();
    assert_eq!(rows, [("20".to_owned(), 20), ("21".to_owned(), 21), ("22".to_owned(), 22)]);

    let parcel = journal.load::<Parcel>(&7).await.unwrap();
    assert_eq!(parcel.to.as_deref(), Some("1 Main Street"));
    let forgotten = journal.append(&parcel, vec![Happened::Forgotten], now(), "a").await.unwrap();
    assert_eq!((forgotten.to, forgotten.erased), (None, true));
    let counts = journal.counts::<Parcel>().await.unwrap();
    assert_eq!(counts, [(vec![String::new()], 24), (vec!["forgotten".to_owned()], 1)]);
    let report = journal.verify(None, |_| ()).await.unwrap();
    assert_eq!((report.things.get("parcel"), report.problems), (Some(&25), vec![]));
    journal.close().await;
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(11).any(|window| window == b"Main Street"), "it is sealed");

    let journal = with_parcels(&file).await;
    tamper(&file, "UPDATE parcels SET note = 'light' WHERE weight = 3").await;
    let problems = journal.verify(None, |_| ()).await.unwrap().problems;
    assert_eq!(problems[0].thing.as_deref(), Some("parcel 3"));
}
