DROP TABLE trail_head;
DROP TABLE trail;
DROP FUNCTION refuse_trail_setback();
DROP FUNCTION refuse_trail_change();
