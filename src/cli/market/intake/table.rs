//! A table, a line at a time: so that each has its number whatever is blank between them.

use super::form::{Fault, Form, IDS, Lines, REST, Read1};
use super::quotes::Quotes;
use std::io::{BufRead as _, BufReader, Read};

/// The places of the columns, in the order of [`IDS`] and [`REST`], and the names of all.
struct Header {
    ids: [Option<usize>; 3],
    rest: [usize; 4],
    columns: Vec<String>,
}

/// Reads one. Where its header is not right nothing of it is taken in.
pub(super) fn read(file: Box<dyn Read>) -> Lines {
    let mut table = Table { reader: BufReader::new(file), number: 0, header: None, over: false };
    Box::new(std::iter::from_fn(move || table.next()))
}

/// The records of a table, its header first, each with the number of its line. One whose quotes do not end on its line is
/// told, and nothing is taken of the lines that it may reach over.
pub(in crate::cli::market) fn records(
    file: Box<dyn Read>,
) -> impl Iterator<Item = (usize, Result<csv::StringRecord, String>)> {
    let mut table = Table { reader: BufReader::new(file), number: 0, header: None, over: false };
    std::iter::from_fn(move || {
        let (number, record) = (!table.over).then(|| table.record()).flatten()?;
        Some((number, record.map_err(Fault::words)))
    })
}

struct Table {
    reader: BufReader<Box<dyn Read>>,
    /// That of the line that was read last, from 1.
    number: usize,
    header: Option<Header>,
    /// True when nothing more is taken of it.
    over: bool,
}

impl Table {
    /// The next line that holds something, below the header.
    fn next(&mut self) -> Option<(usize, Read1)> {
        while !self.over {
            let (number, record) = self.record()?;
            let Some(header) = &self.header else {
                match record.and_then(Header::of) {
                    Ok(read) => self.header = Some(read),
                    Err(fault) => {
                        self.over = true;
                        return Some((number, Err(fault)));
                    }
                }
                continue;
            };
            return Some((number, record.and_then(|record| header.usage(&record))));
        }
        None
    }

    /// The record of the next line that is not blank, with the line's number.
    fn record(&mut self) -> Option<(usize, Result<csv::StringRecord, Fault>)> {
        let mut bytes = Vec::new();
        loop {
            match self.line(&mut bytes) {
                Ok(0) => return None,
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => break,
                Err(fault) => return Some((self.number, Err(fault))),
            }
        }
        let number = self.number;
        if number == 1 && [&[0xFF, 0xFE], &[0xFE, 0xFF]].iter().any(|mark| bytes.starts_with(*mark)) {
            self.over = true;
            return Some((number, Err(Fault::whole("the table is UTF-16: save it as CSV in UTF-8"))));
        }
        let quotes = Quotes::default().after(without_mark(&bytes));
        let whole = if quotes.is_open() { Err(self.beyond(quotes)) } else { self.parsed(&bytes) };
        Some((number, whole))
    }

    /// The one record of a line, its fields by their columns' names.
    fn parsed(&self, bytes: &[u8]) -> Result<csv::StringRecord, Fault> {
        csv::StringRecord::from_byte_record(record(bytes)?).map_err(|error| {
            let at = error.utf8_error().field();
            let name = self.header.as_ref().and_then(|header| header.columns.get(at));
            let name = name.map(|name| crate::text::quote(name)).filter(|name| !name.is_empty());
            let field = name.unwrap_or_else(|| format!("field {}", at + 1)).into();
            Fault { field, problem: "it is not UTF-8: save the table as CSV in UTF-8".to_owned() }
        })
    }

    /// What is said of a record whose line ends within quotes: one that was torn, or a field with a line break. The lines
    /// that it may reach over are read, so that none of them is taken for usage of its own.
    fn beyond(&mut self, mut quotes: Quotes) -> Fault {
        let (first, mut bytes) = (self.number, Vec::new());
        while quotes.is_open() {
            match self.line(&mut bytes) {
                Ok(0) if self.number > first + 1 => {
                    let last = self.number - 1;
                    return Fault::whole(format!(
                        "a quoted field begins here and never ends; nothing is taken in of the lines {first} to {last}"
                    ));
                }
                Ok(0) => {
                    return Fault::whole(
                        "a quoted field begins here and never ends; nothing of the line is taken in",
                    );
                }
                Ok(_) => quotes = quotes.after(&bytes),
                Err(fault) => return fault,
            }
        }
        let last = self.number;
        Fault::whole(format!(
            "a quoted field begins here and ends on another line; nothing is taken in of the lines {first} to {last}"
        ))
    }

    /// The next line into `bytes`; the number of its bytes, 0 at the end. What cannot be read is the end of it.
    fn line(&mut self, bytes: &mut Vec<u8>) -> Result<usize, Fault> {
        bytes.clear();
        self.number += 1;
        self.reader.read_until(b'\n', bytes).map_err(|error| {
            self.over = true;
            Fault::unreadable(&error)
        })
    }
}

/// A line without the mark that some programs put before the first one.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

/// The one record of a line.
fn record(bytes: &[u8]) -> Result<csv::ByteRecord, Fault> {
    let bytes = without_mark(bytes);
    if Quotes::glue(bytes) {
        return Err(Fault::whole("text stands behind a closing quote"));
    }
    let line = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut records = line.into_byte_records();
    let record = records.next().unwrap_or_else(|| Ok(csv::ByteRecord::new()));
    let record = record.map_err(|error| Fault::whole(format!("the line cannot be read: {error}")))?;
    if records.next().is_some() {
        return Err(Fault::whole("it holds several records; each needs a line of its own"));
    }
    Ok(record)
}

impl Header {
    fn of(mut record: csv::StringRecord) -> Result<Self, Fault> {
        record.trim();
        for (at, column) in record.iter().enumerate() {
            let again = record.iter().take(at).any(|before| before.eq_ignore_ascii_case(column));
            if again && !column.is_empty() {
                let known = IDS.into_iter().chain(REST).find(|name| name.eq_ignore_ascii_case(column));
                let field = known.map_or_else(|| crate::text::quote(column).into(), Into::into);
                return Err(Fault { field, problem: "the header has this column twice".to_owned() });
            }
        }
        let place = |name: &str| record.iter().position(|column| column.eq_ignore_ascii_case(name));
        let ids = IDS.map(place);
        if ids.iter().all(Option::is_none) {
            return Err(Fault::at(IDS[0], "the header has no such column, nor customerId"));
        }
        let mut rest = [0; 4];
        for (at, name) in rest.iter_mut().zip(REST) {
            *at = place(name).ok_or_else(|| Fault::at(name, "the header has no such column"))?;
        }
        Ok(Self { ids, rest, columns: record.iter().map(str::to_owned).collect() })
    }

    fn usage(&self, record: &csv::StringRecord) -> Read1 {
        let (fields, columns) = (record.len(), self.columns.len());
        if fields != columns {
            return Err(Fault::whole(format!("it has {fields} fields, and the header has {columns}")));
        }
        let ids = self.ids.map(|at| record.get(at?));
        Form { ids, rest: self.rest.map(|at| record.get(at)) }.usage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "customerId,sku,month,count,key";

    fn lines(text: &str) -> Vec<(usize, Read1)> {
        read(Box::new(std::io::Cursor::new(text.to_owned()))).collect()
    }

    /// The line, the field and the problem of the only fault.
    fn fault(text: &str) -> (usize, String, String) {
        let mut lines = lines(text);
        assert_eq!(lines.len(), 1, "{text}");
        let (number, fault) = lines.remove(0);
        let fault = fault.unwrap_err();
        (number, fault.field.into_owned(), fault.problem)
    }

    #[test]
    fn it_says_the_same_as_json_lines() {
        let lines = lines(&format!("{HEADER}\nC-1,S,2026-11,1.5,k1\n\nC-1,S,2026-11,x,k2\n"));
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].0, lines[1].0), (2, 4));
        assert!(lines[0].1.is_ok());
        assert_eq!(lines[1].1.as_ref().unwrap_err().field, "count");
    }

    #[test]
    fn a_header_that_lacks_or_repeats_a_column_is_the_only_fault() {
        let line = "C-1,S,2026-11,1,k";
        for (header, field) in [
            ("sku,month,count,key,x", "provisioningId"),
            ("customerId,month,count,key,x", "sku"),
            ("customerId,sku,count,key,x", "month"),
            ("customerId,sku,month,key,x", "count"),
            ("customerId,sku,month,count,x", "key"),
            ("customerId,sku,month,count,key,KEY", "key"),
            ("customerId,sku,month,count,key,x,x", "x"),
            (line, "provisioningId"),
        ] {
            let (number, found, _) = fault(&format!("\n{header}\n{line}\n"));
            assert_eq!((number, found.as_str()), (2, field), "{header}");
        }
        assert!(
            lines(&format!("\u{feff}{HEADER},note,\n{line},x,\n")).remove(0).1.is_ok(),
            "others are left out"
        );
    }

    #[test]
    fn a_record_is_as_long_as_the_header_and_alone_on_its_line() {
        for (record, said) in [
            ("C-1,S,2026-11,1,5,k", "it has 6 fields, and the header has 5"),
            ("C-1,S,2026-11,1", "it has 4 fields, and the header has 5"),
            ("C-1,S,2026-11,\"1\"5,k", "text stands behind a closing quote"),
            (
                "C-1,S,2026-11,1,k\rC-1,S,2026-11,2,l",
                "it holds several records; each needs a line of its own",
            ),
            (
                "\"C-1,S,2026-11,1,k",
                "a quoted field begins here and never ends; nothing of the line is taken in",
            ),
        ] {
            assert_eq!(fault(&format!("{HEADER}\r\n{record}\r\n")), (2, String::new(), said.to_owned()));
        }
    }

    #[test]
    fn of_a_record_that_ends_within_quotes_nothing_is_taken_and_the_lines_behind_it_are_read_on() {
        let good = "C-1,S,2026-11,1,k";
        let torn = "customerId,sku,month,key,count\n\"C-1\",\"S\",\"2026-11\",\"t2\",\"275";
        assert_eq!(fault(torn).0, 2, "275 may have been 2750");
        let header = format!("{HEADER},note");
        // By itself the second line of the note would be usage.
        let two = lines(&format!("{header}\n{good},\"a\n{good}2,b\"\n{good}3,c\n"));
        let told: Vec<_> = two.iter().map(|(number, line)| (*number, line.is_ok())).collect();
        assert_eq!(told, [(2, false), (4, true)]);
        assert!(two[0].1.as_ref().unwrap_err().problem.ends_with("of the lines 2 to 3"));
        let (number, _, problem) = fault(&format!("{header}\n{good},\"a\n{good},b\n\n{good},c\n"));
        assert_eq!(
            (number, problem.ends_with("never ends; nothing is taken in of the lines 2 to 5")),
            (2, true)
        );
        assert_eq!(fault(&format!("\"{HEADER}\n{good}\n")).0, 1, "a header as well");
    }

    #[test]
    fn what_is_not_utf_8_names_its_field() {
        let fault = |bytes: Vec<u8>| {
            let mut told = read(Box::new(std::io::Cursor::new(bytes))).collect::<Vec<_>>();
            assert_eq!(told.len(), 1);
            let (number, fault) = told.remove(0);
            let fault = fault.unwrap_err();
            (number, fault.field.into_owned(), fault.problem)
        };
        let latin = [HEADER.as_bytes(), b"\nC-1,S,2026-11,1,c\xe9\n"].concat();
        let (number, field, problem) = fault(latin);
        assert_eq!((number, field.as_str()), (2, "key"));
        assert!(problem.starts_with("it is not UTF-8"), "{problem}");
        let text = format!("\u{feff}{HEADER}\nC-1");
        let utf_16 = text.encode_utf16();
        let (number, _, problem) = fault(utf_16.flat_map(u16::to_le_bytes).collect());
        assert_eq!((number, problem.as_str()), (1, "the table is UTF-16: save it as CSV in UTF-8"));
    }

    #[test]
    fn what_cannot_be_read_is_told_once() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("broken"))
            }
        }
        for head in [String::new(), format!("{HEADER}\nC-1,S,2026-11,1,k\n"), format!("{HEADER}\n\"")] {
            let file = std::io::Cursor::new(head).chain(Broken);
            let told: Vec<_> = read(Box::new(file)).take(9).filter_map(|(_, line)| line.err()).collect();
            assert_eq!(told.len(), 1);
            assert_eq!(told[0].problem, "it cannot be read from here on: broken");
        }
    }
}
