//! A file's text, read as a scenario; all that is wrong in it, each with its line and field.

use super::check::check;
use super::fault::{LONGEST, OFFERS, fault};
use super::intake;
use super::parts::Numbers;
use super::table::{Notes, Table, Wrong};
use super::{Carrier, Customer, Does, Jump, OrderPart, Scenario, Step, Turn, Way, When};
use crate::order::is_invisible;
use crate::practice::mistake::Mistake;
use crate::practice::moves::Move;
use toml::de::DeTable;

const WAYS: [(&str, Way); 3] = [("read", Way::Aloud), ("sms", Way::Sms), ("email", Way::Email)];
/// What can be corrected at the desk.
pub const FIELDS: [&str; 5] = ["salesCode", "partnerId", "addressDetailId", "paymentToken", "giftCards"];

/// Reads a scenario.
///
/// # Errors
/// All that is wrong in it, in the order of its lines.
pub fn read(text: &str) -> Result<Scenario, Vec<Wrong>> {
    let mut notes = Notes::new(text);
    let parsed = match DeTable::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let line = notes.line(error.span().map_or(0, |span| span.start));
            return Err(vec![Wrong { line, field: String::new(), what: error.message().to_owned() }]);
        }
    };
    let scenario = top(Table::top(parsed.get_ref()), &mut notes);
    let mut wrong = notes.wrong;
    wrong.sort();
    if wrong.is_empty() { Ok(scenario) } else { Err(wrong) }
}

fn top(mut table: Table, notes: &mut Notes) -> Scenario {
    let name = table.needed(notes, "name");
    if let Some(name) = &name
        && !is_name(&name.value)
    {
        notes.add(name.line, "name", "is not small letters, digits and hyphens, 40 at most");
    }
    let title = table.needed(notes, "title");
    if let Some(title) = &title
        && title.value.trim_end().contains(is_invisible)
    {
        notes.add(title.line, "title", "is not one line of what can be seen");
    }
    let teaches = table.needed(notes, "teaches");
    let order = table.table(notes, "order").map(|t| order(t, notes)).unwrap_or_default();
    if !table.has("customer") {
        notes.add(1, "customer", "is missing");
    }
    let (customer, numbers_of_turns) =
        table.table(notes, "customer").map(|t| customer(t, notes)).unwrap_or_default();
    let carrier = table.table(notes, "carrier").map(|t| carrier(t, notes)).unwrap_or_default();
    let (faults, numbers_of_faults) = each(table.tables(notes, "server"), notes, fault);
    let all_faults = !notes.wrong.iter().any(|wrong| wrong.field.starts_with("server"));
    let (clock, numbers_of_jumps) = each(table.tables(notes, "clock"), notes, jump);
    let tables = table.tables(notes, "step");
    if tables.is_empty() {
        notes.add_at("step", "is missing: a scenario says what the trainee should do");
    }
    let how_many = tables.len();
    let (steps, _) = each(tables, notes, step);
    let (mistakes, numbers_of_mistakes) = each(table.tables(notes, "mistake"), notes, mistake);
    for (at, ((it, _), n)) in mistakes.iter().zip(&numbers_of_mistakes).enumerate() {
        if mistakes.iter().take(at).any(|(before, _)| before == it) {
            notes.add_at(&format!("mistake[{n}].is"), format!("`{}` was said before", it.name()));
        }
    }
    table.end(notes);
    let numbers = Numbers {
        all_steps: steps.len() == how_many,
        all_faults,
        faults: numbers_of_faults,
        turns: numbers_of_turns,
        jumps: numbers_of_jumps,
    };
    let scenario = Scenario {
        name: name.map(|at| at.value).unwrap_or_default(),
        title: title.map(|at| at.value).unwrap_or_default(),
        teaches: teaches.map(|at| at.value).unwrap_or_default(),
        order,
        customer,
        carrier,
        server: faults,
        clock,
        steps,
        traps: mistakes.iter().filter(|(_, points)| points.is_some()).map(|(of, _)| *of).collect(),
        mistakes: every_mistake(&mistakes),
    };
    intake::check(&scenario, notes);
    check(&scenario, &numbers, notes);
    scenario
}

/// The tables of a list that could be read, and the number of each in the list.
fn each<T>(
    tables: Vec<Table>,
    notes: &mut Notes,
    read: impl Fn(Table, &mut Notes) -> Option<T>,
) -> (Vec<T>, Vec<usize>) {
    let numbered = tables.into_iter().map(|table| (table.number_in_list(), table));
    numbered.filter_map(|(n, table)| Some((read(table, notes)?, n))).unzip()
}

/// At which line the name of a scenario stands, from 1.
pub fn name_line(text: &str) -> usize {
    let found = DeTable::parse(text).ok();
    let at = found.and_then(|table| table.get_ref().get("name").map(|name| name.span().start));
    at.map_or(1, |at| Notes::new(text).line(at))
}

/// All count, with what they usually cost, but for what the file says of them.
fn every_mistake(said: &[(Mistake, Option<u8>)]) -> Vec<(Mistake, u8)> {
    let points = |of: Mistake| {
        let said = said.iter().find(|(named, _)| *named == of);
        said.map_or(Some(of.points()), |(_, points)| *points)
    };
    Mistake::ALL.iter().filter_map(|row| Some((row.0, points(row.0)?))).collect()
}

fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=40).contains(&text.len()) && text.chars().all(fits) && !text.starts_with('-')
}

fn order(mut table: Table, notes: &mut Notes) -> OrderPart {
    let text = |table: &mut Table, notes: &mut Notes, key| table.text(notes, key).map(|at| at.value);
    let order = OrderPart {
        phone: text(&mut table, notes, "phone"),
        email: text(&mut table, notes, "email"),
        language: table.word(notes, "language", &["en", "es"]).map(|at| at.value),
        offer: table.word(notes, "offer", &OFFERS).map(|at| at.value),
        sales_code: text(&mut table, notes, "sales_code"),
        partner_id: text(&mut table, notes, "partner_id"),
        address_detail_id: text(&mut table, notes, "address_detail_id"),
        payment_token: text(&mut table, notes, "payment_token"),
        gift_cards: table.texts(notes, "gift_cards"),
        payment_required: table.flag(notes, "payment_required").is_some_and(|at| at.value),
        prepared_minutes_ago: table.number(notes, "prepared_minutes_ago", 0..=119).map(|at| at.value),
    };
    table.end(notes);
    order
}

fn customer(mut table: Table, notes: &mut Notes) -> (Customer, Vec<usize>) {
    let name = table.needed(notes, "name").map(|at| at.value).unwrap_or_default();
    let says = table.text(notes, "says").map(|at| at.value);
    let wants = way(&mut table, notes, "wants").unwrap_or_default();
    let declines = table.flag(notes, "declines").is_some_and(|at| at.value);
    let accepts_after = table.number(notes, "accepts_after_seconds", 0..=LONGEST).map(|at| at.value);
    let when_asked = table.text(notes, "when_asked").map(|at| at.value);
    let (turns, numbers) = each(table.tables(notes, "turn"), notes, turn);
    table.end(notes);
    (Customer { name, says, wants, declines, accepts_after, when_asked, turns }, numbers)
}

fn way(table: &mut Table, notes: &mut Notes, key: &'static str) -> Option<Way> {
    let word = table.word(notes, key, &WAYS.map(|(name, _)| name))?;
    WAYS.iter().find(|(name, _)| *name == word.value).map(|(_, way)| *way)
}

fn carrier(mut table: Table, notes: &mut Notes) -> Carrier {
    let says = table.text(notes, "says").map(|at| at.value);
    let placed = table.flag(notes, "placed").map(|at| at.value);
    table.end(notes);
    Carrier { says, placed }
}

/// `when = "section 3"`, and the like.
fn when(table: &mut Table, notes: &mut Notes) -> Option<When> {
    let word = table.needed(notes, "when")?;
    let number = |prefix: &str| word.value.strip_prefix(prefix).and_then(|n| n.trim().parse::<u32>().ok());
    let found = match word.value.as_str() {
        "start" => Some(When::Start),
        "retrieved" => Some(When::Retrieved),
        "sent" => Some(When::Sent),
        "accepted" => Some(When::Accepted),
        "in_doubt" => Some(When::InDoubt),
        _ => number("section ")
            .filter(|n| (1..=50).contains(n))
            .map(|n| When::Section(n as usize))
            .or_else(|| number("after ").map(i64::from).filter(|n| *n <= LONGEST).map(When::After)),
    };
    if found.is_none() {
        let what = format!(
            "`{}` must be one of start, retrieved, section N, sent, accepted, in_doubt, after N (seconds, {LONGEST} at most)",
            word.value
        );
        notes.add(word.line, table.name("when"), what);
    }
    found
}

fn turn(mut table: Table, notes: &mut Notes) -> Option<Turn> {
    let when = when(&mut table, notes);
    let does = ["says", "hangs_up", "holds", "wants_sms", "wants_email", "wants_reading", "declines"];
    let word = table.word(notes, "does", &does);
    let seconds = table.number(notes, "for_seconds", 1..=LONGEST);
    let says = table.text(notes, "says").map(|at| at.value);
    let away = matches!(word.as_ref().map(|w| w.value.as_str()), Some("hangs_up" | "holds"));
    if away && seconds.is_none() {
        notes.add(table.line, table.name("for_seconds"), "is missing: after how long the customer is back");
    }
    if let Some(at) = seconds.as_ref().filter(|_| !away) {
        notes.add(at.line, table.name("for_seconds"), "goes with hangs_up and holds alone");
    }
    let seconds = seconds.map_or(1, |at| at.value);
    table.end(notes);
    let does = match word?.value.as_str() {
        "hangs_up" => Does::HangsUp { seconds },
        "holds" => Does::Holds { seconds },
        "wants_sms" => Does::Wants(Way::Sms),
        "wants_email" => Does::Wants(Way::Email),
        "wants_reading" => Does::Wants(Way::Aloud),
        "declines" => Does::Declines,
        _ => Does::Says,
    };
    Some(Turn { when: when?, does, says })
}

fn jump(mut table: Table, notes: &mut Notes) -> Option<Jump> {
    let when = when(&mut table, notes);
    if !table.has("advance_minutes") {
        notes.add(table.line, table.name("advance_minutes"), "is missing");
    }
    let minutes = table.number(notes, "advance_minutes", 1..=LONGEST / 60);
    table.end(notes);
    Some(Jump { when: when?, minutes: minutes?.value })
}

fn step(mut table: Table, notes: &mut Notes) -> Option<Step> {
    let names = Move::ALL.map(|(_, name, _)| name);
    if !table.has("do") {
        notes.add(table.line, table.name("do"), "is missing");
    }
    let word = table.word(notes, "do", &names);
    let or = table.word(notes, "or", &names).and_then(|at| Move::named(&at.value));
    let field = table.word(notes, "field", &FIELDS);
    let value = table.text(notes, "value");
    let why = table.text(notes, "why").map(|at| at.value);
    let line = word.as_ref().map_or(table.line, |at| at.line);
    let it = word.and_then(|at| Move::named(&at.value));
    if it == Some(Move::Correct) && !(table.has("field") && table.has("value")) {
        notes.add(line, table.name("field"), "and `value` say what is corrected, and to what");
    }
    let corrects = it.is_none_or(|it| it == Move::Correct);
    for (key, at) in [("field", &field), ("value", &value)] {
        if let Some(at) = at.as_ref().filter(|_| !corrects) {
            notes.add(at.line, table.name(key), "goes with `do = \"correct\"` alone");
        }
    }
    table.end(notes);
    Some(Step { it: it?, or, field: field.map(|at| at.value), value: value.map(|at| at.value), why })
}

fn mistake(mut table: Table, notes: &mut Notes) -> Option<(Mistake, Option<u8>)> {
    let names = Mistake::ALL.map(|row| row.1);
    if !table.has("is") {
        notes.add(table.line, table.name("is"), "is missing");
    }
    let word = table.word(notes, "is", &names);
    let points = table.number(notes, "points", 0..=100);
    let counts = table.flag(notes, "counts").is_none_or(|at| at.value);
    table.end(notes);
    let mistake = Mistake::named(&word?.value)?;
    let points = points.map_or(mistake.points(), |at| at.value.try_into().unwrap_or(100));
    Some((mistake, counts.then_some(points)))
}
