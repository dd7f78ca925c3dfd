//! A file that only its owner may read.

use super::error::Why;
use crate::files::{draft_of, private, settle};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// More than any key and secret need; a longer file holds something else.
const LONGEST: usize = 4096;

/// What the file at `path` holds. It must be a regular file to which group and others have no access.
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Why> {
    read_longer(path, LONGEST)
}

/// The same of a file that may have up to `longest` bytes.
pub fn read_longer(path: &Path, longest: usize) -> Result<Zeroizing<Vec<u8>>, Why> {
    let (file, metadata) = open_file(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(Why::Open(mode));
        }
    }
    #[cfg(not(unix))]
    drop(metadata);
    whole(file, longest)
}

/// A regular file, open to be read. What is known of it is asked of the open file, not of the path: so the file that is checked
/// is the file that is read.
fn open_file(path: &Path) -> Result<(File, Metadata), Why> {
    let file = open(path).map_err(why)?;
    let metadata = file.metadata().map_err(why)?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(Why::NotAFile) }
}

fn whole(file: File, longest: usize) -> Result<Zeroizing<Vec<u8>>, Why> {
    let mut text = Zeroizing::new(Vec::with_capacity(longest + 1));
    file.take(longest as u64 + 1).read_to_end(&mut text).map_err(why)?;
    if text.len() > longest { Err(Why::Shape) } else { Ok(text) }
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

/// Writes the file at `path`, and its folder when there is none: it appears whole and with mode 0600, or not at all. A file that
/// is there is replaced only where it is empty, or what it holds `is_ours`.
pub fn write(path: &Path, text: &[u8], is_ours: impl Fn(&[u8]) -> bool) -> Result<(), Why> {
    let path = &followed(path)?;
    match is_to_go(path, is_ours) {
        Ok(()) | Err(Why::Nothing) => {}
        Err(why) => return Err(why),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Why::File)?;
    let draft = draft_of(path).map_err(Why::File)?;
    let written = private(OpenOptions::new().write(true).create_new(true))
        .open(&draft)
        .and_then(|mut out| out.write_all(text).and_then(|()| out.sync_all()))
        .and_then(|()| fs::rename(&draft, path))
        .and_then(|()| settle(path));
    if written.is_err() {
        fs::remove_file(&draft).ok();
    }
    written.map_err(Why::File)
}

/// Removes the file at `path` where it is empty, or what it holds `is_ours`; where that is a link, the file that it leads to, for
/// that is what holds the secret.
pub fn remove(path: &Path, is_ours: impl Fn(&[u8]) -> bool) -> Result<(), Why> {
    let path = &followed(path)?;
    is_to_go(path, is_ours)?;
    fs::remove_file(path).map_err(why)
}

/// Nothing, where the file at `path` may be replaced or removed: nobody's key or text is lost with it.
fn is_to_go(path: &Path, is_ours: impl Fn(&[u8]) -> bool) -> Result<(), Why> {
    let (file, _) = open_file(path)?;
    let text = whole(file, LONGEST)?;
    if text.trim_ascii().is_empty() || is_ours(&text) { Ok(()) } else { Err(Why::Shape) }
}

/// The file that is meant by `path`, whether it is there or not: a link is followed, as it is when the file is read.
fn followed(path: &Path) -> Result<PathBuf, Why> {
    /// More than these lead in a circle.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        let Ok(to) = fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(to);
    }
    Err(Why::NotAFile)
}

fn why(error: io::Error) -> Why {
    if error.kind() == io::ErrorKind::NotFound { Why::Nothing } else { Why::File(error) }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::super::keeper::Keeper;
    use super::super::store::Store;
    use crate::order::{Environment, Secret};
    use crate::px::Credentials;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    fn keeper(path: &Path) -> Keeper {
        Keeper::new(Environment::Sandbox, Store::File(path.to_owned())).unwrap()
    }

    fn pair(key: &str, secret: &str) -> Credentials {
        Credentials { key: Secret::new(key), secret: Secret::new(secret) }
    }

    #[test]
    fn only_a_private_regular_file_is_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials");
        fs::write(&path, "the-key\nthe-secret\n").unwrap();
        let with_mode = |mode| {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            keeper(&path).read()
        };
        assert_eq!(with_mode(0o600).unwrap().secret.expose(), "the-secret");
        assert!(with_mode(0o400).is_ok());
        for mode in [0o640, 0o604, 0o620, 0o610] {
            let error = with_mode(mode).unwrap_err().to_string();
            assert!(error.contains(&format!("chmod 600 {}", path.display())), "{error}");
            assert!(error.contains(&format!("{mode:04o}")) && !error.contains("the-key"), "{error}");
        }
        let folder = keeper(home.path()).read().unwrap_err().to_string();
        assert!(folder.contains("is not a regular file"), "{folder}");
    }

    #[test]
    fn what_is_written_is_whole_private_and_read_back() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new").join("credentials");
        let keeper = keeper(&path);
        let missing = keeper.read().unwrap_err().to_string();
        assert!(missing.ends_with("run: pxdesk login -e sandbox"), "{missing}");
        keeper.write(&pair("k1", "s1")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        keeper.write(&pair("k2", "s2")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(keeper.read().unwrap().secret.expose(), "s2");
        let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(keeper.remove().unwrap() && !keeper.remove().unwrap());
    }

    #[test]
    fn a_link_is_followed_by_whatever_reads_writes_or_removes() {
        let home = tempfile::tempdir().unwrap();
        let (link, file) = (home.path().join("link"), home.path().join("file"));
        std::os::unix::fs::symlink("file", &link).unwrap();
        assert!(keeper(&link).read().unwrap_err().to_string().contains("holds none"), "it leads nowhere");
        keeper(&link).write(&pair("k", "s")).unwrap();
        assert!(link.is_symlink() && keeper(&link).read().is_ok() && keeper(&file).read().is_ok());
        assert!(keeper(&link).remove().unwrap() && !file.exists());
        let round = home.path().join("round");
        std::os::unix::fs::symlink("round", &round).unwrap();
        assert!(keeper(&round).write(&pair("k", "s")).is_err() && keeper(&round).remove().is_err());
    }

    /// It could be the only copy of somebody's key.
    #[test]
    fn a_file_that_holds_something_else_is_neither_replaced_nor_removed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("id_ed25519");
        for text in ["-----BEGIN KEY-----\nabc\n-----END KEY-----\n", "one line\n", "\u{0}\u{1}"] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            let refused = [
                keeper(&path).write(&pair("k", "s")).unwrap_err(),
                keeper(&path).remove().unwrap_err(),
                keeper(&path).read().unwrap_err(),
            ];
            for error in refused {
                assert!(error.what().contains("holds something else for sandbox than two lines"), "{error}");
                let next = error.next_step();
                assert!(next.contains("name another file") && !next.contains("login"), "{next}");
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        fs::write(&path, "\n").unwrap();
        assert!(keeper(&path).read().unwrap_err().to_string().contains("holds none"), "it is empty");
        keeper(&path).write(&pair("k", "s")).unwrap();
        assert!(keeper(&path).read().is_ok());
    }

    #[test]
    fn a_file_too_long_is_not_credentials() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials");
        fs::write(&path, format!("key\n{}", "s".repeat(5000))).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert!(keeper(&path).read().unwrap_err().to_string().contains("two lines"));
    }
}
