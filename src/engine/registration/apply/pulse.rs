//! How the server bears what it is sent: when to pause, how much to send at once, when to leave it alone. Pure.

use std::time::Duration;

/// After so many batches of which nothing was answered, one after the other, the server is not asked for more.
const BARREN: u32 = 3;

/// The same where it says that it has too much to do: it is there, and a limit by the minute passes.
const BUSY: u32 = 7;

/// How long it is left alone at first where it does not say how long; then twice as long each time.
const FIRST: Duration = Duration::from_secs(1);
const GROWN: Duration = Duration::from_secs(30);

/// The longest that it is waited for.
const LONGEST: Duration = Duration::from_mins(5);

/// What was heard of one batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// How many changes were answered, with a yes or a no.
    pub answered: usize,
    /// Why one of them was not.
    pub failed: Option<String>,
    /// How long the server asked to be left alone where it has too much to do; zero where it did not say.
    pub busy: Option<Duration>,
}

/// What to do after a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    GoOn,
    /// Send nothing for so long.
    Pause(Duration),
    /// It asks to be left alone for so long, which is longer than it is waited for.
    LeaveAlone(Duration),
    /// It is no use.
    GiveUp(String),
}

/// How the server was until now.
#[derive(Clone, Debug)]
pub struct Pulse {
    most: usize,
    width: usize,
    barren: u32,
    growing: Duration,
}

impl Pulse {
    /// At most so many calls are to be under way at once.
    pub fn new(most: usize) -> Self {
        Self { most, width: most, barren: 0, growing: FIRST }
    }

    /// How many calls may be under way at once: one after the server was busy, and twice as many after each batch since.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Takes in what was heard of a batch.
    pub fn hears(&mut self, heard: Heard) -> Next {
        if heard.answered > 0 {
            (self.barren, self.growing) = (0, FIRST);
        } else {
            self.barren += 1;
        }
        let most = if heard.busy.is_some() { BUSY } else { BARREN };
        if let Some(asked) = heard.busy.filter(|asked| *asked > LONGEST) {
            return Next::LeaveAlone(asked);
        }
        let pause = heard.busy.map(|asked| asked.max(self.growing));
        match pause {
            Some(_) => (self.width, self.growing) = (1, (self.growing * 2).min(GROWN)),
            None => self.width = (self.width * 2).min(self.most),
        }
        match (heard.failed, pause) {
            (Some(why), _) if self.barren >= most => Next::GiveUp(why),
            (_, Some(pause)) => Next::Pause(pause),
            (_, None) => Next::GoOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(answered: usize, busy: Option<u64>) -> Heard {
        let failed = (answered == 0 || busy.is_some()).then(|| "no".to_owned());
        Heard { answered, failed, busy: busy.map(Duration::from_secs) }
    }

    fn pause(seconds: u64) -> Next {
        Next::Pause(Duration::from_secs(seconds))
    }

    #[test]
    fn a_busy_server_is_left_alone_for_as_long_as_it_asks_and_then_asked_one_by_one() {
        let mut pulse = Pulse::new(16);
        assert_eq!(pulse.hears(heard(5, Some(10))), pause(10));
        assert_eq!(pulse.width(), 1);
        assert_eq!(pulse.hears(heard(5, Some(0))), pause(1));
        for width in [2, 4, 8, 16, 16] {
            assert_eq!((pulse.hears(heard(5, None)), pulse.width()), (Next::GoOn, width));
        }
        assert_eq!(pulse.hears(heard(5, Some(300))), pause(300));
        let hour = Duration::from_hours(1);
        assert_eq!(pulse.hears(heard(5, Some(3600))), Next::LeaveAlone(hour), "not sooner than it asks");
    }

    #[test]
    fn a_server_that_never_answers_is_left_alone_at_last() {
        let mut pulse = Pulse::new(4);
        let next = [(); 3].map(|()| pulse.hears(heard(0, None)));
        assert_eq!(next, [Next::GoOn, Next::GoOn, Next::GiveUp("no".to_owned())]);
        let mut pulse = Pulse::new(4);
        let next = [(); 7].map(|()| pulse.hears(heard(0, Some(0))));
        assert_eq!(next[..6], [1, 2, 4, 8, 16, 30].map(pause));
        assert_eq!(next[6], Next::GiveUp("no".to_owned()));
    }
}
