//! What the program says of itself, to rolling files in the state folder. May touch: that folder, stderr in a panic.
//!
//! Our own lines hold ids, calls, statuses, codes and times; whatever is personal or secret has a type that prints as
//! dots. The libraries' lines are off by default. Lines of theirs that could show a secret are never written, at any
//! level: see [`UNSAFE`].

mod panic;

pub use panic::be_discreet;

use crate::config::{Format, Level, Log, Settings};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::io;
use std::path::Path;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How the name of a log begins, before its day.
const PREFIX: &str = "pxdesk";
/// How it ends.
const SUFFIX: &str = "log";
/// How many lines wait for the disk; more than that are lost rather than waited for.
const WAITING: usize = 512;

/// What of the libraries is never written, at whatever level.
const UNSAFE: [&str; 1] = [
    // Prints the bytes of a connection, bodies and all; on only for a client that asks for it, and none does.
    "reqwest::connect::verbose",
];

/// Logs are written until this is dropped; what waits for the disk then is written first.
#[must_use]
pub struct Logs {
    _guard: WorkerGuard,
}

/// Starts writing logs as the settings say. Lines are written by a thread of their own, so that no key waits for a disk.
///
/// # Errors
/// Says why no log is written. Nothing else stops for that.
pub fn start(settings: &Settings) -> Result<Logs, String> {
    let (log, folder) = (&settings.log, &settings.places.state);
    let no_log = |why: String| format!("no log is written in {}: {why}", folder.display());
    make_private(folder).map_err(|error| no_log(error.to_string()))?;
    tidy(folder, log.keep_days.0, Timestamp::now()).map_err(|error| no_log(error.to_string()))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix(SUFFIX)
        // For a desk that is open for weeks. The appender counts files, and the one that it is about to make.
        .max_log_files(usize::from(log.keep_days.0) + 1)
        .build(folder)
        .map_err(|error| no_log(error.to_string()))?;
    let (writer, guard) =
        NonBlockingBuilder::default().buffered_lines_limit(WAITING).thread_name("log").finish(file);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    let layer = match log.format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let registry = tracing_subscriber::registry().with(layer.with_filter(targets(log)));
    registry.try_init().map_err(|error| no_log(error.to_string()))?;
    Ok(Logs { _guard: guard })
}

/// Which lines are written.
fn targets(log: &Log) -> Targets {
    let all = Targets::new().with_default(filter(log.libraries)).with_target("pxdesk", filter(log.level));
    UNSAFE.iter().fold(all, |targets, target| targets.with_target(*target, LevelFilter::OFF))
}

fn filter(level: Level) -> LevelFilter {
    match level {
        Level::Off => LevelFilter::OFF,
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    }
}

/// Removes the logs of days before those that are kept, and makes the others their owner's alone: they may have come from a
/// backup, or been opened to others by hand.
fn tidy(folder: &Path, keep_days: u16, now: Timestamp) -> io::Result<()> {
    // The days in the names are UTC's.
    let today = now.to_zoned(TimeZone::UTC).date();
    let oldest = today.saturating_sub(i64::from(keep_days).days());
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Some(day) = entry.file_name().to_str().and_then(day_of) else { continue };
        let tidied = if day < oldest { std::fs::remove_file(entry.path()) } else { close(&entry) };
        // Another desk may have removed it meanwhile.
        tidied.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
    }
    Ok(())
}

/// The day of a log, from its file's name.
fn day_of(name: &str) -> Option<Date> {
    let rest = name.strip_prefix(PREFIX)?.strip_prefix('.')?;
    rest.strip_suffix(SUFFIX)?.strip_suffix('.')?.parse().ok()
}

/// Makes a file its owner's alone.
fn close(entry: &std::fs::DirEntry) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Not of what a link leads to.
        let held = entry.metadata()?;
        if held.is_file() && held.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

/// Makes the folder, its owner's alone. The files in it are so by [`keep_files_private`].
fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if std::fs::metadata(folder)?.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Makes every file that this process creates readable by its owner alone.
pub fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_log_is_kept_for_days_not_by_their_number_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let names = [
            "pxdesk.2026-11-28.log",
            "pxdesk.2026-11-14.log",
            "pxdesk.2026-11-13.log",
            "pxdesk.2025-10-24.log",
        ];
        for name in names.into_iter().chain(["pxdesk.log", "pxdesk.2025-10-24.log.gz", "mine.2025-10-24.log"])
        {
            std::fs::write(file(name), "x").unwrap();
            std::fs::set_permissions(file(name), std::fs::Permissions::from_mode(0o666)).unwrap();
        }
        tidy(folder.path(), 14, "2026-11-28T12:00:00Z".parse().unwrap()).unwrap();
        let mode = |name: &str| Some(std::fs::metadata(file(name)).ok()?.permissions().mode() & 0o777);
        assert_eq!(names.map(mode), [Some(0o600), Some(0o600), None, None]);
        for others in ["pxdesk.log", "pxdesk.2025-10-24.log.gz", "mine.2025-10-24.log"] {
            assert_eq!(mode(others), Some(0o666), "{others} is not ours");
        }
    }
}
