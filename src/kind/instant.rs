//! An instant as somebody else writes it.

use super::Timestamp;

/// The instant that `text` spells by RFC 3339, whose offsets end at 23:59.
pub fn instant(text: &str) -> Option<Timestamp> {
    let (_, time) = text.split_once(['T', 't', ' '])?;
    let offset = time.rsplit_once(['+', '-']).map(|(_, offset)| offset);
    let hours = offset.map_or(Some(0), |offset| offset.get(..2)?.parse::<u8>().ok())?;
    text.parse().ok().filter(|_| hours < 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_of_a_day_is_none() {
        for (text, is_one) in [
            ("2026-11-20T15:00:00Z", true),
            ("2026-11-20T15:00:00.25+23:59", true),
            ("2026-11-20 15:00:00-07:00", true),
            ("2026-11-20T15:00:00+24:00", false),
            ("2026-11-20T15:00:00-25:00", false),
            ("2026-11-20T15:00:00", false),
            ("2026-11-20", false),
        ] {
            assert_eq!(instant(text).is_some(), is_one, "{text}");
        }
    }
}
