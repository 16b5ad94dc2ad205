-- Who plans for others reaches no further by stand-ins; providers behind an authority of their own.

ALTER TABLE oidc_provider ADD COLUMN authority text;
COMMENT ON COLUMN oidc_provider.authority IS 'Certificates of the authority that vouches for its address, as PEM; NULL for a public one.';
