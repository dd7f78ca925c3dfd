//! The state of the frame around whatever screen is shown.

use super::form::Form;
use super::held::{Clicks, Held};
use super::lock::Lock;
use super::notice::{Notice, Severity};
use super::overlay::Overlay;
use super::theme::ThemeName;
use crate::order::Timestamp;

/// The smallest screen that a desk can be worked at, in columns and rows.
pub const SMALLEST: (u16, u16) = (60, 15);
/// From this height on, a blank row parts the screen from the notice.
pub const TALL: u16 = 30;
/// From this width on, a line about the next key is not broken, unless it tells an order's story.
const UNBROKEN: u16 = 90;

/// What is wrong with the journal for as long as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalMarks {
    /// True from when the journal was lost until it can be reached again.
    pub away: bool,
    /// True while the journal is not what this machine saw, so that nothing is sent or recorded.
    pub doubted: bool,
}

/// Everything on the screen that belongs to no desk. `Q` is what may be asked before something is done.
#[derive(Clone, Debug)]
pub struct Frame<Q> {
    /// Columns and rows.
    pub size: (u16, u16),
    pub theme: ThemeName,
    pub overlay: Option<Overlay<Q>>,
    /// The question and its form, while it is asked whether what was typed is to be thrown away.
    pub aside: Option<(Q, Form)>,
    /// How many questions have come up: what was typed before one could be seen does not answer it.
    pub asked: u64,
    /// The last thing worth saying, in the line above the keys.
    pub notice: Option<Notice>,
    pub journal: JournalMarks,
    /// How many tasks are running; quitting waits for them.
    pub under_way: usize,
    /// True once quitting was requested while a task was running.
    pub quit_requested: bool,
    /// Where the wheel and the arrows scroll a text that is longer than the screen (help, history).
    pub scroll: usize,
    /// The id of the last timer asked for.
    pub timers: u64,
    /// How many rows somebody who is shown around needs above the notice, at the most.
    pub guide: u16,
    pub lock: Lock,
    pub held: Held,
    pub clicks: Clicks,
    /// Whether the terminal has the keyboard, as far as it tells.
    pub focused: bool,
}

impl<Q> Frame<Q> {
    /// The frame of a desk that has just opened.
    pub fn new(theme: ThemeName, now: Timestamp, size: (u16, u16)) -> Self {
        Self {
            size,
            theme,
            overlay: None,
            aside: None,
            asked: 0,
            notice: None,
            journal: JournalMarks::default(),
            under_way: 0,
            quit_requested: false,
            scroll: 0,
            timers: 0,
            guide: 0,
            lock: Lock::new(now),
            held: Held::default(),
            clicks: Clicks::default(),
            focused: true,
        }
    }

    /// True when the screen is large enough to be worked at.
    pub fn fits(&self) -> bool {
        self.size.0 >= SMALLEST.0 && self.size.1 >= SMALLEST.1
    }

    /// How many rows of a list fit, roughly: for moving by a page.
    pub fn page(&self) -> usize {
        usize::from(self.size.1).saturating_sub(8).max(1)
    }

    /// How many rows a screen of lists has at the least, under the top line and above what is said at the foot.
    pub fn body(&self) -> u16 {
        let (width, height) = self.size;
        let long = |notice: &Notice| notice.text.chars().count() + 16 > width.into();
        // As many as the view shows of either at the most.
        let said = if self.notice.as_ref().is_some_and(long) { 3 } else { 1 };
        let next = if width < UNBROKEN { 2 } else { 1 };
        height.saturating_sub(3 + u16::from(height >= TALL) + self.guide + said + next)
    }

    /// Shows a notice.
    pub fn say(&mut self, severity: Severity, text: impl Into<String>) {
        self.notice = Some(Notice { severity, text: text.into() });
    }

    /// Asks a question that waits for a deliberate yes.
    pub fn ask(&mut self, question: Q) {
        self.asked += 1;
        self.lay_over(Overlay::Confirm(question));
    }

    /// Asks a question that has fields to fill in.
    pub fn ask_in_form(&mut self, question: Q, form: Form) {
        self.asked += 1;
        self.lay_over(Overlay::Ask(question, form));
    }

    /// Opens something over the screen, at its beginning.
    pub fn lay_over(&mut self, overlay: Overlay<Q>) {
        self.scroll = 0;
        self.overlay = Some(overlay);
    }

    /// A new timer's id.
    pub fn next_timer(&mut self) -> u64 {
        self.timers += 1;
        self.timers
    }
}
