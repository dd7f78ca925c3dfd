//! All that there is at one moment: the journal, the desks, what is on its way, what Px holds.

/// An order, which is a pair of ids: A is 0, B is 1.
pub type Pair = usize;

/// One moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    /// On disk, for each order.
    pub journal: [Vec<Record>; 2],
    pub desks: [Desk; 2],
    /// Our requests between desk and Px, and at Px; sorted, for their order does not matter.
    pub wire: Vec<Request>,
    /// How often Px has applied each pair for us.
    pub ours: [u8; 2],
    /// True once Px has applied order A for another party.
    pub theirs: bool,
}

/// One event of an order. `Ended` names the attempt; `Verdict` is a person's on all attempts before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    Opened,
    Started,
    Ended(usize, End),
    Verdict { placed: bool },
    Abandoned,
}

/// What the journal says of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Not sent, or rejected: this attempt placed nothing.
    Nothing,
    /// No reply, or its process was gone before one was on disk.
    Unknown,
    Confirmed,
    /// 2130, taken for our own earlier attempt.
    Inferred,
    /// 2130, with no attempt of ours to explain it.
    Alarm,
}

/// What a desk is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Desk {
    #[default]
    Idle,
    /// Has read the journal, `seq` records of it, and knows what it will append.
    Decided { pair: Pair, seq: usize, choice: Choice },
    /// May send: the intent is on disk, if that guard is on.
    Ready { pair: Pair, attempt: usize },
    /// Has sent.
    Waiting { pair: Pair, attempt: usize },
    /// Knows what came of it; the journal does not yet.
    Knows { pair: Pair, attempt: usize, answer: Answer },
}

/// What a person begins. `Probe`: the very same request again; `Verdict`: what the carrier's books say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    Complete,
    Probe,
    Verdict { placed: bool },
    Abandon,
}

/// What a desk learns of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    NotSent,
    /// No reply, or none that can be read.
    None,
    Rejected,
    Completed,
    AlreadySubmitted,
}

/// A Complete of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    pub pair: Pair,
    /// The desk that waits for the reply, if one still does.
    pub desk: Option<usize>,
    pub stage: Stage,
}

/// How far a request, or its reply, has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Travelling,
    /// Px has seen that the ids are new to it, and has not applied the order yet.
    Checked,
    Reply(Answer),
}

/// Where an order stands, by the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    NotOpened,
    /// Accepted, and nothing speaks against sending it.
    Accepted,
    UnderWay,
    InDoubt,
    Completed(Basis),
    Alarm,
    Abandoned,
}

/// What a completion rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    Confirmed,
    Inferred,
    Verdict,
}

/// Folds an order's records.
pub fn standing(records: &[Record]) -> Standing {
    let mut standing = Standing::NotOpened;
    for record in records {
        standing = match (record, standing) {
            (_, Standing::Completed(_)) => standing,
            (Record::Started, _) => Standing::UnderWay,
            (Record::Abandoned, _) => Standing::Abandoned,
            (Record::Verdict { placed: true }, _) => Standing::Completed(Basis::Verdict),
            (Record::Ended(_, End::Confirmed), _) => Standing::Completed(Basis::Confirmed),
            (Record::Ended(_, End::Inferred), _) => Standing::Completed(Basis::Inferred),
            (Record::Ended(_, End::Alarm), _) => Standing::Alarm,
            (
                Record::Opened
                | Record::Verdict { placed: false }
                | Record::Ended(_, End::Nothing | End::Unknown),
                _,
            ) => Standing::Accepted,
        };
    }
    match standing {
        Standing::Accepted | Standing::Alarm if open_attempt(records).is_some() => Standing::UnderWay,
        // What a later attempt met with does not say what became of an earlier one.
        Standing::Accepted | Standing::Alarm if is_unknown(records) => Standing::InDoubt,
        other => other,
    }
}

/// The attempt that has no end yet.
pub fn open_attempt(records: &[Record]) -> Option<usize> {
    (1..=attempts(records)).find(|n| !records.iter().any(|r| matches!(r, Record::Ended(m, _) if m == n)))
}

pub fn attempts(records: &[Record]) -> usize {
    records.iter().filter(|r| **r == Record::Started).count()
}

/// True when an attempt went out, and nobody knew what became of it.
pub fn has_unknown(records: &[Record]) -> bool {
    records.iter().any(|r| matches!(r, Record::Ended(_, End::Unknown)))
}

/// True when the outcome of an attempt is unknown and no verdict came after it.
fn is_unknown(records: &[Record]) -> bool {
    let judged = records.iter().rposition(|r| matches!(r, Record::Verdict { .. })).map_or(0, |at| at + 1);
    has_unknown(&records[judged..])
}

impl State {
    pub fn standing(&self, pair: Pair) -> Standing {
        standing(&self.journal[pair])
    }

    /// True while a request of ours may still be applied.
    pub fn may_still_apply(&self, pair: Pair) -> bool {
        self.wire.iter().any(|r| r.pair == pair && !matches!(r.stage, Stage::Reply(_)))
    }

    /// True when Px has applied the pair, for whomever.
    pub fn knows(&self, pair: Pair) -> bool {
        self.ours[pair] > 0 || (pair == 0 && self.theirs)
    }

    /// The attempt that a desk is working on.
    pub fn attempt_of(&self, desk: usize) -> Option<(Pair, usize)> {
        match self.desks[desk] {
            Desk::Idle | Desk::Decided { .. } => None,
            Desk::Ready { pair, attempt }
            | Desk::Waiting { pair, attempt }
            | Desk::Knows { pair, attempt, .. } => Some((pair, attempt)),
        }
    }

    /// Moves a request on; a reply that nobody waits for is gone.
    pub fn forward(&mut self, request: Request, stage: Option<Stage>) {
        let at = self.wire.iter().position(|r| *r == request);
        let request = at.map(|at| self.wire.remove(at));
        let moved = request.zip(stage).map(|(request, stage)| Request { stage, ..request });
        self.wire.extend(moved.filter(|r| r.desk.is_some() || !matches!(r.stage, Stage::Reply(_))));
        self.wire.sort_unstable();
    }

    /// Nobody waits any more for what this desk has sent.
    pub fn hang_up(&mut self, desk: usize) {
        self.wire.retain(|r| r.desk != Some(desk) || !matches!(r.stage, Stage::Reply(_)));
        for request in self.wire.iter_mut().filter(|r| r.desk == Some(desk)) {
            request.desk = None;
        }
        self.wire.sort_unstable();
    }
}
