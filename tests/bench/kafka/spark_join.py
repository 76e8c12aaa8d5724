"""The same join by Spark Structured Streaming, as its guide has it: a join of two streams.

usage: spark_join.py BROKER CUSTOMERS EVENTS JOINED FOLDER
"""

import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, concat_ws, explode, expr, from_json, substring, unbase64

broker, customers_topic, events_topic, joined_topic, folder = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.jars", os.environ["SPARK_JARS"])
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "2")  # 200 by default
    .getOrCreate()
)


def stream(topic):
    options = {"kafka.bootstrap.servers": broker, "subscribe": topic, "startingOffsets": "earliest"}
    return spark.readStream.format("kafka").options(**options).load().withColumn("value", col("value").cast("string"))


change = from_json("value", "key string, zSetEntries array<struct<element: string>>")
changes = stream(customers_topic).select(change.alias("c"))
elements = changes.where("c.key = 'Q3VzdG9tZXI='").select(explode("c.zSetEntries.element").alias("element"))
customer = from_json(unbase64("element").cast("string"), "email string, birthDay string")
customers = elements.select(customer.alias("c")).select("c.email", substring("c.birthDay", 1, 4).alias("birthYear"))
events = stream(events_topic).select(
    from_json("value", "customer string, score string").alias("e"),
    concat_ws(":", "topic", "partition", "offset").alias("position")).select("e.*", "position")
joined = events.join(customers, expr("customer = email")).selectExpr(
    "to_json(struct(customer, score, email, birthYear, position)) as value")
(
    joined.writeStream.format("kafka")
    .options(**{"kafka.bootstrap.servers": broker, "topic": joined_topic, "checkpointLocation": folder})
    .start()
    .awaitTermination()
)
