DROP TABLE hand_ins;
DROP TRIGGER keep_former_role ON person_roles;
DROP FUNCTION keep_former_role();
DROP TABLE former_roles;
