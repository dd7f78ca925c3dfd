//! What happened, counted.

/// The counts of one seed, or of many.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub polls: u64,
    pub crashes: u64,
    pub events: u64,
    pub calls: u64,
    pub completes: u64,
    pub applied: u64,
    pub doubts: u64,
    pub probes: u64,
    pub verdicts: u64,
    pub alarms: u64,
    pub readings: u64,
    pub kept: u64,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        let ours = self.counts();
        let theirs = other.named();
        ours.into_iter().zip(theirs).for_each(|(ours, (_, theirs))| *ours += theirs);
    }

    fn counts(&mut self) -> [&mut u64; 12] {
        let Self {
            polls,
            crashes,
            events,
            calls,
            completes,
            applied,
            doubts,
            probes,
            verdicts,
            alarms,
            readings,
            kept,
        } = self;
        [polls, crashes, events, calls, completes, applied, doubts, probes, verdicts, alarms, readings, kept]
    }

    fn named(&self) -> [(&'static str, u64); 12] {
        [
            ("awaits", self.polls),
            ("crashes", self.crashes),
            ("events", self.events),
            ("calls", self.calls),
            ("completes", self.completes),
            ("placed", self.applied),
            ("in doubt", self.doubts),
            ("probes", self.probes),
            ("verdicts", self.verdicts),
            ("alarms", self.alarms),
            ("readings by the clock", self.readings),
            ("answers kept aside", self.kept),
        ]
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = self.named().map(|(name, count)| format!("{count} {name}"));
        f.write_str(&named.join(", "))
    }
}
