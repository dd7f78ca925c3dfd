//! What the program says of itself, to rolling files in the state folder. Only this crate's events are written: other
//! crates' could hold what was sent. Ours hold ids, calls, statuses, codes, times; never a token or personal data.

use crate::config::Settings;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How many days of logs are kept.
const DAYS: usize = 14;

/// Starts writing logs at the level that `PXDESK_LOG` names (`error`, `warn`, `info`, `debug`, `trace`; by default
/// `info`).
///
/// A log that cannot be written does not stop an order: the reason is returned, for whoever wants to say it.
pub fn start(settings: &Settings) -> Result<(), String> {
    let level = match std::env::var("PXDESK_LOG") {
        Ok(name) if !name.is_empty() => name.parse::<LevelFilter>().map_err(|_| {
            format!("PXDESK_LOG: `{name}` is not a level; write error, warn, info, debug or trace")
        })?,
        Ok(_) | Err(_) => LevelFilter::INFO,
    };
    let builder = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("pxdesk")
        .filename_suffix("log");
    let folder = &settings.places.state;
    // The appender would complain to stderr, in its own words, before it makes the folder itself.
    std::fs::create_dir_all(folder).map_err(|e| format!("no log is written in {}: {e}", folder.display()))?;
    let file = builder
        .max_log_files(DAYS)
        .build(folder)
        .map_err(|e| format!("no log is written in {}: {e}", folder.display()))?;
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::sync::Mutex::new(file));
    let ours = Targets::new().with_target("pxdesk", level);
    tracing_subscriber::registry().with(layer.with_filter(ours)).try_init().map_err(|e| e.to_string())
}

/// Makes every file that this process creates readable by its owner alone.
pub fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}
