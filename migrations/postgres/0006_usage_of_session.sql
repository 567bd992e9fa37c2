-- What a session's calls cost is looked up before its first call of a run.
-- Writers to this table keep their rows in memory meanwhile, and nobody waits for them.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX usage_of_session ON usage (session) WHERE session <> '';
