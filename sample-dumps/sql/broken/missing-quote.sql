/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.5.29-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: db.example.org    Database: samplewiki
-- ------------------------------------------------------
-- Server version	10.11.13-MariaDB-log

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

--
-- Table structure for table `page`
--

DROP TABLE IF EXISTS `page`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `page` (
  `page_id` int(8) unsigned NOT NULL AUTO_INCREMENT,
  `page_namespace` int(11) NOT NULL DEFAULT 0,
  `page_title` varbinary(255) NOT NULL DEFAULT '',
  `page_is_redirect` tinyint(1) unsigned NOT NULL DEFAULT 0,
  `page_random` double unsigned NOT NULL DEFAULT 0,
  `page_touched` binary(14) NOT NULL,
  `page_links_updated` varbinary(14) DEFAULT NULL,
  `page_latest` int(8) unsigned NOT NULL DEFAULT 0,
  `page_lang` varbinary(35) DEFAULT NULL,
  PRIMARY KEY (`page_id`),
  UNIQUE KEY `page_name_title` (`page_namespace`,`page_title`),
  KEY `page_random` (`page_random`)
) ENGINE=InnoDB AUTO_INCREMENT=56 DEFAULT CHARSET=binary ROW_FORMAT=COMPRESSED;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `page`
--

/*!40000 ALTER TABLE `page` DISABLE KEYS */;
INSERT INTO `page` VALUES (1,0,'Main_Page',0,0.562950284423,'20251124001351','20251124002336',1,NULL),(2,0,'),(',1,0,'20251124001351',NULL,2,'de'),(3,0,');\nINSERT_INTO_`page`_VALUES_(1',0,1e-05,'20251124001351',NULL,3,NULL),(4,0,'\"Quoted\"_and_\'single\'',0,0.7,'20251124001351',NULL,4,NULL);
INSERT INTO `page` VALUES (5,0,'back\\slash\\,0,0.25,'20251124001351',NULL,5,''),(6,0,'\\\'',0,0.25,'20251124001351',NULL,6,''),(7,-1,'\0\n\r\Z',0,0.25,'20251124001351',NULL,7,NULL),(8,1,'Заголовок_日本語_🙂',0,0.25,'20251124001351',NULL,8,NULL);
INSERT INTO `page` VALUES (9,0,'',0,0.25,'20251124001351',NULL,4294967295,NULL),(10,0,'NULL',0,0.25,'\0\0\0\0\0\0\0\0\0\0\0\0\0\0','',9,'NULL'),(11,0,'no_UTF-8_��(',0,0.25,'20251124001351','00000000000000',9,NULL),(12,0,'0x41',0,1.7976931348623157e308,'99991231235959',NULL,9,NULL);
INSERT INTO `page` VALUES (13,0,'-- no comment /* none */ # none',0,0.25,'00010101000000',NULL,9,NULL);
/*!40000 ALTER TABLE `page` ENABLE KEYS */;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;

-- Dump completed on 2026-01-01 13:22:16
