DROP INDEX changes_moves;
DROP TABLE moved;
