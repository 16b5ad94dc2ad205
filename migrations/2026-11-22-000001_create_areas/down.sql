DROP TABLE area_log;
DROP TABLE areas;
DROP TABLE district;
