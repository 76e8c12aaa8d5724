#include "change.h"

#include "base64.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY, ENTRIES_TWIN, ENTRIES, VALUE, MEMBERS };

void
change_open(struct change *change)
{
	/* in the order of the enum; the twin, standing first, takes all other letter cases */
	static const char *const members[] = {"key", "zsetEntries", "zSetEntries", "value"};
	for (size_t i = 0; i < MEMBERS; i++)
		json_want(&change->members, &(struct json_step){(char *)members[i], strlen(members[i]), 0}, 1);
	json_want(&change->entry, &(struct json_step){"element", strlen("element"), 0}, 1);
	change->members.any_case = change->entry.any_case = true;
}

static bool
decode_base64(struct change *change, struct slice string, struct buffer *decoded)
{
	if (!slice_is_string(string))
		return false;
	struct slice text = json_string_content(string, &change->scratch);
	if (text.length >= 4 && memcmp(text.at, "__", 2) == 0 && memcmp(text.at + text.length - 2, "__", 2) == 0)
		text = (struct slice){text.at + 2, text.length - 4};
	return base64_decode(text.at, text.length, decoded);
}

static bool
is_wanted(const struct change *change)
{
	if (memchr(change->key.bytes, '\0', change->key.length) != NULL)
		return false; /* fnmatch() would see only what stands before it */
	for (size_t i = 0; i < change->pattern_count; i++)
		if (strcmp(change->patterns[i], change->key.bytes) == 0 ||
			fnmatch(change->patterns[i], change->key.bytes, 0) == 0)
			return true;
	return false;
}

static void
reject(struct decoder *decoder, struct record *record, const struct part *part, const char *expected,
	struct slice found)
{
	struct reason reason;
	reason_expected(&reason, expected, found);
	reason_within(&reason, part);
	filter_reject(&decoder->filter, ENVELOPE, record, &reason);
}

static void
put_value(struct decoder *decoder, struct record *record, const struct part *part, struct slice value)
{
	struct change *change = decoder->own;
	if (decode_base64(change, value, &change->value))
		decoder_put(decoder, record, (struct slice){change->value.bytes, change->value.length}, part);
	else
		reject(decoder, record, part, "base64", value);
}

static void
put_entries(struct decoder *decoder, struct record *record, const char *name, struct slice entries)
{
	struct change *change = decoder->own;
	struct slice entry, element;
	size_t count = 0;
	for (; json_next_element(&entries, &change->entry, &element, &entry); count++)
		put_value(decoder, record, &(struct part){name, count, ".element"}, element);
	decoder->filter.report.skipped += count == 0;
}

void
change_decode(struct decoder *decoder, struct record *record, struct slice json)
{
	struct change *change = decoder->own;
	struct slice found[MEMBERS];
	struct json_error error;
	if (!json_scan(json.at, json.length, &change->members, found, &error)) {
		struct reason reason;
		reason_at_column(&reason, error, json);
		filter_reject(&decoder->filter, ENVELOPE, record, &reason);
		return;
	}
	const struct part key = {"key", NO_INDEX, ""}, value = {"value", NO_INDEX, ""};
	struct slice entries = slice_is_null(found[ENTRIES]) ? found[ENTRIES_TWIN] : found[ENTRIES];
	if (slice_is_null(found[KEY]) || (slice_is_null(entries) && slice_is_null(found[VALUE])))
		decoder->filter.report.skipped++;
	else if (!decode_base64(change, found[KEY], &change->key))
		reject(decoder, record, &key, "base64", found[KEY]);
	else if (!is_wanted(change))
		decoder->filter.report.skipped++;
	else if (slice_is_array(entries))
		put_entries(decoder, record, "zSetEntries", entries);
	else if (slice_is_array(found[VALUE]))
		put_entries(decoder, record, "value", found[VALUE]);
	else if (slice_is_string(found[VALUE]))
		put_value(decoder, record, &value, found[VALUE]);
	else
		reject(decoder, record, &value, "base64 or an array of entries",
			slice_is_null(entries) ? found[VALUE] : entries);
}

void
change_close(struct change *change)
{
	json_tree_free(&change->members);
	json_tree_free(&change->entry);
	buffer_free(&change->key);
	buffer_free(&change->value);
	buffer_free(&change->scratch);
	free(change->patterns);
}
