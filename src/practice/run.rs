//! A run of practice as a kind of thing in a journal: it began, and it ended with a report, or nobody wants it kept.
//!
//! Everything in it is made up, so nothing is sealed.

use super::grade::Report;
use crate::kind::{Column, Index, Kind, List, Recorded, Row, ShortId, Timestamp, Value};
use serde::{Deserialize, Serialize};

/// Its table.
const LIST: List = List {
    table: "practice_runs",
    columns: &[
        Column::text("trainee"),
        Column::text("scenario"),
        Column::text("title"),
        Column::text("state"),
        Column::integer("started_at"),
        // Nothing in these while it runs.
        Column::integer("seconds").optional(),
        Column::integer("grade").optional(),
        Column::integer("finished").optional(),
        // The ids of the rows of the table of errors, with blanks between them.
        Column::text("rows").optional(),
    ],
    unique: &[],
    indexes: &[
        Index { name: "practice_runs_by_time", columns: &["started_at", "id"], only: None },
        Index { name: "practice_runs_by_trainee", columns: &["trainee", "started_at", "id"], only: None },
    ],
    counted: &[],
};

/// What happens to a run, in the past tense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunEvent {
    /// Always the first event.
    #[serde(rename_all = "camelCase")]
    Began {
        scenario: String,
        title: String,
        trainee: String,
        /// On the wall clock.
        started_at: Timestamp,
        /// The process that it runs in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
        /// The machine that this process is on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
    },
    /// It was graded.
    Ended { report: Box<Report> },
    /// It counts for nothing: it was broken off before there was anything to grade.
    Discarded,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Running,
    Ended,
    Discarded,
}

impl RunState {
    const ALL: [Self; 3] = [Self::Running, Self::Ended, Self::Discarded];

    /// The name in lists and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Discarded => "discarded",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A run as its events make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: ShortId,
    pub scenario: String,
    pub title: String,
    pub trainee: String,
    pub started_at: Timestamp,
    /// The machine and the process that it runs in, as far as is known.
    pub process: Option<(String, u32)>,
    pub state: RunState,
    /// Once it has ended.
    pub report: Option<Box<Report>>,
    pub seq: u64,
}

/// What the list says of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    pub id: ShortId,
    pub trainee: String,
    pub scenario: String,
    pub title: String,
    pub state: RunState,
    pub started_at: Timestamp,
    /// How long it took; none while it runs. So for what follows.
    pub seconds: Option<u64>,
    pub grade: Option<u8>,
    /// Whether the last right move was reached.
    pub finished: Option<bool>,
    /// The rows of the table of errors that were met.
    pub rows: Vec<String>,
}

impl Kind for Run {
    const NAME: &'static str = "practice";
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
            RunEvent::Began { .. } => "began",
            RunEvent::Ended { .. } => "ended",
            RunEvent::Discarded => "discarded",
        }
    }

    fn open(id: &ShortId, first: &Recorded<RunEvent>) -> Option<Self> {
        let RunEvent::Began { scenario, title, trainee, started_at, pid, host } = &first.event else {
            return None;
        };
        Some(Self {
            id: id.clone(),
            scenario: scenario.clone(),
            title: title.clone(),
            trainee: trainee.clone(),
            started_at: *started_at,
            process: host.clone().zip(*pid),
            state: RunState::Running,
            report: None,
            seq: first.seq,
        })
    }

    fn follow(&mut self, recorded: &Recorded<RunEvent>) -> bool {
        if self.state != RunState::Running {
            return false;
        }
        match &recorded.event {
            RunEvent::Began { .. } => return false,
            RunEvent::Ended { report } => {
                self.state = RunState::Ended;
                self.report = Some(report.clone());
            }
            RunEvent::Discarded => self.state = RunState::Discarded,
        }
        self.seq = recorded.seq;
        true
    }

    fn row(&self) -> Vec<Value> {
        let report = self.report.as_deref();
        vec![
            self.trainee.as_str().into(),
            self.scenario.as_str().into(),
            self.title.as_str().into(),
            self.state.name().into(),
            self.started_at.as_microsecond().into(),
            report.map(|report| i64::try_from(report.seconds).unwrap_or(i64::MAX)).into(),
            report.map(|report| i64::from(report.grade)).into(),
            report.map(|report| i64::from(report.finished)).into(),
            report.map(|report| report.rows.join(" ")).into(),
        ]
    }

    fn read_row(id: &str, _: u64, values: &[Value]) -> Result<RunRow, String> {
        let row = Row { list: &LIST, values };
        let number = |at: usize| row.maybe_integer(at);
        Ok(RunRow {
            id: ShortId::parse(id).ok_or_else(|| format!("`{id}` is no id"))?,
            trainee: row.text(0)?.to_owned(),
            scenario: row.text(1)?.to_owned(),
            title: row.text(2)?.to_owned(),
            state: row.read(3, RunState::named)?,
            started_at: row.instant(4)?,
            seconds: number(5).map(|n| n.try_into().map_err(|_| row.missing(5))).transpose()?,
            grade: number(6).map(|n| n.try_into().map_err(|_| row.missing(6))).transpose()?,
            finished: number(7).map(|n| n != 0),
            rows: row.maybe_text(8).unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Digest;
    use crate::practice::report::sample;

    fn recorded(seq: u64, event: RunEvent) -> Recorded<RunEvent> {
        Recorded { seq, at: Timestamp::UNIX_EPOCH, by: "a".to_owned(), event, hash: Digest([0; 32]) }
    }

    fn began() -> RunEvent {
        let report = sample::report();
        RunEvent::Began {
            scenario: report.scenario,
            title: report.title,
            trainee: report.trainee,
            started_at: report.started_at,
            pid: Some(7),
            host: Some("here".to_owned()),
        }
    }

    fn run() -> Run {
        Run::open(&ShortId::from_bits(7), &recorded(1, began())).unwrap()
    }

    #[test]
    fn its_row_says_what_is_known_of_it_at_each_time() {
        let row = |run: &Run| Run::read_row(run.id.as_str(), run.seq, &run.row()).unwrap();
        let mut run = run();
        let now = row(&run);
        assert_eq!((now.state, now.grade, now.finished, now.seconds), (RunState::Running, None, None, None));
        assert_eq!((now.trainee, now.rows), (sample::report().trainee, vec![]));
        assert!(run.follow(&recorded(2, RunEvent::Ended { report: Box::new(sample::report()) })));
        let now = row(&run);
        let report = sample::report();
        assert_eq!((now.state, now.grade, now.finished), (RunState::Ended, Some(report.grade), Some(true)));
        assert_eq!((now.rows, now.seconds), (report.rows, Some(report.seconds)));
        assert_eq!(run.seq, 2);
    }

    #[test]
    fn nothing_follows_its_end() {
        let ended = || RunEvent::Ended { report: Box::new(sample::report()) };
        for last in [ended(), RunEvent::Discarded] {
            for next in [began(), ended(), RunEvent::Discarded] {
                let mut run = run();
                assert!(run.follow(&recorded(2, last.clone())));
                let before = run.clone();
                assert!(!run.follow(&recorded(3, next)));
                assert_eq!(run, before);
            }
        }
        assert!(!run().follow(&recorded(2, began())), "it begins once");
        assert_eq!(Run::open(&ShortId::from_bits(7), &recorded(1, RunEvent::Discarded)), None);
    }

    #[test]
    fn its_events_read_back_from_json_by_their_names() {
        for event in [began(), RunEvent::Ended { report: Box::new(sample::report()) }, RunEvent::Discarded] {
            let json = serde_json::to_value(&event).unwrap();
            assert_eq!(json["kind"], Run::event_name(&event));
            assert_eq!(serde_json::from_value::<RunEvent>(json).unwrap(), event);
        }
    }
}
