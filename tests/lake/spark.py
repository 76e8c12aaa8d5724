"""Reads the lake with Spark and Delta's connector: the tables, what is in them, and a join."""

import os
from pathlib import Path

from pyspark.sql import SparkSession

lake = os.environ["LAKE"]
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.jars", ",".join(map(str, Path(os.environ["JARS"]).glob("*.jar"))))
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")  # it runs too shortly for more
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.databricks.delta.snapshotPartitions", "1")
    .getOrCreate()
)
for table in "attempts", "questions", "per_day":
    spark.read.format("delta").load(f"{lake}/{table}").createOrReplaceTempView(table)
copy = os.environ.get("COPY")
if copy:
    spark.read.parquet(copy).createOrReplaceTempView("copy")

for name, column in spark.table("attempts").dtypes:
    print(name, column)
for query in (
    "select count(*) from attempts",
    "select day, count(*) from attempts group by day order by day",
    """select keen_id, started_at, get(sequences.questions, 0).user_correct, get(sequences.questions, 0).asked,
        size(sequences.questions), stars from attempts order by keen_id""",
    """select q.keen_id, a.max_attempts, q.id from attempts a join questions q on a.keen_id = q.keen_id
        order by q.keen_id, q.id""",
    "select * from per_day order by day",
    *(["select day, count(*) from copy group by day order by day"] if copy else []),
):
    print()
    for row in spark.sql(query).collect():
        print(*row, sep="|")
spark.stop()
