//! A file that is not there yet, for its owner alone.

use crate::files;
use std::fs::OpenOptions;
use std::io::{Result, Write as _};
use std::path::Path;

/// Writes it. What could not be written whole is not left behind.
///
/// # Errors
/// When there is something of that name already, or it cannot be written.
pub fn write_new(file: &Path, text: &str) -> Result<()> {
    let mut to = files::private(OpenOptions::new().write(true).create_new(true)).open(file)?;
    to.write_all(text.as_bytes()).and_then(|()| to.sync_all()).inspect_err(|_| {
        // What is left of it is of no use, and this is the last that can be done about it.
        let _ = std::fs::remove_file(file);
    })
}
