-- A key that a client chose is recognised until key_until; then it may name another input, and the one it named has
-- none any more. key_until NULL: for ever.

CREATE TABLE input_with_key_end (
  session         INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
  kind            TEXT NOT NULL,
  subject         TEXT NOT NULL,
  version         INTEGER NOT NULL,
  idempotency_key TEXT,
  key_until       INTEGER,
  at              INTEGER NOT NULL,
  body            TEXT NOT NULL,
  PRIMARY KEY (session, kind, subject, version),
  UNIQUE (session, idempotency_key)
) STRICT;
INSERT INTO input_with_key_end (session, kind, subject, version, idempotency_key, at, body)
  SELECT session, kind, subject, version, idempotency_key, at, body FROM input ORDER BY rowid;
DROP TABLE input;
ALTER TABLE input_with_key_end RENAME TO input;
