//! How a desk records and reads where the journal is on a server: as the real store does. What became of a statement whose
//! connection was lost is asked on another connection; while nobody can say, that is what is said.

use crate::book::Write;
use crate::ground::Ground;
use crate::plan::Break;
use crate::px::Millis;
use crate::server::{Became, Came, Said};
use pxdesk::journal::Error;
use pxdesk::order::{Order, OrderId};

/// How long an answer is waited for.
const PATIENCE: Millis = 12_000;

/// How often, and how long apart, it is looked what became of a statement.
const LOOKS: u32 = 40;
const BETWEEN: Millis = 250;

impl Ground {
    /// True where the journal is on a server.
    pub fn is_shared(&self) -> bool {
        self.world.state().plan.server.shared
    }

    /// Reads are asked once more on another connection, and then fail.
    pub async fn reach(&self) -> Result<(), Error> {
        self.world.some_pause(0, 2).await;
        let mut state = self.world.state();
        let cut = state.plan.server.cut;
        if state.rng.chance(cut) && state.rng.chance(cut) {
            state.cut(&self.desk);
        }
        if state.reaches(&self.desk) { Ok(()) } else { Err(away()) }
    }

    pub async fn write_shared(&self, write: Write) -> Result<Order, Error> {
        self.world.some_pause(0, 2).await;
        let (id, believed) = (write.id.clone(), self.believed(&write));
        let (session, work) = {
            let state = &mut *self.world.state();
            let session = state.session(&self.desk).ok_or_else(away)?;
            if state.is_full() || state.rng.chance(state.plan.disk) {
                return Err(Error::ServerFull { file: place() });
            }
            (session, state.begin_work(&self.desk, write))
        };
        let (said, answer) = match self.answer(work, session).await {
            Came::Answer(Ok(order)) => (Said::Recorded, Ok(*order)),
            Came::Answer(Err(refused)) => (Said::NotRecorded, Err(refused)),
            Came::Lost => {
                self.world.state().give_up(&self.desk);
                self.lost(work, id, believed).await
            }
        };
        self.world.state().say(work, said);
        self.world.pause(0).await;
        answer
    }

    /// Waits for the answer, and not for ever.
    async fn answer(&self, work: usize, session: u64) -> Came {
        let (mut waited, mut pause) = (0, 1);
        while waited < PATIENCE {
            self.world.pause(pause).await;
            if let Some(came) = self.world.state().answer(work, &self.desk, session) {
                return came;
            }
            waited += pause;
            pause = (pause * 2).min(PATIENCE - waited).max(1);
        }
        Came::Lost
    }

    /// The connection was lost: another one is asked, or not, with a break.
    async fn lost(&self, work: usize, id: OrderId, believed: Option<Order>) -> (Said, Result<Order, Error>) {
        if let Some(order) = believed {
            return (Said::Recorded, Ok(order));
        }
        if self.world.state().broken == Some(Break::LostAsNotRecorded) {
            return (Said::NotRecorded, Err(Error::Conflict { kind: "order", thing: id.to_string() }));
        }
        self.read_back(work).await
    }

    async fn read_back(&self, work: usize) -> (Said, Result<Order, Error>) {
        for _ in 0..LOOKS {
            let became = {
                let mut state = self.world.state();
                state.session(&self.desk).map_or(Became::Unknown, |_| state.became(work))
            };
            match became {
                Became::Recorded(order) => {
                    let mut state = self.world.state();
                    state.tally.read_back += 1;
                    return (Said::Recorded, Ok(*order));
                }
                Became::Nothing => return (Said::NotRecorded, Err(away())),
                Became::Unknown => self.world.pause(BETWEEN).await,
            }
        }
        let why = "the connection was lost".to_owned();
        (Said::Unknown, Err(Error::Unknown { file: place(), why }))
    }

    /// With a break, what the desk takes for recorded when the connection is lost.
    fn believed(&self, write: &Write) -> Option<Order> {
        let state = self.world.state();
        if state.broken == Some(Break::LostAsRecorded) { state.book.would_be(write) } else { None }
    }
}

fn away() -> Error {
    Error::Away { file: place(), why: "the server does not answer".to_owned() }
}

fn place() -> std::path::PathBuf {
    "postgres://simulated".into()
}
