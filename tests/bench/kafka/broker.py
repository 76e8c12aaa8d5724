"""An Apache Kafka of the benchmark's own, and what it holds. All topics have one partition, and their messages the time
at which the broker got them."""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
KAFKA = f"{HERE}/../../kafka"


class Broker:
    def __init__(self, folder):
        command = ["setpriv", "--pdeathsig", "TERM", "--", f"{KAFKA}/start-kafka", folder]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def kcat(self, *options):
        return ["kcat", "-q", "-b", self.address, *options]

    def create(self, topic):
        subprocess.run([f"{KAFKA}/kafka-class", "org.apache.kafka.tools.TopicCommand", "--bootstrap-server", self.address,
                        "--create", "--topic", topic, "--config", "message.timestamp.type=LogAppendTime"],
                       check=True, stdout=subprocess.DEVNULL)

    def send(self, topic, path, *options):
        with open(path, "rb") as file:
            subprocess.run(self.kcat("-P", "-t", topic, *options), stdin=file, check=True)

    def count(self, topic):
        answer = subprocess.run(self.kcat("-Q", "-t", f"{topic}:0:-1"), check=True, capture_output=True, text=True).stdout
        return int(answer.split()[-1])

    def messages(self, topic, beginning=0):
        """(milliseconds, text) of each message."""
        read = subprocess.run(self.kcat("-C", "-e", "-t", topic, "-p", "0", "-o", str(beginning), "-f", "%T %s\n"),
                              check=True, capture_output=True, text=True).stdout
        for line in read.splitlines():
            time, text = line.split(" ", 1)
            yield int(time), text


class Sender:
    """Sends a message at once: kcat reads blocks of 1,024 bytes, and skips empty lines."""

    def __init__(self, broker, topic):
        self.kcat = subprocess.Popen(broker.kcat("-P", "-t", topic, "-X", "linger.ms=0"), stdin=subprocess.PIPE, bufsize=0)

    def send(self, line):
        self.kcat.stdin.write(line.encode().ljust(1024, b"\n"))

    def close(self):
        self.kcat.stdin.close()
        self.kcat.wait()
