"""Reads the lake with Spark: the tables, what is in them, and a join."""

import os

from pyspark.sql import SparkSession

lake = os.environ["LAKE"]
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
for table in "attempts", "questions":
    spark.read.parquet(f"{lake}/{table}").createOrReplaceTempView(table)

for name, column in spark.table("attempts").dtypes:
    print(name, column)
for query in (
    "select count(*) from attempts",
    "select day, count(*) from attempts group by day order by day",
    """select keen_id, started_at, get(sequences.questions, 0).user_correct, size(sequences.questions) from attempts
        order by keen_id""",
    """select q.keen_id, a.max_attempts, q.id from attempts a join questions q on a.keen_id = q.keen_id
        order by q.keen_id, q.id""",
):
    print()
    for row in spark.sql(query).collect():
        print(*row, sep="|")
spark.stop()
