//! A notice as a kind of thing that calls are made for.

use super::{Notice, NoticeCommand, NoticeEvent, Told};
use crate::kind::{
    Begun, Column, Driven, Index, Kind, List, Pending, Reached, Recorded, Repeat, Row, ShortId, Timestamp,
    Uptime, Value, Weight,
};
use crate::order::Environment;
use crate::subscription::{Call, Outcome, Refusal, Sole};

/// Its table.
const LIST: List = List {
    table: "notices",
    columns: &[
        Column::text("environment").fixed(),
        Column::text("call"),
        Column::text("customer_id"),
        Column::text("state"),
        Column::integer("written_at"),
        Column::text("owner").optional(),
    ],
    unique: &[],
    indexes: &[
        Index { name: "notices_by_time", columns: &["environment", "written_at", "id"], only: None },
        Index { name: "notices_under_way", columns: &["environment", "id"], only: Some("owner IS NOT NULL") },
    ],
    counted: &["environment", "state"],
};

/// What the list says of a notice.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeRow {
    pub id: ShortId,
    pub call: String,
    pub customer_id: String,
    pub state: String,
    pub written_at: Timestamp,
    pub owner: Option<String>,
}

impl Kind for Notice {
    const NAME: &'static str = "notice";
    const LIST: List = LIST;
    const RESERVED: &'static [&'static str] = &["notice_resolved"];
    type Id = ShortId;
    type Row = NoticeRow;
    type Event = NoticeEvent;

    fn parse_id(text: &str) -> Option<ShortId> {
        ShortId::parse(text)
    }

    fn id(&self) -> &ShortId {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn event_name(event: &NoticeEvent) -> &'static str {
        match event {
            NoticeEvent::NoticeWritten { .. } => "notice_written",
            NoticeEvent::NoticeResolved { .. } => "notice_resolved",
            NoticeEvent::Call(event) => event.name(),
        }
    }

    fn open(id: &ShortId, first: &Recorded<NoticeEvent>) -> Option<Self> {
        Self::opened(id, first)
    }

    fn follow(&mut self, recorded: &Recorded<NoticeEvent>) -> bool {
        self.take(recorded)
    }

    fn row(&self) -> Vec<Value> {
        let (Told::Sale { customer_id, .. } | Told::Update { coid: customer_id, .. }) = &self.told;
        vec![
            self.environment.name().into(),
            self.told.call().name().into(),
            customer_id.as_str().into(),
            self.state().into(),
            self.written_at.as_microsecond().into(),
            self.attempts.pending().map(|pending| pending.owner).into(),
        ]
    }

    fn read_row(id: &str, _: u64, values: &[Value]) -> Result<NoticeRow, String> {
        let row = Row { list: &LIST, values };
        Ok(NoticeRow {
            id: ShortId::parse(id).ok_or_else(|| format!("`{id}` is not an id"))?,
            call: row.text(1)?.to_owned(),
            customer_id: row.text(2)?.to_owned(),
            state: row.text(3)?.to_owned(),
            written_at: row.instant(4)?,
            owner: row.maybe_text(5).map(str::to_owned),
        })
    }
}

impl Driven for Notice {
    type Call = Call;
    type Command = NoticeCommand;
    type Outcome = Outcome;
    type Refusal = Refusal;

    fn repeat(call: Call) -> Repeat {
        call.repeat()
    }

    fn call_name(call: Call) -> &'static str {
        call.name()
    }

    fn reached(outcome: &Outcome) -> Reached {
        outcome.reached()
    }

    fn environment(&self) -> &str {
        self.environment.name()
    }

    fn decide(&self, command: NoticeCommand, now: Timestamp) -> Result<Vec<NoticeEvent>, Refusal> {
        self.decided(command, now)
    }

    fn pending(&self) -> Option<Pending<'_>> {
        self.attempts.pending()
    }

    fn doubted(&self) -> Option<Call> {
        self.doubt().map(|attempt| attempt.call)
    }

    fn knows(&self, attempt: u32, owner: &str) -> bool {
        self.attempts.knows(attempt, owner)
    }

    fn begun(&self, call: Call) -> Option<Begun> {
        match self.environment {
            Environment::Sandbox | Environment::Production => {
                let name = format!("{} {} {}", call.name(), self.environment.name(), self.id);
                Some(Begun { name, times: self.attempts.times(call) })
            }
            Environment::Embedded => None,
        }
    }

    fn awaits(&self, attempt: u32) -> bool {
        self.attempts.awaits(attempt)
    }

    fn end(attempt: u32, outcome: Outcome, uptime: Option<Uptime>) -> NoticeCommand {
        NoticeCommand::End { attempt, outcome, uptime }
    }

    fn cut_off(attempt: u32, uptime: Option<Uptime>) -> NoticeCommand {
        NoticeCommand::CutOff { attempt, held_back: false, uptime }
    }

    fn hold_back(attempt: u32, uptime: Option<Uptime>) -> NoticeCommand {
        NoticeCommand::CutOff { attempt, held_back: true, uptime }
    }

    fn mask(&self, outcome: Outcome) -> Outcome {
        outcome
    }

    fn describe(outcome: &Outcome) -> String {
        outcome.words()
    }

    fn told(outcome: &Outcome) -> crate::kind::Told<'_> {
        outcome.told()
    }

    fn weight(event: &NoticeEvent) -> Weight {
        match event {
            NoticeEvent::Call(event) => event.weight(),
            NoticeEvent::NoticeWritten { .. } | NoticeEvent::NoticeResolved { .. } => Weight::Normal,
        }
    }

    fn taken(field: &'static str, thing: String) -> Refusal {
        Refusal::Taken { what: Sole::named(field), thing }
    }
}
