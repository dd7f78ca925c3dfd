//! Keeping what is in memory from leaving it: nothing of it reaches a core dump.

/// Turns core dumps off, and the reading of this process's memory by others of the same user. From the first line of
/// `main` on: a secret is in memory as soon as a token is needed.
pub fn keep_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Lowering a limit is always allowed, and there is nobody to tell yet.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A limit of 0 does not keep a core from being piped to a handler; this does.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
