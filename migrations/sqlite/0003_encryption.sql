-- The keys that values are sealed with: settings, bodies of inputs, outcomes and events, manifests and blobs.
-- None: all of them are plain.

CREATE TABLE encryption_key (
  id          TEXT PRIMARY KEY,
  check_value TEXT NOT NULL,
  retired     INTEGER NOT NULL CHECK (retired IN (0, 1))
) STRICT, WITHOUT ROWID;

-- The hash of a short answer would give it away beside its sealed body; repeats are told by the body itself.
ALTER TABLE input DROP COLUMN body_hash;
