//! A recording of frames, pure: frames and their times become the text of an asciicast v2 file, which asciinema plays.
//!
//! A frame is written as what differs from the one before. May touch: instants, ratatui's buffer and styles, JSON. Never: I/O,
//! clocks, the model whose frames they are.

mod ansi;
#[cfg(test)]
mod tests;

use crate::kind::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;
use std::fmt::Write as _;
use std::time::Duration;

/// Nobody waits longer than this for the next frame.
pub const LONGEST: Duration = Duration::from_secs(3);
/// The last frame stays in sight for so long.
const LAST: Duration = Duration::from_secs(2);

/// A recording that is being made.
#[derive(Debug)]
pub struct Cast {
    /// The file so far.
    text: String,
    speed: f64,
    /// The frame that is on the terminal, and when it came: by the frames' clock.
    shown: Buffer,
    shown_at: Timestamp,
    /// By the recording's.
    elapsed: Duration,
}

impl Cast {
    /// A recording of frames of this size, the first of them at `began`. It plays `speed` times as fast as they came, and
    /// a pause of more than [`LONGEST`] becomes one of that.
    pub fn new((width, height): (u16, u16), began: Timestamp, title: &str, speed: f64) -> Self {
        let header = json!({
            "version": 2,
            "width": width,
            "height": height,
            "timestamp": began.as_second(),
            "title": title,
            "env": { "TERM": "xterm-256color" },
        });
        let shown = Buffer::empty(Rect::new(0, 0, width, height));
        let mut cast =
            Self { text: format!("{header}\n"), speed, shown, shown_at: began, elapsed: Duration::ZERO };
        cast.output(ansi::BEGIN);
        cast
    }

    /// The next frame. With one of another size the terminal gets that size. A clock that went back counts as one that
    /// stood still.
    pub fn frame(&mut self, at: Timestamp, frame: &Buffer) {
        let pause = Duration::try_from(at.duration_since(self.shown_at)).unwrap_or_default();
        let pause = Duration::try_from_secs_f64(pause.as_secs_f64() / self.speed).unwrap_or(LONGEST);
        self.elapsed += pause.min(LONGEST);
        self.shown_at = self.shown_at.max(at);
        // A terminal that is gone has no size.
        if frame.area.is_empty() {
            return;
        }
        if frame.area != self.shown.area {
            self.event("r", &format!("{}x{}", frame.area.width, frame.area.height));
            self.output(ansi::BEGIN);
            self.shown = Buffer::empty(frame.area);
        }
        let difference = ansi::difference(&self.shown, frame);
        if !difference.is_empty() {
            self.output(&difference);
        }
        self.shown.clone_from(frame);
    }

    /// How long it lasts so far.
    pub fn length(&self) -> Duration {
        self.elapsed
    }

    /// The whole file.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.elapsed += LAST;
        let end = ansi::end(self.shown.area.height);
        self.output(&end);
        self.text
    }

    fn output(&mut self, bytes: &str) {
        self.event("o", bytes);
    }

    fn event(&mut self, code: &str, data: &str) {
        let (seconds, micros) = (self.elapsed.as_secs(), self.elapsed.subsec_micros());
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "[{seconds}.{micros:06}, \"{code}\", {}]", json!(data));
    }
}
