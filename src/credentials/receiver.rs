//! The secrets by which the receiver of deploys knows who sends them: files that only their owner may read.

use super::error::Why;
use super::file;
use super::line::parse_line;
use crate::order::{Secret, is_invisible};
use std::path::Path;

/// The secret in the file at `path`: one line.
///
/// # Errors
/// In words, with the file's name: it is not there, others may read it, or it holds anything else.
pub fn read_secret(path: &Path) -> Result<Secret, String> {
    let text = file::read(path).map_err(|why| why_not(path, &why, "one line, the secret"))?;
    parse_line(&text).ok_or_else(|| why_not(path, &Why::Shape, "one line, the secret"))
}

/// The user's name and the password in the file at `path`: two lines.
///
/// # Errors
/// As [`read_secret`].
pub fn read_login(path: &Path) -> Result<(String, Secret), String> {
    const SHAPE: &str = "two lines, a user's name without a colon and a password";
    let text = file::read(path).map_err(|why| why_not(path, &why, SHAPE))?;
    login(&text).ok_or_else(|| why_not(path, &Why::Shape, SHAPE))
}

fn login(text: &[u8]) -> Option<(String, Secret)> {
    let mut lines = std::str::from_utf8(text).ok()?.trim_end().lines().map(str::trim);
    let (user, password) = (lines.next()?, lines.next()?);
    let fits = |line: &str| !line.is_empty() && !line.contains(is_invisible);
    // HTTP Basic ends the name at the first colon.
    let two = lines.next().is_none() && fits(user) && fits(password) && !user.contains(':');
    two.then(|| (user.to_owned(), Secret::new(password)))
}

fn why_not(path: &Path, why: &Why, shape: &str) -> String {
    let file = path.display();
    match why {
        Why::Nothing => format!("there is no file {file}; it is to hold {shape}, with mode 0600"),
        Why::Shape => format!("{file} holds something else than {shape}"),
        #[cfg(unix)]
        Why::Open(mode) => {
            format!("{file} may be read or changed by others (mode {mode:04o}); run: chmod 600 {file}")
        }
        Why::NotAFile => format!("{file} is not a regular file"),
        Why::File(error) => format!("{file} cannot be read: {error}"),
        // Words of a keyring; no file says them.
        Why::Content(_)
        | Why::Several
        | Why::Unreachable(_)
        | Why::Locked(_)
        | Why::Late(..)
        | Why::Ended(_)
        | Why::Failed(_) => {
            format!("{file} cannot be read")
        }
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn only_private_files_of_the_right_shape_are_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deploy.key");
        let with = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            (read_secret(&path).map(|s| s.expose().to_owned()), read_login(&path).map(|(user, _)| user))
        };
        let (secret, login) = with("long-random\n", 0o600);
        assert_eq!(secret.as_deref(), Ok("long-random"));
        assert!(login.unwrap_err().contains("two lines"));
        let (secret, login) = with("market\nhunter2:x\n", 0o600);
        assert!(secret.unwrap_err().ends_with("holds something else than one line, the secret"));
        assert_eq!(login.as_deref(), Ok("market"));
        for text in ["a:b\nc\n", "a\n\n", "a\nb\nc\n", ""] {
            assert!(with(text, 0o600).1.is_err(), "{text:?}");
        }
        for mode in [0o640, 0o604, 0o622] {
            let (secret, login) = with("market\nhunter2\n", mode);
            for error in [secret.unwrap_err(), login.unwrap_err()] {
                assert!(error.contains(&format!("chmod 600 {}", path.display())), "{error}");
                assert!(!error.contains("hunter2"), "{error}");
            }
        }
        fs::remove_file(&path).unwrap();
        assert!(read_secret(&path).unwrap_err().starts_with("there is no file "));
        assert!(read_login(home.path()).unwrap_err().contains("is not a regular file"));
    }
}
