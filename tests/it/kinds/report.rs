//! A kind that the program does not know: a report of usage, which adds up on the other side, so that it must never be
//! sent twice, and asking again tells nothing. Two events make it.

use pxdesk::kind::{
    Begun, Column, Driven, Kind, List, Pending, Reached, Recorded, Repeat, Signature, Timestamp, Told,
    Uptime, Value, Weight,
};
use serde::{Deserialize, Serialize};

/// How much was used, and what became of the attempts to report it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub id: String,
    pub seq: u64,
    /// Whose usage it is; gone once it was erased.
    pub customer: Option<String>,
    pub attempts: Vec<Attempt>,
    pub erased: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub owner: String,
    pub came: Option<Came>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// What is to be reported was written down (attempt 0), or is about to be sent.
    Meant { attempt: u32, owner: String, personal: Option<String> },
    /// What came of it.
    Came { attempt: u32, came: Came },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    Counted(String),
    TurnedAway,
    Unknown,
    CutOff,
    /// Not of an attempt: the customer's name was destroyed.
    Erased,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Add,
    Look,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Add(Signature),
    Looked,
    Came(u32, Came),
    Erase,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NotNow,
    Taken,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Report {
    fn take(&mut self, event: &Event) -> bool {
        match event {
            Event::Meant { attempt: 0, .. } => false,
            Event::Meant { owner, .. } => {
                self.attempts.push(Attempt { owner: owner.clone(), came: None });
                true
            }
            Event::Came { came: Came::Erased, .. } => {
                (self.erased, self.customer) = (true, None);
                true
            }
            Event::Came { attempt, came } => {
                let known = (*attempt as usize).checked_sub(1).and_then(|at| self.attempts.get_mut(at));
                known.map(|known| known.came = Some(came.clone())).is_some()
            }
        }
    }

    fn unknown(&self) -> bool {
        self.attempts.iter().any(|known| matches!(known.came, Some(Came::Unknown | Came::CutOff)))
    }
}

impl Kind for Report {
    const NAME: &'static str = "report";
    const LIST: List = List {
        table: "reports",
        columns: &[Column::integer("attempts"), Column::text("owner").optional()],
        unique: &[],
        indexes: &[],
        counted: &[],
    };
    type Id = String;
    type Row = (String, i64);
    type Event = Event;

    fn parse_id(text: &str) -> Option<String> {
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn id(&self) -> &String {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn is_erased(&self) -> bool {
        self.erased
    }

    fn event_name(event: &Event) -> &'static str {
        match event {
            Event::Meant { .. } => "meant",
            Event::Came { .. } => "came",
        }
    }

    fn erases(event: &Event) -> bool {
        matches!(event, Event::Came { came: Came::Erased, .. })
    }

    fn open(id: &String, first: &Recorded<Event>) -> Option<Self> {
        let Event::Meant { attempt: 0, personal, .. } = &first.event else { return None };
        let (id, customer) = (id.clone(), personal.clone());
        Some(Self { id, seq: first.seq, customer, attempts: Vec::new(), erased: false })
    }

    fn follow(&mut self, recorded: &Recorded<Event>) -> bool {
        let follows = self.take(&recorded.event);
        if follows {
            self.seq = recorded.seq;
        }
        follows
    }

    fn row(&self) -> Vec<Value> {
        let count = i64::try_from(self.attempts.len()).unwrap();
        vec![count.into(), self.pending().map(|pending| pending.owner).into()]
    }

    fn read_row(id: &str, _: u64, values: &[Value]) -> Result<(String, i64), String> {
        match values {
            [Value::Integer(attempts), _] => Ok((id.to_owned(), *attempts)),
            other => Err(format!("{other:?}")),
        }
    }
}

impl Driven for Report {
    type Call = Call;
    type Command = Command;
    type Outcome = Came;
    type Refusal = Refusal;

    fn repeat(call: Call) -> Repeat {
        match call {
            Call::Add => Repeat::ByVerdictOnly,
            Call::Look => Repeat::Safe,
        }
    }

    fn call_name(call: Call) -> &'static str {
        match call {
            Call::Add => "add",
            Call::Look => "look",
        }
    }

    fn reached(outcome: &Came) -> Reached {
        match outcome {
            Came::TurnedAway => Reached::No,
            Came::Unknown | Came::CutOff => Reached::Unknown,
            Came::Counted(_) | Came::Erased => Reached::Answered,
        }
    }

    fn environment(&self) -> &'static str {
        "embedded"
    }

    /// It forgets, on purpose, that what may have been counted must not be sent again.
    fn decide(&self, command: Command, _: Timestamp) -> Result<Vec<Event>, Refusal> {
        let attempt = u32::try_from(self.attempts.len()).unwrap() + 1;
        match command {
            _ if self.erased => Err(Refusal::NotNow),
            Command::Add(_) if self.pending().is_some() => Err(Refusal::NotNow),
            Command::Add(by) => Ok(vec![Event::Meant { attempt, owner: by.owner, personal: None }]),
            Command::Looked => Ok(Vec::new()),
            Command::Came(attempt, came) if self.awaits(attempt) => Ok(vec![Event::Came { attempt, came }]),
            Command::Came(..) => Err(Refusal::NotNow),
            Command::Erase => Ok(vec![Event::Came { attempt: 0, came: Came::Erased }]),
        }
    }

    fn pending(&self) -> Option<Pending<'_>> {
        let open = (1..).zip(&self.attempts).find(|(_, known)| known.came.is_none());
        open.map(|(attempt, known)| Pending { attempt, owner: &known.owner })
    }

    fn doubted(&self) -> Option<Call> {
        self.unknown().then_some(Call::Add)
    }

    fn knows(&self, attempt: u32, owner: &str) -> bool {
        let known = (attempt as usize).checked_sub(1).and_then(|at| self.attempts.get(at));
        known.is_some_and(|known| known.owner == owner)
    }

    fn begun(&self, call: Call) -> Option<Begun> {
        let times = if call == Call::Add { self.attempts.len() } else { 0 };
        Some(Begun { name: format!("{call} {}", self.id), times })
    }

    fn awaits(&self, attempt: u32) -> bool {
        let known = (attempt as usize).checked_sub(1).and_then(|at| self.attempts.get(at));
        known.is_some_and(|known| matches!(known.came, None | Some(Came::CutOff)))
    }

    fn end(attempt: u32, outcome: Came, _: Option<Uptime>) -> Command {
        Command::Came(attempt, outcome)
    }

    fn cut_off(attempt: u32, _: Option<Uptime>) -> Command {
        Command::Came(attempt, Came::CutOff)
    }

    fn mask(&self, outcome: Came) -> Came {
        outcome
    }

    fn describe(outcome: &Came) -> String {
        format!("{outcome:?}")
    }

    fn told(_: &Came) -> Told<'_> {
        Told { name: "came", code: None, tx_id: None }
    }

    fn weight(_: &Event) -> Weight {
        Weight::Normal
    }

    fn taken(_: &'static str, _: String) -> Refusal {
        Refusal::Taken
    }
}
