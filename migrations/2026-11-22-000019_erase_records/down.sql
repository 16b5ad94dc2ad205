DROP TABLE erased_photos;
DROP TABLE erased;
