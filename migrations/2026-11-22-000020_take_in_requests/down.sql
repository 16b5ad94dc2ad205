DROP TABLE request_approvals;
DROP TABLE request_records;
DROP TABLE requests;
