-- A journal: events that are only ever added, and what can be read from them without folding them all.

-- One row. The id tells this journal from every other; the check tells whether a key file belongs to it. The head counts
-- and sums all events, and names the last one by its key. Its proof is keyed: who has no key cannot add, change, move or
-- remove an event unnoticed.
CREATE TABLE journal (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id BLOB NOT NULL,
    key_check BLOB NOT NULL,
    events INTEGER NOT NULL,
    sum BLOB NOT NULL,
    last INTEGER NOT NULL,
    proof BLOB NOT NULL
) STRICT;

-- Every thing, of whatever kind, with the sealed key of its personal data: NULL once that was erased.
CREATE TABLE things (
    n INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    sealed_key BLOB,
    UNIQUE (kind, id)
) STRICT;

-- The key is the thing's number times 2^20, and the event's number within the thing: so one tree holds the events of a
-- thing together, in their order, and each number once. `pos` counts all events of the journal. `hash` is keyed, and
-- covers the whole row and the hash of the thing's event before it. Times are microseconds since 1970, UTC.
CREATE TABLE events (
    key INTEGER PRIMARY KEY,
    thing INTEGER NOT NULL GENERATED ALWAYS AS (key >> 20) VIRTUAL,
    seq INTEGER NOT NULL GENERATED ALWAYS AS (key & 1048575) VIRTUAL,
    pos INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    event TEXT NOT NULL,
    clear TEXT NOT NULL,
    sealed BLOB,
    hash BLOB NOT NULL
) STRICT;

-- How many things of a list there are with each combination of the values that the list is counted by.
CREATE TABLE counts (
    list TEXT NOT NULL,
    of TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (list, of)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are never changed'); END;

CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are never removed'); END;

CREATE TRIGGER things_are_never_removed BEFORE DELETE ON things
BEGIN SELECT raise(ABORT, 'things are never removed'); END;
