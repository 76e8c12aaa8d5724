"""The work that is measured: which, on what input."""

import functools
import os
from dataclasses import dataclass
from typing import Callable

import inputs
from commands import TOP


@dataclass
class Task:
    title: str
    work: str  # one of commands.COMMANDS
    files: list
    records: int  # in all files
    make: Callable  # writes the files

    def bytes(self):
        return sum(map(os.path.getsize, self.files))


def join_task(folder, count):
    files = [f"{folder}/customers-{count}", f"{folder}/events-{count}"]

    def make():
        inputs.write_customers(files[0], count)
        inputs.write_events(files[1], count, False)

    return Task("join", "join", files, 2 * count, make)


def all_tasks(folder, count, join_count):
    """Of count records each, of join_count customers and as many events for join."""
    def task(title, work, name, records, write, *arguments):
        path = f"{folder}/{name}"
        return Task(title, work, [path], records, functools.partial(write, path, records, *arguments))

    return [
        task("redis-decode", "customers", "changes", count, inputs.write_changes, False),
        task("redis-decode, names", "customers", "named-changes", count, inputs.write_changes, True),
        task("events-decode", "events", "events", count, inputs.write_events, False),
        task("events-decode, names", "events", "named-events", count, inputs.write_events, True),
        task("events-decode -J", "envelopes", "envelopes", count, inputs.write_envelopes),
        task("events-decode -e", "questions", "attempts", count // 10, inputs.write_attempts,
             f"{TOP}/scripts/assessments/generate"),
        join_task(folder, join_count),
    ]
