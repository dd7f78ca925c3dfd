//! How often a call that must not be done twice was begun on this machine, kept apart from the journal: so that it is not
//! begun again with a journal that does not know of it, an older copy that a supervisor has accepted for instance.

use crate::files::{private, private_folder};
use crate::kind::Digest;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The folder that this is kept in: one line for each time, in a file with those whose digests begin alike.
#[derive(Debug)]
pub struct Sent(pub PathBuf);

impl Sent {
    /// How often the call of this name was begun. One more time can be noted then.
    ///
    /// # Errors
    /// Says which file cannot be read or written.
    pub fn times(&self, name: &str) -> Result<usize, String> {
        let (file, line) = self.place(name);
        self.open(&file)?;
        let text = fs::read_to_string(&file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        Ok(text.lines().filter(|known| *known == line).count())
    }

    /// Notes that the call of this name is begun once more. Not waited for until it is on disk: after a power cut the
    /// journal itself is the better witness.
    ///
    /// # Errors
    /// Says what the system refused.
    pub fn note(&self, name: &str) -> Result<(), String> {
        let (file, line) = self.place(name);
        // A line that was cut short ends here, and does not spoil this one.
        let written = self.open(&file)?.write_all(format!("\n{line}\n").as_bytes());
        written.map_err(|e| format!("cannot write {}: {e}", file.display()))
    }

    /// The file, to add to; made where there is none.
    fn open(&self, file: &Path) -> Result<File, String> {
        let mut options = OpenOptions::new();
        let options = private(options.append(true).create(true));
        let opened = options.open(file).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                private_folder().recursive(true).create(&self.0).and_then(|()| options.open(file))
            }
            _ => Err(error),
        });
        opened.map_err(|e| format!("cannot write {}: {e}", file.display()))
    }

    /// The file, and the line in it, of this name. Nobody can read anything from either.
    fn place(&self, name: &str) -> (PathBuf, String) {
        let digest = Digest::of(name.as_bytes()).to_string();
        (self.0.join(&digest[..2]), digest[2..34].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_counted_and_a_line_cut_short_spoils_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let sent = Sent(dir.path().join("state/sent"));
        assert_eq!(sent.times("order production T-1"), Ok(0));
        sent.note("order production T-1").unwrap();
        let (file, line) = sent.place("order production T-1");
        fs::write(&file, format!("{}{}", fs::read_to_string(&file).unwrap(), &line[..9])).unwrap();
        sent.note("order production T-1").unwrap();
        assert_eq!((sent.times("order production T-1"), sent.times("order production T-2")), (Ok(2), Ok(0)));
        assert!(!fs::read_to_string(&file).unwrap().contains("T-1"));
        fs::write(&file, [0xff]).unwrap();
        assert!(sent.times("order production T-1").unwrap_err().contains("cannot read"));
    }
}
