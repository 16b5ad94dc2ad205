DROP TABLE photo_parts;
DROP TABLE photos;
