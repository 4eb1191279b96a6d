"""SQL dumps of an invented wiki, for make_samples.py: every trap that real ones have, and more."""
import bz2
import gzip

SANDBOX = "/*M!999999\\- enable the sandbox mode */ \n"
SETTINGS = """
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES {names} */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
"""
END = """/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;

-- Dump completed on 2026-01-01 13:22:16
"""
PAGE = """CREATE TABLE `page` (
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
"""
PAGES = [
    rb"(1,0,'Main_Page',0,0.562950284423,'20251124001351','20251124002336',1,NULL)",
    rb"(2,0,'),(',1,0,'20251124001351',NULL,2,'de')",
    rb"(3,0,');\nINSERT_INTO_`page`_VALUES_(1',0,1e-05,'20251124001351',NULL,3,NULL)",
    rb"(4,0,'\"Quoted\"_and_\'single\'',0,0.7,'20251124001351',NULL,4,NULL)",
    rb"(5,0,'back\\slash\\',0,0.25,'20251124001351',NULL,5,'')",
    rb"(6,0,'\\\'',0,0.25,'20251124001351',NULL,6,'')",
    rb"(7,-1,'\0\n\r\Z',0,0.25,'20251124001351',NULL,7,NULL)",
    "(8,1,'Заголовок_日本語_🙂',0,0.25,'20251124001351',NULL,8,NULL)".encode(),
    rb"(9,0,'',0,0.25,'20251124001351',NULL,4294967295,NULL)",
    rb"(10,0,'NULL',0,0.25,'\0\0\0\0\0\0\0\0\0\0\0\0\0\0','',9,'NULL')",
    b"(11,0,'no_UTF-8_\xff\xc3(',0,0.25,'20251124001351','00000000000000',9,NULL)",
    rb"(12,0,'0x41',0,1.7976931348623157e308,'99991231235959',NULL,9,NULL)",
    rb"(13,0,'-- no comment /* none */ # none',0,0.25,'00010101000000',NULL,9,NULL)",
]
SQL_SAMPLES = []


def sample(name, purpose):
    """Register a function that returns the bytes of a dump."""
    def register(make):
        SQL_SAMPLES.append(("sql/" + name, purpose, make))
        return make
    return register


def header(program="MariaDB dump 10.19  Distrib 10.5.29-MariaDB, for debian-linux-gnu (x86_64)", names="utf8mb4",
           sandbox=True):
    """What stands before the first table."""
    host = "-- Host: db.example.org    Database: samplewiki\n"
    return ((SANDBOX if sandbox else "") + f"-- {program}\n--\n" + host
            + "-- ------------------------------------------------------\n-- Server version\t10.11.13-MariaDB-log\n"
            + SETTINGS.format(names=names)).encode()


def declared(create):
    """A table's declaration as dumps write it."""
    name = create.split("`")[1]
    return (f"\n--\n-- Table structure for table `{name}`\n--\n\nDROP TABLE IF EXISTS `{name}`;\n"
            "/*!40101 SET @saved_cs_client     = @@character_set_client */;\n"
            f"/*!40101 SET character_set_client = utf8 */;\n{create}"
            "/*!40101 SET character_set_client = @saved_cs_client */;\n").encode()


def filled(name, rows, a_line=4, separator=b","):
    """A table's rows, so many an INSERT."""
    text = f"\n--\n-- Dumping data for table `{name}`\n--\n\n/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;\n".encode()
    for begin in range(0, len(rows), a_line):
        lead = b"\n" if separator != b"," else b""
        text += f"INSERT INTO `{name}` VALUES ".encode().rstrip() + (lead or b" ")
        text += separator.join(rows[begin:begin + a_line]) + b";\n"
    return text + f"/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;\n".encode()


def pages(rows=None, names="utf8mb4"):
    """A dump of the table page."""
    return header(names=names) + declared(PAGE) + filled("page", PAGES if rows is None else rows) + END.encode()


@sample("samplewiki-20260101-page.sql.gz", "page as Wikimedia dumps it: many rows a line, every escape, hostile titles")
def page():
    return gzip.compress(pages(), mtime=0)


@sample("samplewiki-20260101-categorylinks.sql.gz",
        "one row a line; sort keys of any bytes, a prefix cut within a character, the zero time")
def categorylinks():
    create = """CREATE TABLE `categorylinks` (
  `cl_from` int(8) unsigned NOT NULL DEFAULT 0,
  `cl_sortkey` varbinary(230) NOT NULL DEFAULT '',
  `cl_timestamp` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  `cl_sortkey_prefix` varbinary(255) NOT NULL DEFAULT '',
  `cl_type` enum('page','subcat','file') NOT NULL DEFAULT 'page',
  `cl_target_id` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`cl_from`,`cl_target_id`)
) ENGINE=InnoDB DEFAULT CHARSET=binary;
"""
    rows = [rb"(1,'K\n\Z\0\\','2025-02-17 13:31:43','','page',9223372036854775807)",
            b"(2,'\x01\x80\xfe\xff\\'),(','2025-02-17 13:31:43','Sj','subcat',208)",
            b"(3,'','0000-00-00 00:00:00','cut_\xd0','file',209)"]
    return gzip.compress(header(names="binary") + declared(create)
                         + filled("categorylinks", rows, 2, b",\n") + END.encode(), mtime=0)


@sample("samplewiki-20260101-page_restrictions.sql.gz", "times that never come: infinity with zeros behind it, NULL, empty")
def page_restrictions():
    create = """CREATE TABLE `page_restrictions` (
  `pr_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `pr_page` int(11) NOT NULL,
  `pr_type` varbinary(60) NOT NULL,
  `pr_expiry` varbinary(14) DEFAULT NULL,
  `pr_old_expiry` binary(14) DEFAULT NULL,
  PRIMARY KEY (`pr_id`)
) ENGINE=InnoDB DEFAULT CHARSET=binary;
"""
    rows = [rb"(1,1,'edit','infinity','infinity\0\0\0\0\0\0')", rb"(2,1,'move','20270101000000','20270101000000')",
            rb"(3,2,'edit',NULL,NULL)", rb"(4,2,'move','','\0\0\0\0\0\0\0\0\0\0\0\0\0\0')"]
    return gzip.compress(header() + declared(create) + filled("page_restrictions", rows) + END.encode(), mtime=0)


@sample("types.sql.gz", "a table that is not MediaWiki's, of every type, as MySQL 8 writes it")
def types():
    create = """CREATE TABLE `types` (
  `id` bigint NOT NULL COMMENT 'a comment, with (these) things; and ''quotes''',
  `tiny` tinyint DEFAULT NULL,
  `big` bigint unsigned DEFAULT '0',
  `f` float DEFAULT NULL,
  `d` double DEFAULT NULL,
  `dec_a` decimal(11,8) DEFAULT NULL,
  `dec_b` decimal(38,0) DEFAULT NULL,
  `b` bit(10) DEFAULT NULL,
  `text_a` varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `text_b` mediumtext,
  `blob_a` blob,
  `bytes` binary(4) DEFAULT NULL,
  `set_a` set('a','b c','d') DEFAULT NULL,
  `day_a` date DEFAULT NULL,
  `at` datetime(6) DEFAULT NULL,
  `clock` time DEFAULT NULL,
  `y` year DEFAULT NULL,
  `twice` bigint GENERATED ALWAYS AS ((`id` * 2)) VIRTUAL,
  PRIMARY KEY (`id`),
  KEY `text_a` (`text_a`(10)),
  CONSTRAINT `c` CHECK ((`id` < 1000))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
"""
    columns = ("id tiny big f d dec_a dec_b b text_a text_b blob_a bytes set_a day_a at clock y").split()
    head = "INSERT INTO `types` (" + ", ".join(f"`{name}`" for name in columns) + ") VALUES "
    rows = [rb"(1,-128,9223372036854775807,1.5,-1e-300,-12.50000000,99999999999999999999999999999999999999,b'1111111111','a','b',_binary 'c\0','abcd','a,b c','2026-01-31','2026-01-31 12:30:00.250000','-12:00:01',2026)",
            "(2,127,0,-2.25,0,0.00000001,-1,b'0','é''s','日本',0x00ff10,_binary '\\0\\0\\0\\0','','1000-01-01','1000-01-01 00:00:00.000000','838:59:59',1901)".encode(),
            b"(3" + b",NULL" * 16 + b")",
            rb"(4,0,1,100000,1.7976931348623157e308,999.99999999,0,_binary '\0A','','',0x,x'41424344','d','0000-00-00','0000-00-00 00:00:00.000000','00:00:00',2155)"]
    text = header("MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)", sandbox=False) + declared(create)
    return gzip.compress(text + head.encode() + b",".join(rows).replace(b"0x,", b"'',") + b";\n" + END.encode(), mtime=0)


@sample("mysql-4.0.sql", "a dump of 2005, which has no end mark")
def mysql_4():
    return (b"-- MySQL dump 9.11\n--\n-- Host: benet    Database: samplewiki\n"
            b"-- ------------------------------------------------------\n-- Server version\t4.0.22-log\n\n"
            b"DROP TABLE IF EXISTS `pagelinks`;\nCREATE TABLE `pagelinks` (\n"
            b"  `pl_from` int(8) unsigned NOT NULL default '0',\n  `pl_namespace` int(11) NOT NULL default '0',\n"
            b"  `pl_title` varchar(255) binary NOT NULL default '',\n"
            b"  UNIQUE KEY `pl_from` (`pl_from`,`pl_namespace`,`pl_title`)\n) ENGINE=InnoDB;\n\n"
            b"/*!40000 ALTER TABLE `pagelinks` DISABLE KEYS */;\nLOCK TABLES `pagelinks` WRITE;\n"
            b"INSERT INTO `pagelinks` VALUES (7759,-1,'Recentchanges'),(4016,0,'\\\"Captain\\\"_Lou_Albano');\n"
            b"UNLOCK TABLES;\n/*!40000 ALTER TABLE `pagelinks` ENABLE KEYS */;\n")


@sample("empty-table.sql.gz", "a table without rows")
def empty_table():
    return gzip.compress(pages([]), mtime=0)


@sample("several-tables.sql.bz2", "a whole database: two tables, a view and a trigger")
def several_tables():
    groups = """CREATE TABLE `user_groups` (
  `ug_user` int(10) unsigned NOT NULL DEFAULT 0,
  `ug_group` varbinary(255) NOT NULL DEFAULT '',
  `ug_expiry` varbinary(14) DEFAULT NULL,
  PRIMARY KEY (`ug_user`,`ug_group`)
) ENGINE=InnoDB DEFAULT CHARSET=binary;
"""
    trigger = (b"DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON `user_groups` FOR EACH ROW BEGIN\n"
               b"  SET @x = 'INSERT INTO `page` VALUES (99)';\nEND */;;\nDELIMITER ;\n")
    view = b"/*!50001 CREATE VIEW `v` AS SELECT 1 AS `a` */;\n"
    return bz2.compress(header() + declared(PAGE) + filled("page", PAGES[:3]) + trigger.replace(b"user_groups", b"page")
                        + declared(groups)
                        + b"LOCK TABLES `user_groups` WRITE;\n"
                        + filled("user_groups", [b"(1,'sysop',NULL)", b"(2,'bot','20270101000000')"])
                        + b"UNLOCK TABLES;\n" + view + END.encode())


@sample("compact.sql", "no comments, columns in another order, a row an INSERT, a raw line break in a string, CRLF")
def compact():
    create = "CREATE TABLE `iwlinks` (\n  `iwl_from` int(10) unsigned NOT NULL DEFAULT 0,\n" \
             "  `iwl_prefix` varbinary(32) NOT NULL DEFAULT '',\n  `iwl_title` varbinary(255) NOT NULL DEFAULT ''\n);\n"
    rows = [b"INSERT INTO `iwlinks` (`iwl_title`, `iwl_from`, `iwl_prefix`) VALUES ('a\n(b;''c''',1,'w');\r\n",
            b"INSERT  IGNORE INTO `iwlinks` (`iwl_title`, `iwl_from`, `iwl_prefix`) VALUES ( 'x' , 2 , 'w' ) ,\r\n ('y',3,'w');\r\n",
            b"REPLACE INTO `iwlinks` VALUES (4,'w','z');INSERT INTO `iwlinks` VALUES (5,'w','on the same line');"]
    return create.encode() + b"".join(rows)


@sample("broken/cut-insert.sql", "the file ends within a row")
def cut_insert():
    whole = pages()
    return whole[:whole.index(b"'back") + 3]


@sample("broken/cut-between.sql", "the file ends behind a statement, without the end mark")
def cut_between():
    whole = pages()
    return whole[:whole.index(b"-- Dump completed")]


@sample("broken/no-create.sql", "rows without CREATE TABLE")
def no_create():
    return header() + filled("page", PAGES[:2]) + END.encode()


@sample("broken/missing-quote.sql", "a quote is missing in the second INSERT")
def missing_quote():
    return pages().replace(rb"'back\\slash\\',", rb"'back\\slash\\,")


@sample("broken/unescaped-quote.sql", "a quote too many in the first INSERT")
def unescaped_quote():
    return pages().replace(b"'Main_Page'", b"'Main'Page'")


@sample("broken/wrong-length.sql", "rows with a value too few and one too many")
def wrong_length():
    return pages().replace(b"NULL,2,'de')", b"NULL,2)").replace(b"NULL,3,NULL)", b"NULL,3,NULL,NULL)")


@sample("broken/wrong-types.sql", "a word for a number, a day that does not exist, NULL where none may be")
def wrong_types():
    return (pages().replace(b"(1,0,", b"('one',0,").replace(b"NULL,2,'de'", b"'20250230000000',2,'de'")
            .replace(b"NULL,3,NULL", b"NULL,NULL,NULL"))


@sample("broken/too-large-id.sql", "a number above 2^63 - 1")
def sql_too_large_id():
    return pages().replace(b"4294967295", b"9223372036854775808")


@sample("broken/charset.sql", "a dump in latin1 with texts")
def charset():
    create = "CREATE TABLE `t` (\n  `a` varchar(20) DEFAULT NULL\n) ENGINE=InnoDB DEFAULT CHARSET=latin1;\n"
    return header(names="latin1") + declared(create) + filled("t", [b"('caf\xe9')"]) + END.encode()


@sample("broken/garbage.sql", "text between statements that is no SQL")
def garbage():
    return pages().replace(b"/*!40000 ALTER TABLE `page` DISABLE KEYS */;\n", b"garbage here;\n")
