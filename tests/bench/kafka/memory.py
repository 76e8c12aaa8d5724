"""The memory of a process and all that it has started."""

import glob
import re
import threading


def processes():
    """{process: its parent}"""
    found = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                number, parent = re.match(r"(\d+) .*\) \S (\d+)", file.read(), re.S).groups()
        except OSError:  # it has ended
            continue
        found[int(number)] = int(parent)
    return found


def tree(root):
    parents = processes()

    def belongs(process):
        while process in parents and process != root:
            process = parents[process]
        return process == root

    return [process for process in parents if belongs(process)]


def share(process):
    """KiB that it has, of what it shares its part."""
    try:
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"^Pss:\s*(\d+)", file.read(), re.M)[1])
    except (OSError, TypeError):  # it has ended
        return 0


class Peak(threading.Thread):
    """Looks five times a second, until stop() returns the peak in MiB."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.peak, self.ended = root, 0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.2):
            self.peak = max(self.peak, sum(map(share, tree(self.root))))

    def stop(self):
        self.ended.set()
        self.join()
        return self.peak / 1024
