//! What happened, counted.

/// The counts of one seed, or of many.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub polls: u64,
    pub crashes: u64,
    pub events: u64,
    pub calls: u64,
    pub reports: u64,
    pub added: u64,
    pub doubts: u64,
    pub verdicts: u64,
    pub supplements: u64,
    pub deploys: u64,
    pub shut: u64,
    pub halted: u64,
    pub kept: u64,
    pub restored: u64,
}

impl Tally {
    fn named(&self) -> [(&'static str, u64); 14] {
        [
            ("awaits", self.polls),
            ("crashes", self.crashes),
            ("events", self.events),
            ("calls", self.calls),
            ("reports sent", self.reports),
            ("added", self.added),
            ("in doubt", self.doubts),
            ("verdicts", self.verdicts),
            ("supplements", self.supplements),
            ("deploys answered", self.deploys),
            ("held by the closing", self.shut),
            ("runs stopped by doubts", self.halted),
            ("answers kept aside", self.kept),
            ("older journals put back", self.restored),
        ]
    }
}

impl crate::range::Counts for Tally {
    fn add(&mut self, other: &Self) {
        let Self {
            polls,
            crashes,
            events,
            calls,
            reports,
            added,
            doubts,
            verdicts,
            supplements,
            deploys,
            shut,
            halted,
            kept,
            restored,
        } = self;
        let ours = [
            polls,
            crashes,
            events,
            calls,
            reports,
            added,
            doubts,
            verdicts,
            supplements,
            deploys,
            shut,
            halted,
            kept,
            restored,
        ];
        ours.into_iter().zip(other.named()).for_each(|(ours, (_, theirs))| *ours += theirs);
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = self.named().map(|(name, count)| format!("{count} {name}"));
        f.write_str(&named.join(", "))
    }
}
