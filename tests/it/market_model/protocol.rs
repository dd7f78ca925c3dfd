//! The protocol of one SKU's month: who may do what in which state, and what then is.
//!
//! Two desks share one journal; a desk may crash and start again between any two steps, and the journal may say that it
//! did not take an intent, and have taken it. Both desks are given the first line; the later line is taken in by the
//! first desk, into the report while that is open, else into a supplement. The marketplace adds up whatever arrives.

use super::guard::Guard;
use super::state::{Desk, End, FIRST, LATER, Lines, Record, Report, Request, Standing, State};
use stateright::{Model, Property};

/// How often the report, and its supplement, may be attempted: what bounds the state space.
const ATTEMPTS: [usize; 2] = [3, 2];

/// The protocol, with at most one guard off.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    pub off: Option<Guard>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    DecideToOpen {
        desk: usize,
        supplement: u8,
        lines: Lines,
    },
    Open {
        desk: usize,
    },
    Add {
        desk: usize,
        report: usize,
        lines: Lines,
    },
    Freeze {
        report: usize,
    },
    DecideToBegin {
        desk: usize,
        report: usize,
    },
    /// `lies`: the journal says that it did not take the intent, and did.
    Begin {
        desk: usize,
        lies: bool,
    },
    Send {
        desk: usize,
    },
    CannotSend {
        desk: usize,
    },
    TimeOut {
        desk: usize,
    },
    Receive {
        desk: usize,
        end: End,
    },
    WriteOutcome {
        desk: usize,
    },
    Crash {
        desk: usize,
    },
    FindCutOff {
        report: usize,
        attempt: usize,
    },
    Resolve {
        report: usize,
        reported: bool,
    },
    Lose {
        request: Request,
    },
    Refuse {
        request: Request,
    },
    /// It is added; `cut`: what comes back says nothing of that.
    Apply {
        request: Request,
        cut: bool,
    },
}

impl Protocol {
    fn on(self, guard: Guard) -> bool {
        self.off != Some(guard)
    }

    fn may_add(self, report: &Report) -> bool {
        match report.standing() {
            // Of one that was frozen and never left nothing is on a bill: it is frozen anew.
            Standing::Open | Standing::Refused | Standing::Prepared => true,
            Standing::Sending | Standing::InDoubt => !self.on(Guard::FrozenAmount),
            Standing::Reported => false,
        }
    }

    fn intake(self, state: &State, actions: &mut Vec<Action>) {
        for desk in (0..2).filter(|desk| state.desks[*desk] == Desk::Idle) {
            if !state.knows(FIRST) {
                actions.push(Action::DecideToOpen { desk, supplement: 0, lines: FIRST });
            }
        }
        let Some((report, last)) = state.reports.iter().enumerate().next_back() else { return };
        let desks = if self.on(Guard::OneIntake) { 0..1 } else { 0..2 };
        for desk in desks.filter(|desk| state.desks[*desk] == Desk::Idle && !state.knows(LATER)) {
            if self.may_add(last) {
                actions.push(Action::Add { desk, report, lines: LATER });
            } else {
                let supplement = last.supplement + 1;
                actions.push(Action::DecideToOpen { desk, supplement, lines: LATER });
            }
        }
    }

    fn desk_actions(self, state: &State, desk: usize, actions: &mut Vec<Action>) {
        match state.desks[desk] {
            Desk::Idle => {
                for (report, known) in state.reports.iter().enumerate() {
                    let most = ATTEMPTS[usize::from(known.supplement > 0)];
                    let may_attempt = known.standing() == Standing::Prepared && known.attempts() < most;
                    if may_attempt {
                        actions.push(Action::DecideToBegin { desk, report });
                    }
                }
                return;
            }
            Desk::Opens { .. } => actions.push(Action::Open { desk }),
            Desk::Begins { .. } => {
                actions.push(Action::Begin { desk, lies: false });
                if self.on(Guard::IntentFirst) {
                    actions.push(Action::Begin { desk, lies: true });
                }
            }
            Desk::Ready { .. } => actions.extend([Action::Send { desk }, Action::CannotSend { desk }]),
            Desk::Waits { .. } => {
                let mine = state.wire.iter().filter(|request| request.desk == Some(desk));
                actions
                    .extend(mine.filter_map(|request| Some(Action::Receive { desk, end: request.answer? })));
                actions.push(Action::TimeOut { desk });
            }
            Desk::Knows { .. } => actions.push(Action::WriteOutcome { desk }),
        }
        actions.push(Action::Crash { desk });
    }

    fn report_actions(self, state: &State, report: usize, actions: &mut Vec<Action>) {
        let known = &state.reports[report];
        // A supplement waits for what is before it.
        let settled = |before: &Report| before.standing() == Standing::Reported;
        let waits = known.supplement > 0 && !state.reports[..report].iter().all(settled);
        match known.standing() {
            Standing::Open | Standing::Refused if !waits => actions.push(Action::Freeze { report }),
            Standing::InDoubt if !self.on(Guard::QuietPeriod) || !state.may_still_add(report) => {
                let shown = !known.added.is_empty();
                actions.push(Action::Resolve { report, reported: shown });
                if !self.on(Guard::VerdictAfterLook) {
                    actions.push(Action::Resolve { report, reported: !shown });
                }
            }
            Standing::Open
            | Standing::Refused
            | Standing::Prepared
            | Standing::Sending
            | Standing::InDoubt
            | Standing::Reported => {}
        }
        let gone = known.open_attempt().filter(|attempt| !state.is_worked_on(report, *attempt));
        actions.extend(gone.map(|attempt| Action::FindCutOff { report, attempt }));
    }

    fn begin(self, state: &mut State, desk: usize, lies: bool) {
        let Desk::Begins { report, seq } = std::mem::take(&mut state.desks[desk]) else { return };
        let known = &mut state.reports[report];
        if self.on(Guard::ExpectedSequence) && known.records.len() != seq {
            return;
        }
        let attempt = known.attempts() + 1;
        if self.on(Guard::IntentFirst) {
            known.records.push(Record::Started);
        }
        if !lies {
            state.desks[desk] = Desk::Ready { report, attempt, lines: known.lines() };
        }
    }

    fn send(self, state: &mut State, desk: usize) {
        let Desk::Ready { report, attempt, lines } = state.desks[desk] else { return };
        let known = &state.reports[report];
        state.sent_in_doubt |= known.is_doubted_before(attempt);
        // Not frozen: what is there when it leaves.
        let lines = if self.on(Guard::FrozenAmount) { lines } else { known.lines() };
        state.desks[desk] = Desk::Waits { report, attempt };
        state.wire.push(Request { report, lines, desk: Some(desk), answer: None });
        state.wire.sort_unstable();
    }

    fn write_outcome(self, state: &mut State, desk: usize) {
        let Desk::Knows { report, attempt, end } = std::mem::take(&mut state.desks[desk]) else { return };
        let records = &mut state.reports[report].records;
        if !self.on(Guard::IntentFirst) {
            records.push(Record::Started);
        }
        records.push(Record::Ended(attempt, end));
    }

    fn open(self, state: &mut State, desk: usize) {
        let Desk::Opens { supplement, lines } = std::mem::take(&mut state.desks[desk]) else { return };
        let taken = state.reports.iter().any(|report| report.supplement == supplement);
        if !(taken && self.on(Guard::SlotIndex)) {
            let records = vec![Record::Taken(lines)];
            state.reports.push(Report { supplement, records, added: Vec::new() });
        }
    }

    fn knows(state: &mut State, desk: usize, end: End) {
        if let Desk::Ready { report, attempt, .. } | Desk::Waits { report, attempt } = state.desks[desk] {
            state.desks[desk] = Desk::Knows { report, attempt, end };
        }
        state.hang_up(desk);
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::default()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.intake(state, actions);
        for desk in 0..2 {
            self.desk_actions(state, desk, actions);
        }
        for report in 0..state.reports.len() {
            self.report_actions(state, report, actions);
        }
        for request in state.wire.iter().filter(|request| request.answer.is_none()).copied() {
            let added = [false, true].map(|cut| Action::Apply { request, cut });
            actions.extend([Action::Lose { request }, Action::Refuse { request }].into_iter().chain(added));
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::DecideToOpen { desk, supplement, lines } => {
                state.desks[desk] = Desk::Opens { supplement, lines };
            }
            Action::Open { desk } => self.open(&mut state, desk),
            Action::Add { report, lines, .. } => state.reports[report].records.push(Record::Taken(lines)),
            Action::Freeze { report } => state.reports[report].records.push(Record::Frozen),
            Action::DecideToBegin { desk, report } => {
                let seq = state.reports[report].records.len();
                state.desks[desk] = Desk::Begins { report, seq };
            }
            Action::Begin { desk, lies } => self.begin(&mut state, desk, lies),
            Action::Send { desk } => self.send(&mut state, desk),
            Action::CannotSend { desk } => Self::knows(&mut state, desk, End::NotSent),
            Action::TimeOut { desk } => Self::knows(&mut state, desk, End::Unknown),
            Action::Receive { desk, end } => Self::knows(&mut state, desk, end),
            Action::WriteOutcome { desk } => self.write_outcome(&mut state, desk),
            Action::Crash { desk } => {
                state.desks[desk] = Desk::Idle;
                state.hang_up(desk);
            }
            Action::FindCutOff { report, attempt } => {
                state.reports[report].records.push(Record::Ended(attempt, End::Unknown));
            }
            Action::Resolve { report, reported } => {
                state.reports[report].records.push(Record::Verdict { reported });
            }
            Action::Lose { request } => state.forward(request, None),
            Action::Refuse { request } => state.forward(request, Some(End::Refused)),
            Action::Apply { request, cut } => {
                for (line, count) in state.bill.iter_mut().enumerate() {
                    *count += (request.lines >> line) & 1;
                }
                state.reports[request.report].added.push(request.lines);
                state.forward(request, Some(if cut { End::Unknown } else { End::Done }));
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::properties::all()
    }

    /// With a guard off, requests could pile up without end.
    fn within_boundary(&self, state: &State) -> bool {
        self.off.is_none() || (state.wire.len() <= 2 && state.bill.iter().all(|count| *count <= 2))
    }
}
