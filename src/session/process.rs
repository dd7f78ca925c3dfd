//! Which process this is, among those of all machines that may share a folder; and which ones are gone.

/// The name of this machine, of letters, digits and dots alone.
pub fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    if name.is_empty() { "here".to_owned() } else { name }
}

/// True when it was a process of this machine, and there is no such process any more. One that somebody else owns is there.
pub fn is_gone(of: &str, process: u32) -> bool {
    of == host() && i32::try_from(process).is_ok_and(is_over)
}

#[cfg(unix)]
fn is_over(process: i32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let process = (process > 0).then(|| Pid::from_raw(process)).flatten();
    process.is_some_and(|process| test_kill_process(process) == Err(rustix::io::Errno::SRCH))
}

/// Nothing says so here.
#[cfg(not(unix))]
fn is_over(_: i32) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
pub mod tests {
    use super::*;

    /// A process that was there, and is gone.
    pub fn a_dead_one() -> u32 {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        child.id()
    }

    #[test]
    fn a_process_of_another_machine_is_never_gone() {
        let dead = a_dead_one();
        assert!(is_gone(&host(), dead));
        assert!(!is_gone("elsewhere", dead), "nobody here knows");
        assert!(!is_gone(&host(), std::process::id()));
        // The first process of the system lives, and is somebody else's.
        assert!(!is_gone(&host(), 1) && !is_gone(&host(), 0) && !is_gone(&host(), u32::MAX));
    }
}
