// The decoders' work by jansson: a tree of each record, a tree of what is written.
#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"

static json_t *
parsed(const char *text, size_t length)
{
	json_error_t error;
	json_t *tree = json_loadb(text, length, 0, &error);
	if (!tree)
		errx(1, "%s", error.text);
	return tree;
}

static void
copy(json_t *to, const char *name, const json_t *from)
{
	json_t *value = json_object_get(from, name);
	json_object_set(to, name, value ? value : json_null());
}

static void
print(json_t *record)
{
	json_dumpf(record, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(record);
}

static void
customers(const json_t *change)
{
	static char bytes[1 << 20];
	size_t i;
	json_t *entry;
	if (strcmp(json_string_value(json_object_get(change, "key")), "Q3VzdG9tZXI=") != 0)
		return;
	json_array_foreach(json_object_get(change, "zSetEntries"), i, entry)
	{
		const json_t *element = json_object_get(entry, "element");
		json_t *customer =
			parsed(bytes, decode_base64(json_string_value(element), json_string_length(element), bytes));
		json_t *record = json_object();
		copy(record, "customerName", customer);
		copy(record, "email", customer);
		copy(record, "phone", customer);
		copy(record, "birthDay", customer);
		json_object_set_new(
			record, "birthYear", json_stringn(json_string_value(json_object_get(customer, "birthDay")), 4));
		json_decref(customer);
		print(record);
	}
}

static void
events(const json_t *event)
{
	json_t *record = json_object();
	copy(record, "customer", event);
	copy(record, "score", event);
	copy(record, "riskDate", event);
	print(record);
}

static void
questions(const json_t *attempt)
{
	size_t i;
	json_t *question;
	json_array_foreach(json_object_get(json_object_get(attempt, "sequences"), "questions"), i, question)
	{
		json_t *record = json_object();
		copy(record, "keen_id", attempt);
		copy(record, "id", question);
		copy(record, "user_correct", question);
		print(record);
	}
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	if (argc != 3 || !freopen(argv[2], "r", stdin))
		errx(2, "usage: jansson customers|events|questions FILE");
	void (*work)(const json_t *) = *argv[1] == 'c' ? customers : *argv[1] == 'e' ? events : questions;
	while ((length = getline(&line, &size, stdin)) > 0) {
		json_t *record = parsed(line, (size_t)length);
		work(record);
		json_decref(record);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
