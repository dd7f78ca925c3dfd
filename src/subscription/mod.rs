//! What is sold on the marketplace, pure: subscriptions and their SKUs, reports of usage, and the months that they are
//! billed in.
//!
//! Four kinds of things: a subscription (what follows from one deploy), a report (what one SKU used in one month, which is
//! told to the marketplace once), a notice (a sale that is tracked, or an update of version 1), and the sender (who
//! reports from which month on). The marketplace adds up whatever arrives and keeps no key, so each report is frozen,
//! recorded and sent once; when nobody knows whether it arrived, a person says so and nothing else does.
//!
//! Facts are named as in the notes on the marketplace: D documented, E by an example, K by a neighbouring page, R our
//! reading, A assumed.
//! May touch: std, serde, `kind`, `text`, `order`'s environment and roles. Never: any I/O, clocks.

mod amount;
mod answer;
mod attempt;
mod calendar;
mod call;
mod called;
mod deploy;
mod handed;
mod ids;
mod month;
mod notice;
mod overview;
mod pattern;
mod refusal;
mod report;
mod sender;
mod shown;
mod sku;
mod thing;
mod total;

pub use amount::Amount;
pub use answer::{Answer, By};
pub use attempt::{Arrived, Attempt, Attempts, CallEvent, Ended, HELD_BACK, Signed, UnderWay};
pub use calendar::{Calendar, Closing, Gate, SPARE, Shut, there};
pub use call::{Call, Failure, Outcome};
pub use called::Called;
pub use deploy::{Deploy, Unreadable, masked, read as read_deploy, read_first_version, read_object};
pub use handed::{Decider, HandedOver, NotUsed, said};
pub use ids::{CustomerId, IdError, ProvisioningId, Sku};
pub use month::Month;
pub use notice::{Notice, NoticeCommand, NoticeEvent, NoticeRow, Told};
pub use overview::{Earlier, Ending, MonthLine, MonthView, earlier_in_words};
pub use pattern::Pattern;
pub use refusal::{Refusal, Sole};
pub use report::{
    Because, Clash, Finding, Freeze, Line, Prepared, Report, ReportCommand, ReportEvent, ReportRow,
    ReportState, Slot, Statement, Verdict, findings,
};
pub use sender::{OddBytes, Sender, SenderEvent, Takeover, UnreadablePersonal};
pub use shown::{Reported, Shown};
pub use sku::{Billing, Plan, SkuLine, SkuState};
pub use thing::{
    Answered, AnsweredPersonal, Command, Event, Note, Repeat, RequestedPersonal, State, Subscription,
    SubscriptionRow, TextPersonal,
};
pub use total::Total;
