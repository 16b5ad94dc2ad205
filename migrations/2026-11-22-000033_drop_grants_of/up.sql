-- A push asks under its area's lock how often what its person may do was changed, and knows by itself
-- when the next of the person's dates comes: nothing puts the two into one number any more.
DROP FUNCTION grants_of(uuid, timestamptz);
