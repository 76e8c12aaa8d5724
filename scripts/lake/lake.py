"""What the programs of the lake share: where it is, its tables, and how they say that something is wrong."""

import contextlib
import fcntl
import hashlib
import os
import re
import signal
import sys
from pathlib import Path

try:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError
except ImportError:  # then they are in an environment of their own
    python = Path(__file__).resolve().parents[2] / "build/lake/bin/python3"
    if not python.exists() or sys.executable == str(python):
        sys.exit(f"{Path(sys.argv[0]).name}: deltalake is missing: run scripts/need-packages.sh lake")
    os.execv(python, [python, "-B", *sys.argv])

signal.signal(signal.SIGINT, signal.SIG_DFL)

LAKE = os.environ.get("LAKE") or "lake"
REMOTE = "://" in LAKE
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
ODD = re.compile(r"[ ,;{}()\n\t=\0]")  # what Spark does not take in a column's name


class Failure(Exception):
    """What can't be done, in words for the user."""


FAILURES = (Failure, DeltaError, OSError)


def say(text):
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(f"{Path(sys.argv[0]).name}: {text}", file=sys.stderr, flush=True)


def run(main):
    """Calls main(), and ends with what it returns, or with what went wrong."""
    try:
        sys.exit(main())
    except BrokenPipeError:  # who reads has what it wants
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
    except FAILURES as failure:
        say(failure)
    sys.exit(1)


def usage(text):
    print(text, end="")
    sys.exit()


def wrong_usage(reason):
    say(f"{reason}\n" f"Try '{Path(sys.argv[0]).name} --help'.")
    sys.exit(2)


def place(table):
    return f"{LAKE}/{table}" if REMOTE else str(Path(LAKE).absolute() / table)


def storage(path):
    """The files in a folder of the lake, wherever that is, by pyarrow, which takes its time to load."""
    from deltalake.fs import DeltaStorageHandler
    from pyarrow.fs import LocalFileSystem, PyFileSystem, SubTreeFileSystem

    return PyFileSystem(DeltaStorageHandler(path)) if REMOTE else SubTreeFileSystem(path, LocalFileSystem())


def write(files, name, data):
    if not REMOTE:
        Path(files.base_path).mkdir(parents=True, exist_ok=True)
    # in one piece: deltalake's streams take bytes, and no buffers, which pyarrow would hand them
    with files.open_output_stream(name, buffer_size=len(data) + 1) as file:
        file.write(data)


def open_table(table):
    """The table as it is now, or None where it is not there yet."""
    try:
        return DeltaTable(place(table))
    except TableNotFoundError:
        return None


def table_of(table):
    delta = open_table(table)
    if not delta:
        raise Failure(f"there is no table {table} in {LAKE}")
    return delta


def names():
    """The names of all tables."""
    if not REMOTE and not Path(LAKE).is_dir():
        raise Failure(f"there is no lake at {LAKE}")
    if REMOTE:
        from pyarrow.fs import FileSelector

        folders = [file.path for file in storage(LAKE).get_file_info(FileSelector("")) if not file.is_file]
    else:
        folders = [log.parent.name for log in Path(LAKE).glob("*/_delta_log")]
    return sorted(name for name in folders if NAME.fullmatch(name))


@contextlib.contextmanager
def lock(table):
    """One at a time may write to a table from this machine."""
    if REMOTE:
        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "stedi-pipes"
        path = state / f"{hashlib.sha256(place(table).encode()).hexdigest()[:16]}.lock"
    else:
        path = Path(place(table)) / "_lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{table}: waiting for another landing to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def compact(delta):
    """Makes a file of each day's files. Who reads the old ones has a week's time to end; then they are removed."""
    delta.optimize.compact()
    delta.vacuum(dry_run=False, full=True)
