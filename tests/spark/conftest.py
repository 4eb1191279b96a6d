"""Spark itself, one for all tests."""
import os
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

# Spark's rows have the machine's own time.
os.environ["TZ"] = "UTC"
time.tzset()


@pytest.fixture(scope="session")
def one_cluster(tmp_path_factory):
    import clusters
    cluster = clusters.Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.end()


@pytest.fixture
def cluster(one_cluster):
    """A master with two workers, though another test has killed one."""
    one_cluster.mend()
    return one_cluster


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A local Spark on two cores, with Hive's catalogue."""
    import clusters
    from pyspark.sql import SparkSession
    os.environ.update(clusters.ENVIRONMENT)
    folder = tmp_path_factory.mktemp("metastore")
    configuration = {
        **clusters.CONFIGURATION, "spark.driver.memory": "1g", "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:metastore;create=true",
        "spark.driver.extraJavaOptions": f"{clusters.QUICK_JAVA} -Dderby.stream.error.file={folder}/derby.log"}
    builder = SparkSession.builder.master("local[2]").enableHiveSupport()
    for name, value in configuration.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def source(spark):
    """The same, with the data source."""
    pytest.importorskip("mwparquet.spark", reason="the Python package is not installed").register(spark)
    return spark
