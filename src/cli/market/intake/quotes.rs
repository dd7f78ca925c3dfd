//! Where a line of a table ends within quotes, pure: by the rules of the reader that takes its fields apart.

/// Where in a field a reader of a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Before its first character: a quote opens it here alone.
    #[default]
    Before,
    /// In one that is not quoted, or behind its closing quote.
    Plain,
    Open,
    /// At a quote within quotes: it closes them, unless another one follows at once.
    Closing,
}

impl Quotes {
    /// Where it is after these bytes.
    pub fn after(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |at, byte| match (at, byte) {
            (Self::Open, b'"') => Self::Closing,
            (Self::Before | Self::Closing, b'"') | (Self::Open, _) => Self::Open,
            (_, b',' | b'\r' | b'\n') => Self::Before,
            _ => Self::Plain,
        })
    }

    /// True when text stands behind a closing quote: nobody can say what is meant, and a reader glues it on.
    pub fn glue(bytes: &[u8]) -> bool {
        let mut at = Self::default();
        bytes.iter().any(|byte| {
            let glued = at == Self::Closing && !matches!(byte, b'"' | b',' | b'\r' | b'\n');
            at = at.after(&[*byte]);
            glued
        })
    }

    /// True while the field goes on, whatever comes.
    pub fn is_open(self) -> bool {
        self == Self::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_within_quotes_where_a_reader_goes_on_to_the_next_one() {
        for line in
            ["a,b", "\"a\",\"b\"", "a\"b,c", "\"a\"\"b\"", "\"a\"b\"", "", "\"\"", "\"a\" ,\"\"", " \"a"]
        {
            assert!(!Quotes::default().after(format!("{line}\n").as_bytes()).is_open(), "{line}");
        }
        for line in ["\"", "a,\"b", "\"a\"\"", "\"t2\",\"275", "\"a\",\"b,", "\"a\"\",b"] {
            assert!(Quotes::default().after(format!("{line}\n").as_bytes()).is_open(), "{line}");
        }
    }

    #[test]
    fn text_behind_a_closing_quote_is_found() {
        for (line, glued) in [
            ("\"1\"5", true),
            ("\"a\" ,b", true),
            ("\"a\"b,\"c", true),
            ("\"a\",\"b\"\r\n", false),
            ("\"a\"\"b\",\"\"", false),
            ("a\"b,c", false),
        ] {
            assert_eq!(Quotes::glue(line.as_bytes()), glued, "{line}");
        }
    }

    #[test]
    fn the_reader_of_tables_agrees() {
        // All texts of six characters of these: with a second line, each is one record while its quotes are open.
        let marks = ['"', ',', 'a', '"'];
        for n in 0..4_usize.pow(6) {
            let text: String = (0..6_u32).map(|place| marks[n / 4_usize.pow(place) % 4]).collect();
            let table = format!("{text}\nb");
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(table.as_bytes());
            let one = reader.records().count() == 1;
            assert_eq!(Quotes::default().after(format!("{text}\n").as_bytes()).is_open(), one, "{text}");
        }
    }
}
