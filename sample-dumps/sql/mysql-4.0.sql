-- MySQL dump 9.11
--
-- Host: benet    Database: samplewiki
-- ------------------------------------------------------
-- Server version	4.0.22-log

DROP TABLE IF EXISTS `pagelinks`;
CREATE TABLE `pagelinks` (
  `pl_from` int(8) unsigned NOT NULL default '0',
  `pl_namespace` int(11) NOT NULL default '0',
  `pl_title` varchar(255) binary NOT NULL default '',
  UNIQUE KEY `pl_from` (`pl_from`,`pl_namespace`,`pl_title`)
) ENGINE=InnoDB;

/*!40000 ALTER TABLE `pagelinks` DISABLE KEYS */;
LOCK TABLES `pagelinks` WRITE;
INSERT INTO `pagelinks` VALUES (7759,-1,'Recentchanges'),(4016,0,'\"Captain\"_Lou_Albano');
UNLOCK TABLES;
/*!40000 ALTER TABLE `pagelinks` ENABLE KEYS */;
