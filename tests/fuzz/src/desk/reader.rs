//! Bytes as happenings.

use super::world::{Happening, World};
use pxdesk::desk::{Code, Key, Msg, Target};

/// The bytes that are left.
pub struct Reader<'a>(pub &'a [u8]);

const KEYS: [Code; 13] = [
    Code::BackTab,
    Code::Delete,
    Code::Up,
    Code::Down,
    Code::Left,
    Code::Right,
    Code::Home,
    Code::End,
    Code::PageUp,
    Code::PageDown,
    Code::F(1),
    Code::F(5),
    Code::Tab,
];
/// What ends a paste.
const END_OF_PASTE: u8 = 0x9f;

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next happening, until the bytes are used up.
    pub fn next(&mut self, world: &World) -> Option<Happening> {
        let byte = self.byte()?;
        let tell = |msg| Some(Happening::Tell(msg));
        match byte {
            0x0d | 0x0a => tell(Msg::Key(Key::plain(Code::Enter))),
            0x1b => tell(Msg::Key(Key::plain(Code::Esc))),
            0x09 => tell(Msg::Key(Key::plain(Code::Tab))),
            0x08 | 0x7f => tell(Msg::Key(Key::plain(Code::Backspace))),
            0x01..=0x1a => tell(Msg::Key(Key::ctrl(char::from(b'a' + byte - 1)))),
            0x20..=0x7e => tell(Msg::Key(Key::char(char::from(byte)))),
            0x80..=0x8c => tell(Msg::Key(Key::plain(KEYS[usize::from(byte - 0x80)]))),
            0x8d => tell(Msg::Key(Key { code: Code::Right, ctrl: true, alt: false })),
            0x8e => {
                tell(Msg::Key(Key { code: Code::Char(char::from(self.byte()?)), ctrl: false, alt: true }))
            }
            0x8f => {
                let (column, row) = (self.byte()?.into(), self.byte()?.into());
                match world.layout.at(column, row) {
                    Some(target) => tell(Msg::Clicked(target)),
                    None => self.next(world),
                }
            }
            0x90 => tell(Msg::Clicked(Target::Row(self.byte()?.into()))),
            0x91 => tell(Msg::Clicked(Target::Field(self.byte()?.into()))),
            0x92 => tell(Msg::Scrolled(self.byte()?.cast_signed().into())),
            0x93 => {
                let (width, height) = (u16::from(self.byte()?), u16::from(self.byte()?) / 4);
                tell(Msg::Resized { width: width.max(1), height: height.max(1) })
            }
            0x94 => {
                let end = self.0.iter().position(|b| *b == END_OF_PASTE).unwrap_or(self.0.len());
                let text = crate::text(&self.0[..end]).into_owned();
                self.0 = &self.0[(end + 1).min(self.0.len())..];
                Some(Happening::Paste(text))
            }
            0x95 => Some(Happening::Time(self.byte()?.into())),
            0x96 => Some(Happening::Timer),
            0x97 => tell(Msg::JournalChanged),
            0x98 => tell(Msg::AskedToQuit),
            0x99 => Some(Happening::Reload(self.byte()?.into())),
            0x9a => Some(Happening::LoadFails(self.byte()?.into())),
            0x9b => tell(Msg::JournalAway),
            0x9c => tell(Msg::JournalBack),
            0x9d => tell(Msg::JournalDoubted),
            0x9e => tell(Msg::JournalTrusted),
            0xa0..=0xbf => Some(Happening::Answer(usize::from(byte & 3), (byte - 0xa0) / 4)),
            // A character that no key of this keyboard has, as it may come by an input method.
            0xc0..=0xff => {
                let point = u32::from(byte - 0xc0) << 8 | u32::from(self.byte()?);
                tell(Msg::Key(Key::char(char::from_u32(point).unwrap_or('\u{202e}'))))
            }
            0x00 | 0x1c..=0x1f | 0x9f => self.next(world),
        }
    }
}
