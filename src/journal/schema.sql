-- A journal: events that are only ever added, and what can be read from them without folding them all.

-- One row. The id tells this journal from every other; the check tells whether a key file belongs to it. The head counts
-- and sums all events, and its proof is keyed: who has no key cannot add, change, move or remove one unnoticed.
CREATE TABLE journal (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id BLOB NOT NULL,
    key_check BLOB NOT NULL,
    events INTEGER NOT NULL,
    sum BLOB NOT NULL,
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

-- `pos` counts all events of the journal, `seq` those of one thing. `before` is the position of the thing's event before
-- this one, 0 for its first; the row of the list has that of its last. So an event is added at the end of one tree, and no
-- index has to be written with it. `hash` is keyed, and covers the whole event and the hash of the one before it. Times
-- are microseconds since 1970, UTC.
CREATE TABLE events (
    pos INTEGER PRIMARY KEY,
    thing INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    before INTEGER NOT NULL CHECK (before < pos),
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

-- By which keyed terms, such as a customer's phone number, things are found. A term is shared by all things that have it.
CREATE TABLE blind (
    term BLOB NOT NULL,
    thing INTEGER NOT NULL REFERENCES things (n),
    PRIMARY KEY (term, thing)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are never changed'); END;

CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are never removed'); END;

CREATE TRIGGER things_are_never_removed BEFORE DELETE ON things
BEGIN SELECT raise(ABORT, 'things are never removed'); END;
