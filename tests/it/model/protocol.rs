//! The protocol: who may do what in which state, and what then is.
//!
//! One customer wants one service. Order A was taken in for it; order B is the same wish under new ids. Two desks share
//! one journal; a desk may crash and start again between any two steps. Px looks whether it knows the ids, and places
//! the order, in two steps: two requests that overlap both pass. Another party may submit the ids of order A.

use super::state::{Answer, Choice, Desk, End, Pair, Record, Request, Stage, Standing, State};
use super::state::{attempts, has_unknown, open_attempt};
use stateright::{Model, Property};

/// How often each order may be attempted: what bounds the state space.
pub const ATTEMPTS: [usize; 2] = [3, 2];

/// What keeps the protocol safe; each can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The intent is on disk before a byte leaves: `Engine::begin` (`engine/drive.rs`) appends `Event::CallStarted`
    /// before anything is sent, and `journal/open.rs` opens SQLite with `synchronous=FULL`.
    DurableIntent,
    /// An append names the sequence number that it was decided on: in `Journal::append` (`journal/append.rs`) an
    /// event's number is unique in its order, and a conflict makes `Engine::begin` decide anew.
    ExpectedSequence,
    /// A probe or a verdict waits until no request of ours can be under way any more: `guard_quiet`
    /// (`order/lifecycle.rs`) asks `quiet_left` (`order/doubt.rs`) for both.
    QuietPeriod,
    /// While an order is in doubt, its customer's wish is not sent under new ids: `guard_resting`
    /// (`order/lifecycle.rs`) refuses to abandon, and `is_same_sale` (`order/doubt.rs`) has one more order for the same
    /// customer and address ask for a supervisor's reason.
    NoNewIds,
    /// 2130 counts as ours only after a Complete of our own with the same content and an unknown outcome, and else is
    /// an alarm: `submitted_by` (`order/lifecycle.rs`).
    ForeignCheck,
}

/// The protocol, with at most one guard off.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    pub off: Option<Guard>,
}

/// One step. `FindCutOff`: a desk looks, and the process of an attempt is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Decide { desk: usize, pair: Pair, choice: Choice },
    Append { desk: usize },
    Send { desk: usize },
    CannotSend { desk: usize },
    TimeOut { desk: usize },
    Receive { desk: usize, answer: Answer },
    WriteOutcome { desk: usize },
    Crash { desk: usize },
    FindCutOff { pair: Pair, attempt: usize },
    OpenAnew,
    Lose { request: Request },
    Check { request: Request },
    Reject { request: Request },
    Apply { request: Request },
    OtherSubmits,
}

impl Protocol {
    fn on(self, guard: Guard) -> bool {
        self.off != Some(guard)
    }

    /// What a person at a desk may begin for an order.
    pub fn choices(self, state: &State, pair: Pair) -> Vec<Choice> {
        let may_attempt = attempts(&state.journal[pair]) < ATTEMPTS[pair];
        match state.standing(pair) {
            Standing::Accepted if may_attempt => vec![Choice::Complete, Choice::Abandon],
            Standing::Accepted => vec![Choice::Abandon],
            Standing::InDoubt if self.on(Guard::QuietPeriod) && state.may_still_apply(pair) => vec![],
            Standing::InDoubt => {
                // A person tells what the carrier's books say at this moment.
                let verdict = Choice::Verdict { placed: state.knows(pair) };
                if may_attempt { vec![Choice::Probe, verdict] } else { vec![verdict] }
            }
            Standing::NotOpened
            | Standing::UnderWay
            | Standing::Completed(_)
            | Standing::Alarm
            | Standing::Abandoned => vec![],
        }
    }

    fn desk_actions(self, state: &State, desk: usize, actions: &mut Vec<Action>) {
        match state.desks[desk] {
            Desk::Idle => {
                for pair in 0..2 {
                    let choices = self.choices(state, pair);
                    actions.extend(choices.into_iter().map(|choice| Action::Decide { desk, pair, choice }));
                }
                return;
            }
            Desk::Decided { .. } => actions.push(Action::Append { desk }),
            Desk::Ready { .. } => actions.extend([Action::Send { desk }, Action::CannotSend { desk }]),
            Desk::Waiting { .. } => {
                let mine = state.wire.iter().filter(|r| r.desk == Some(desk));
                actions.extend(mine.filter_map(|r| match r.stage {
                    Stage::Reply(answer) => Some(Action::Receive { desk, answer }),
                    Stage::Travelling | Stage::Checked => None,
                }));
                actions.push(Action::TimeOut { desk });
            }
            Desk::Knows { .. } => actions.push(Action::WriteOutcome { desk }),
        }
        actions.push(Action::Crash { desk });
    }

    /// Appends what was decided, unless the journal has moved on since.
    fn append(self, state: &mut State, desk: usize) {
        let Desk::Decided { pair, seq, choice } = std::mem::take(&mut state.desks[desk]) else { return };
        let records = &mut state.journal[pair];
        if self.on(Guard::ExpectedSequence) && records.len() != seq {
            return;
        }
        match choice {
            Choice::Complete | Choice::Probe => {
                let attempt = attempts(records) + 1;
                if self.on(Guard::DurableIntent) {
                    records.push(Record::Started);
                }
                state.desks[desk] = Desk::Ready { pair, attempt };
            }
            Choice::Verdict { placed } => records.push(Record::Verdict { placed }),
            Choice::Abandon => records.push(Record::Abandoned),
        }
    }

    fn write_outcome(self, state: &mut State, desk: usize) {
        let Desk::Knows { pair, attempt, answer } = std::mem::take(&mut state.desks[desk]) else { return };
        let records = &mut state.journal[pair];
        let ours = has_unknown(records) || !self.on(Guard::ForeignCheck);
        let end = match answer {
            Answer::NotSent | Answer::Rejected => End::Nothing,
            Answer::None => End::Unknown,
            Answer::Completed => End::Confirmed,
            Answer::AlreadySubmitted if ours => End::Inferred,
            Answer::AlreadySubmitted => End::Alarm,
        };
        if !self.on(Guard::DurableIntent) {
            records.push(Record::Started);
        }
        records.push(Record::Ended(attempt, end));
    }

    fn may_open_anew(self, state: &State) -> bool {
        let first = state.standing(0);
        let given_up =
            first == Standing::Abandoned || (first == Standing::InDoubt && !self.on(Guard::NoNewIds));
        given_up && state.standing(1) == Standing::NotOpened
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { journal: [vec![Record::Opened], vec![]], ..State::default() }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for desk in 0..2 {
            self.desk_actions(state, desk, actions);
        }
        for pair in 0..2 {
            let owned = |attempt| (0..2).any(|desk| state.attempt_of(desk) == Some((pair, attempt)));
            let gone = open_attempt(&state.journal[pair]).filter(|attempt| !owned(*attempt));
            actions.extend(gone.map(|attempt| Action::FindCutOff { pair, attempt }));
        }
        if !state.knows(0) {
            actions.push(Action::OtherSubmits);
        }
        if self.may_open_anew(state) {
            actions.push(Action::OpenAnew);
        }
        for request in state.wire.iter().copied() {
            match request.stage {
                Stage::Travelling => actions.extend([
                    Action::Check { request },
                    Action::Reject { request },
                    Action::Lose { request },
                ]),
                Stage::Checked => actions.push(Action::Apply { request }),
                Stage::Reply(_) => {}
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Decide { desk, pair, choice } => {
                state.desks[desk] = Desk::Decided { pair, seq: state.journal[pair].len(), choice };
            }
            Action::Append { desk } => self.append(&mut state, desk),
            Action::Send { desk } => {
                let (pair, attempt) = state.attempt_of(desk)?;
                state.desks[desk] = Desk::Waiting { pair, attempt };
                state.wire.push(Request { pair, desk: Some(desk), stage: Stage::Travelling });
                state.wire.sort_unstable();
            }
            Action::CannotSend { desk } => {
                let (pair, attempt) = state.attempt_of(desk)?;
                state.desks[desk] = Desk::Knows { pair, attempt, answer: Answer::NotSent };
            }
            Action::TimeOut { desk } => {
                let (pair, attempt) = state.attempt_of(desk)?;
                state.hang_up(desk);
                state.desks[desk] = Desk::Knows { pair, attempt, answer: Answer::None };
            }
            Action::Receive { desk, answer } => {
                let (pair, attempt) = state.attempt_of(desk)?;
                state.hang_up(desk);
                state.desks[desk] = Desk::Knows { pair, attempt, answer };
            }
            Action::WriteOutcome { desk } => self.write_outcome(&mut state, desk),
            Action::Crash { desk } => {
                state.hang_up(desk);
                state.desks[desk] = Desk::Idle;
            }
            Action::FindCutOff { pair, attempt } => {
                state.journal[pair].push(Record::Ended(attempt, End::Unknown));
            }
            Action::OpenAnew => state.journal[1].push(Record::Opened),
            Action::Lose { request } => state.forward(request, None),
            Action::Check { request } => {
                let reply = Stage::Reply(Answer::AlreadySubmitted);
                let to = if state.knows(request.pair) { reply } else { Stage::Checked };
                state.forward(request, Some(to));
            }
            Action::Reject { request } => {
                state.forward(request, Some(Stage::Reply(Answer::Rejected)));
            }
            Action::Apply { request } => {
                state.ours[request.pair] += 1;
                state.forward(request, Some(Stage::Reply(Answer::Completed)));
            }
            Action::OtherSubmits => state.theirs = true,
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::properties::all()
    }

    /// With a guard off, requests could pile up without end.
    fn within_boundary(&self, state: &State) -> bool {
        self.off.is_none() || (state.wire.len() <= 3 && state.ours.iter().sum::<u8>() <= 2)
    }
}
