#!/usr/bin/env python3
"""All that `make bench` compares is there, and writes the same: the same bytes, or the same JSON values in its own form."""

import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import commands
import tasks


def values(text, work):
    """The records, each in one form; DuckDB joins them in an order of its own."""
    records = [json.dumps(json.loads(line), sort_keys=False) for line in text.splitlines()]
    return sorted(records) if work == "join" else records


def check(number, task, tool, ours):
    run = subprocess.run(commands.command(task.work, tool, task.files), stdout=subprocess.PIPE, check=False)
    theirs = run.stdout.decode()
    same = "bytes" if theirs == ours else "values"
    good = run.returncode == 0 and ours and (same == "bytes" or values(theirs, task.work) == values(ours, task.work))
    print(f"{'ok' if good else 'not ok'} {number} - {task.title}: {tool} writes the same {same}")
    if not good:
        print(f"# status {run.returncode}, {len(theirs)} bytes; it begins {theirs[:200]!r}, ours {ours[:200]!r}")
    return good


def main():
    count, failed = 0, False
    with tempfile.TemporaryDirectory() as folder:
        for task in tasks.all_tasks(folder, 2000, 2000):
            task.make()
            ours = subprocess.run(commands.command(task.work, commands.OURS, task.files), stdout=subprocess.PIPE,
                                  check=True).stdout.decode()
            for tool in list(commands.COMMANDS[task.work])[1:]:
                count += 1
                failed |= not check(count, task, tool, ours)
    print(f"1..{count}")
    return failed


sys.exit(main())
