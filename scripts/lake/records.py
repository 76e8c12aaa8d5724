"""Records of JSON as a table of declared columns: each value as it is, or its record is told apart, with the reason."""

import collections
import contextlib
import json
import re
import sys
from decimal import Decimal

from lake import NAME, ODD, Failure

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

sys.setrecursionlimit(10_000)  # the filters let pass what is nested 1,000 deep
EXACT = {"bool", "int8", "int16", "int32", "int64", "double", "string", "date32[day]", "timestamp[us]",
         "timestamp[us, tz=UTC]"}
# a double may not hold every digit of numbers that are as long, or have an exponent
LONG = re.compile(rb"[:,\[] ?-?([\d.]{16}|[\d.]+[eE])[\d.eE+-]*")


class Number(str):
    """A number as it was written."""


class Columns:
    """What COLUMNS and DAY say: the schema of the records, and the day of each."""

    def __init__(self, columns, day):
        self.sql = duckdb.connect(config={"threads": 2})
        self.day = day
        try:
            self.sql.execute(f"set TimeZone = 'UTC'; create table declared({columns})")
            self.schema = self.sql.execute("from declared").to_arrow_table().schema
            found = self.sql.execute(f"select ({day}) as day from declared").description[0][1]
            constraints = self.sql.execute("select constraint_text from duckdb_constraints()").fetchall()
        except duckdb.Error as error:
            raise Failure(f"COLUMNS or DAY is wrong: {error}") from None
        if str(found) != "DATE":
            raise Failure(f"DAY is no date: {found}")
        if constraints:
            raise Failure(f"COLUMNS has a constraint: {constraints[0][0]}")
        if "day" in map(str.lower, self.schema.names):
            raise Failure("COLUMNS has a column day, as the partition")
        for path, kind in leaves(self.schema):
            if str(kind) not in EXACT and not pa.types.is_decimal128(kind):
                raise Failure(f"COLUMNS: {path} is of a type that a table can't hold exactly: {kind}")
            if ODD.search(path):
                raise Failure(f"COLUMNS: a name may not have a blank or one of , ; {{ }} ( ) =: {path!r}")
        self.struct = pa.struct(list(self.schema))
        self.has_doubles = any(kind == pa.float64() for _, kind in leaves(self.schema))

    def days(self, records):
        """The day of each record, null where it has none."""
        return self.sql.execute(f"select try(({self.day})) as day from records").to_arrow_table()["day"]


def inner(kind):
    """The fields within a type; the elements of a list have the name []."""
    if pa.types.is_struct(kind):
        return list(kind)
    return [pa.field("[]", kind.value_type)] if pa.types.is_list(kind) else []


def join(path, name):
    return f"{path}.{name}".removeprefix(".").replace(".[]", "[]")


def leaves(fields, path=""):
    for field in fields:
        where = join(path, field.name)
        yield from leaves(inner(field.type), where) if inner(field.type) else [(where, field.type)]


def differences(declared, there, path=""):
    """What a table can't become by columns that are added."""
    there = {field.name.lower(): field for field in there}
    for field in declared:
        other = there.get(field.name.lower(), field)
        where = join(path, field.name)
        if field.name != other.name:
            yield f"{where} is {other.name} in the table"
        elif inner(field.type) and type(field.type) is type(other.type):
            yield from differences(inner(field.type), inner(other.type), where)
        elif field.type != other.type:
            yield f"{where} is {other.type} in the table, {field.type} in COLUMNS"


def as_text(kind):
    """The type to read a value as first: Arrow takes times of any zone, or none, for each other, and no dates."""
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, as_text(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(as_text(kind.value_type))
    return pa.string() if pa.types.is_temporal(kind) else kind


def read(lines, struct, keys="ignore"):
    """The table of these lines; ArrowInvalid where one of them does not fit."""
    schema = pa.schema(list(struct))
    if not lines:
        return schema.empty_table()
    records = pyarrow.json.read_json(
        pa.BufferReader(b"\n".join(lines)),
        pyarrow.json.ReadOptions(block_size=max(1 << 20, max(map(len, lines)) + 2)),
        pyarrow.json.ParseOptions(explicit_schema=pa.schema(list(as_text(struct))), unexpected_field_behavior=keys),
    ).select(schema.names).cast(schema)
    records.validate(full=True)  # decimals that are too long
    if len(records) != len(lines):
        raise pa.ArrowInvalid("not one record a line")
    return records


def loaded(line, **options):
    try:
        record = json.loads(line, **options)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise Failure("not every line that DECODER wrote is one JSON object")
    return record


def misfit(line, struct, holds):
    """Where a value is not what its type holds, and what is there; None where all fit."""
    return unfit(loaded(line, parse_int=Number, parse_float=Number), struct, holds)


def unfit(value, kind, holds, path=""):
    if value is None:
        return None
    if pa.types.is_struct(kind) and isinstance(value, dict):
        parts = ((value.get(field.name), field.type, holds, f"{path}.{field.name}") for field in kind)
    elif pa.types.is_list(kind) and isinstance(value, list):
        parts = ((element, kind.value_type, holds, f"{path}[{n}]") for n, element in enumerate(value))
    else:
        name = "a struct" if pa.types.is_struct(kind) else "a list" if pa.types.is_list(kind) else kind
        return None if holds(kind, value) else f"{path[1:]}: {name} can't hold {shown(value)}"
    return next(filter(None, (unfit(*part) for part in parts)), None)


def shown(value):
    text = value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
    return {dict: "an object", list: "an array"}.get(type(value), text[:100])


def reads(kind, value):
    """Whether Arrow reads a value as this type."""
    text = value if isinstance(value, Number) else json.dumps(value)
    with contextlib.suppress(pa.ArrowInvalid):
        return bool(read([f'{{"x":{text}}}'.encode()], pa.struct([("x", kind)])))


def keeps_digits(kind, value):
    """Whether a double, written with as many digits as the number has, is that number."""
    if kind != pa.float64() or not isinstance(value, Number):
        return True
    double = float(value)
    digits = len(re.sub("[eE].*|[.-]", "", value).lstrip("0")) or 1
    if repr(double) == value:
        return True
    with contextlib.suppress(ArithmeticError):  # an exponent beyond all bounds
        return Decimal(f"{double:.{digits - 1}e}") == Decimal(value)
    return False


def doubtful(lines):
    """The numbers of lines with a number of more digits than a double has."""
    long = pc.match_substring_regex(pa.array(lines, pa.binary()), LONG.pattern.decode())
    for n in pc.indices_nonzero(long).to_pylist():
        for found in LONG.finditer(lines[n]):
            with contextlib.suppress(ValueError):  # it is part of a string
                if not keeps_digits(pa.float64(), Number(found[0].lstrip(b":,[ ").decode())):
                    yield n
                    break


def undeclared(value, kind, path=""):
    """The paths of the keys that the type does not have."""
    if isinstance(value, dict) and pa.types.is_struct(kind):
        for key, member in value.items():
            where = f"{path}.{key if NAME.fullmatch(key) else json.dumps(key[:100])}"
            if kind.get_field_index(key) < 0:
                yield where[1:]
            elif isinstance(member, (dict, list)):
                yield from undeclared(member, kind.field(key).type, where)
    elif isinstance(value, list) and pa.types.is_list(kind):
        for element in value:
            yield from undeclared(element, kind.value_type, f"{path}[]")


def unreadable(lines, struct, first=0):
    """The numbers of lines that Arrow can't read: by parts, until one is left."""
    try:
        read(lines, struct)
    except pa.ArrowInvalid:
        if len(lines) == 1:
            yield first
            return
        step = -(-len(lines) // 16)
        for at in range(0, len(lines), step):
            yield from unreadable(lines[at : at + step], struct, first + at)


def without(items, bad):
    return [item for n, item in enumerate(items) if n not in bad] if bad else items


class Records:
    """The records of a batch: those that fit, with their day, as a table; the lines and reasons of the others; and how
    often each key was there that is not declared."""

    def __init__(self, columns, lines):
        self.struct = columns.struct
        self.undeclared = collections.Counter()
        doubts = doubtful(lines) if columns.has_doubles else ()
        bad = {n: misfit(lines[n], columns.struct, keeps_digits) for n in doubts}
        bad = {n: reason for n, reason in bad.items() if reason}
        try:
            records = read(without(lines, bad), columns.struct, "error")
        except pa.ArrowInvalid:
            for line in lines:
                self.undeclared.update(undeclared(loaded(line), columns.struct))
            bad = {**dict.fromkeys(unreadable(lines, columns.struct), ""), **bad}
            records = read(without(lines, bad), columns.struct)
        good = without(range(len(lines)), bad)
        days = columns.days(records)
        for at in pc.indices_nonzero(days.is_null()).to_pylist():
            bad[good[at]] = "has no day"
        self.table = records.append_column(pa.field("day", pa.date32()), days).filter(days.is_valid())
        self.bad = [(lines[n], bad[n]) for n in sorted(bad)]

    def reasons(self, count):
        """What is wrong with the first of the others."""
        for line, reason in self.bad[:count]:
            yield reason or misfit(line, self.struct, reads) or self.error(line)

    def error(self, line):
        try:
            read([line], self.struct)
        except pa.ArrowInvalid as error:
            return str(error)
