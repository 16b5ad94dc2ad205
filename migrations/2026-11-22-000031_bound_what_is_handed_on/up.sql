-- What a stand-in gets has bounds, and what people held is known after it was changed.

COMMENT ON TABLE absences IS 'When a person''s roles rest, and who has them meanwhile. Rows are ended, never deleted; whoever stood in before somebody else keeps a row that is over.';

-- A role that is given again takes new dates: that it was held before them is kept. Whether the dates of
-- before had begun is not asked; only a role that is over takes new ones.
CREATE TRIGGER keep_former_term AFTER UPDATE OF valid_from ON person_roles
    FOR EACH ROW WHEN (NEW.valid_from > coalesce(OLD.valid_from, '-infinity')
                       AND coalesce(OLD.valid_from < OLD.valid_until, true))
    EXECUTE FUNCTION keep_former_role();
COMMENT ON TABLE former_roles IS 'Roles that were taken from people, or given again from a later day. Nothing may be read by them: they say of which areas a revoked phone may hand in what it holds.';
