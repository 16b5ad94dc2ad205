ALTER TABLE oidc_provider DROP COLUMN authority;
