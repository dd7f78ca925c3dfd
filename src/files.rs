//! Files of our own: their owner's alone, whole or not there, and still there after a power cut. Texts of people, read whole.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// From now on a file that reaches the size which this process is allowed (`ulimit -f`) is an error like a full disk, to be told
/// and outlived: else the system ends the program, with an answer of Px in hand.
pub fn outlive_limits() {
    #[cfg(unix)]
    {
        let reached = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        // Where it cannot be asked for, all is as the system has it.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, reached);
    }
}

/// For a file that only its owner may read.
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes folders that are their owner's alone.
pub fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// True when there can be no such folder: something else stands where one above it would be.
pub fn has_no_place(folder: &Path) -> bool {
    folder.ancestors().skip(1).find(|above| above.exists()).is_some_and(|above| !above.is_dir())
}

/// The largest text that is read whole, in bytes: a configuration, a scenario, a checkpoint.
pub const LARGEST_TEXT: u64 = 1024 * 1024;

/// The largest file of certificates, in bytes: all authorities of a platform together have a sixteenth of that.
const LARGEST: u64 = 8 * LARGEST_TEXT;

/// The whole text of a file, or of a pipe until it ends.
///
/// # Errors
/// When the system refuses, when it is larger than `LARGEST_TEXT`, or no UTF-8: then with the line.
pub fn text_of(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(LARGEST_TEXT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_TEXT {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let right = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..right]).matches('\n').count() + 1;
        io::Error::other(format!("line {line} holds a character that is not UTF-8"))
    })
}

/// The whole text of a file, and of nothing else: to open a pipe, or to read a device, might never end.
///
/// # Errors
/// As [`text_of`]; when it is no file.
pub fn text_of_file(file: &Path) -> io::Result<String> {
    is_file(file)?;
    text_of(file)
}

/// What a file holds that another one names, such as certificates; never a pipe or a device.
///
/// # Errors
/// When the system refuses, when it is no file, or larger than any that could be meant.
pub fn bytes_of_file(file: &Path) -> io::Result<Vec<u8>> {
    is_file(file)?;
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(io::Error::other("it is larger than 8 MiB")) } else { Ok(bytes) }
}

fn is_file(file: &Path) -> io::Result<()> {
    if fs::metadata(file)?.is_file() { Ok(()) } else { Err(io::Error::other("it is not a file")) }
}

/// How the name of a draft goes on after that of its file.
pub const DRAFT: &str = ".new-";

/// A name beside `file` that nothing else bears, for what is given its name once it is whole.
///
/// # Errors
/// When the system has no random numbers.
pub fn draft_of(file: &Path) -> io::Result<PathBuf> {
    let mut name = [0; 8];
    getrandom::fill(&mut name).map_err(io::Error::other)?;
    let mut draft = file.as_os_str().to_owned();
    draft.push(format!("{DRAFT}{}", hex::encode(name)));
    Ok(draft.into())
}

/// Makes the name of `file` outlast a power cut: it stands in its folder, which is written to the disk.
///
/// # Errors
/// When the system refuses.
#[cfg(unix)]
pub fn settle(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened, and its system does this by itself.
#[cfg(not(unix))]
pub fn settle(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Gives the file `draft` the name `to`. The draft may be left beside it.
///
/// # Errors
/// When there is something of that name already, or the system refuses.
pub fn name_it(draft: &Path, to: &Path) -> io::Result<()> {
    // Unlike renaming, linking never replaces what is there. A memory stick, or a share, may have no links.
    match fs::hard_link(draft, to) {
        Err(error) if has_no_links(&error) => rename_new(draft, to),
        linked => linked,
    }
}

fn has_no_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported)
}

#[cfg(target_os = "linux")]
fn rename_new(draft: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, draft, CWD, to, RenameFlags::NOREPLACE)?)
}

#[cfg(not(target_os = "linux"))]
fn rename_new(_: &Path, to: &Path) -> io::Result<()> {
    let why = format!("{} is on a file system without links; name another place", to.display());
    Err(io::Error::new(io::ErrorKind::Unsupported, why))
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_read_and_what_is_no_text_is_told_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        fs::write(&file, b"a\n\xe4\n").unwrap();
        assert_eq!(text_of(&file).unwrap_err().to_string(), "line 2 holds a character that is not UTF-8");
        assert_eq!(bytes_of_file(&file).unwrap(), b"a\n\xe4\n");
        for other in ["/dev/zero", "/"] {
            assert_eq!(bytes_of_file(Path::new(other)).unwrap_err().to_string(), "it is not a file");
        }
    }

    #[test]
    fn neither_way_replaces_what_is_there() {
        for way in [name_it, rename_new] {
            let folder = tempfile::tempdir().unwrap();
            let (draft, to) = (folder.path().join("draft"), folder.path().join("to"));
            fs::write(&draft, "new").unwrap();
            way(&draft, &to).unwrap();
            // A link is the same file under another name.
            fs::remove_file(&draft).ok();
            fs::write(&draft, "newer").unwrap();
            assert_eq!(way(&draft, &to).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&to).unwrap(), "new");
        }
    }
}
