-- Accounts, keys, sign-ins, memberships and the audit log. Secrets are kept as hashes only.

CREATE TABLE account (
  name          TEXT PRIMARY KEY,
  role          TEXT NOT NULL CHECK (role IN ('contributor', 'reviewer', 'committee', 'auditor', 'admin')),
  password_hash TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1))
) STRICT;

CREATE TABLE api_key (
  id         TEXT PRIMARY KEY,
  secret     BLOB NOT NULL UNIQUE CHECK (length(secret) = 32),
  account    TEXT NOT NULL REFERENCES account (name),
  label      TEXT NOT NULL,
  scopes     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE sign_in (
  token      BLOB PRIMARY KEY CHECK (length(token) = 32),
  account    TEXT NOT NULL REFERENCES account (name),
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_by_end ON sign_in (expires_at);

-- Read with every request on a session, and by account for its list.
CREATE TABLE member (
  session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
  account TEXT NOT NULL REFERENCES account (name),
  role    TEXT NOT NULL CHECK (role IN ('contributor', 'reviewer', 'committee', 'auditor')),
  PRIMARY KEY (session, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_account ON member (account, session);

-- Outlives what it tells of: no references.
CREATE TABLE audit (
  id         INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  actor      TEXT NOT NULL,
  key        TEXT NOT NULL,
  operation  TEXT NOT NULL,
  target     TEXT NOT NULL,
  address    TEXT NOT NULL,
  request_id TEXT NOT NULL,
  status     INTEGER NOT NULL
) STRICT;
