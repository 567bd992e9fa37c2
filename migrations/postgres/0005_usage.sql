-- What keys may do a minute and spend a day; NULL: no limit of their own. Money is in pico-dollars, 10^-12 $.
ALTER TABLE api_key ADD COLUMN requests_per_minute bigint;
ALTER TABLE api_key ADD COLUMN budget_per_day bigint;

-- What calls to models took and cost. Outlives what it tells of: no references.
CREATE TABLE usage (
  day                 date NOT NULL,
  account             text COLLATE "C" NOT NULL,
  key                 text COLLATE "C" NOT NULL,
  session             text COLLATE "C" NOT NULL,
  task                text COLLATE "C" NOT NULL,
  tier                text COLLATE "C" NOT NULL,
  provider            text COLLATE "C" NOT NULL,
  model               text COLLATE "C" NOT NULL,
  calls               bigint NOT NULL,
  hits                bigint NOT NULL,
  unpriced            bigint NOT NULL,
  estimated           bigint NOT NULL,
  input_tokens        bigint NOT NULL,
  cached_input_tokens bigint NOT NULL,
  output_tokens       bigint NOT NULL,
  cost                bigint NOT NULL,
  saved               bigint NOT NULL,
  charged             bigint NOT NULL,
  PRIMARY KEY (day, account, key, session, task, tier, provider, model)
);

-- The last batch that each process added, so that one whose end is not known can be repeated.
CREATE TABLE usage_writer (
  id     uuid PRIMARY KEY,
  number bigint NOT NULL,
  at     bigint NOT NULL
);
