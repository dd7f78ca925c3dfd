//! What one seed's world is like: how often each fault comes; and the mutations that the simulation must notice.

use crate::px::Millis;
use crate::rng::Rng;
use std::time::Duration;

/// How long a Complete may last, and how long an order in doubt is left alone.
pub const TIMEOUT: Duration = Duration::from_mins(2);
pub const QUIET: Duration = Duration::from_mins(4);
/// An hour, in milliseconds: by so much a machine's clock is wrong at most.
const HOUR: u64 = 3_600_000;
/// How long Px works on a Complete, and how long a request can be on its way, so that together they end within the quiet
/// period: in milliseconds.
pub const LONGEST_WORK: u64 = 60_000;
pub const LONGEST_WAY: u64 = 175_000;

/// How often things go wrong, per thousand.
pub struct Plan {
    pub orders: u64,
    /// Awaits at which the desk that awaits dies.
    pub crash: u64,
    /// Awaits at which it stops for some minutes, as when a lid is closed, and goes on.
    pub freeze: u64,
    /// Appends that the disk does not take.
    pub disk: u64,
    /// Requests that never leave.
    pub unsent: u64,
    /// Requests, replies: lost, or slow.
    pub lost: u64,
    pub slow: u64,
    /// Replies that end too soon, or come twice.
    pub torn: u64,
    pub twice: u64,
    /// Requests that the gateway answers by itself, before Px or in its place.
    pub gateway: u64,
    /// Requests that Px refuses, with a documented error.
    pub refused: u64,
    /// Completes at which the server dies between its check and its work.
    pub dying: u64,
    /// Power cuts: every desk at once, and what was not synced is lost.
    pub power_cuts: u64,
    /// The machine's wall clock jumps, forth and back.
    pub jumps: u64,
    /// Another system of the partner submits the same order.
    pub foreign: bool,
    /// Requests and replies that are on their way for nearly as long as the quiet period, in a few worlds.
    pub late: u64,
    /// Completes that were carried out, and that the gateway answers in the likeness of a refused token.
    pub lookalike: u64,
    /// Completes after whose intent the disk is full, until some time after their answer.
    pub full: u64,
    pub server: ServerPlan,
}

/// Worlds in which each desk has a machine of its own, and the journal is on a server.
pub struct ServerPlan {
    pub shared: bool,
    /// Statements at which the connection is lost, and that take long, per thousand.
    pub cut: u64,
    pub slow: u64,
    /// How often the server dies.
    pub deaths: u64,
    /// By how much each machine's clock is wrong.
    pub clocks: [Millis; 3],
}

impl ServerPlan {
    /// From numbers of its own: the other worlds stay as they are. Every third world is one of these.
    fn draw(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x05ee_d0fa_f100_4000);
        let shared = rng.below(3) == 0;
        let mut rate = |rates: [u64; 4]| rates[usize::try_from(rng.below(4)).unwrap_or_default()];
        let (cut, slow, deaths) = (rate([0, 20, 80, 250]), rate([0, 0, 20, 100]), rate([0, 1, 2, 5]));
        let wrong = rng.chance(300);
        let clocks = [(); 3].map(|()| {
            let far = Millis::try_from(rng.below(2 * HOUR + 1)).unwrap_or_default();
            if wrong { far - HOUR.cast_signed() } else { 0 }
        });
        if shared {
            Self { shared, cut, slow, deaths, clocks }
        } else {
            Self { shared, cut: 0, slow: 0, deaths: 0, clocks: [0; 3] }
        }
    }
}

impl Plan {
    pub fn draw(seed: u64, rng: &mut Rng) -> Self {
        // Most faults are off in most worlds, so that each is also seen alone.
        let mut rate = |rates: [u64; 4]| rates[usize::try_from(rng.below(4)).unwrap_or_default()];
        Self {
            crash: rate([0, 3, 15, 40]),
            freeze: rate([0, 0, 0, 4]),
            disk: rate([0, 0, 0, 60]),
            unsent: rate([0, 0, 50, 200]),
            lost: rate([0, 50, 150, 400]),
            slow: rate([0, 50, 200, 500]),
            torn: rate([0, 0, 50, 200]),
            twice: rate([0, 0, 100, 300]),
            gateway: rate([0, 0, 50, 200]),
            refused: rate([0, 0, 100, 300]),
            dying: rate([0, 0, 100, 300]),
            power_cuts: rate([0, 0, 0, 2]),
            jumps: rate([0, 0, 0, 4]),
            orders: rng.between(1, 3),
            foreign: rng.chance(80),
            late: if rng.chance(50) { 200 } else { 0 },
            lookalike: if rng.chance(250) { 300 } else { 0 },
            full: if rng.chance(250) { 300 } else { 0 },
            server: ServerPlan::draw(seed),
        }
    }
}

impl Plan {
    /// For the end: nothing goes wrong any more.
    pub fn calm_down(&mut self) {
        let Self {
            crash,
            freeze,
            disk,
            unsent,
            lost,
            slow,
            torn,
            twice,
            gateway,
            refused,
            dying,
            late,
            lookalike,
            full,
            server: ServerPlan { cut, slow: slow_server, .. },
            ..
        } = self;
        for rate in [
            crash,
            freeze,
            disk,
            unsent,
            lost,
            slow,
            torn,
            twice,
            gateway,
            refused,
            dying,
            late,
            lookalike,
            full,
            cut,
            slow_server,
        ] {
            *rate = 0;
        }
    }
}

/// Mutations of the world under the engine. Each breaks one thing that the promise stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The journal says that an event is on disk, and a power cut takes it back.
    LostFsync,
    /// The journal takes an append that was decided on an order as it no longer is.
    NoExpectedSeq,
    /// The journal takes the same identifiers for two orders.
    SameIds,
    /// The client sends a request again when no answer came.
    Resend,
    /// The client takes a time-out for a request that never left.
    TimeoutAsUnsent,
    /// The client takes 2130 for a success, whoever submitted.
    AnyoneSubmitted,
    /// An order in doubt is not left alone.
    NoQuiet,
    /// The network holds requests back for longer than the quiet period, which no client without an idempotency key can
    /// rule out: it is the one thing that the promise takes for granted.
    LateRequests,
    /// The client takes every 401 and 403 that nobody documented for a refused token.
    AnyTokenFault,
    /// Readings are timed by the wall clock, which jumps.
    ReadByTheWall,
    /// What the journal does not take is kept nowhere else, though it is said that it was.
    NoSpool,
    /// When the connection is lost while something is recorded, that is taken for not recorded, and is decided again.
    LostAsNotRecorded,
    /// When the connection is lost while something is recorded, that is taken for recorded.
    LostAsRecorded,
    /// The server that takes another one's place lacks what that one acknowledged last.
    ForgetfulFailover,
    /// Each desk of a floor goes by the clock of its own machine.
    OwnClocks,
    /// A desk of a floor sends what it has recorded without looking whether another one has taken it for gone.
    NoLastLook,
}

impl Break {
    pub const ALL: [(Self, &'static str); 16] = [
        (Self::LostFsync, "lost-fsync"),
        (Self::NoExpectedSeq, "no-expected-seq"),
        (Self::SameIds, "same-ids"),
        (Self::Resend, "resend"),
        (Self::TimeoutAsUnsent, "timeout-as-unsent"),
        (Self::AnyoneSubmitted, "anyone-submitted"),
        (Self::NoQuiet, "no-quiet"),
        (Self::LateRequests, "late-requests"),
        (Self::AnyTokenFault, "any-token-fault"),
        (Self::ReadByTheWall, "read-by-the-wall"),
        (Self::NoSpool, "no-spool"),
        (Self::LostAsNotRecorded, "lost-as-not-recorded"),
        (Self::LostAsRecorded, "lost-as-recorded"),
        (Self::ForgetfulFailover, "forgetful-failover"),
        (Self::OwnClocks, "own-clocks"),
        (Self::NoLastLook, "no-last-look"),
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(this, _)| this)
    }
}
