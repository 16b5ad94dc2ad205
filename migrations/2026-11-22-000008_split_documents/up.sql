-- A push rewrites the registers of its records, not their documents: these move to a table of their
-- own. Rows that are rewritten often get room on their page and no index on what changes, so that a
-- new version stays beside the old one (HOT); what is shorter than a page is not compressed.

CREATE TABLE documents (
    area_id   bigint NOT NULL,
    record_id uuid NOT NULL,
    seq       bigint NOT NULL,
    document  bytea NOT NULL,
    PRIMARY KEY (area_id, record_id)
);
COMMENT ON TABLE documents IS 'Whole documents, brought up to date behind the pushes.';
COMMENT ON COLUMN documents.area_id IS 'The area: its division code as a number.';
COMMENT ON COLUMN documents.record_id IS 'The record.';
COMMENT ON COLUMN documents.seq IS 'The last change in the document.';
COMMENT ON COLUMN documents.document IS 'The Automerge document, as saved.';

INSERT INTO documents (area_id, record_id, seq, document)
SELECT area_id, record_id, document_seq, document FROM records WHERE document IS NOT NULL;

COMMENT ON TABLE records IS 'Every record: its registers.';
DROP INDEX records_by_last_seq;
ALTER TABLE records DROP COLUMN document, DROP COLUMN document_seq;
ALTER TABLE records ALTER COLUMN registers SET STORAGE EXTERNAL;
ALTER TABLE records SET (toast_tuple_target = 8160);
ALTER TABLE premises SET (fillfactor = 50, toast_tuple_target = 8160);
ALTER TABLE residencies SET (fillfactor = 50, toast_tuple_target = 8160);
ALTER TABLE visits SET (fillfactor = 50, toast_tuple_target = 8160);
ALTER TABLE inspections SET (fillfactor = 50, toast_tuple_target = 8160);
