#include "reason.h"

#include <stdio.h>
#include <string.h>

void
printable(char *text, size_t size, struct slice bytes)
{
	size_t used = 0;
	for (size_t i = 0; i < bytes.length; i++) {
		unsigned char byte = (unsigned char)bytes.at[i];
		if (used + 8 > size) {
			strcpy(text + used, "...");
			return;
		}
		if (byte < 0x20 || byte >= 0x7F)
			used += (size_t)snprintf(text + used, size - used, "\\x%02X", byte);
		else
			text[used++] = (char)byte;
	}
	text[used] = '\0';
}

void
reason_at_column(struct reason *reason, struct json_error error, struct slice record)
{
	char found[32] = "the end of the record";
	if (error.column <= record.length) {
		char shown[16];
		printable(shown, sizeof(shown), (struct slice){record.at + error.column - 1, 1});
		snprintf(found, sizeof(found), shown[0] == '\'' ? "\"%s\"" : "'%s'", shown);
	}
	reason->part = NULL;
	reason->expected = error.expected;
	snprintf(reason->text, sizeof(reason->text), "column %zu: expected %s, found %s", error.column, error.expected,
		found);
}

void
reason_expected(struct reason *reason, const char *expected, struct slice found)
{
	char shown[96];
	printable(shown, sizeof(shown), found.at == NULL ? (struct slice){"nothing", 7} : found);
	reason->part = NULL;
	reason->expected = expected;
	snprintf(reason->text, sizeof(reason->text), "expected %s, found %s", expected, shown);
}

void
reason_long_output(struct reason *reason, size_t most, size_t found)
{
	reason->part = NULL;
	reason->expected = "an output record within --max-output";
	snprintf(reason->text, sizeof(reason->text),
		"expected an output record of at most %zu bytes (--max-output), found %zu", most, found);
}

void
reason_long_record(struct reason *reason, size_t most)
{
	reason->part = NULL;
	reason->expected = "a record within --max-record";
	snprintf(reason->text, sizeof(reason->text), "expected at most %zu bytes (--max-record), found more", most);
}

void
reason_within(struct reason *reason, const struct part *part)
{
	char name[128], where[192];
	struct reason inner = *reason;
	if (reason->part == NULL)
		reason->part = part->name;
	printable(name, sizeof(name), (struct slice){part->name, strlen(part->name)});
	if (part->index == NO_INDEX)
		snprintf(where, sizeof(where), "%s", name);
	else
		snprintf(where, sizeof(where), "%s[%zu]%s", name, part->index, part->member);
	if ((size_t)snprintf(reason->text, sizeof(reason->text), "%s: %s", where, inner.text) >= sizeof(reason->text))
		strcpy(reason->text + sizeof(reason->text) - 4, "...");
}
