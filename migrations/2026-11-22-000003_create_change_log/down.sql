DROP TABLE clashes;
DROP TABLE quarantine;
DROP TABLE pushes;
DROP TABLE changes;
DROP TABLE records;
