//! The journal of practice: which runs there were, and their reports. It lies in a folder of its own, with a key of its own, and
//! never holds anything real; nor does the configured journal hold anything of practice.

use super::process::{host, is_gone};
use super::{Exit, Failed};
use crate::config::Places;
use crate::journal::{self, Doubt, Journal, Place, Registered};
use crate::kind::{Kind as _, ShortId, Timestamp};
use crate::order::is_same_name;
use crate::practice::{Report, Run, RunEvent, RunRow, RunState};
use crate::text::many;
use std::path::PathBuf;

/// Rows that are read at once.
const PAGE: u32 = 256;
/// What whoever finds it changed does.
const NEXT: &str =
    "Put the right one back, or move the folder `training` out of the data folder: a new one is made.";

/// The journal of practice that is open. Clones are handles to the same one; other processes may write to it too.
#[derive(Clone)]
pub struct Training {
    journal: Journal,
    file: PathBuf,
}

/// What the list of runs says, as far as it is what was recorded.
pub struct Proven {
    /// The latest first.
    pub runs: Vec<RunRow>,
    /// What is wrong with the journal, each in a line. A run that is named there is not among the runs.
    pub problems: Vec<String>,
    /// The same as a failure; none where nothing is wrong.
    pub wrong: Option<Failed>,
}

impl Proven {
    /// That nobody has practiced here yet.
    pub fn nothing() -> Self {
        Self { runs: Vec::new(), problems: Vec::new(), wrong: None }
    }
}

/// A run that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The scenario's name and title.
    pub scenario: String,
    pub title: String,
    pub trainee: String,
    /// On the wall clock.
    pub started_at: Timestamp,
}

impl Training {
    /// Where it lies.
    pub fn file(places: &Places) -> PathBuf {
        places.data.join("training").join("training.db")
    }

    /// Where this machine keeps what it last saw of it.
    fn state(places: &Places) -> PathBuf {
        places.state.join("training")
    }

    /// Opens it; makes it when there is none.
    pub async fn open(places: &Places) -> Result<Self, Failed> {
        let (file, state) = (Self::file(places), Self::state(places));
        if let Some(failed) = Self::taken_away(places) {
            return Err(failed);
        }
        super::make_folder_of(&file)?;
        if !file.exists() {
            // Whoever removed all runs may do so: nobody is to be told for ever that they are missed.
            std::fs::remove_dir_all(&state).ok();
        }
        let options =
            journal::Options { create: true, state: Some(state), kinds: vec![Registered::of::<Run>()] };
        let journal = Journal::open_with(&Place::File(file.clone()), &options).await?;
        Ok(Self { journal, file })
    }

    /// That its file was removed and nothing else of it, where this machine saw runs in it. Whoever begins anew moves the whole
    /// folder away.
    fn taken_away(places: &Places) -> Option<Failed> {
        let file = Self::file(places);
        if file.exists() || !Place::File(file.clone()).key_file().exists() {
            return None;
        }
        let doubt = journal::remembered(&file, &Self::state(places))?;
        let what = match doubt {
            Doubt::Gone { seen, .. } => {
                format!(
                    "the journal of practice {} is gone: this machine saw {} in it",
                    file.display(),
                    many(seen, "event")
                )
            }
            other => format!("the journal of practice {} {other}", file.display()),
        };
        Some(Failed { exit: Exit::Journal, what, next: Some(NEXT.to_owned()) })
    }

    /// Opens it, for looking; none when nobody has practiced here yet.
    pub async fn open_if_there(places: &Places) -> Result<Option<Self>, Failed> {
        let file = Self::file(places);
        let is_there = file.try_exists();
        let is_there = is_there.map_err(|e| {
            Failed::new(Exit::Journal, format!("{} cannot be looked at: {e}", file.display()))
        })?;
        match Self::taken_away(places) {
            Some(failed) => Err(failed),
            None if is_there => Self::open(places).await.map(Some),
            None => Ok(None),
        }
    }

    /// A run begins. Returns its id. Runs whose processes are gone can have no report any more: they are discarded.
    pub async fn begin(&self, beginning: Beginning) -> Result<ShortId, Failed> {
        self.trust()?;
        self.discard_the_dead(beginning.started_at).await?;
        let id = ShortId::from_bits(random()?);
        let Beginning { scenario, title, trainee, started_at } = beginning;
        let by = trainee.clone();
        let (pid, host) = (Some(std::process::id()), Some(host()));
        let began = RunEvent::Began { scenario, title, trainee, started_at, pid, host };
        self.journal.open_thing::<Run>(&id, began, started_at, &by).await?;
        Ok(id)
    }

    /// The run ends with its report.
    pub async fn end(&self, id: &ShortId, report: Report, now: Timestamp) -> Result<(), Failed> {
        self.close_run(id, RunEvent::Ended { report: Box::new(report) }, now).await
    }

    /// The run counts for nothing.
    pub async fn discard(&self, id: &ShortId, now: Timestamp) -> Result<(), Failed> {
        self.close_run(id, RunEvent::Discarded, now).await
    }

    async fn discard_the_dead(&self, now: Timestamp) -> Result<(), Failed> {
        let running = journal::Select {
            equal: vec![("state", RunState::Running.name().into())],
            by: &["started_at", "id"],
            limit: PAGE,
            ..journal::Select::default()
        };
        for row in self.journal.rows::<Run>(&running).await? {
            let run = self.load(&row.id).await?;
            let dead = run.process.as_ref().is_some_and(|(host, process)| is_gone(host, *process));
            if dead && run.state == RunState::Running {
                // Another process may have done so at the same time, which is as good.
                if let Err(error) = self.discard(&run.id, now).await {
                    tracing::info!(error = error.what, run = run.id.as_str(), "a run was not discarded");
                }
            }
        }
        Ok(())
    }

    async fn close_run(&self, id: &ShortId, last: RunEvent, now: Timestamp) -> Result<(), Failed> {
        self.trust()?;
        let run = self.load(id).await?;
        if run.state != RunState::Running {
            return Err(Failed::new(Exit::RefusedHere, format!("the run {id} has ended already")));
        }
        self.journal.append(&run, vec![last], now, &run.trainee).await?;
        Ok(())
    }

    /// Nothing, when the journal is what this machine last saw of it.
    fn trust(&self) -> Result<(), Failed> {
        let Some(doubt) = self.journal.doubt() else { return Ok(()) };
        Err(Failed {
            exit: Exit::Journal,
            what: format!("the journal of practice {doubt}; no run is kept in it any more"),
            next: Some(NEXT.to_owned()),
        })
    }

    /// All runs, or those of one trainee, however their name is written; the latest first.
    pub async fn runs(&self, trainee: Option<&str>) -> Result<Vec<RunRow>, Failed> {
        let mut all: Vec<RunRow> = Vec::new();
        loop {
            let after =
                all.last().map(|row| vec![row.started_at.as_microsecond().into(), row.id.as_str().into()]);
            let select = journal::Select {
                by: &["started_at", "id"],
                after,
                backward: true,
                limit: PAGE,
                ..journal::Select::default()
            };
            let page = self.journal.rows::<Run>(&select).await?;
            let is_last = page.len() < PAGE as usize;
            all.extend(page);
            if is_last {
                all.retain(|row| trainee.is_none_or(|trainee| is_same_name(trainee, &row.trainee)));
                return Ok(all);
            }
        }
    }

    /// The runs of [`Training::runs`] whose rows are what their events make of them, and what is wrong with the others, or with
    /// the journal as a whole: anybody who may write the file can change a row, and nobody a sealed event.
    pub async fn proven(&self, trainee: Option<&str>) -> Result<Proven, Failed> {
        let problems = self.verify().await?.problems;
        let mut runs = match self.runs(trainee).await {
            // A row that cannot be read at all is among the problems.
            Err(_) if !problems.is_empty() => Vec::new(),
            runs => runs?,
        };
        if problems.is_empty() {
            return Ok(Proven { runs, problems: Vec::new(), wrong: None });
        }
        let is_named = |row: &RunRow| {
            let name = format!("{} {}", Run::NAME, row.id);
            problems.iter().any(|problem| problem.thing.as_deref() == Some(name.as_str()))
        };
        runs.retain(|row| !is_named(row));
        let problem = many(problems.len(), "problem");
        let what =
            format!("the journal of practice {} is not as it was written: {problem}", self.file.display());
        let next = format!("A run that is named above does not count. {NEXT}");
        let wrong = Some(Failed { exit: Exit::Journal, what, next: Some(next) });
        Ok(Proven { runs, problems: problems.iter().map(ToString::to_string).collect(), wrong })
    }

    /// The run as it stands.
    pub async fn load(&self, id: &ShortId) -> Result<Run, Failed> {
        Ok(self.journal.load::<Run>(id).await?)
    }

    /// The run that a person means by the beginning of its id.
    pub async fn find(&self, text: &str) -> Result<Run, Failed> {
        let fits = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
        let rows = if fits {
            self.journal.rows_by_id::<Run>(&text.to_ascii_lowercase(), 4).await?
        } else {
            Vec::new()
        };
        match rows.as_slice() {
            [row] => self.load(&row.id).await,
            [] => Err(no_such_run(text)),
            many => {
                let ids: Vec<_> = many.iter().map(|row| row.id.as_str()).collect();
                Err(Failed::new(Exit::BadInput, format!("`{text}` could be any of {}", ids.join(", "))))
            }
        }
    }

    /// Checks all of it, as `journal verify` checks the configured journal.
    pub async fn verify(&self) -> Result<journal::Report, Failed> {
        Ok(self.journal.verify(None, |_| ()).await?)
    }

    /// Closes it: its file is whole by itself then.
    pub async fn close(&self) {
        self.journal.close().await;
    }
}

/// What is said of a run that is not there.
pub fn no_such_run(text: &str) -> Failed {
    Failed {
        exit: Exit::BadInput,
        what: format!("there is no run `{}`", crate::order::one_line(text)),
        next: Some("`pxdesk grades` lists them.".to_owned()),
    }
}

fn random() -> Result<u64, Failed> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|e| Failed::new(Exit::Unexpected, format!("the system has no random numbers: {e}")))?;
    Ok(u64::from_le_bytes(bytes))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::session::process::tests::a_dead_one;

    #[tokio::test]
    async fn a_run_of_a_process_that_is_gone_is_discarded_when_the_next_one_begins() {
        let home = tempfile::tempdir().unwrap();
        let place = |name: &str| home.path().join(name);
        let places =
            Places { config: place("config"), data: place("data"), state: place("state"), usual: None };
        let training = Training::open(&places).await.unwrap();
        let started_at = Timestamp::UNIX_EPOCH;
        let named = |name: &str| (name.to_owned(), name.to_owned());
        let dead = a_dead_one();
        let processes =
            [("a", Some(dead), host()), ("b", Some(dead), "elsewhere".to_owned()), ("c", None, host())];
        for (n, (name, pid, host)) in processes.into_iter().enumerate() {
            let (scenario, title) = named(name);
            let host = Some(host);
            let began = RunEvent::Began { scenario, title, trainee: name.to_owned(), started_at, pid, host };
            let id = ShortId::from_bits(n as u64 + 1);
            training.journal.open_thing::<Run>(&id, began, started_at, name).await.unwrap();
        }
        let (scenario, title) = named("d");
        training.begin(Beginning { scenario, title, trainee: "d".to_owned(), started_at }).await.unwrap();
        let mut states: Vec<_> =
            training.runs(None).await.unwrap().into_iter().map(|r| (r.trainee, r.state)).collect();
        states.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(training.runs(Some(" D")).await.unwrap().len(), 1, "however the name is written");
        let state = |name: &str, state| (name.to_owned(), state);
        let running = RunState::Running;
        assert_eq!(
            states,
            [state("a", RunState::Discarded), state("b", running), state("c", running), state("d", running)]
        );
        training.close().await;
    }
}
