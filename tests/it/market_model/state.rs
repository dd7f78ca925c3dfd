//! All that there is at one moment: the journal, the desks, what is on its way, what the marketplace has added.

/// Lines of usage, as bits: one that comes at first, and one that comes later.
pub type Lines = u8;
pub const FIRST: Lines = 1;
pub const LATER: Lines = 2;

/// One moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct State {
    /// On disk: the reports of one SKU and month, in the order in which they were opened.
    pub reports: Vec<Report>,
    pub desks: [Desk; 2],
    /// Our requests between desk and marketplace; sorted, for their order does not matter.
    pub wire: Vec<Request>,
    /// How often the marketplace has added each line.
    pub bill: [u8; 2],
    /// True once a report has left while an earlier attempt of it was in doubt.
    pub sent_in_doubt: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Report {
    /// 0 for the report itself; each slot is opened once.
    pub supplement: u8,
    pub records: Vec<Record>,
    /// What the marketplace has added for it, as it sees that.
    pub added: Vec<Lines>,
}

/// One event of a report. `Ended` names the attempt; `Verdict` is a person's on the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    Taken(Lines),
    Frozen,
    Started,
    Ended(usize, End),
    Verdict { reported: bool },
}

/// What the journal says of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// No byte left.
    NotSent,
    Refused,
    /// No answer to rely on, or its process was gone before one was on disk.
    Unknown,
    Done,
}

/// What a desk is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Desk {
    #[default]
    Idle,
    /// Has read the journal, and is about to open a report with these lines.
    Opens { supplement: u8, lines: Lines },
    /// Has read the journal, `seq` records of the report, and is about to write its intent.
    Begins { report: usize, seq: usize },
    /// May send: the intent is on disk, if that guard is on.
    Ready { report: usize, attempt: usize, lines: Lines },
    /// Has sent.
    Waits { report: usize, attempt: usize },
    /// Knows what came of it; the journal does not yet.
    Knows { report: usize, attempt: usize, end: End },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    pub report: usize,
    pub lines: Lines,
    /// The desk that waits for the answer, if one still does.
    pub desk: Option<usize>,
    /// None while it may still be added.
    pub answer: Option<End>,
}

/// Where a report stands, by the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    Prepared,
    Sending,
    InDoubt,
    Refused,
    Reported,
}

impl Report {
    /// Its lines, by the journal.
    pub fn lines(&self) -> Lines {
        self.records
            .iter()
            .fold(0, |all, record| if let Record::Taken(lines) = record { all | lines } else { all })
    }

    pub fn attempts(&self) -> usize {
        self.records.iter().filter(|record| **record == Record::Started).count()
    }

    /// The attempt that has no end yet.
    pub fn open_attempt(&self) -> Option<usize> {
        let ended = |n| self.records.iter().any(|record| matches!(record, Record::Ended(m, _) if *m == n));
        (1..=self.attempts()).find(|n| !ended(*n))
    }

    /// Folds its records.
    pub fn standing(&self) -> Standing {
        let (mut standing, mut reported) = (Standing::Open, false);
        for record in &self.records {
            reported |= matches!(record, Record::Ended(_, End::Done) | Record::Verdict { reported: true });
            standing = match record {
                // What is taken in after it was frozen makes that worthless.
                Record::Taken(_) | Record::Verdict { .. } => Standing::Open,
                Record::Frozen | Record::Ended(_, End::NotSent) => Standing::Prepared,
                Record::Started => Standing::Sending,
                Record::Ended(_, End::Refused) => Standing::Refused,
                Record::Ended(_, End::Unknown) => Standing::InDoubt,
                Record::Ended(_, End::Done) => Standing::Reported,
            };
        }
        match standing {
            _ if reported => Standing::Reported,
            _ if self.open_attempt().is_some() => Standing::Sending,
            other => other,
        }
    }

    /// True when the outcome of an earlier attempt than `attempt` is unknown and no verdict came after it.
    pub fn is_doubted_before(&self, attempt: usize) -> bool {
        let judged = self.records.iter().rposition(|record| matches!(record, Record::Verdict { .. }));
        let rest = &self.records[judged.map_or(0, |at| at + 1)..];
        rest.iter().any(|record| matches!(record, Record::Ended(n, End::Unknown) if *n < attempt))
    }
}

impl State {
    /// True when a report of ours, or a desk that is about to open one, holds these lines.
    pub fn knows(&self, lines: Lines) -> bool {
        self.reports.iter().any(|report| report.lines() & lines != 0)
    }

    /// True while a request of ours for that report may still be added.
    pub fn may_still_add(&self, report: usize) -> bool {
        self.wire.iter().any(|request| request.report == report && request.answer.is_none())
    }

    /// True when a desk works on that attempt.
    pub fn is_worked_on(&self, of: usize, n: usize) -> bool {
        self.desks.iter().any(|desk| match desk {
            Desk::Idle | Desk::Opens { .. } | Desk::Begins { .. } => false,
            Desk::Ready { report, attempt, .. }
            | Desk::Waits { report, attempt }
            | Desk::Knows { report, attempt, .. } => (*report, *attempt) == (of, n),
        })
    }

    /// Moves a request on; an answer that nobody waits for is gone.
    pub fn forward(&mut self, request: Request, answer: Option<End>) {
        self.wire.retain(|known| *known != request);
        if answer.is_some() && request.desk.is_some() {
            self.wire.push(Request { answer, ..request });
        }
        self.wire.sort_unstable();
    }

    /// Nobody waits any more for what this desk has sent.
    pub fn hang_up(&mut self, desk: usize) {
        self.wire.retain(|request| request.desk != Some(desk) || request.answer.is_none());
        for request in self.wire.iter_mut().filter(|request| request.desk == Some(desk)) {
            request.desk = None;
        }
        self.wire.sort_unstable();
    }
}
