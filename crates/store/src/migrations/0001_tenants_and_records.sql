-- Tenants by name. A number is given once and never again.
CREATE TABLE tenants (
    number INTEGER PRIMARY KEY,
    name   TEXT    NOT NULL UNIQUE,
    -- 1 while the times of the tenant's records have never gone back.
    steady INTEGER NOT NULL DEFAULT 1
) STRICT;

-- What lists, counts and the Merkle tree look at; narrow, so that reading along it is quick.
-- The place is the tenant's number and the record's number in one, see place.rs.
CREATE TABLE records (
    place       INTEGER PRIMARY KEY,
    payload_at  INTEGER NOT NULL,
    at_ms       INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    verdict     TEXT,
    tier        TEXT,
    agent       TEXT    NOT NULL,
    action_type TEXT    NOT NULL,
    hash        BLOB    NOT NULL,
    effects     BLOB    NOT NULL
) STRICT;

-- The wide part, in order of arrival whoever's it is: always written at the end of the table.
CREATE TABLE payloads (
    number  INTEGER PRIMARY KEY,
    prev    BLOB,
    payload BLOB NOT NULL
) STRICT;
