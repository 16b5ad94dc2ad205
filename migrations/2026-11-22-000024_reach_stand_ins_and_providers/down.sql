ALTER TABLE oidc_provider DROP COLUMN authority;
DROP FUNCTION posts_of(uuid[], timestamptz);
