//! A report as a kind of thing that calls are made for.

use super::event::ReportEvent;
use super::{Report, ReportCommand, ReportRow, by_row, list};
use crate::kind::{
    Begun, Driven, Kind, List, Pending, Reached, Recorded, Repeat, ShortId, Timestamp, Told, Uptime, Value,
    Weight,
};
use crate::order::Environment;
use crate::subscription::{Call, Outcome, Refusal, Sole};

impl Kind for Report {
    const NAME: &'static str = "usage";
    const LIST: List = list::LIST;
    const RESERVED: &'static [&'static str] = &["report_resolved"];
    /// A key counts once in an environment, whichever desks take it in at the same moment.
    const SOLE_TERMS: Option<&'static str> = Some("environment");
    type Id = ShortId;
    type Row = ReportRow;
    type Event = ReportEvent;

    fn parse_id(text: &str) -> Option<ShortId> {
        ShortId::parse(text)
    }

    fn id(&self) -> &ShortId {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn event_name(event: &ReportEvent) -> &'static str {
        event.name()
    }

    fn open(id: &ShortId, first: &Recorded<ReportEvent>) -> Option<Self> {
        Self::opened(id, first)
    }

    fn follow(&mut self, recorded: &Recorded<ReportEvent>) -> bool {
        self.take(recorded)
    }

    fn row(&self) -> Vec<Value> {
        list::values(self)
    }

    /// The keys of its lines: each counts once, whatever the line was about.
    fn blind_terms(&self) -> Vec<String> {
        self.lines.keys().cloned().collect()
    }

    fn follow_row(row: &[Value], event: &ReportEvent) -> Option<(Vec<Value>, Vec<String>)> {
        by_row::follow(row, event)
    }

    fn read_row(id: &str, seq: u64, values: &[Value]) -> Result<ReportRow, String> {
        list::read(id, seq, values)
    }
}

impl Driven for Report {
    type Call = Call;
    type Command = ReportCommand;
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

    fn decide(&self, command: ReportCommand, now: Timestamp) -> Result<Vec<ReportEvent>, Refusal> {
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
                let name = format!("{} {} {}", call.name(), self.environment.name(), self.slot);
                Some(Begun { name, times: self.attempts.times(call) })
            }
            // Its marketplace goes where the journal goes.
            Environment::Embedded => None,
        }
    }

    fn awaits(&self, attempt: u32) -> bool {
        self.attempts.awaits(attempt)
    }

    fn end(attempt: u32, outcome: Outcome, uptime: Option<Uptime>) -> ReportCommand {
        ReportCommand::End { attempt, outcome, uptime }
    }

    fn cut_off(attempt: u32, uptime: Option<Uptime>) -> ReportCommand {
        ReportCommand::CutOff { attempt, held_back: false, uptime }
    }

    fn hold_back(attempt: u32, uptime: Option<Uptime>) -> ReportCommand {
        ReportCommand::CutOff { attempt, held_back: true, uptime }
    }

    fn alarm(&self) -> Option<String> {
        self.clash().map(|clash| clash.words())
    }

    fn mask(&self, outcome: Outcome) -> Outcome {
        outcome
    }

    fn describe(outcome: &Outcome) -> String {
        outcome.words()
    }

    fn told(outcome: &Outcome) -> Told<'_> {
        outcome.told()
    }

    fn weight(event: &ReportEvent) -> Weight {
        match event {
            ReportEvent::Call(event) => event.weight(),
            ReportEvent::UsageAdded { .. }
            | ReportEvent::ReportOpened { .. }
            | ReportEvent::ReportContinued => Weight::Detail,
            ReportEvent::ReportPrepared { .. } | ReportEvent::ReportResolved { .. } => Weight::Normal,
        }
    }

    fn taken(field: &'static str, thing: String) -> Refusal {
        Refusal::Taken { what: Sole::named(field), thing }
    }
}
