//! A table, a line at a time: so that each has its number whatever is blank between them.

use super::form::{Fault, Form, IDS, Lines, REST, Read1};
use std::io::{BufRead as _, BufReader, Read};

/// The places of the columns, in the order of [`IDS`] and [`REST`], and how many columns there are.
struct Header {
    ids: [Option<usize>; 3],
    rest: [usize; 4],
    columns: usize,
}

/// Reads one. Where its header is not right nothing of it is taken in.
pub(super) fn read(file: Box<dyn Read>) -> Lines {
    let mut reader = BufReader::new(file);
    let (mut number, mut bytes) = (0, Vec::new());
    let mut header: Option<Header> = None;
    let mut over = false;
    Box::new(std::iter::from_fn(move || {
        while !over {
            bytes.clear();
            number += 1;
            match reader.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) if bytes.trim_ascii().is_empty() => continue,
                Ok(_) => {}
                Err(error) => {
                    return Some((number, Err(Fault::whole(format!("the line cannot be read: {error}")))));
                }
            }
            let record = record(&bytes);
            let Some(header) = &header else {
                match record.and_then(|record| Header::of(&record)) {
                    Ok(read) => header = Some(read),
                    Err(fault) => {
                        over = true;
                        return Some((number, Err(fault)));
                    }
                }
                continue;
            };
            return Some((number, record.and_then(|record| header.usage(&record))));
        }
        None
    }))
}

/// The one record of a line.
fn record(bytes: &[u8]) -> Result<csv::StringRecord, Fault> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let line =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let mut records = line.into_records();
    let record = records.next().unwrap_or_else(|| Ok(csv::StringRecord::new()));
    let record = record.map_err(|error| Fault::whole(format!("the line cannot be read: {error}")))?;
    if records.next().is_some() {
        return Err(Fault::whole("it holds several records; each needs a line of its own"));
    }
    Ok(record)
}

impl Header {
    fn of(record: &csv::StringRecord) -> Result<Self, Fault> {
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
        Ok(Self { ids, rest, columns: record.len() })
    }

    fn usage(&self, record: &csv::StringRecord) -> Read1 {
        let (fields, columns) = (record.len(), self.columns);
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
            (
                "C-1,S,2026-11,1,k\rC-1,S,2026-11,2,l",
                "it holds several records; each needs a line of its own",
            ),
            ("\"C-1,S,2026-11,1,k", "it has 1 fields, and the header has 5"),
        ] {
            assert_eq!(fault(&format!("{HEADER}\r\n{record}\r\n")), (2, String::new(), said.to_owned()));
        }
    }
}
