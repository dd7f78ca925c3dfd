//! The clipboard: OSC 52, which works through ssh, and the system's own program where there is one.

use base64::Engine as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The escape sequence that asks the terminal to take `text`.
pub fn osc52(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", base64::engine::general_purpose::STANDARD.encode(text))
}

/// Hands `text` to the system's clipboard, in the background; without one, OSC 52 has to do.
pub fn to_system(text: &str) {
    let Some((program, args)) = program() else { return };
    let text = text.to_owned();
    std::thread::spawn(move || {
        let child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if let Ok(mut child) = child {
            if let Some(mut stdin) = child.stdin.take() {
                let _ = stdin.write_all(text.as_bytes());
            }
            let _ = child.wait();
        }
    });
}

fn program() -> Option<(&'static str, &'static [&'static str])> {
    if cfg!(target_os = "macos") {
        Some(("pbcopy", &[]))
    } else if cfg!(windows) {
        Some(("clip", &[]))
    } else if std::env::var_os("WAYLAND_DISPLAY").is_some() {
        Some(("wl-copy", &[]))
    } else if std::env::var_os("DISPLAY").is_some() {
        Some(("xclip", &["-selection", "clipboard"]))
    } else {
        None
    }
}
