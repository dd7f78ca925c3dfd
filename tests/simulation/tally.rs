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
    pub deaths: u64,
    pub cuts: u64,
    pub read_back: u64,
    pub unknown: u64,
}

impl crate::range::Counts for Tally {
    fn add(&mut self, other: &Self) {
        let ours = self.counts();
        let theirs = other.named();
        ours.into_iter().zip(theirs).for_each(|(ours, (_, theirs))| *ours += theirs);
    }
}

impl Tally {
    fn counts(&mut self) -> [&mut u64; 16] {
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
            deaths,
            cuts,
            read_back,
            unknown,
        } = self;
        [
            polls, crashes, events, calls, completes, applied, doubts, probes, verdicts, alarms, readings,
            kept, deaths, cuts, read_back, unknown,
        ]
    }

    fn named(&self) -> [(&'static str, u64); 16] {
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
            ("deaths of the server", self.deaths),
            ("connections lost", self.cuts),
            ("appends read back", self.read_back),
            ("appends of unknown outcome", self.unknown),
        ]
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = self.named().map(|(name, count)| format!("{count} {name}"));
        f.write_str(&named.join(", "))
    }
}
