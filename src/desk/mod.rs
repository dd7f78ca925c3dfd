//! The desk, pure: the model of the screens, the messages that change it, the effects it asks for.
//!
//! [`update`] takes a message and an instant and returns effects; it never waits, never fails, and touches nothing but the
//! model. May touch: `order`'s, `subscription`'s, `registry`'s and `practice`'s types, `report`'s figures, tui-input's line
//! editing. Never: I/O of any kind, crossterm, ratatui widgets.
//!
//! Imports run one way, from the bottom up:
//!
//! | | |
//! | --- | --- |
//! | `frame` | keys, forms, lists, overlays, the lock, notices; knows no order |
//! | `problem`, `confirm`, `action`, `effect`, `msg` | what can go wrong, be asked, be done, be wanted, happen |
//! | `model` | the frame and what each desk keeps |
//! | `orders`, `market`, `registration`, `supervisor`, `training` | the desks: each works on the model, and none imports another |
//! | `rights`, `bindings`, `line`, `guide`, `clock`, `beside` | what is shown of whichever desk is in front |
//! | `update` | hands every message and action to the desk it is about |
//!
//! Files import each other by their own paths; the names below are for the other rooms.

mod action;
mod beside;
mod bindings;
mod clock;
mod confirm;
mod effect;
pub mod frame;
mod glance;
mod guide;
mod line;
mod market;
mod model;
mod msg;
mod orders;
mod problem;
mod registration;
mod rights;
mod screen_keys;
mod supervisor;
mod training;
mod update;

#[cfg(test)]
mod tests;

pub use action::Action;
pub use beside::WIDE;
pub use bindings::bindings;
pub use clock::{awaited, next_tick, watches_journal};
pub use confirm::Confirm;
pub use effect::{Effect, Job, Simulation, Task};
pub use frame::form::{Field, Form};
pub use frame::held::Held;
pub use frame::key::{Code, Key};
pub use frame::notice::{Notice, Severity};
pub use frame::overlay::Palette;
pub use frame::seen::Seen;
pub use frame::state::SMALLEST;
pub use frame::target::Target;
pub use frame::theme::ThemeName;
pub use glance::Beside;
pub use guide::{Guide, guide};
pub use line::next_line;
pub use market::act::Act;
pub use market::ask::{Ask, More};
pub use market::clock::{Countdown, clock_off, countdown, quiet_left};
pub use market::news::{Loaded, News, Page as SubscriptionPage, Ran, Sent, SentEnd};
pub use market::plan::{Plan, Planned};
#[cfg(test)]
pub use market::sample as market_sample;
pub use market::state::{List, Market, MarketSetup, Request, Run};
pub use market::step::Step;
pub use market::wanted::{MarketAction, Used, Wanted};
pub use model::{Binding, Model, Overlay, Screen, Setup};
pub use msg::Msg;
pub use orders::adding::Adding;
pub use orders::doubt::submitted_elsewhere;
pub use orders::hands::worked_on_by;
pub use orders::questions::is_void;
pub use orders::queue::Queue;
pub use orders::reading::{
    least_time as section_least_time, time_left as section_time_left, time_so_far as section_time_so_far,
};
pub use orders::replay::{Replay, SHORTEST as SHORTEST_PAUSE};
pub use orders::replaying::as_it_was;
pub use orders::screen::{Busy, OrderScreen, Pane};
pub use orders::window::{CHUNK, Counts, FOUND, Page, Part};
pub use problem::Problem;
pub use registration::ask::Ask as ContractAsk;
pub use registration::draft::{Cell, Draft, Mark};
pub use registration::news::{News as ContractNews, NotDone, Ran as ContractRan, Unfinished};
#[cfg(test)]
pub use registration::sample as registration_sample;
pub use registration::snapshot::{Key as ContractKey, Snapshot};
pub use registration::state::{Registration, RegistrationSetup, Run as ContractRun};
pub use registration::wanted::Wanted as ContractWanted;
pub use screen_keys::{palette_lines, screen_bindings};
pub use supervisor::list::{Line, Stalled};
pub use supervisor::room::{batch_rows, rows as stalled_rows};
pub use supervisor::stalled::MOST as MOST_STALLED;
pub use supervisor::state::{Batch, Day, Ended, How};
pub use training::act::Act as TrainerAct;
pub use training::exchange::{News as ClassroomNews, Wanted as ClassroomWanted};
pub use training::failures::{Called, Sold};
pub use training::items::{Does, Item, items as training_items};
pub use training::perform::length as training_length;
pub use training::progress::{Progress, STEPS, Tour};
pub use training::scene::{PlayView, Talk};
pub use training::state::{Classroom, Lesson, Over, Tab, Trainee, Training};
pub use update::update;
