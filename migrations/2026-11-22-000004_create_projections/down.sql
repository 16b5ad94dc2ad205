DROP VIEW reports;
DROP TABLE inspections;
DROP TABLE visits;
DROP TABLE residencies;
DROP TABLE premises;
