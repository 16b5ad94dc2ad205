DROP TABLE staff_sessions;
DROP TABLE device_nonces;
DROP TABLE devices;
DROP TABLE enrolment_codes;
DROP TABLE person_roles;
DROP TABLE people;
