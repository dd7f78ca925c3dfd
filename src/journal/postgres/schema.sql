-- A journal on PostgreSQL: the same records and seals as in a file, and no row that every append would have to lock.

CREATE SCHEMA IF NOT EXISTS pxdesk;

-- One row. The id tells this journal from every other; the check tells whether a key file belongs to it. The epoch counts
-- checkpoints: every event bears the epoch that it was written in, so that a checkpoint knows which events it has seen.
CREATE TABLE pxdesk.journal (
    one integer PRIMARY KEY CHECK (one = 1),
    version bigint NOT NULL,
    id bytea NOT NULL,
    key_check bytea NOT NULL,
    epoch bigint NOT NULL
);

-- Each number stands for 32 positions in a row, which belong to the desk that drew it. Those that it does not use stay
-- unused.
CREATE SEQUENCE pxdesk.positions AS bigint;

CREATE SEQUENCE pxdesk.things_n AS bigint;

-- Every thing, of whatever kind, with the sealed key of its personal data: NULL once that was erased. `seq` and `hash` are
-- those of its last event, and `proof` is keyed: who has no key cannot cut off a thing's last events unnoticed.
CREATE TABLE pxdesk.things (
    n bigint PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    sealed_key bytea,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    proof bytea NOT NULL,
    UNIQUE (kind, id)
) WITH (fillfactor = 80);

-- `pos` is used once in the journal, `seq` counts the events of one thing. `hash` is keyed, and covers the whole row but
-- for the epoch, and the hash of the thing's event before it. Times are microseconds since 1970, UTC.
CREATE TABLE pxdesk.events (
    pos bigint PRIMARY KEY,
    thing bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    by text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    clear text COLLATE "C" NOT NULL,
    sealed bytea,
    hash bytea NOT NULL,
    epoch bigint NOT NULL,
    UNIQUE (thing, seq)
);

CREATE INDEX events_by_epoch ON pxdesk.events USING brin (epoch);

-- How many things of a list there are with each combination of the values that the list is counted by. Each connection
-- counts in a slot of its own, so that no two wait for each other; the number is the sum of the slots.
CREATE TABLE pxdesk.counts (
    list text COLLATE "C" NOT NULL,
    of text COLLATE "C" NOT NULL,
    slot integer NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (list, of, slot)
) WITH (fillfactor = 50);

-- What things are found by that must not stand anywhere in clear: keyed hashes.
CREATE TABLE pxdesk.blind (
    term bytea NOT NULL,
    thing bigint NOT NULL,
    PRIMARY KEY (term, thing)
);

-- Which worker works, until when by this server's clock. The number rises each time that another one takes over, and what a
-- worker records bears it: one that was held up for too long records nothing any more.
CREATE TABLE pxdesk.lease (
    one integer PRIMARY KEY CHECK (one = 1),
    number bigint NOT NULL,
    holder text COLLATE "C" NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 20);

INSERT INTO pxdesk.lease VALUES (1, 0, '', '-infinity');

-- What was there when an epoch ended: how many events, and the sum of their hashes. `proof` is keyed.
CREATE TABLE pxdesk.checkpoints (
    epoch bigint PRIMARY KEY,
    events bigint NOT NULL,
    sum bytea NOT NULL,
    at bigint NOT NULL,
    proof bytea NOT NULL
);

-- Ends the epoch, and returns its number: once this is committed, no event is added to it any more. Appends take a lock that
-- does not conflict with their own kind; this waits for those under way, and holds up new ones for that moment. Who may
-- only add events may do this too.
CREATE FUNCTION pxdesk.end_epoch() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pxdesk, pg_temp AS $$
DECLARE ended bigint;
BEGIN
    LOCK TABLE events IN SHARE MODE;
    UPDATE journal SET epoch = epoch + 1 RETURNING epoch - 1 INTO ended;
    RETURN ended;
END $$;

CREATE FUNCTION pxdesk.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the rows of % are never changed or removed', TG_TABLE_NAME;
END $$;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON pxdesk.events
    FOR EACH STATEMENT EXECUTE FUNCTION pxdesk.refuse();

CREATE TRIGGER things_are_never_removed BEFORE DELETE OR TRUNCATE ON pxdesk.things
    FOR EACH STATEMENT EXECUTE FUNCTION pxdesk.refuse();

CREATE TRIGGER checkpoints_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON pxdesk.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION pxdesk.refuse();

-- The database roles of agents, who may not record what only a supervisor may, and neither may whoever is a member of one:
-- `pxdesk journal grant` names them. `agents.sql` says the rest.
CREATE TABLE pxdesk.agents (role text NOT NULL);

-- What only a supervisor may record.
CREATE TABLE pxdesk.reserved (
    kind text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, event)
);

CREATE FUNCTION pxdesk.refuse_agents() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A thing that this very statement opens is not seen here: then the event's name is enough.
    IF EXISTS (
        SELECT FROM pxdesk.reserved r LEFT JOIN pxdesk.things t ON t.n = NEW.thing
        WHERE r.event = NEW.event AND (t.kind IS NULL OR t.kind = r.kind)
    ) AND pxdesk.is_agent() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only a supervisor may record ' || NEW.event;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER agents_record_what_they_may BEFORE INSERT ON pxdesk.events
    FOR EACH ROW EXECUTE FUNCTION pxdesk.refuse_agents();
