-- A key that a client chose is recognised until key_until; then it may name another input, and the one it named has
-- none any more. key_until NULL: for ever.
ALTER TABLE input ADD COLUMN key_until bigint;
-- Programs of before look inputs up by their keys and never meet those without one.
-- squawk-ignore ban-drop-not-null
ALTER TABLE input ALTER COLUMN idempotency_key DROP NOT NULL;
