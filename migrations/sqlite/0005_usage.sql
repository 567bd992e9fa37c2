-- What keys may do a minute and spend a day; NULL: no limit of their own. Money is in pico-dollars, 10^-12 $.
ALTER TABLE api_key ADD COLUMN requests_per_minute INTEGER;
ALTER TABLE api_key ADD COLUMN budget_per_day INTEGER;

-- What calls to models took and cost. Outlives what it tells of: no references.
CREATE TABLE usage (
  day                 TEXT NOT NULL CHECK (length(day) = 10),
  account             TEXT NOT NULL,
  key                 TEXT NOT NULL,
  session             TEXT NOT NULL,
  task                TEXT NOT NULL,
  tier                TEXT NOT NULL,
  provider            TEXT NOT NULL,
  model               TEXT NOT NULL,
  calls               INTEGER NOT NULL,
  hits                INTEGER NOT NULL,
  unpriced            INTEGER NOT NULL,
  estimated           INTEGER NOT NULL,
  input_tokens        INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  output_tokens       INTEGER NOT NULL,
  cost                INTEGER NOT NULL,
  saved               INTEGER NOT NULL,
  charged             INTEGER NOT NULL,
  PRIMARY KEY (day, account, key, session, task, tier, provider, model)
) STRICT, WITHOUT ROWID;

-- The last batch that each process added, so that one whose end is not known can be repeated.
CREATE TABLE usage_writer (
  id     TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  at     INTEGER NOT NULL
) STRICT;
