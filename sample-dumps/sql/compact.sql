CREATE TABLE `iwlinks` (
  `iwl_from` int(10) unsigned NOT NULL DEFAULT 0,
  `iwl_prefix` varbinary(32) NOT NULL DEFAULT '',
  `iwl_title` varbinary(255) NOT NULL DEFAULT ''
);
INSERT INTO `iwlinks` (`iwl_title`, `iwl_from`, `iwl_prefix`) VALUES ('a
(b;''c''',1,'w');
INSERT  IGNORE INTO `iwlinks` (`iwl_title`, `iwl_from`, `iwl_prefix`) VALUES ( 'x' , 2 , 'w' ) ,
 ('y',3,'w');
REPLACE INTO `iwlinks` VALUES (4,'w','z');INSERT INTO `iwlinks` VALUES (5,'w','on the same line');