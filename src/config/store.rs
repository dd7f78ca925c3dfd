//! Where a setting says that a secret is kept.

use crate::credentials::{PasswordKeeper, Store};
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

/// Who keeps the password of the journal's server, when `value` says that a keyring does.
///
/// # Errors
/// Says what may stand there. Never what does: it could be the password.
pub fn password_keeper(value: Option<&str>) -> Result<Option<PasswordKeeper>, String> {
    let store = match value {
        None => return Ok(None),
        Some("keyring") => Store::Keyring,
        Some("keyutils") if cfg!(target_os = "linux") => Store::Keyutils,
        Some(_) => {
            return Err(
                "journal.password is not the password but where it is: write keyring, and run `pxdesk login \
                        --journal`; or name a file of mode 0600 as journal.password_file"
                    .to_owned(),
            );
        }
    };
    Ok(Some(PasswordKeeper::new(store)))
}
