DROP TABLE late_verdicts;
DROP TABLE quarantine_decisions;
DROP TABLE held;
