"""How each tool is asked to do the work that is measured; $1 and $2 are the files that it reads."""

import glob
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = "stedi-pipes"

JQ_CUSTOMERS = ('select(.key == "Q3VzdG9tZXI=") | .zSetEntries[].element | @base64d | fromjson'
                " | {customerName, email, phone, birthDay, birthYear: .birthDay[0:4]}")
JQ_EVENTS = "{customer, score, riskDate}"
JQ_ENVELOPES = (". as {$topic, $partition, $offset} | .payload | fromjson"
                r' | {customer, score, riskDate, position: "\($topic):\($partition):\($offset)"}')
JQ_QUESTIONS = ".keen_id as $keen_id | .sequences.questions[]? | {keen_id: $keen_id, id, user_correct}"

SQL_CUSTOMERS = """select c.* from (
    select from_json(decode(from_base64(unnest(zSetEntries).element)), '{"customerName": "varchar", "email": "varchar",
        "phone": "varchar", "birthDay": "varchar"}') as c
    from read_ndjson('$1', columns = {key: 'varchar', zSetEntries: 'struct(element varchar)[]'})
    where key = 'Q3VzdG9tZXI=')"""
SQL_CUSTOMERS = f"select *, birthDay[:4] as birthYear from ({SQL_CUSTOMERS})"
SQL_EVENTS = "select * from read_ndjson('$1', columns = {customer: 'varchar', score: 'json', riskDate: 'varchar'})"
SQL_QUESTIONS = """select keen_id, q.id, q.user_correct from (select keen_id, unnest(sequences.questions) as q
    from read_ndjson('$1', columns = {keen_id: 'varchar',
        sequences: 'struct(questions struct(id varchar, user_correct boolean)[])'}))"""
SQL_JOIN = """select customer, score::varchar as score, email, birthYear
    from read_ndjson('$2', columns = {customer: 'varchar', score: 'json'})
    join read_ndjson('$1', columns = {email: 'varchar', birthYear: 'varchar'}) on customer = email"""

MLR_JOIN = ["join", "-u", "-f", "$1", "-l", "email", "-r", "customer", "-j", "customer",
            "then", "put", "$email = $customer; $score = string($score)",
            "then", "cut", "-o", "-f", "customer,score,email,birthYear"]


def jq(text):
    return {tool: [tool, "-c", text, "$1"] for tool in ("jq", "jaq")}


def duckdb(query):
    return {"DuckDB": ["duckdb", "-c", f"set threads = 1; copy ({query}) to '/dev/stdout' (format json)"]}


def miller(*verbs):
    return {"Miller": ["mlr", "--ijsonl", "--ojsonl", *verbs]}


def written_here(work):
    """The programs of the folder rivals."""
    return {"Python script": ["python", work, "$1"], "jansson tree": ["jansson", work, "$1"],
            "simdjson on-demand": ["simdjson", work, "$1"]}


AT = "sequences.questions"
COMMANDS = {
    "customers": {OURS: ["redis-decode", "$1"],
                  **jq(JQ_CUSTOMERS), **duckdb(SQL_CUSTOMERS), **written_here("customers")},
    "events": {OURS: ["events-decode", "$1"],
               **jq(JQ_EVENTS), **miller("cut", "-o", "-f", "customer,score,riskDate", "$1"), **duckdb(SQL_EVENTS),
               **written_here("events")},
    "envelopes": {OURS: ["events-decode", "-J", "$1"], **jq(JQ_ENVELOPES)},
    "questions": {OURS: ["events-decode", "-e", AT, "-f", f"keen_id,id={AT}.id,user_correct={AT}.user_correct", "$1"],
                  **jq(JQ_QUESTIONS), **duckdb(SQL_QUESTIONS), **written_here("questions")},
    "join": {OURS: ["join", "$1", "$2"],
             **miller(*MLR_JOIN, "$2"), **duckdb(SQL_JOIN), "Python script": ["python", "join", "$1", "$2"]},
}


def fail(reason):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {reason}")


def program(name):
    """The path of a program; that one is missing is never passed over."""
    if os.path.isdir(f"{TOP}/{name}"):
        places = [f"{os.environ.get('PROGRAMS', f'{TOP}/{name}')}/{name}"]  # and never join(1)
    else:
        brought = glob.glob(f"{TOP}/build/lake/lib/python3*/site-packages/duckdb_cli/{name}")
        places = [f"{TOP}/build/bench/{name}", f"{TOP}/build/jaq/bin/{name}", f"{TOP}/tests/bench/rivals/{name}", *brought,
                  name]
    for path in places:
        if found := shutil.which(path):
            return found
    return fail(f"{name} is missing: make check-bench installs and builds all that is compared")


def command(work, tool, files):
    words = COMMANDS[work][tool]
    for number, file in enumerate(files, 1):
        words = [word.replace(f"${number}", file) for word in words]
    return [program(words[0]), *words[1:]]


def versions():
    """What each tool says of itself, or its header does."""
    texts = {name: subprocess.run([program(name), "--version"], check=True, capture_output=True, text=True).stdout
             for name in ("jq", "jaq", "mlr", "duckdb", "python3")}
    for name in ("jansson", "simdjson"):
        with open(f"/usr/include/{name}.h", encoding="utf-8") as file:
            texts[name] = re.search(rf"define {name.upper()}_VERSION\s.*", file.read())[0]
    return {name: re.search(r"\d+(\.\d+)+", text)[0] for name, text in texts.items()}
