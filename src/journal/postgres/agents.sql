-- Who is an agent, and what agents are kept from. Run again, it changes nothing.

-- A role that is renamed stays one: `member` is what PostgreSQL knows it by. The first journals had names alone.
ALTER TABLE pxdesk.agents ADD COLUMN IF NOT EXISTS member oid;
UPDATE pxdesk.agents a SET member = r.oid FROM pg_catalog.pg_roles r WHERE a.member IS NULL AND r.rolname = a.role;

-- A name that was another agent's once is another role's now: both stay agents.
ALTER TABLE pxdesk.agents DROP CONSTRAINT IF EXISTS agents_pkey;
CREATE UNIQUE INDEX IF NOT EXISTS agents_by_role ON pxdesk.agents (role, member);

-- Whether the one who is logged in is an agent, whatever role was put on since. A superuser is a member of every role. The path
-- is set, so that nobody puts functions and operators of his own in the place of PostgreSQL's. In a copy on another server a
-- `member` is another role's, or nobody's: a role that has another name than the row says is an agent's if it has the rights of one,
-- as one has that was renamed; the owner of the tables never is one.
CREATE OR REPLACE FUNCTION pxdesk.is_agent() RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM pxdesk.agents a
        LEFT JOIN pg_catalog.pg_roles r ON r.rolname = a.role OR (
            r.oid = a.member AND has_any_column_privilege(r.oid, 'pxdesk.events', 'INSERT')
            AND NOT has_column_privilege(r.oid, 'pxdesk.things', 'sealed_key', 'UPDATE')
        )
        WHERE a.role = session_user OR r.rolname = session_user OR (
            pg_has_role(session_user, r.oid, 'MEMBER')
            AND NOT (SELECT s.rolsuper FROM pg_catalog.pg_roles s WHERE s.rolname = session_user)
        )
    ) AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_class c
        WHERE c.oid = 'pxdesk.events'::regclass AND pg_get_userbyid(c.relowner) = session_user
    )
$$;

-- An agent records at positions that were drawn, of things whose numbers were drawn: any other would be in the way of what is
-- drawn later. The one who finds that what he has drawn does not count any more draws anew.
CREATE OR REPLACE FUNCTION pxdesk.refuse_undrawn() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (
        NEW.pos < 1 OR (NEW.pos - 1) / 32 >= coalesce(pg_sequence_last_value('pxdesk.positions'), 0)
        OR NEW.thing < 1 OR NEW.thing > coalesce(pg_sequence_last_value('pxdesk.things_n'), 0)
    ) AND pxdesk.is_agent() THEN
        RAISE EXCEPTION USING ERRCODE = 'PX001',
            MESSAGE = format('position %s or thing %s was never drawn from its sequence', NEW.pos, NEW.thing);
    END IF;
    RETURN NEW;
END $$;

-- An agent's checkpoint is of an epoch that has ended, as end_epoch() says.
CREATE OR REPLACE FUNCTION pxdesk.refuse_unended() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.epoch < 1 OR NEW.epoch >= (SELECT j.epoch FROM pxdesk.journal j)) AND pxdesk.is_agent() THEN
        RAISE insufficient_privilege USING MESSAGE = format('there is no checkpoint of epoch %s: it has not ended', NEW.epoch);
    END IF;
    RETURN NEW;
END $$;

-- An agent's worker takes the lease in its turn, renews its own, or gives it up: the number rises by one with each taking, and
-- an hour is the longest that a worker asks for.
CREATE OR REPLACE FUNCTION pxdesk.refuse_lease() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (
        (NEW.number = OLD.number AND NEW.holder = OLD.holder
            OR NEW.number = OLD.number + 1 AND (OLD.until <= clock_timestamp() OR NEW.holder = OLD.holder))
        AND NEW.until <= clock_timestamp() + interval '1 hour'
    ) AND pxdesk.is_agent() THEN
        RAISE insufficient_privilege USING MESSAGE = 'the lease is taken in turn, for an hour at the most';
    END IF;
    RETURN NEW;
END $$;

-- A schema of an earlier journal that was renamed has triggers of the same names.
DO $$
DECLARE known name[];
BEGIN
    SELECT coalesce(array_agg(t.tgname), '{}') INTO known
        FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'pxdesk'::regnamespace;
    IF 'agents_take_the_lease_in_turn' <> ALL (known) THEN
        CREATE TRIGGER agents_take_the_lease_in_turn BEFORE UPDATE ON pxdesk.lease
            FOR EACH ROW EXECUTE FUNCTION pxdesk.refuse_lease();
    END IF;
    IF 'agents_use_what_was_drawn' <> ALL (known) THEN
        CREATE TRIGGER agents_use_what_was_drawn BEFORE INSERT ON pxdesk.events
            FOR EACH ROW EXECUTE FUNCTION pxdesk.refuse_undrawn();
    END IF;
    IF 'checkpoints_are_of_ended_epochs' <> ALL (known) THEN
        CREATE TRIGGER checkpoints_are_of_ended_epochs BEFORE INSERT ON pxdesk.checkpoints
            FOR EACH ROW EXECUTE FUNCTION pxdesk.refuse_unended();
    END IF;
END $$;
