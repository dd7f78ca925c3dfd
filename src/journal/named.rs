//! Giving a file that is whole its name, unless something bears it already.

use std::fs;
use std::io;
use std::path::Path;

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
