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
	*reason = (struct reason){
		.kind = REASON_COLUMN, .expected = error.expected, .column = error.column, .found = record};
}

void
reason_expected(struct reason *reason, const char *expected, struct slice found)
{
	*reason = (struct reason){.kind = REASON_VALUE, .expected = expected, .found = found};
}

void
reason_long_output(struct reason *reason, size_t most, size_t found)
{
	*reason = (struct reason){.kind = REASON_LONG_OUTPUT,
		.expected = "an output record within --max-output",
		.column = most,
		.length = found};
}

void
reason_long_record(struct reason *reason, size_t most)
{
	*reason =
		(struct reason){.kind = REASON_LONG_RECORD, .expected = "a record within --max-record", .column = most};
}

void
reason_within(struct reason *reason, const struct part *part)
{
	if (reason->count < sizeof(reason->parts) / sizeof(reason->parts[0]))
		reason->parts[reason->count++] = *part;
}

static void
say_column(const struct reason *reason, char *text, size_t size)
{
	char found[32] = "the end of the record", shown[16];
	if (reason->column <= reason->found.length) {
		printable(shown, sizeof(shown), (struct slice){reason->found.at + reason->column - 1, 1});
		snprintf(found, sizeof(found), shown[0] == '\'' ? "\"%s\"" : "'%s'", shown);
	}
	snprintf(text, size, "column %zu: expected %s, found %s", reason->column, reason->expected, found);
}

static void
say_itself(const struct reason *reason, char *text, size_t size)
{
	char shown[96];
	switch (reason->kind) {
	case REASON_COLUMN:
		say_column(reason, text, size);
		break;
	case REASON_VALUE:
		printable(
			shown, sizeof(shown), reason->found.at == NULL ? (struct slice){"nothing", 7} : reason->found);
		snprintf(text, size, "expected %s, found %s", reason->expected, shown);
		break;
	case REASON_LONG_OUTPUT:
		snprintf(text, size, "expected an output record of at most %zu bytes (--max-output), found %zu",
			reason->column, reason->length);
		break;
	case REASON_LONG_RECORD:
		snprintf(text, size, "expected at most %zu bytes (--max-record), found more", reason->column);
		break;
	}
}

void
reason_say(const struct reason *reason, char *text, size_t size)
{
	char name[128], itself[512];
	size_t used = 0;
	for (size_t i = reason->count; i-- > 0 && used < size;) {
		const struct part *part = &reason->parts[i];
		printable(name, sizeof(name), (struct slice){part->name, strlen(part->name)});
		if (part->index == NO_INDEX)
			used += (size_t)snprintf(text + used, size - used, "%s: ", name);
		else
			used += (size_t)snprintf(
				text + used, size - used, "%s[%zu]%s: ", name, part->index, part->member);
	}
	say_itself(reason, itself, sizeof(itself));
	if (used < size)
		used += (size_t)snprintf(text + used, size - used, "%s", itself);
	if (used >= size)
		strcpy(text + size - 4, "...");
}
