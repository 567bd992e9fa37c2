-- Accounts, keys, sign-ins, memberships and the audit log. Secrets are kept as hashes only.

CREATE TABLE account (
  name          text COLLATE "C" PRIMARY KEY,
  role          text NOT NULL CHECK (role IN ('contributor', 'reviewer', 'committee', 'auditor', 'admin')),
  password_hash text NOT NULL,
  created_at    bigint NOT NULL,
  disabled      boolean NOT NULL
);

CREATE TABLE api_key (
  id         text COLLATE "C" PRIMARY KEY,
  secret     bytea NOT NULL UNIQUE CHECK (length(secret) = 32),
  account    text COLLATE "C" NOT NULL REFERENCES account (name),
  label      text NOT NULL,
  scopes     text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint
);

CREATE TABLE sign_in (
  token      bytea PRIMARY KEY CHECK (length(token) = 32),
  account    text COLLATE "C" NOT NULL REFERENCES account (name),
  expires_at bigint NOT NULL
);
CREATE INDEX sign_in_by_end ON sign_in (expires_at);

-- Read with every request on a session, and by account for its list.
CREATE TABLE member (
  session uuid NOT NULL,
  account text COLLATE "C" NOT NULL REFERENCES account (name),
  role    text NOT NULL CHECK (role IN ('contributor', 'reviewer', 'committee', 'auditor')),
  PRIMARY KEY (session, account)
);
CREATE INDEX member_by_account ON member (account, session);

-- Outlives what it tells of: no references.
CREATE TABLE audit (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         bigint NOT NULL,
  actor      text NOT NULL,
  key        text NOT NULL,
  operation  text NOT NULL,
  target     text NOT NULL,
  address    text NOT NULL,
  request_id text NOT NULL,
  status     bigint NOT NULL
);
