"""Shows what was measured: as tables of Markdown, in README.md where that is wanted, and as a chart."""

import os
import platform
import re
import subprocess
import tempfile

from commands import OURS, TOP, fail, versions

HERE = os.path.dirname(os.path.abspath(__file__))


def table(head, rows):
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def shown(tool):
    return f"**{tool}**" if tool == OURS else tool


def tools(results):
    """In the order of the first task, then what only others have."""
    return list(dict.fromkeys(tool for _, _, _, measured in results for tool in measured))


def speeds(results):
    for title, records, size, measured in results:
        ours = measured[OURS][0]
        for tool, (cpu, peak) in measured.items():
            yield [f"**{title}**" if tool == OURS else tool, f"{records / cpu:,.0f}", f"{size / cpu / 1e6:,.1f}",
                   f"{peak:,.1f}", "1" if tool == OURS else f"{cpu / ours:,.1f}"]


def machine(load):
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    with open("/etc/os-release", encoding="utf-8") as file:
        system = re.search(r'PRETTY_NAME="(.*)"', file.read())
    return (f"{model[1] if model else 'unknown processor'}, {os.cpu_count()} cores, {system[1] if system else ''}, "
            f"{platform.system()} {platform.release()}; load at the start {load:.1f}")


def text(results, start, growth, load):
    yield f"{machine(load)}."
    yield ""
    yield "; ".join(f"{name} {version}" for name, version in versions().items()) + "."
    yield ""
    yield from table(["program", "records/s", "MB/s", "peak MiB", "ours is times as fast"], speeds(results))
    yield ""
    yield from table(["one event"] + [shown(tool) for tool in start],
                     [["ms of the processor"] + [f"{ms:.1f}" for ms in start.values()]])
    yield ""
    sizes, decode, join, peak = zip(*growth)
    yield from table(["customers, and as many events"] + [f"{size:,}" for size in sizes],
                     [["events-decode, seconds"] + [f"{seconds:.2f}" for seconds in decode],
                      ["join, seconds"] + [f"{seconds:.2f}" for seconds in join],
                      ["join, peak MiB"] + [f"{mib:,.0f}" for mib in peak],
                      ["join, bytes a customer"] + [f"{mib * 2**20 / size:.0f}" for mib, size in zip(peak, sizes)]])


def claim(results):
    """What the first lines of README.md say of the tables."""
    measured = {title: (records, measured) for title, records, _, measured in results}

    def speed(title):
        records, tools = measured[title]
        return f"{records / tools[OURS][0]:,.0f}"

    _, tools = measured["events-decode"]
    yield (f"**Fast.** `events-decode` does {speed('events-decode')} records/s on one processor, "
           f"{tools['jq'][0] / tools[OURS][0]:,.1f} times what jq does; `stedi-join` does {speed('join')}.")


def chart(results, growth, path):
    """By gnuplot; a tool that does not do a task leaves a gap."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/speed", "w", encoding="utf-8") as file:
            print("\t".join(["task", *tools(results)]), file=file)
            for title, records, _, measured in results:
                values = [f"{records / measured[tool][0]:.0f}" if tool in measured else "?" for tool in tools(results)]
                print("\t".join([title.replace(", ", "\\n").replace(" -", "\\n-"), *values]), file=file)
        with open(f"{folder}/growth", "w", encoding="utf-8") as file:
            for size, *figures in growth:
                print(size / 1e6, *figures, file=file)
        subprocess.run(["gnuplot", "-c", f"{HERE}/chart.gp", folder, path, str(len(tools(results)))], check=True)


def replace_in_readme(name, lines):
    with open(f"{TOP}/README.md", encoding="utf-8") as file:
        before = file.read()
    after, count = re.subn(rf"(<!-- {name} -->\n).*(<!-- /{name} -->)", lambda m: f"{m[1]}{lines}{m[2]}", before, flags=re.S)
    count == 1 or fail(f"README.md has no place for the figures of {name}")
    with open(f"{TOP}/README.md", "w", encoding="utf-8") as file:
        file.write(after)


def write(results, start, growth, load, into_readme):
    lines = "".join(f"{line}\n" for line in text(results, start, growth, load))
    print(lines, end="")
    chart(results, growth, f"{HERE}/bench.svg" if into_readme else f"{TOP}/build/bench/bench.svg")
    if into_readme:
        replace_in_readme("bench", lines)
        replace_in_readme("speed", "".join(f"{line}\n" for line in claim(results)))
