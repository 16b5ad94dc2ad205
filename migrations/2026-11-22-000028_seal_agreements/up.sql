-- What somebody agreed to is sealed, so that whoever writes to the database agrees to nothing in their
-- name; the open copy of it goes. What was agreed to before is agreed to again, and an erasure that was
-- begun with it, too, goes on once it is.
ALTER TABLE requests DROP COLUMN digest;
DELETE FROM request_approvals a USING requests r
 WHERE r.request_id = a.request_id AND r.state IN ('open', 'begun');
UPDATE requests SET state = 'open', begun_at = NULL, closed_by = NULL WHERE state = 'begun';
UPDATE request_approvals SET digest = '';
COMMENT ON COLUMN request_approvals.digest IS 'What they agreed to: the request''s digest as they saw it, sealed under the data key for this request and person. Empty in requests that were closed before it was sealed.';
COMMENT ON COLUMN requests.words IS 'The document number of whom it is for, how the person proved who they are, what they said, what is to be corrected, that an erasure was agreed to when it was begun, and the decision: sealed under the data key. Gone once an erasure is done.';
