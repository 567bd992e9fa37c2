-- The keys that values are sealed with: settings, bodies of inputs, outcomes and events, manifests and blobs.
-- None: all of them are plain. Whoever reads or writes a value reads this table first in the same transaction; whoever
-- changes it locks it against that, so that nothing is sealed with a key that is not in force any more.
CREATE TABLE encryption_key (
  id          text COLLATE "C" PRIMARY KEY,
  check_value text NOT NULL,
  retired     boolean NOT NULL
);
