//! What one seed's world is like: how often each fault comes; and the mutations that the simulation must notice.

use crate::rng::Rng;

/// How often things go wrong, per thousand.
pub struct Plan {
    /// Buyers, and lines of usage that the partner's system hands over.
    pub buyers: u64,
    pub lines: u64,
    /// Desks besides the receiver.
    pub desks: usize,
    /// Awaits at which the desk that awaits dies.
    pub crash: u64,
    /// Awaits at which it stops for some minutes, as when a lid is closed, and goes on.
    pub freeze: u64,
    /// Appends that the disk does not take.
    pub disk: u64,
    /// Requests that never leave, and requests of which a part leaves.
    pub unsent: u64,
    pub partly: u64,
    /// Requests, replies: lost, or slow.
    pub lost: u64,
    pub slow: u64,
    /// Requests and replies that are on their way for nearly as long as the quiet period, in a few worlds.
    pub late: u64,
    /// Requests that a gateway answers by itself, before the marketplace or in its place.
    pub gateway: u64,
    /// Requests that the marketplace refuses, with a documented error.
    pub refused: u64,
    /// Requests that were carried out, and are answered as if nobody knew.
    pub lookalike: u64,
    /// Power cuts: every desk at once, and what was not synced is lost.
    pub power_cuts: u64,
    /// Reports after whose intent the disk is full, until some time after their answer.
    pub full: u64,
    /// An older copy of the journal is put back.
    pub restored: bool,
    /// The people take their time, so that a closing passes.
    pub closing: bool,
    /// By how much the machine's clock is wrong, in milliseconds, and whether that is known.
    pub clock: i64,
    pub clock_known: bool,
    /// Deploys that are put to a person.
    pub asked: u64,
}

impl Plan {
    pub fn draw(rng: &mut Rng) -> Self {
        // Most faults are off in most worlds, so that each is also seen alone.
        let mut rate = |rates: [u64; 4]| rates[usize::try_from(rng.below(4)).unwrap_or_default()];
        Self {
            crash: rate([0, 2, 8, 25]),
            freeze: rate([0, 0, 0, 4]),
            disk: rate([0, 0, 0, 60]),
            unsent: rate([0, 0, 50, 200]),
            partly: rate([0, 0, 50, 150]),
            lost: rate([0, 50, 150, 400]),
            slow: rate([0, 50, 200, 500]),
            gateway: rate([0, 0, 50, 200]),
            refused: rate([0, 0, 100, 300]),
            lookalike: rate([0, 0, 100, 300]),
            power_cuts: rate([0, 0, 0, 2]),
            full: rate([0, 0, 0, 300]),
            asked: rate([0, 0, 300, 1000]),
            late: if rng.chance(50) { 200 } else { 0 },
            buyers: rng.between(1, 3),
            lines: rng.between(2, 14),
            desks: if rng.chance(600) { 2 } else { 1 },
            restored: rng.chance(60),
            closing: rng.chance(400),
            clock: clock(rng),
            clock_known: rng.chance(800),
        }
    }

    /// For the end: nothing goes wrong any more.
    pub fn calm_down(&mut self) {
        let Self { buyers, lines, desks, closing, clock, .. } = *self;
        *self = Self {
            buyers,
            lines,
            desks,
            closing,
            clock,
            clock_known: true,
            crash: 0,
            freeze: 0,
            disk: 0,
            unsent: 0,
            partly: 0,
            lost: 0,
            slow: 0,
            late: 0,
            gateway: 0,
            refused: 0,
            lookalike: 0,
            power_cuts: 0,
            full: 0,
            restored: false,
            asked: 0,
        };
    }
}

/// Mostly right to the second; sometimes off by what is still relied on, and by what is not.
fn clock(rng: &mut Rng) -> i64 {
    let far = [0, 0, 25_000, 400_000][usize::try_from(rng.below(4)).unwrap_or_default()];
    i64::try_from(rng.below(2 * far + 1)).unwrap_or_default() - far.cast_signed()
}

/// Mutations of the world under the engine. Each breaks one thing that the promise stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The journal says that an event is on disk, and a power cut takes it back.
    LostFsync,
    /// The journal says that an intent is on disk, and it never comes there.
    IntentUnwritten,
    /// The journal takes an append that was decided on a thing as it no longer is.
    NoExpectedSeq,
    /// The journal takes two reports for the same slot.
    NoSlotIndex,
    /// The journal takes the same provisioning id twice.
    NoDeployIndex,
    /// The client sends a request again when no answer came.
    Resend,
    /// The client takes a time-out for a request that never left.
    TimeoutAsUnsent,
    /// The client takes a 5xx for a refusal.
    FaultAsRefused,
    /// The client takes any 2xx for a 200.
    AnySuccess,
    /// The client sends another amount than the one that is frozen.
    OtherAmount,
    /// A report in doubt is not left alone.
    NoQuiet,
    /// The network holds requests back for longer than the quiet period.
    LateRequests,
    /// A person says what became of a report without a look at the portal.
    BlindVerdict,
    /// What the journal does not take is kept nowhere else, though it is said that it was.
    NoSpool,
    /// The machine's clock is taken for right at the closing.
    ClockTakenForRight,
    /// A desk that has slept since it decided sends what it has decided.
    NoLastLook,
    /// Nothing is noted apart from the journal, so that an older copy of it knows nothing.
    NoSentCounts,
    /// The receiver answers before the deploy is on disk.
    AnswerBeforeStore,
}

impl Break {
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::LostFsync, "lost-fsync"),
        (Self::IntentUnwritten, "intent-unwritten"),
        (Self::NoExpectedSeq, "no-expected-seq"),
        (Self::NoSlotIndex, "no-slot-index"),
        (Self::NoDeployIndex, "no-deploy-index"),
        (Self::Resend, "resend"),
        (Self::TimeoutAsUnsent, "timeout-as-unsent"),
        (Self::FaultAsRefused, "fault-as-refused"),
        (Self::AnySuccess, "any-success"),
        (Self::OtherAmount, "other-amount"),
        (Self::NoQuiet, "no-quiet"),
        (Self::LateRequests, "late-requests"),
        (Self::BlindVerdict, "blind-verdict"),
        (Self::NoSpool, "no-spool"),
        (Self::ClockTakenForRight, "clock-taken-for-right"),
        (Self::NoLastLook, "no-last-look"),
        (Self::NoSentCounts, "no-sent-counts"),
        (Self::AnswerBeforeStore, "answer-before-store"),
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(this, _)| this)
    }
}
