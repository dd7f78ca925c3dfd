//! Whether the tour was offered in this home: a small file in the state folder says so.

use std::path::{Path, PathBuf};

/// The file's name. Nothing but its being there matters.
const OFFERED: &str = "tour-offered";

/// What is left to be remembered of an offer; none where it was made before.
pub struct Offer(PathBuf);

impl Offer {
    /// An offer, unless this home has had one: one look at the folder.
    pub fn find(state: &Path) -> Option<Self> {
        let file = state.join(OFFERED);
        (!file.exists()).then_some(Self(file))
    }

    /// Remembers it. A folder that cannot be written costs one more offer at the next start, and is no error.
    pub fn remember(&self) {
        if let Err(error) = std::fs::write(&self.0, "The tour of the desk was offered; F2 starts it.\n") {
            tracing::info!(%error, "the tour will be offered again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_again_where_it_cannot_be_remembered() {
        let home = tempfile::tempdir().unwrap();
        Offer::find(home.path()).unwrap().remember();
        assert!(Offer::find(home.path()).is_none());
        let nowhere = home.path().join("nowhere");
        Offer::find(&nowhere).unwrap().remember();
        assert!(Offer::find(&nowhere).is_some());
    }
}
