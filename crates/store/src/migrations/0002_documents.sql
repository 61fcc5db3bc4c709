CREATE TABLE documents (
    tenant INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    id     TEXT    NOT NULL,
    status TEXT    NOT NULL,
    agent  TEXT    NOT NULL,
    at_ms  INTEGER NOT NULL,
    body   BLOB    NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;

-- In the order of lists, with everything they filter by: bodies are read for matches alone.
CREATE INDEX documents_by_status ON documents (tenant, kind, status, at_ms DESC, id, agent);
