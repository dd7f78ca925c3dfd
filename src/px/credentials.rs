//! The consumer key and secret, from a file that nobody else may read.

use crate::order::{Secret, is_invisible};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// More than any key and secret need; a longer file is not a credentials file.
const LONGEST: u64 = 4096;

/// What the token service knows a partner's application by (D). Neither is ever shown.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The consumer key.
    pub key: Secret,
    /// The consumer secret.
    pub secret: Secret,
}

/// Where credentials come from, looked up when a token is needed: a desk opens, and shows its orders, without them.
#[derive(Clone, Debug)]
pub enum Source {
    /// These.
    Fixed(Credentials),
    /// A file of two lines; see [`read`].
    File(PathBuf),
    /// Nowhere; says what to do about it.
    Nowhere(String),
}

impl Source {
    /// What the embedded Px is shown, which takes any.
    pub fn practice() -> Self {
        Self::Fixed(Credentials { key: Secret::new("practice"), secret: Secret::new("practice") })
    }

    /// The credentials, or why there are none, in words for people.
    pub(super) fn look_up(&self) -> Result<Credentials, String> {
        match self {
            Self::Fixed(credentials) => Ok(credentials.clone()),
            Self::File(path) => read(path).map_err(|error| error.to_string()),
            Self::Nowhere(why) => Err(why.clone()),
        }
    }
}

/// Why a file gave no credentials. Says which file and what to do, never what it holds.
#[derive(Debug)]
pub struct CredentialsError {
    path: PathBuf,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Unreadable(io::Error),
    NotAFile,
    #[cfg(unix)]
    Open(u32),
    Shape,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.why {
            Why::Unreadable(error) => write!(f, "credentials file {path} cannot be read: {error}"),
            Why::NotAFile => write!(f, "credentials file {path} is not a regular file"),
            #[cfg(unix)]
            Why::Open(mode) => write!(
                f,
                "credentials file {path} may be read or changed by others (mode {mode:04o}); run: chmod 600 {path}"
            ),
            Why::Shape => write!(
                f,
                "credentials file {path} must hold two lines, the consumer key and the consumer secret, \
                 without blanks or colons in the key"
            ),
        }
    }
}

impl std::error::Error for CredentialsError {}

/// Reads key and secret from the two lines of the file at `path`.
///
/// # Errors
/// When it cannot be read, is not a regular file, gives group or others any access, or is of another shape.
pub fn read(path: &Path) -> Result<Credentials, CredentialsError> {
    let fail = |why| CredentialsError { path: path.to_owned(), why };
    let file = open(path).map_err(|error| fail(Why::Unreadable(error)))?;
    // Of the open file, not of the path: what is checked is what is read.
    let metadata = file.metadata().map_err(|error| fail(Why::Unreadable(error)))?;
    if !metadata.is_file() {
        return Err(fail(Why::NotAFile));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(fail(Why::Open(mode)));
        }
    }
    let mut text = zeroize::Zeroizing::new(String::with_capacity(4096));
    let read = file.take(LONGEST).read_to_string(&mut text);
    match read {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(fail(Why::Shape)),
        Err(error) => Err(fail(Why::Unreadable(error))),
        Ok(_) if metadata.len() > LONGEST => Err(fail(Why::Shape)),
        Ok(_) => parse(&text).ok_or_else(|| fail(Why::Shape)),
    }
}

/// Opens without waiting: a named pipe that nobody writes to must not hang the desk.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Two lines, blank ones at the end left out.
fn parse(text: &str) -> Option<Credentials> {
    let mut lines = text.trim_end().lines().map(str::trim_end);
    let (key, secret) = (lines.next()?, lines.next()?);
    let fits =
        |line: &str| !line.is_empty() && !line.contains(|c: char| c.is_whitespace() || is_invisible(c));
    // HTTP Basic ends the key at the first colon.
    let two = lines.next().is_none() && fits(key) && fits(secret) && !key.contains(':');
    two.then(|| Credentials { key: Secret::new(key), secret: Secret::new(secret) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lines_are_a_key_and_a_secret() {
        for text in ["key\nse:cret", "key\nse:cret\n", "key\r\nse:cret\r\n\r\n"] {
            let credentials = parse(text).unwrap();
            assert_eq!((credentials.key.expose(), credentials.secret.expose()), ("key", "se:cret"));
        }
        let bad = [
            "",
            "key",
            "\nsecret",
            "key\n\n",
            "key\nsecret\nmore",
            "k:ey\nsecret",
            "a key\ns",
            "\u{feff}k\ns",
        ];
        for text in bad {
            assert!(parse(text).is_none(), "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_a_private_regular_file_is_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials");
        std::fs::write(&path, "the-key\nthe-secret\n").unwrap();
        let with_mode = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            read(&path)
        };
        assert_eq!(with_mode(0o600).unwrap().secret.expose(), "the-secret");
        assert!(with_mode(0o400).is_ok());
        for mode in [0o640, 0o604, 0o620, 0o610] {
            let error = with_mode(mode).unwrap_err().to_string();
            assert!(error.contains(&format!("chmod 600 {}", path.display())), "{error}");
            assert!(error.contains(&format!("{mode:04o}")) && !error.contains("the-key"), "{error}");
        }
        let missing = read(&home.path().join("none")).unwrap_err().to_string();
        assert!(missing.contains("none cannot be read"), "{missing}");
        assert!(read(home.path()).unwrap_err().to_string().contains("not a regular file"));
        with_mode(0o600).unwrap();
        std::fs::write(&path, [b'k', 0xff, b'\n', b's']).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("two lines") && !format!("{error:?}").contains("the-"), "{error}");
        std::fs::write(&path, "k\n".to_owned() + &"s".repeat(5000)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("two lines"));
    }
}
