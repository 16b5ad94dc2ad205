ALTER TABLE inspections RESET (fillfactor, toast_tuple_target);
ALTER TABLE visits RESET (fillfactor, toast_tuple_target);
ALTER TABLE residencies RESET (fillfactor, toast_tuple_target);
ALTER TABLE premises RESET (fillfactor, toast_tuple_target);
ALTER TABLE records RESET (toast_tuple_target);
ALTER TABLE records ALTER COLUMN registers SET STORAGE EXTENDED;
ALTER TABLE records ADD COLUMN document bytea, ADD COLUMN document_seq bigint NOT NULL DEFAULT 0;
COMMENT ON TABLE records IS 'Every record: its registers, and its whole document as of some change.';
COMMENT ON COLUMN records.document IS 'The Automerge document, with every change up to document_seq; rebuilt behind the push.';
COMMENT ON COLUMN records.document_seq IS 'The last change in the document.';
UPDATE records r SET document = d.document, document_seq = d.seq
FROM documents d WHERE d.area_id = r.area_id AND d.record_id = r.record_id;
CREATE UNIQUE INDEX records_by_last_seq ON records (area_id, last_seq);
DROP TABLE documents;
