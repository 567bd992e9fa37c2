-- Sessions, their append-only inputs and outcomes, events, checkpoints and leases.
-- Times are milliseconds since 1970 (UTC); bodies are canonical JSON; digests are 32 raw bytes.

CREATE TABLE protocol (
  hash      BLOB PRIMARY KEY CHECK (length(hash) = 32),
  id        TEXT NOT NULL,
  version   TEXT NOT NULL,
  title     TEXT NOT NULL,
  canonical TEXT NOT NULL
) STRICT;

-- Changed by every append: kept narrow, so the settings live apart. `key` is the short name other tables use.
CREATE TABLE session (
  key               INTEGER PRIMARY KEY,
  id                TEXT NOT NULL UNIQUE,
  title             TEXT NOT NULL,
  owner             TEXT NOT NULL,
  idempotency_key   TEXT NOT NULL,
  protocol_hash     BLOB NOT NULL REFERENCES protocol (hash),
  protocol_id       TEXT NOT NULL,
  status            TEXT NOT NULL CHECK (status IN ('open', 'decided')),
  decision          TEXT NOT NULL,
  origin_session    TEXT,
  origin_checkpoint INTEGER,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  head_seq          INTEGER NOT NULL,
  UNIQUE (owner, idempotency_key)
) STRICT;

-- The two listings, newest change first; they hold all that a page shows, so the table itself is not read.
CREATE INDEX session_by_change ON session
  (updated_at, id, owner, status, title, decision, protocol_hash, protocol_id, origin_session, origin_checkpoint,
   created_at, head_seq);
CREATE INDEX session_by_owner_and_change ON session
  (owner, updated_at, id, status, title, decision, protocol_hash, protocol_id, origin_session, origin_checkpoint,
   created_at, head_seq);

CREATE TABLE session_settings (
  session  INTEGER PRIMARY KEY REFERENCES session (key) ON DELETE CASCADE,
  settings TEXT NOT NULL
) STRICT;

CREATE TABLE input (
  session         INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
  kind            TEXT NOT NULL,
  subject         TEXT NOT NULL,
  version         INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  body_hash       BLOB NOT NULL CHECK (length(body_hash) = 32),
  at              INTEGER NOT NULL,
  body            TEXT NOT NULL,
  PRIMARY KEY (session, kind, subject, version),
  UNIQUE (session, idempotency_key)
) STRICT;

-- `fence` says under which acquisition of the lease the outcome was written.
CREATE TABLE outcome (
  session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  fence   INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  body    TEXT NOT NULL,
  PRIMARY KEY (session, kind, subject, version)
) STRICT;

CREATE TABLE event (
  session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
  seq     INTEGER NOT NULL,
  type    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  body    TEXT NOT NULL,
  PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  session  INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
  seq      INTEGER NOT NULL,
  hash     BLOB NOT NULL CHECK (length(hash) = 32),
  manifest TEXT NOT NULL,
  PRIMARY KEY (session, seq)
) STRICT;

CREATE TABLE blob (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  bytes  BLOB NOT NULL
) STRICT;

-- Which checkpoints need which blobs: a blob lives as long as one of them does.
CREATE TABLE checkpoint_blob (
  session INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  digest  BLOB NOT NULL REFERENCES blob (digest),
  PRIMARY KEY (session, seq, digest),
  FOREIGN KEY (session, seq) REFERENCES checkpoint (session, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_blob_by_digest ON checkpoint_blob (digest);

-- owner NULL: released. The row stays, because the fence must go on growing.
CREATE TABLE lease (
  session       INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
  scope         TEXT NOT NULL,
  owner         TEXT,
  fence         INTEGER NOT NULL,
  lease_until   INTEGER NOT NULL,
  ttl           INTEGER NOT NULL,
  host          TEXT NOT NULL,
  pid           INTEGER NOT NULL,
  process_start INTEGER NOT NULL,
  PRIMARY KEY (session, scope)
) STRICT, WITHOUT ROWID;
