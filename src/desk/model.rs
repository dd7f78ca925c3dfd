//! All that the screen shows.

use super::action::Action;
use super::confirm::Confirm;
use super::frame::binding;
use super::frame::form::Form;
use super::frame::notice::Severity;
use super::frame::overlay;
use super::frame::state::Frame;
use super::frame::theme::ThemeName;
use super::glance::Beside;
use super::market::state::{Market, MarketSetup};
use super::orders::adding::Adding;
use super::orders::forms;
use super::orders::queue::Queue;
use super::orders::replay::Replay;
use super::orders::screen::{Busy, OrderScreen};
use super::registration::state::{Registration, RegistrationSetup};
use super::supervisor::list::Stalled;
use super::supervisor::state::Day;
use super::training::state::Training;
use crate::order::doubt::Moment;
use crate::order::{
    Call, Environment, OrderId, Pace, Pauses, Polling, Role, State, Summary, Timestamp, Timing, Uptime,
};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use tui_input::Input;

/// What lies over a screen of this desk.
pub type Overlay = overlay::Overlay<Confirm>;
/// A key of this desk.
pub type Binding = binding::Binding<Action>;

/// What does not change while the desk is open.
#[derive(Clone, Debug)]
pub struct Setup {
    pub environment: Environment,
    pub agent: String,
    /// What the agent may do; the engine asks the same table.
    pub role: Role,
    /// Whether two people must say the same of an order in doubt.
    pub two_people: bool,
    pub pauses: Pauses,
    /// How long a Complete may last: what the window must leave.
    pub complete_room: SignedDuration,
    /// The quiet period of an order in doubt.
    pub quiet_period: SignedDuration,
    /// The same of what is in doubt at the marketplace.
    pub market_quiet: SignedDuration,
    /// The fastest reading aloud that counts.
    pub fastest: Pace,
    /// After how long without a key the desk locks itself, if ever.
    pub lock_after: Option<SignedDuration>,
    /// Whether an acceptance that was waited for, what became of a Complete, and an error call the agent back.
    pub notify: bool,
    /// Whether everything here is practice, so that somebody new may be shown around.
    pub practice_offered: bool,
    /// The marketplace's desk; none where nothing is sold on it.
    pub market: Option<MarketSetup>,
    /// The registration's desk; none where no contract is looked after.
    pub registration: Option<RegistrationSetup>,
}

/// The whole of the desk: the frame, and what each desk keeps.
#[derive(Clone, Debug)]
pub struct Model {
    pub setup: Setup,
    pub now: Timestamp,
    /// How long the machine has been up, which the shell tells with every message; unknown where the system does not say.
    pub uptime: Option<Uptime>,
    /// The same by a clock that no trainer moves: readings are timed by it.
    pub steady: Option<Uptime>,
    /// By how much of `now` a trainer has moved the clock, which the shell tells with every message.
    pub moved: SignedDuration,
    pub frame: Frame<Confirm>,
    pub screen: Screen,
    // The orders' desk.
    pub queue: Queue,
    pub intake: Form,
    /// The order that is open, or was last.
    pub order: Option<OrderScreen>,
    /// The order that was asked for and is not there yet.
    pub opening: Option<OrderId>,
    /// What is to be asked as soon as it is there.
    pub(super) then: Option<Action>,
    /// The history that is stepped through.
    pub replay: Option<Replay>,
    /// The order whose history was asked for, to be replayed.
    pub(super) replay_of: Option<OrderId>,
    /// The screen that the replay was opened from, and goes back to.
    pub replay_from: Screen,
    /// The list that the open order was opened from, and goes back to.
    pub from: Screen,
    /// The orders that this desk runs a task for, on the screen or not: never two for one order.
    pub running: BTreeMap<OrderId, Busy>,
    /// The orders whose acceptance is waited for, on the screen or not.
    pub polls: BTreeMap<OrderId, Polling>,
    /// New orders on their way into the journal.
    pub adding: Option<Adding>,
    /// True once the person has said that orders of this session are to be real.
    pub live: bool,
    // The marketplace's desk.
    pub market: Market,
    // The registration's desk.
    pub registration: Registration,
    // The supervisor's.
    pub stalled: Stalled,
    pub day: Day,
    // The trainer's.
    pub training: Training,
    /// The screen that the trainer's was opened from, and goes back to.
    pub training_from: Screen,
    /// The screen that a run's report goes back to.
    pub(super) graded_from: Screen,
    /// The chosen order beside a list, on a wide screen.
    pub beside: Beside,
}

impl Model {
    /// The desk as it opens.
    pub fn opening(setup: Setup, theme: ThemeName, now: Timestamp, size: (u16, u16)) -> Self {
        Self {
            setup,
            now,
            uptime: None,
            steady: None,
            moved: SignedDuration::ZERO,
            frame: Frame::new(theme, now, size),
            screen: Screen::Queue,
            queue: Queue::opening(),
            intake: forms::intake(),
            order: None,
            opening: None,
            then: None,
            replay: None,
            replay_of: None,
            replay_from: Screen::Queue,
            from: Screen::Queue,
            running: BTreeMap::new(),
            polls: BTreeMap::new(),
            adding: None,
            live: false,
            market: Market::default(),
            registration: Registration::default(),
            stalled: Stalled::default(),
            day: Day::default(),
            training: Training::default(),
            training_from: Screen::Queue,
            graded_from: Screen::Queue,
            beside: Beside::default(),
        }
    }

    /// True where a trainer can do something: on the embedded Px, unless this desk is a trainee's own run.
    pub fn trains(&self) -> bool {
        let embedded = self.setup.environment == Environment::Embedded;
        embedded && self.setup.practice_offered && self.training.play.is_none()
    }

    /// True at a trainer's screen that was opened from the marketplace's desk.
    pub fn trains_market(&self) -> bool {
        self.screen == Screen::Training && matches!(self.training_from, Screen::Market | Screen::Subscription)
    }

    /// What the time `now` would be, had no trainer moved the clock.
    pub(super) fn unmoved(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.moved).unwrap_or(now)
    }

    /// How many rows of a list fit, roughly: for moving by a page.
    pub fn page(&self) -> usize {
        self.frame.page()
    }

    pub(super) fn say(&mut self, severity: Severity, text: impl Into<String>) {
        self.frame.say(severity, text);
    }

    /// True while letters go into a field.
    pub(super) fn is_typing(&self) -> bool {
        match &self.frame.overlay {
            Some(Overlay::Ask(..) | Overlay::Palette(_)) => true,
            Some(Overlay::Help | Overlay::History | Overlay::Confirm(_)) => false,
            None => self.screen == Screen::Intake || self.is_filtering(),
        }
    }

    /// True while a list's filter is being typed, or what a customer says.
    pub(super) fn is_filtering(&self) -> bool {
        match self.screen {
            Screen::Queue => self.queue.filtering,
            Screen::Market => self.market.filtering,
            Screen::Contract => self.registration.filtering,
            Screen::Training => self.training.saying.is_some(),
            _ => false,
        }
    }

    /// The form that has the keys, if one has.
    pub(super) fn form(&mut self) -> Option<&mut Form> {
        match &mut self.frame.overlay {
            Some(Overlay::Ask(_, form)) => Some(form),
            None if self.screen == Screen::Intake => Some(&mut self.intake),
            Some(Overlay::Help | Overlay::History | Overlay::Confirm(_) | Overlay::Palette(_)) | None => None,
        }
    }

    /// The line that is being typed.
    pub(super) fn line(&mut self) -> Option<&mut Input> {
        let form = match &mut self.frame.overlay {
            Some(Overlay::Palette(palette)) => return Some(&mut palette.input),
            Some(Overlay::Ask(_, form)) => form,
            Some(Overlay::Help | Overlay::History | Overlay::Confirm(_)) => return None,
            None => match self.screen {
                Screen::Queue => return Some(&mut self.queue.filter),
                Screen::Market => return Some(&mut self.market.filter),
                Screen::Contract => return Some(&mut self.registration.filter),
                Screen::Training => return self.training.saying.as_mut(),
                Screen::Intake => &mut self.intake,
                Screen::Order
                | Screen::Replay
                | Screen::Stalled
                | Screen::Day
                | Screen::Graded
                | Screen::Subscription
                | Screen::Sending
                | Screen::Applying => return None,
            },
        };
        form.focused().map(|field| &mut field.input)
    }

    /// A task begins for an order.
    pub(super) fn begin(&mut self, id: &OrderId, call: Option<Call>) {
        self.running.insert(id.clone(), (call, self.now));
        self.set_busy(id);
        if call == Some(Call::CompleteOrder) {
            self.queue.complete(id, self.now);
        }
    }

    /// It has ended; says what it was.
    pub(super) fn end(&mut self, id: &OrderId) -> Option<Busy> {
        let was = self.running.remove(id);
        self.set_busy(id);
        was
    }

    fn set_busy(&mut self, id: &OrderId) {
        if let Some(screen) = self.order.as_mut().filter(|screen| screen.order.id == *id) {
            screen.busy = self.running.get(id).copied();
        }
    }

    /// True when the order is on the screen, and somebody can be expected to look at it.
    pub(super) fn is_watched(&self, id: &OrderId) -> bool {
        let open = self.order.as_ref().is_some_and(|screen| screen.order.id == *id);
        open && self.screen == Screen::Order && self.frame.focused && !self.frame.lock.locked
    }

    /// The row of an order, if it is known here.
    pub fn row(&self, id: &OrderId) -> Option<&Summary> {
        self.stalled.rows.iter().find(|row| row.id == *id).or_else(|| self.queue.of(id))
    }

    /// The time by a clock that nobody sets, where there is one: for measuring how long something lasts, and for no more.
    pub fn steady_now(&self) -> Timestamp {
        let length = self.steady.as_ref().map(Uptime::length);
        length.and_then(|length| Timestamp::UNIX_EPOCH.checked_add(length).ok()).unwrap_or(self.now)
    }

    /// What a reading is timed by now.
    pub fn timing(&self) -> Timing {
        Timing { now: self.now, uptime: self.steady.clone(), fastest: self.setup.fastest }
    }

    /// The moment at which orders are looked at.
    pub fn moment(&self) -> Moment {
        Moment { now: self.now, uptime: self.uptime.clone(), quiet: self.setup.quiet_period }
    }

    /// From when the order of this row may be probed or settled; none when it is not in doubt. A row knows only when its
    /// order last changed, which is never before the call in doubt ended, and goes by the wall clock: where that jumped, or
    /// the machine was restarted, the order's own screen says a later time, and that one counts.
    pub fn probe_from(&self, row: &Summary) -> Option<Timestamp> {
        let doubted = row.standing == State::InDoubt;
        doubted.then(|| row.updated_at.checked_add(self.setup.quiet_period).unwrap_or(Timestamp::MAX))
    }
}

/// The screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Queue,
    Intake,
    Order,
    /// A history that is stepped through.
    Replay,
    Stalled,
    /// The day at a glance.
    Day,
    Training,
    /// The report of a run of practice.
    Graded,
    /// The marketplace's lists.
    Market,
    /// A subscription with its history.
    Subscription,
    /// A month's reports, as they are sent.
    Sending,
    /// The lists of the registration.
    Contract,
    /// A plan, as it is applied.
    Applying,
}
