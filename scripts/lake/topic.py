"""A topic of Kafka, as kcat reads it."""

import collections
import contextlib
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from lake import Failure

AHEAD = 8  # partitions that are read at the same time
PLACE = re.compile(rb'"offset":(\d+),"tstype":"[a-z]*","ts":(-?\d+),')
READ = ["-C", "-J", "-e", "-X", "auto.offset.reset=error", "-X", "fetch.error.backoff.ms=50"]


def connection():
    """kcat's command, and the brokers: one named in kcat's own configuration counts unless KAFKA_BROKER names one."""
    path = Path(os.environ.get("KCAT_CONFIG") or Path.home() / ".config/kcat.conf")
    named = path.is_file() and re.findall(
        r"^\s*(?:bootstrap\.servers|metadata\.broker\.list)\s*=\s*(.*)", path.read_text(), re.MULTILINE)
    broker = os.environ.get("KAFKA_BROKER") or (named[0] if named else "localhost:9092")
    return ["kcat", "-q"] if named and not os.environ.get("KAFKA_BROKER") else ["kcat", "-q", "-b", broker], broker


class Topic:
    def __init__(self, name):
        self.name = name
        self.kcat, self.broker = connection()

    def ask(self, *arguments):
        done = subprocess.run([*self.kcat, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done.stdout if done.returncode == 0 else b""

    def partitions(self):
        answer = self.ask("-L", "-J", "-m", "5")
        if not answer:
            raise Failure(f"the broker at {self.broker} doesn't answer")
        found = [topic["partitions"] for topic in json.loads(answer)["topics"] if topic["topic"] == self.name]
        if not found:
            raise Failure(f"there is no topic {self.name} at {self.broker}")
        if not found[0] or any(partition["leader"] < 0 or "error" in partition for partition in found[0]):
            raise Failure(f"topic {self.name}: not all partitions have a leader")
        return [partition["partition"] for partition in found[0]]

    def offsets(self, partitions, which):
        """By partition, the offset of the first message (which is -2), or of the next to come (-1)."""
        asked = [text for partition in partitions for text in ("-t", f"{self.name}:{partition}:{which}")]
        answer = re.findall(rb"\[(\d+)\] offset (\d+)$", self.ask("-Q", *asked), re.MULTILINE)
        if len(answer) != len(partitions):
            raise Failure(f"topic {self.name}: its offsets can't be had")
        return {int(partition): int(offset) for partition, offset in answer}

    def time_of(self, partition, offset):
        """When the message at this offset was sent, None where there is none."""
        found = PLACE.search(self.ask(*READ, "-t", self.name, "-p", str(partition), "-o", str(offset), "-c", "1"))
        return int(found[2]) if found and int(found[1]) == offset else None

    def read(self, ranges, sink):
        """Writes the messages of (partition, first offset, offset behind the last) to the file sink, and closes it.
        Returns by partition the offset to go on from, and the offset and time of the last message, if any."""
        waiting, running, ends = collections.deque(ranges), collections.deque(), {}
        with contextlib.suppress(BrokenPipeError), sink:  # of a decoder that ended early, the status tells
            while waiting or running:
                while waiting and len(running) < AHEAD:
                    running.append(Reader(self, *waiting.popleft()))
                reader = running.popleft()
                ends[reader.partition] = reader.copy(sink)
        return ends


class Reader:
    """A kcat that reads a range. Offsets may have gaps, and the partition may grow: it stops at as many messages as
    fit in between, or at the partition's end."""

    def __init__(self, topic, partition, first, end):
        self.place, self.partition, self.first, self.count = f"{topic.name}[{partition}]", partition, first, end - first
        self.log = tempfile.TemporaryFile()
        self.kcat = subprocess.Popen(
            [*topic.kcat, "-v", *READ, "-t", topic.name, "-p", str(partition), "-o", str(first), "-c", str(self.count)],
            stdout=subprocess.PIPE, stderr=self.log)

    def copy(self, sink):
        count, last = 0, b""
        while part := self.kcat.stdout.read1(1 << 16):
            sink.write(part)
            count += part.count(b"\n")
            last += part
            last = last[last.rfind(b"\n", 0, -1) + 1 :]
        status = self.kcat.wait()
        self.log.seek(0)
        log = self.log.read().decode(errors="replace")
        if status:
            raise Failure(f"kcat ended with status {status}: {' '.join(log.splitlines()[-3:])}")
        place = PLACE.search(last)
        end = re.findall(r"% Reached end of .* at offset (\d+): exiting$", log, re.MULTILINE)
        if not end and count != self.count:
            raise Failure(f"kcat ended before {self.place}@{self.first + self.count}")
        after = int(end[0]) if end else int(place[1]) + 1
        if after <= self.first:
            raise Failure(f"{self.place} ends at {after}, and not at {self.first + self.count}")
        return after, *([int(place[1]), int(place[2])] if place else [])
