//! Which rows of the table of errors a trainee has practiced, and how well.

use super::run::RunRow;
use crate::kind::Timestamp;
use crate::order::{Call, is_same_name, remedy};
use serde::Serialize;

/// The matrix of one trainee: every row of the table, in its order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    pub trainee: String,
    pub rows: Vec<Covered>,
}

/// What a trainee has practiced of a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Covered {
    /// Its id: `complete_order/1099`.
    pub row: &'static str,
    pub call: Call,
    /// Empty for the row without one.
    pub code: &'static str,
    pub reason: &'static str,
    /// The best grade; none while it was not practiced.
    pub best: Option<u8>,
    /// How many runs that were finished were about it.
    pub runs: u32,
    /// When the last of them began.
    pub last: Option<Timestamp>,
}

impl Coverage {
    /// What the runs of `trainee` among `runs` cover. A run counts when its last right move was reached.
    pub fn of(trainee: &str, runs: &[RunRow]) -> Self {
        let counts = |run: &&RunRow| is_same_name(&run.trainee, trainee) && run.finished == Some(true);
        let runs: Vec<&RunRow> = runs.iter().filter(counts).collect();
        let rows = remedy::all().iter().map(|row| {
            let about = || runs.iter().filter(|run| run.rows.contains(&row.id));
            Covered {
                row: &row.id,
                call: row.call,
                code: &row.code,
                reason: &row.reason,
                best: about().filter_map(|run| run.grade).max(),
                runs: about().count().try_into().unwrap_or(u32::MAX),
                last: about().map(|run| run.started_at).max(),
            }
        });
        Self { trainee: trainee.to_owned(), rows: rows.collect() }
    }

    /// The matrix of every trainee among `runs`, by their names.
    pub fn of_each(runs: &[RunRow]) -> Vec<Self> {
        let mut trainees: Vec<&str> = runs.iter().map(|run| run.trainee.as_str()).collect();
        trainees.sort_unstable();
        let mut people: Vec<&str> = Vec::new();
        for trainee in trainees {
            if !people.iter().any(|known| is_same_name(known, trainee)) {
                people.push(trainee);
            }
        }
        people.into_iter().map(|trainee| Self::of(trainee, runs)).collect()
    }

    /// How many rows were practiced.
    pub fn practiced(&self) -> usize {
        self.rows.iter().filter(|row| row.runs > 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::ShortId;
    use crate::practice::run::RunState;

    /// A run by `trainee` in an hour, about `rows`, with its grade and whether it was finished, once it has ended.
    fn run(trainee: &str, hour: i64, rows: &[&str], ended: Option<(u8, bool)>) -> RunRow {
        RunRow {
            id: ShortId::from_bits(hour.cast_unsigned()),
            trainee: trainee.to_owned(),
            scenario: "some".to_owned(),
            title: "Some".to_owned(),
            state: if ended.is_some() { RunState::Ended } else { RunState::Running },
            started_at: Timestamp::from_second(hour * 3600).unwrap(),
            seconds: ended.map(|_| 60),
            grade: ended.map(|(grade, _)| grade),
            finished: ended.map(|(_, finished)| finished),
            rows: rows.iter().map(|row| (*row).to_owned()).collect(),
        }
    }

    /// The runs of ann and of others; then for one row: the best grade, how many runs, the hour of the last.
    type Case = (&'static str, Vec<RunRow>, Option<u8>, u32, Option<i64>);

    #[test]
    fn each_row_has_the_best_grade_of_the_runs_that_were_finished() {
        const A: &str = "complete_order/1099";
        const B: &str = "retrieve_rcc/2000";
        let table: [Case; 8] = [
            ("no run", vec![], None, 0, None),
            ("one", vec![run("ann", 1, &[A], Some((80, true)))], Some(80), 1, Some(1)),
            (
                "the best is not the last",
                vec![run("ann", 1, &[A], Some((90, true))), run("ann", 3, &[A], Some((70, true)))],
                Some(90),
                2,
                Some(3),
            ),
            (
                "the last stands first",
                vec![run("ann", 3, &[A], Some((70, true))), run("ann", 1, &[A], Some((90, true)))],
                Some(90),
                2,
                Some(3),
            ),
            ("left before its end", vec![run("ann", 1, &[A], Some((60, false)))], None, 0, None),
            ("still running", vec![run("ann", 1, &[A], None)], None, 0, None),
            ("somebody else's", vec![run("bob", 1, &[A], Some((100, true)))], None, 0, None),
            (
                "about two rows, finished with nothing",
                vec![run("ann", 2, &[B, A], Some((0, true)))],
                Some(0),
                1,
                Some(2),
            ),
        ];
        for (name, runs, best, times, last) in table {
            let coverage = Coverage::of("ann", &runs);
            assert_eq!(coverage.rows.len(), 20, "{name}");
            let row = coverage.rows.iter().find(|row| row.row == A).unwrap();
            let last = last.map(|hour| Timestamp::from_second(hour * 3600).unwrap());
            assert_eq!((row.best, row.runs, row.last), (best, times, last), "{name}");
            let practiced = usize::from(times > 0) + usize::from(name.starts_with("about two"));
            assert_eq!(coverage.practiced(), practiced, "{name}");
        }
    }

    #[test]
    fn each_trainee_has_a_matrix_once() {
        let runs = [run("bob", 1, &[], None), run("ann", 2, &[], Some((50, true))), run("bob", 3, &[], None)];
        let names: Vec<String> = Coverage::of_each(&runs).into_iter().map(|c| c.trainee).collect();
        assert_eq!(names, ["ann", "bob"]);
    }
}
