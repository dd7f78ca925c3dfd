//! A run's report is kept as soon as the run is over, and not when somebody leaves its last screen: a program that is killed
//! there takes nothing away from whoever has practiced.

use crate::kind::{ShortId, Timestamp};
use crate::practice::Report;
use crate::session::{Failed, Training};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Where the report is kept, and what comes of it.
pub struct Kept {
    place: (Training, ShortId),
    under_way: Option<JoinHandle<Result<(), Failed>>>,
}

impl Kept {
    /// Nothing is kept yet.
    pub fn new(place: (Training, ShortId)) -> Self {
        Self { place, under_way: None }
    }

    /// Keeps it; that goes on behind the desk.
    pub fn keep(&mut self, report: Report, worker: &Handle) {
        let (training, id) = self.place.clone();
        let keep = async move { training.end(&id, report, Timestamp::now()).await };
        self.under_way = Some(worker.spawn(keep));
    }

    /// What came of it; none where it did not begin, or where nobody can tell.
    pub async fn outcome(&mut self) -> Option<Result<(), Failed>> {
        self.under_way.take()?.await.ok()
    }
}
