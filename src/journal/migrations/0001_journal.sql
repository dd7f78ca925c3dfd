-- The journal: events that are only ever added, and what can be read from them without folding them all.

-- One row: what tells whether a key file belongs to this journal.
CREATE TABLE journal (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    key_check BLOB NOT NULL
) STRICT;

-- A line of the queue per order: always what the order's events fold to. Times are microseconds since 1970, UTC.
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    partner_order_id TEXT NOT NULL,
    standing TEXT NOT NULL,
    method TEXT,
    agent TEXT NOT NULL,
    prepared_at INTEGER,
    opened_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    trouble_call TEXT,
    trouble_class TEXT,
    trouble_code TEXT,
    trouble_row TEXT,
    owner TEXT,
    attention INTEGER NOT NULL,
    -- What the queue sorts by: an unknown prepare time comes last.
    due INTEGER NOT NULL AS (coalesce(prepared_at, 9223372036854775807)),
    UNIQUE (environment, transaction_id),
    UNIQUE (environment, partner_order_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_most_urgent_first ON orders (environment, attention, due, opened_at, id);

-- Asked for at every start, and nearly always empty.
CREATE INDEX orders_under_way ON orders (opened_at, id) WHERE owner IS NOT NULL;

-- The key of each order's personal data, itself sealed; NULL once the order was erased.
CREATE TABLE keys (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    sealed_key BLOB
) STRICT, WITHOUT ROWID;

-- `pos` counts all events of the journal, `seq` those of one order. `hash` covers the whole row and the hash before it.
CREATE TABLE events (
    pos INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    kind TEXT NOT NULL,
    clear TEXT NOT NULL,
    sealed BLOB,
    hash BLOB NOT NULL,
    UNIQUE (order_id, seq)
) STRICT;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are never changed'); END;

CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are never removed'); END;

-- The one door. A statement is atomic and costs one round trip, so whoever records an event inserts it here, together
-- with the line of the queue that it leads to; the triggers put both in their places.
CREATE VIEW record AS
SELECT events.*, orders.*, keys.sealed_key
FROM events JOIN orders ON orders.id = events.order_id JOIN keys ON keys.order_id = orders.id;

CREATE TRIGGER record_opening INSTEAD OF INSERT ON record WHEN new.seq = 1
BEGIN
    INSERT INTO orders (id, environment, transaction_id, partner_order_id, standing, method, agent, prepared_at,
        opened_at, updated_at, seq, trouble_call, trouble_class, trouble_code, trouble_row, owner, attention)
    VALUES (new.id, new.environment, new.transaction_id, new.partner_order_id, new.standing, new.method, new.agent,
        new.prepared_at, new.opened_at, new.updated_at, new.seq, new.trouble_call, new.trouble_class,
        new.trouble_code, new.trouble_row, new.owner, new.attention);
    INSERT INTO keys (order_id, sealed_key) VALUES (new.id, new.sealed_key);
    INSERT INTO events (pos, order_id, seq, at, by, kind, clear, sealed, hash)
    VALUES (new.pos, new.id, new.seq, new.at, new.by, new.kind, new.clear, new.sealed, new.hash);
END;

CREATE TRIGGER record_later INSTEAD OF INSERT ON record WHEN new.seq > 1
BEGIN
    INSERT INTO events (pos, order_id, seq, at, by, kind, clear, sealed, hash)
    VALUES (new.pos, new.id, new.seq, new.at, new.by, new.kind, new.clear, new.sealed, new.hash);
    UPDATE orders SET standing = new.standing, method = new.method, updated_at = new.updated_at, seq = new.seq,
        trouble_call = new.trouble_call, trouble_class = new.trouble_class, trouble_code = new.trouble_code,
        trouble_row = new.trouble_row, owner = new.owner
    WHERE id = new.id;
    -- Apart, so that most events leave the index alone: every page that is touched is written to the log.
    UPDATE orders SET attention = new.attention WHERE id = new.id AND attention <> new.attention;
END;

-- An erasure and the event that says so are one.
CREATE TRIGGER erasure AFTER INSERT ON events WHEN new.kind = 'erased'
BEGIN
    UPDATE keys SET sealed_key = NULL WHERE order_id = new.order_id;
END;
