//! A run as a kind of thing in the journal.

use super::{Run, RunEvent};
use crate::kind::{Column, Index, Kind, List, Recorded, Row, ShortId, Timestamp, Unique, Value};
use crate::order::Environment;
use crate::registry::ContractId;

/// Its table.
const LIST: List = List {
    table: "registration_runs",
    columns: &[
        Column::text("environment").fixed(),
        Column::text("contract").fixed(),
        Column::text("state"),
        Column::integer("opened_at"),
        Column::text("opened_by"),
        // The environment and the contract, while it is unfinished.
        Column::text("unfinished").optional(),
        Column::text("owner").optional(),
        Column::integer("changes"),
        Column::integer("done"),
        Column::integer("failed"),
    ],
    unique: &[Unique { columns: &["unfinished"], field: "contract" }],
    indexes: &[Index {
        name: "registration_runs_by_time",
        columns: &["environment", "contract", "opened_at", "id"],
        only: None,
    }],
    counted: &["environment", "state"],
};

/// What the list says of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    pub id: ShortId,
    pub contract: ContractId,
    pub state: String,
    pub opened_at: Timestamp,
    pub opened_by: String,
    pub owner: Option<String>,
    pub changes: i64,
    pub done: i64,
    pub failed: i64,
}

impl Run {
    /// What stands in the column `unfinished` while the run of that contract is.
    pub fn unfinished(environment: Environment, contract: &ContractId) -> String {
        format!("{environment} {contract}")
    }
}

impl Kind for Run {
    const NAME: &'static str = "registration";
    const LIST: List = LIST;
    type Id = ShortId;
    type Row = RunRow;
    type Event = RunEvent;

    fn parse_id(text: &str) -> Option<ShortId> {
        ShortId::parse(text)
    }

    fn id(&self) -> &ShortId {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn event_name(event: &RunEvent) -> &'static str {
        match event {
            RunEvent::RunOpened { .. } => "run_opened",
            RunEvent::ChangesStarted { .. } => "changes_started",
            RunEvent::ChangesEnded { .. } => "changes_ended",
            RunEvent::RunTakenOver { .. } => "run_taken_over",
            RunEvent::RunClosed { .. } => "run_closed",
        }
    }

    fn open(id: &ShortId, first: &Recorded<RunEvent>) -> Option<Self> {
        Self::opened(id, first)
    }

    fn follow(&mut self, recorded: &Recorded<RunEvent>) -> bool {
        self.take(recorded)
    }

    fn row(&self) -> Vec<Value> {
        let unfinished = self.closed.is_none();
        vec![
            self.environment.name().into(),
            self.contract.as_str().into(),
            self.state().into(),
            self.opened_at.as_microsecond().into(),
            self.opened_by.as_str().into(),
            unfinished.then(|| Self::unfinished(self.environment, &self.contract)).into(),
            unfinished.then(|| self.owner.clone()).into(),
            i64::from(self.changes).into(),
            i64::from(self.done).into(),
            i64::from(self.failed).into(),
        ]
    }

    fn read_row(id: &str, _: u64, values: &[Value]) -> Result<RunRow, String> {
        let row = Row { list: &LIST, values };
        Ok(RunRow {
            id: ShortId::parse(id).ok_or_else(|| format!("`{id}` is not an id"))?,
            contract: row.read(1, |text| ContractId::new(text).ok())?,
            state: row.text(2)?.to_owned(),
            opened_at: row.instant(3)?,
            opened_by: row.text(4)?.to_owned(),
            owner: row.maybe_text(6).map(str::to_owned),
            changes: row.integer(7)?,
            done: row.integer(8)?,
            failed: row.integer(9)?,
        })
    }
}
