//! What of a text that has to be read has been on the screen: one that is longer than its place is shown part by part.

/// How far a section of the text has been shown, as the view says of a frame.
///
/// It counts characters and not rows: at another width of the screen the text has other rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The section's number, from 0.
    pub section: usize,
    /// Scrolled to this row, the frame shows what it shows.
    pub top: usize,
    /// The character with which the part that was asked for begins.
    pub from: usize,
    /// From the section's first character to here, nothing was left out.
    pub through: usize,
    /// How many characters the section has.
    pub all: usize,
    /// False where the text was scrolled until nothing of the section is left on the screen.
    pub in_sight: bool,
}

impl Seen {
    /// True once the section has been shown to its last character.
    pub fn is_whole(self) -> bool {
        self.through >= self.all
    }
}
