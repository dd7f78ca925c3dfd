//! The statements that write, pure: each does all of one change, or nothing of it.

use super::value::{each, type_of};
use crate::kind::List;
use std::fmt::Write as _;

/// Has the transaction wait until it is on disk, and that of no other: whoever shares the connection may have it set otherwise.
pub const DURABLE: &str = "CASE WHEN current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
    THEN set_config('synchronous_commit', 'on', true) END";

/// What a statement does besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Besides {
    /// Counts the thing: three values more, which are the connection's slot, what is counted, and by how much.
    pub count: bool,
    /// Destroys the key of the thing's personal data.
    pub forget: bool,
    /// Changes what the thing is found by: two values more, the terms that are new and those that are gone.
    pub terms: bool,
    pub by: By,
}

/// Whose statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Desk,
    /// A worker's does nothing unless the lease is its own: two values come first, the lease's number and its holder.
    Worker,
}

/// A statement that is being made, and how many values it has so far.
struct Draft {
    sql: String,
    values: usize,
    /// The place of the positions of the events.
    positions: usize,
}

impl Draft {
    fn add(&mut self, part: std::fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = self.sql.write_fmt(part);
    }

    /// A draft that begins with the worker's lease, if it is to be looked at. Locked until what the statement does is
    /// committed: nobody takes over in between.
    fn begin(besides: Besides) -> Self {
        let mut draft = Self { sql: "WITH ".to_owned(), values: 0, positions: 0 };
        if besides.by == By::Worker {
            let [number, holder] = [draft.next("bigint"), draft.next("text")];
            draft.add(format_args!(
                "fence AS (\n    SELECT FROM lease WHERE number = {number} AND holder = {holder} FOR SHARE\n), "
            ));
        }
        draft
    }

    /// The condition that the event is there which whoever records knows as the newest, by two values: its position, which is 0
    /// where none is known, and its hash. An older copy of the journal does not have it.
    fn known(&mut self) -> String {
        let [pos, hash] = [self.next("bigint"), self.next("bytea")];
        format!("({pos} = 0 OR EXISTS (SELECT FROM events WHERE pos = {pos} AND hash = {hash}))")
    }

    /// The place of the next value.
    fn next(&mut self, of: &str) -> String {
        self.values += 1;
        format!("${}::{of}", self.values)
    }

    /// The events, and the count. `there` brings the thing's number, or nothing when the change is refused.
    fn events(&mut self, there: &str) {
        let [at, by] = [self.next("bigint"), self.next("text")];
        let columns = ["bigint[]", "bigint[]", "text[]", "text[]", "bytea[]", "bytea[]"];
        self.positions = self.values + 1;
        let columns = columns.map(|of| self.next(of)).join(", ");
        self.add(format_args!(
            ", written AS (
    INSERT INTO events (pos, thing, seq, at, by, event, clear, sealed, hash, epoch)
    SELECT e.pos, {there}.n, e.seq, {at}, {by}, e.event, e.clear, e.sealed, e.hash, (SELECT epoch FROM journal)
    FROM {there}, unnest({columns}) AS e (pos, seq, event, clear, sealed, hash) RETURNING pos
)"
        ));
    }

    /// What the statement brings. Of a thing whose events were not written nothing is kept: a trigger that is none of ours may
    /// take them away in silence, and a division by zero ends the transaction.
    fn end(&mut self, there: &str) {
        let positions = self.positions;
        self.add(format_args!(
            "\nSELECT n / ((SELECT count(*) FROM written) = cardinality(${positions}))::integer AS n, {DURABLE} FROM {there}"
        ));
    }

    fn terms(&mut self, there: &str) {
        let [new, gone] = [self.next("bytea[]"), self.next("bytea[]")];
        self.add(format_args!(
            ", found AS (
    INSERT INTO blind (term, thing) SELECT term, {there}.n FROM {there}, unnest({new}) AS term ON CONFLICT DO NOTHING
), lost AS (
    DELETE FROM blind USING {there} WHERE blind.thing = {there}.n AND blind.term = ANY({gone})
)"
        ));
    }

    fn count(&mut self, there: &str, list: &List) {
        let [slot, of, by] = [self.next("integer"), self.next("text[]"), self.next("bigint[]")];
        // In the order of the values, so that no two desks that share a slot wait for each other in a ring.
        self.add(format_args!(
            ", counted AS (
    INSERT INTO counts (list, of, slot, n)
    SELECT '{}', c.of, {slot}, c.by FROM {there}, unnest({of}, {by}) AS c (of, by) ORDER BY c.of
    ON CONFLICT (list, of, slot) DO UPDATE SET n = counts.n + excluded.n
)",
            list.table
        ));
    }
}

/// Records events of a thing that is there. The values: the event that must be there; the number and the hash of what is its
/// last event then, the proof of that, its number in the journal, the number and the hash of what was its last event before; time, agent, and the columns
/// of the events; its row, but for what says what it is. Nothing happens when something else is its last event.
pub fn append(list: &List, besides: Besides) -> String {
    let mut draft = Draft::begin(besides);
    let known = draft.known();
    let [seq, hash, proof] = ["bigint", "bytea", "bytea"].map(|of| draft.next(of));
    let [n, before, hash_before] = ["bigint", "bigint", "bytea"].map(|of| draft.next(of));
    let forget = if besides.forget { ", sealed_key = NULL" } else { "" };
    let fence = if besides.by == By::Worker { " FROM fence" } else { "" };
    draft.add(format_args!(
        "head AS (
    UPDATE things SET seq = {seq}, hash = {hash}, proof = {proof}{forget}{fence}
    WHERE n = {n} AND seq = {before} AND hash = {hash_before} AND {known} RETURNING n
)"
    ));
    draft.events("head");
    draft.add(format_args!(", row AS (\n    UPDATE {} AS l SET seq = {seq}", list.table));
    for column in list.columns.iter().filter(|column| !column.fixed) {
        let value = draft.next(type_of(column));
        draft.add(format_args!(", {} = {value}", column.name));
    }
    draft.add(format_args!(" FROM head WHERE l.n = head.n\n)"));
    if besides.terms {
        draft.terms("head");
    }
    if besides.count {
        draft.count("head", list);
    }
    draft.end("head");
    draft.sql
}

/// Opens a thing. The values: as for [`append`], its kind, its id and its sealed key in the place of what was before.
/// Nothing happens when another thing has what no two may share.
pub fn open(list: &List, besides: Besides) -> String {
    let mut draft = Draft::begin(besides);
    let known = draft.known();
    let [seq, hash, proof] = ["bigint", "bytea", "bytea"].map(|of| draft.next(of));
    let [kind, id, key] = ["text", "text", "bytea"].map(|of| draft.next(of));
    // The values of the row come after the events'.
    let mut row = Draft { sql: String::new(), values: draft.values + 8, positions: 0 };
    let fence = if besides.by == By::Worker { " FROM fence" } else { "" };
    let names = each(list, |(_, column)| format!(", {}", column.name));
    let values = each(list, |(_, column)| format!(", {}", row.next(type_of(column))));
    draft.add(format_args!(
        "row AS (
    INSERT INTO {} (n, id, seq{names}) SELECT nextval('things_n'), {id}, {seq}{values}{fence} WHERE {known}
    ON CONFLICT DO NOTHING RETURNING n
), thing AS (
    INSERT INTO things (n, kind, id, sealed_key, seq, hash, proof)
    SELECT n, {kind}, {id}, {key}, {seq}, {hash}, {proof} FROM row
)",
        list.table
    ));
    draft.events("row");
    draft.values = row.values;
    if besides.terms {
        draft.terms("row");
    }
    if besides.count {
        draft.count("row", list);
    }
    draft.end("row");
    draft.sql
}

/// Counts what many changes of one list lead to: the slot, what is counted, and by how much.
pub fn count(list: &List) -> String {
    let mut draft = Draft { sql: "WITH all_of_it AS (SELECT)".to_owned(), values: 0, positions: 0 };
    draft.count("all_of_it", list);
    draft.add(format_args!("\nSELECT"));
    draft.sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Column;

    const LIST: List = List {
        table: "parcels",
        columns: &[Column::integer("weight"), Column::text("note").optional()],
        unique: &[],
        indexes: &[],
        counted: &["note"],
    };

    #[test]
    fn a_worker_s_statements_do_nothing_without_its_lease() {
        let besides = Besides { count: true, forget: false, terms: false, by: By::Worker };
        for sql in [append(&LIST, besides), super::open(&LIST, besides)] {
            assert!(
                sql.starts_with("WITH fence AS (\n    SELECT FROM lease WHERE number = $1::bigint AND"),
                "{sql}"
            );
            assert!(sql.contains(" FROM fence WHERE") || sql.contains(" FROM fence\n    WHERE"), "{sql}");
            assert!(
                sql.contains("$11::bigint") && sql.contains("$23::bigint[]") && !sql.contains("$24"),
                "{sql}"
            );
        }
    }

    #[test]
    fn whatever_is_recorded_waits_for_the_disk() {
        let besides = Besides { count: false, forget: false, terms: false, by: By::Desk };
        assert!(append(&LIST, besides).ends_with(&format!(" AS n, {DURABLE} FROM head")));
        assert!(super::open(&LIST, besides).ends_with(&format!(" AS n, {DURABLE} FROM row")));
    }

    #[test]
    fn both_statements_have_their_values_in_one_order() {
        let besides = Besides { count: true, forget: true, terms: true, by: By::Desk };
        let (append, open) = (append(&LIST, besides), super::open(&LIST, besides));
        for sql in [&append, &open] {
            for value in
                ["$9::bigint", "$10::text", "$16::bytea[]", "$20::bytea[]", "$21::integer", "$23::bigint[]"]
            {
                assert!(sql.contains(value), "{value} in {sql}");
            }
            assert!(!sql.contains("$24"), "{sql}");
        }
        assert!(
            append.contains("weight = $17::bigint, note = $18::text") && append.contains("sealed_key = NULL")
        );
        assert!(open.contains("(n, id, seq, weight, note)") && open.contains("$17::bigint, $18::text"));
    }
}
