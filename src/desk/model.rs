//! All that the screen shows.

use super::{Form, Lock, Problem, Queue};
use crate::order::{
    Call, Environment, Order, OrderId, Pauses, Polling, Recorded, Statement, Timestamp, Uptime,
};
use jiff::SignedDuration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tui_input::Input;

/// What does not change while the desk is open.
#[derive(Clone, Debug)]
pub struct Setup {
    pub environment: Environment,
    pub agent: String,
    pub pauses: Pauses,
    /// How long a Complete may last: what the window must leave.
    pub complete_room: SignedDuration,
    /// The quiet period of an order in doubt.
    pub quiet_period: SignedDuration,
    /// After how long without a key the desk locks itself, if ever.
    pub lock_after: Option<SignedDuration>,
}

/// The whole of the desk.
#[derive(Clone, Debug)]
pub struct Model {
    pub setup: Setup,
    pub now: Timestamp,
    /// How long the machine has been up, which the shell tells with every message; unknown where the system does not say.
    pub uptime: Option<Uptime>,
    /// Columns and rows.
    pub size: (u16, u16),
    pub theme: ThemeName,
    pub screen: Screen,
    pub overlay: Option<Overlay>,
    pub queue: Queue,
    pub stalled: Stalled,
    pub intake: Form,
    /// The order that is open, or was last.
    pub order: Option<OrderScreen>,
    pub training: Training,
    /// The last thing worth saying, in the line above the keys.
    pub notice: Option<Notice>,
    /// How many actions are under way; leaving waits for them.
    pub under_way: usize,
    /// True once the person asked to leave while something was under way.
    pub leaving: bool,
    /// Where the wheel and the arrows scroll a text that is longer than the screen (help, history).
    pub scroll: usize,
    /// The id of the last timer asked for.
    pub timers: u64,
    /// The order that was asked for and is not there yet.
    pub opening: Option<OrderId>,
    /// The orders that this desk has something under way for, on the screen or not: never two things for one order.
    pub running: BTreeMap<OrderId, Busy>,
    /// What is being taken in.
    pub taking_in: Option<TakingIn>,
    pub lock: Lock,
    /// True once the person has said that orders of this session are to be real.
    pub live: bool,
}

/// Something is under way, since when; which call, if it is one.
pub type Busy = (Option<Call>, Timestamp);

/// Orders that are being taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakingIn {
    /// The one of the form.
    Form,
    /// Several that were pasted.
    Pasted { of: usize, taken: usize, refused: usize, last_problem: String },
}

/// The screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Queue,
    Intake,
    Order,
    Stalled,
    Training,
}

/// What lies over a screen and takes the keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    Help,
    Palette(Palette),
    Confirm(Confirm),
    /// A small form: who accepted, where to send, what to amend, why to abandon.
    Ask(Confirm, Form),
    /// All events of the order.
    History,
}

/// What is about to be done, and waits for a deliberate yes or for the fields of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Confirm {
    /// The one deliberate confirmation before Complete.
    Complete,
    /// The first time in a session that a real order would be submitted: the same question again, answered by a word.
    Live(Box<Confirm>),
    /// The very same Complete once more.
    Probe,
    /// What the carrier says of the Complete in doubt.
    Verdict,
    /// The same, read back before it is written.
    Settle(Statement),
    AcceptVerbally,
    SendSms,
    SendEmail,
    Amend,
    Decline,
    Release,
    Abandon,
    RetryOne(OrderId),
    /// Retry all of these: a preview.
    RetryAll(Vec<OrderId>),
    /// Leave although something is under way.
    Leave,
}

/// The command palette.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    pub input: Input,
    pub selected: usize,
}

/// The open order.
#[derive(Clone, Debug)]
pub struct OrderScreen {
    pub order: Arc<Order>,
    pub history: Arc<Vec<Recorded>>,
    pub pane: Pane,
    /// The passage that is lit while reading.
    pub passage: usize,
    /// When the lit passage was lit, for the time kept per passage.
    pub lit_at: Timestamp,
    /// First visible line of the text, when it is longer than the pane.
    pub top: usize,
    /// What is under way for it.
    pub busy: Option<Busy>,
    pub polling: Option<Polling>,
    /// What last went wrong here, shown at its field until something goes right.
    pub problem: Option<Problem>,
}

/// Which of the four steps the order's screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// Step 1: the text is not there yet, or was changed.
    Retrieve,
    /// Step 2: how the customer gets the text.
    Deliver,
    /// Step 2, aloud.
    Reading,
    /// Step 3: what was sent, and waiting for the yes.
    Sent,
    /// Step 4: what will be sent, on what evidence.
    Complete,
    /// The end, whichever.
    Outcome,
}

/// The supervisor's screen.
#[derive(Clone, Debug, Default)]
pub struct Stalled {
    /// Indices into the queue's rows.
    pub rows: Vec<u32>,
    pub selected: usize,
    /// The order of the chosen row, which stays chosen when rows come and go.
    pub chosen: Option<OrderId>,
    pub top: usize,
    /// What became of the orders of the last retry.
    pub report: Vec<(OrderId, bool, String)>,
}

/// The trainer's screen.
#[derive(Clone, Debug, Default)]
pub struct Training {
    pub selected: usize,
    pub top: usize,
    /// How far the embedded Px's clock is ahead.
    pub clock_offset: SignedDuration,
    /// Whether it was entered from an order, which it then goes back to.
    pub from_order: bool,
    /// What was done, the newest last.
    pub log: VecDeque<String>,
}

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Info,
    Done,
    Warning,
    Error,
}

/// One line that says what just happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
}

/// Colours; each is readable in black and white too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeName {
    Dark,
    Light,
    HighContrast,
    /// `NO_COLOR`.
    Plain,
}
