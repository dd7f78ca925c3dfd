//! How a text was read aloud, section by section: for `order show`.

use crate::order::{HowRead, Order, Pace, ReadSection, Reading, words_a_minute};
use serde_json::{Value, json};

/// One section, and what is known of its reading.
struct Section {
    words: usize,
    read: bool,
    /// None when it was not read, or when somebody vouches for it.
    millis: Option<u64>,
    /// The same in seconds that add up.
    seconds: Option<u64>,
}

impl Section {
    fn pace(&self, millis: u64) -> u64 {
        words_a_minute(self.words, millis)
    }
}

/// The sections of the text that is or was read. None are left once the text was erased.
fn sections(order: &Order) -> Vec<Section> {
    let text = order.retrieval.as_ref().and_then(|r| r.text.as_ref());
    let words = text.map(|text| text.read_sections().iter().map(ReadSection::words).collect::<Vec<_>>());
    let read = order.reading.as_ref().map_or(&[][..], |reading| &reading.sections);
    let seconds = order.reading.as_ref().map(Reading::seconds).unwrap_or_default();
    let all = words.unwrap_or_default().into_iter().zip(read).zip(seconds);
    all.map(|((words, read), seconds)| {
        let millis = read.flatten();
        Section { words, read: read.is_some(), millis, seconds }
    })
    .collect()
}

/// How all of it was read: what the acceptance says, or what the reading has come to; none when that is not known.
fn how(order: &Order) -> Option<HowRead> {
    let accepted = order.acceptance.as_ref().and_then(|acceptance| acceptance.read.clone());
    let text = order.retrieval.as_ref().and_then(|r| r.text.as_ref());
    // Told as it was, however fast.
    let any = Pace::new(u32::MAX)?;
    accepted.or_else(|| order.reading.as_ref()?.how(text?, any).ok())
}

/// The members that a reading has in JSON, besides those that it has always had.
pub fn json(order: &Order) -> Value {
    let section = |(at, section): (usize, &Section)| {
        let millis = section.millis;
        json!({
            "section": at + 1,
            "words": section.words,
            "read": section.read,
            "how": section.read.then(|| word(millis)),
            "seconds": section.seconds,
            "wordsPerMinute": millis.map(|millis| section.pace(millis)),
        })
    };
    let all = sections(order);
    json!({
        "how": how(order).as_ref().map(name),
        "total": how(order).as_ref().and_then(total),
        "sections": all.iter().enumerate().map(section).collect::<Vec<_>>(),
    })
}

/// How an acceptance's text was read, in JSON.
pub fn accepted(read: &HowRead) -> Value {
    json!({ "how": name(read), "total": total(read) })
}

fn name(how: &HowRead) -> &'static str {
    match how {
        HowRead::Timed { .. } => "timed",
        HowRead::Vouched => HowRead::VOUCHED,
    }
}

fn word(millis: Option<u64>) -> &'static str {
    if millis.is_some() { "timed" } else { HowRead::VOUCHED }
}

fn total(how: &HowRead) -> Option<Value> {
    match how {
        HowRead::Timed { seconds, words_per_minute } => {
            Some(json!({ "seconds": seconds, "wordsPerMinute": words_per_minute }))
        }
        HowRead::Vouched => None,
    }
}

/// The lines that `order show` has of it.
pub fn lines(order: &Order) -> Vec<(String, String)> {
    let Some(reading) = &order.reading else { return Vec::new() };
    let all = sections(order);
    let whole = match how(order) {
        Some(how) => how.to_string(),
        None => format!("{} of {} sections", reading.sections.len() - reading.left(), reading.sections.len()),
    };
    let section = |(at, section): (usize, &Section)| {
        let what = match section.millis.zip(section.seconds) {
            None if section.read => HowRead::VOUCHED.to_owned(),
            None => "not read".to_owned(),
            Some((millis, seconds)) => format!("{seconds} s, {} words a minute", section.pace(millis)),
        };
        (format!("  section {}", at + 1), format!("{} words, {what}", section.words))
    };
    let head = ("reading".to_owned(), whole);
    std::iter::once(head).chain(all.iter().enumerate().map(section)).collect()
}
