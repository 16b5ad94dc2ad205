COMMENT ON TABLE former_roles IS 'Roles that were taken from people. Nothing may be read by them: they say of which areas a revoked phone may hand in what it holds.';
DROP TRIGGER keep_former_term ON person_roles;
COMMENT ON TABLE absences IS 'When a person''s roles rest, and who has them meanwhile. Rows are ended, never deleted.';
