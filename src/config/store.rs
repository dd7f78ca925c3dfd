//! Where a setting says that a secret is kept.

use crate::credentials::Store;
use std::path::Path;

/// The place that `value` names, the keyring when it names none; a file stands in `folder`.
///
/// # Errors
/// Names the setting: there is no such place here.
pub fn store(setting: &str, value: Option<&str>, folder: &Path) -> Result<Store, String> {
    Ok(match value {
        Some("keyring") | None => Store::Keyring,
        Some("keyutils") if cfg!(target_os = "linux") => Store::Keyutils,
        Some(wrong @ ("keyutils" | "")) => {
            return Err(format!(
                "{setting}: `{wrong}` is not a place on this system; write keyring or a file's name"
            ));
        }
        Some(file) => Store::File(folder.join(file)),
    })
}
