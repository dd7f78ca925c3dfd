//! The trainer's classroom at the desk: what the hub hears becomes messages, what the desk wants goes to the hub.

use super::tell::tell;
use crate::classroom::{Hub, Seat, Server};
use crate::desk::{
    Classroom, ClassroomNews as News, ClassroomWanted as Wanted, Lesson, Model, Msg, Screen, Severity, Tab,
    Trainee,
};
use crate::engine::Clock;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

/// The screen shows what is new at most so often.
const APART: Duration = Duration::from_millis(100);

/// A classroom that is to be opened with the desk.
pub struct Teaching {
    pub hub: Hub,
    pub server: Server,
    pub lessons: Vec<Lesson>,
    /// Which files of scenarios are left out, and why.
    pub broken: Option<String>,
}

impl Teaching {
    /// The desk opens at the trainer's screen.
    pub fn show(&mut self, model: &mut Model) {
        model.training.classroom = Some(Classroom {
            address: self.hub.reached_at().to_string(),
            code: self.hub.code().to_string(),
            lessons: Arc::new(std::mem::take(&mut self.lessons)),
            trainees: Vec::new(),
        });
        (model.training.tab, model.screen) = (Tab::Trainees, Screen::Training);
        if let Some(broken) = self.broken.take() {
            model.frame.say(Severity::Warning, broken);
        }
        // A trainer watches for a long time without a key, and there is nobody's data to hide.
        model.setup.lock_after = None;
    }

    /// Serves, and tells the desk who is here; gives what directives are given through.
    pub fn start(self, clock: Clock, sender: UnboundedSender<Msg>, worker: &Handle) -> Hub {
        let Self { hub, server, .. } = self;
        worker.spawn(server.run());
        worker.spawn(watch(hub.clone(), clock, sender));
        hub
    }
}

async fn watch(hub: Hub, clock: Clock, sender: UnboundedSender<Msg>) {
    let mut seen = 0;
    loop {
        seen = hub.changed(seen).await;
        let seats = hub.seats().into_iter().map(|seat| trainee(seat, &clock)).collect();
        tell(&sender, Msg::Classroom(News::Seats(seats)));
        tokio::time::sleep(APART).await;
    }
}

/// Does what the desk wants of the classroom.
pub fn run(hub: &Hub, wanted: Wanted) -> Msg {
    let Wanted::Direct { seat, directive, words } = wanted;
    let away = hub.seats().iter().any(|it| it.number == seat && it.away);
    let there = hub.direct(seat, directive);
    Msg::Classroom(if !there {
        News::Gone { seat, words }
    } else if away {
        News::Queued { seat, words }
    } else {
        News::Directed { words }
    })
}

fn trainee(seat: Seat, clock: &Clock) -> Trainee {
    let now = clock.now();
    let at = |instant: Instant| {
        let ago = SignedDuration::try_from(instant.elapsed()).unwrap_or(SignedDuration::MAX);
        now.checked_sub(ago).unwrap_or(now)
    };
    Trainee {
        number: seat.number,
        away: seat.away,
        heard_at: at(seat.heard),
        key_at: seat.last_key.map(at),
        told_at: at(seat.told),
        name: seat.name,
        snapshot: seat.snapshot,
        waiting: seat.waiting,
    }
}
