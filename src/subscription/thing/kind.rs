//! A subscription as a kind of thing that calls are made for.

use super::event::Event;
use super::{Command, Subscription, SubscriptionRow, list};
use crate::kind::{
    Begun, Driven, Kind, List, Pending, Reached, Recorded, Repeat, ShortId, Timestamp, Told, Uptime, Value,
    Weight,
};
use crate::subscription::{Call, Outcome, Refusal, Sole};

impl Kind for Subscription {
    const NAME: &'static str = "subscription";
    const LIST: List = list::LIST;
    const RESERVED: &'static [&'static str] = &["alarm_set_aside", "erased"];
    type Id = ShortId;
    type Row = SubscriptionRow;
    type Event = Event;

    fn parse_id(text: &str) -> Option<ShortId> {
        ShortId::parse(text)
    }

    fn id(&self) -> &ShortId {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn is_erased(&self) -> bool {
        self.erased
    }

    fn event_name(event: &Event) -> &'static str {
        event.name()
    }

    fn erases(event: &Event) -> bool {
        matches!(event, Event::Erased { .. })
    }

    fn open(id: &ShortId, first: &Recorded<Event>) -> Option<Self> {
        Self::opened(id, first)
    }

    fn follow(&mut self, recorded: &Recorded<Event>) -> bool {
        self.take(recorded)
    }

    fn row(&self) -> Vec<Value> {
        list::values(self)
    }

    /// A buyer's second try comes under another id: it is found by who may be written to.
    fn blind_terms(&self) -> Vec<String> {
        self.contacts()
    }

    fn read_row(id: &str, seq: u64, values: &[Value]) -> Result<SubscriptionRow, String> {
        list::read(id, seq, values)
    }
}

impl Driven for Subscription {
    type Call = Call;
    type Command = Command;
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

    fn decide(&self, command: Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        self.decided(command, now)
    }

    fn pending(&self) -> Option<Pending<'_>> {
        self.attempts.pending()
    }

    /// Its calls name a state, so none locks it.
    fn doubted(&self) -> Option<Call> {
        None
    }

    fn knows(&self, attempt: u32, owner: &str) -> bool {
        self.attempts.knows(attempt, owner)
    }

    fn begun(&self, _: Call) -> Option<Begun> {
        None
    }

    fn awaits(&self, attempt: u32) -> bool {
        self.attempts.awaits(attempt)
    }

    fn end(attempt: u32, outcome: Outcome, uptime: Option<Uptime>) -> Command {
        Command::End { attempt, outcome, uptime }
    }

    fn cut_off(attempt: u32, uptime: Option<Uptime>) -> Command {
        Command::CutOff { attempt, uptime }
    }

    /// What a buyer filled in may stand in what a server says.
    fn mask(&self, outcome: Outcome) -> Outcome {
        let Outcome::Refused { status, message: Some(message) } = outcome else { return outcome };
        let texts = self.fields.iter().filter(|(name, _)| !NOT_PERSONAL.contains(&name.as_str()));
        let texts = texts.filter_map(|(_, value)| value.as_str()).filter(|text| text.chars().count() > 3);
        let message = texts.fold(message, |message, text| message.replace(text, "[redacted]"));
        Outcome::Refused { status, message: Some(message) }
    }

    fn describe(outcome: &Outcome) -> String {
        outcome.words()
    }

    fn told(outcome: &Outcome) -> Told<'_> {
        outcome.told()
    }

    fn weight(event: &Event) -> Weight {
        match event {
            Event::Call(event) => event.weight(),
            Event::ConflictingDeploy { .. } | Event::AnswerLost | Event::AnswerNotUsed { .. } => {
                Weight::Warning
            }
            Event::Requested { .. }
            | Event::Answered { .. }
            | Event::HandedOver { .. }
            | Event::Repeated
            | Event::Noted { .. }
            | Event::AlarmSetAside { .. }
            | Event::Erased { .. } => Weight::Normal,
            Event::AnswerDelivered => Weight::Detail,
        }
    }

    fn taken(field: &'static str, thing: String) -> Refusal {
        Refusal::Taken { what: Sole::named(field), thing }
    }
}

/// What stands in clear anyway.
const NOT_PERSONAL: [&str; 3] = ["provisioningId", "provisioningGuid", "productId"];
