-- The wide part of documents, in order of arrival whoever's they are: a new one is always written
-- at the end of the table, however its id is drawn.
CREATE TABLE bodies (
    number INTEGER PRIMARY KEY,
    body   BLOB NOT NULL
) STRICT;

-- What finds them; narrow, so that one page holds many.
CREATE TABLE narrow_documents (
    tenant  INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    status  TEXT    NOT NULL,
    agent   TEXT    NOT NULL,
    at_ms   INTEGER NOT NULL,
    body_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;

INSERT INTO narrow_documents
SELECT tenant, kind, id, status, agent, at_ms, row_number() OVER (ORDER BY tenant, kind, id)
FROM documents;

INSERT INTO bodies (number, body)
SELECT narrow.body_at, wide.body
FROM narrow_documents AS narrow JOIN documents AS wide USING (tenant, kind, id);

DROP TABLE documents;
ALTER TABLE narrow_documents RENAME TO documents;
CREATE INDEX documents_by_status ON documents (tenant, kind, status, at_ms DESC, id, agent);
