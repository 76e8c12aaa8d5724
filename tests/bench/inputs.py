"""Makes what the benchmarks read; the same each time."""

import base64
import json
import subprocess

NAMES = [
    "José García", "Zoë Müller", "Søren Ærø", "Łukasz Żak", "Tomáš Dvořák", "Nguyễn Văn An", "Иван Петров", "Ελένη Παππά",
    "محمد علي", "דוד כהן", "王小明", "山田太郎", "김민수", "प्रिया शर्मा", "สมชาย ใจดี", "አበበ ቢቂላ", "Renée O'Brien 🎾",
]


def shuffled(number, count):
    """A number below count that looks random: each comes once where 2,654,435,761 and count have no factor in common."""
    return number * 2654435761 % count


def email(number, names):
    if not names:
        return f"customer.{number:08d}@test.com"
    return f"{NAMES[number % len(NAMES)].replace(' ', '.')}.{number:06d}@test.com"


def customer(number, names):
    """STEDI's record of a customer; of those with names, each second one is escaped."""
    name = NAMES[number % len(NAMES)] if names else f"Customer {number}"
    day = f"{1930 + number * 7 % 80}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    record = {"customerName": name, "email": email(number, names), "phone": "8015551212", "birthDay": day}
    return json.dumps(record, ensure_ascii=number % 2 == 0, separators=(",", ":"))


def event(number, who, names):
    text = json.dumps(email(who, names), ensure_ascii=number % 2 == 0)
    return f'{{"customer":{text},"score":{number % 90 - 30}.5,"riskDate":"2020-09-14T07:54:{number % 60:02d}.417Z"}}'


def write(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def change(record):
    """What a Redis source puts on Kafka for a ZADD."""
    entries = f'[{{"element":"{base64.b64encode(record.encode()).decode()}","score":0.0}}]'
    return ('{"key":"Q3VzdG9tZXI=","existType":"NONE","ch":false,"incr":false,'
            f'"zSetEntries":{entries},"zsetEntries":{entries}}}')


def envelope(number, payload):
    return (f'{{"topic":"stedi-events","partition":0,"offset":{number},"tstype":"create","ts":1600069986417,"broker":0,'
            f'"key":null,"payload":{json.dumps(payload)}}}')


def write_changes(path, count, names):
    write(path, (change(customer(number, names)) for number in range(count)))


def write_events(path, count, names):
    write(path, (event(number, shuffled(number, count), names) for number in range(count)))


def write_envelopes(path, count):
    write(path, (envelope(number, event(number, number, False)) for number in range(count)))


def write_customers(path, count):
    """As redis-decode writes them."""
    write(path, (f'{{"customerName":"Customer {number}","email":"customer.{number:08d}@test.com","phone":"8015551212",'
                 f'"birthDay":"{1930 + number * 7 % 80}-08-16","birthYear":"{1930 + number * 7 % 80}"}}'
                 for number in range(count)))


def write_attempts(path, count, generate):
    """Nested exam attempts, one a line."""
    array = subprocess.run([generate, "-n", str(count)], check=True, capture_output=True, encoding="utf-8").stdout
    write(path, (line.rstrip(",") for line in array.splitlines() if line.startswith("{")))
