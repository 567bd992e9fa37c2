-- Sessions, their append-only inputs and outcomes, events, checkpoints and leases.
-- Times are milliseconds since 1970 (UTC); bodies are canonical JSON; digests are 32 raw bytes. Keys compare byte by
-- byte (COLLATE "C"), so that their order does not depend on the database's language.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE protocol (
  hash      bytea PRIMARY KEY CHECK (length(hash) = 32),
  id        text NOT NULL,
  version   text NOT NULL,
  title     text NOT NULL,
  canonical text NOT NULL
);

-- What never changes of a session.
CREATE TABLE session (
  id                uuid PRIMARY KEY,
  title             text NOT NULL,
  owner             text COLLATE "C" NOT NULL,
  idempotency_key   text COLLATE "C" NOT NULL,
  protocol_hash     bytea NOT NULL REFERENCES protocol (hash),
  protocol_id       text NOT NULL,
  settings          text NOT NULL,
  origin_session    uuid,
  origin_checkpoint bigint,
  created_at        bigint NOT NULL,
  UNIQUE (owner, idempotency_key)
);
-- For a part of a title, in any case of the letters; without it a rare word would be looked for in every title.
CREATE INDEX session_by_title ON session USING gin (lower(title COLLATE "C") gin_trgm_ops);

-- What every append changes: kept narrow. Its row is the lock of the session: whoever writes to a session, or deletes
-- it, locks it first. That is why the tables below do without foreign keys, which would lock rows of `session` too.
CREATE TABLE session_state (
  session    uuid PRIMARY KEY,
  owner      text COLLATE "C" NOT NULL,
  status     text COLLATE "C" NOT NULL CHECK (status IN ('open', 'decided')),
  decision   text NOT NULL,
  updated_at bigint NOT NULL,
  head_seq   bigint NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
-- The listings, newest change first: one status at a time, so that each page is read from its index in order. What a
-- page shows is in the index too: the table itself is not read. The price is that a change of a session is no HOT
-- update: the list's order is what it changes.
CREATE INDEX session_state_by_change ON session_state (status, updated_at, session) INCLUDE (decision, head_seq);
CREATE INDEX session_state_by_owner_and_change ON session_state (owner, status, updated_at, session)
  INCLUDE (decision, head_seq);

CREATE TABLE input (
  session         uuid NOT NULL,
  kind            text COLLATE "C" NOT NULL,
  subject         text COLLATE "C" NOT NULL,
  version         bigint NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  at              bigint NOT NULL,
  body            text NOT NULL,
  PRIMARY KEY (session, kind, subject, version),
  UNIQUE (session, idempotency_key)
);

-- `fence` says under which acquisition of the lease the outcome was written.
CREATE TABLE outcome (
  session uuid NOT NULL,
  kind    text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  fence   bigint NOT NULL,
  at      bigint NOT NULL,
  body    text NOT NULL,
  PRIMARY KEY (session, kind, subject, version)
);

CREATE TABLE event (
  session  uuid NOT NULL,
  seq      bigint NOT NULL,
  type     text NOT NULL,
  at       bigint NOT NULL,
  body     text NOT NULL,
  PRIMARY KEY (session, seq)
);

CREATE TABLE checkpoint (
  session  uuid NOT NULL,
  seq      bigint NOT NULL,
  hash     bytea NOT NULL CHECK (length(hash) = 32),
  manifest text NOT NULL,
  PRIMARY KEY (session, seq)
);

CREATE TABLE blob (
  digest bytea PRIMARY KEY CHECK (length(digest) = 32),
  bytes  bytea NOT NULL
);

-- Which checkpoints need which blobs: a blob lives as long as one of them does. Blobs are shared by sessions, so here
-- the foreign key is what keeps one session's removal from taking a blob that another one is just naming.
CREATE TABLE checkpoint_blob (
  session uuid NOT NULL,
  seq     bigint NOT NULL,
  digest  bytea NOT NULL CONSTRAINT checkpoint_blob_is_stored REFERENCES blob (digest),
  PRIMARY KEY (session, seq, digest)
);
-- Whether another checkpoint needs a blob, when one is deleted; and for the foreign key.
CREATE INDEX checkpoint_blob_by_digest ON checkpoint_blob (digest);

-- owner NULL: released. The row stays, because the fence must go on growing. No index but the key: a renewal then
-- changes the row in its page alone (HOT).
CREATE TABLE lease (
  session       uuid NOT NULL,
  scope         text COLLATE "C" NOT NULL,
  owner         uuid,
  fence         bigint NOT NULL,
  lease_until   bigint NOT NULL,
  ttl           bigint NOT NULL,
  host          text NOT NULL,
  pid           bigint NOT NULL,
  process_start bigint NOT NULL,
  PRIMARY KEY (session, scope)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
