//! Where a setting says that a secret is kept.

use crate::credentials::{PasswordKeeper, Store};
use std::path::Path;

/// The place that `value` names, the keyring when it names none; a file stands in `folder`.
///
/// # Errors
/// Names the setting: there is no such place here. What has nothing of a file's name is not shown: it could be the secret itself.
pub fn store(setting: &str, value: Option<&str>, folder: &Path) -> Result<Store, String> {
    Ok(match value {
        Some("keyring") | None => Store::Keyring,
        Some("keyutils") if cfg!(target_os = "linux") => Store::Keyutils,
        Some(wrong @ ("keyutils" | "")) => {
            return Err(format!(
                "{setting}: `{wrong}` is not a place on this system; write keyring or a file's name"
            ));
        }
        Some(word) if is_near(word).is_some() || (is_odd(word) && !folder.join(word).exists()) => {
            return Err(format!("{setting} {}", no_place(word)));
        }
        Some(file) => Store::File(folder.join(file)),
    })
}

/// True for what is more like a secret than like the name of a file: one word, in more than small letters.
fn is_odd(word: &str) -> bool {
    let is_path = word.contains(['.', '/', '\\', '~']);
    !is_path && word.contains(|c: char| !c.is_lowercase() && !matches!(c, '-' | '_'))
}

/// The keyring that a misspelt word means.
fn is_near(word: &str) -> Option<&'static str> {
    let near = |known: &&str| strsim::jaro_winkler(&word.to_lowercase(), known) > 0.93;
    ["keyring", "keyutils"].into_iter().find(near)
}

/// That a word is no place; continues the setting's name.
fn no_place(word: &str) -> String {
    is_near(word).map_or_else(
        || {
            "says where the secret is, and is not the secret itself: write keyring, keyutils, or a file's name with its folder, \
             such as ./NAME"
                .to_owned()
        },
        |known| format!("is not a place; did you mean `{known}`?"),
    )
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
