-- What a session's calls cost is looked up before its first call of a run.
CREATE INDEX usage_of_session ON usage (session) WHERE session <> '';
