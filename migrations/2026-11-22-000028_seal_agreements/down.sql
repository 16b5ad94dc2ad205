-- Nobody can say any more what was agreed to: all have to agree again.
DELETE FROM request_approvals a USING requests r
 WHERE r.request_id = a.request_id AND r.state IN ('open', 'begun');
ALTER TABLE requests ADD COLUMN digest bytea NOT NULL DEFAULT '';
ALTER TABLE requests ALTER COLUMN digest DROP DEFAULT;
COMMENT ON COLUMN requests.digest IS 'SHA-256 of what it asks for: an approval names it.';
COMMENT ON COLUMN request_approvals.digest IS 'What they agreed to: the request''s digest as they saw it.';
COMMENT ON COLUMN requests.words IS 'How the person proved who they are, what they said, what is to be corrected, and the decision: sealed under the data key. Gone once an erasure is done.';
