-- Who is an agent. A role that is renamed stays one: `member` is what PostgreSQL knows it by. The first journals had names alone.
ALTER TABLE pxdesk.agents ADD COLUMN IF NOT EXISTS member oid;
UPDATE pxdesk.agents a SET member = r.oid FROM pg_catalog.pg_roles r WHERE a.member IS NULL AND r.rolname = a.role;

-- Whether the one who is logged in is an agent, whatever role was put on since. A superuser is a member of every role. The path
-- is set, so that nobody puts functions and operators of his own in the place of PostgreSQL's.
CREATE OR REPLACE FUNCTION pxdesk.is_agent() RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM pxdesk.agents a
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.member OR (a.member IS NULL AND r.rolname = a.role)
        WHERE a.role = session_user OR r.rolname = session_user OR (
            pg_has_role(session_user, r.oid, 'MEMBER')
            AND NOT (SELECT s.rolsuper FROM pg_catalog.pg_roles s WHERE s.rolname = session_user)
        )
    )
$$;
