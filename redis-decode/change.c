#include "change.h"

#include "base64.h"

#include <string.h>

enum member { KEY, ZSET_TWIN, ZSET_ENTRIES, VALUE, MEMBER, KV, MEMBERS };

void
change_open(struct change *change)
{
	/* in the order of the enum; the twin, standing first, takes all other letter cases */
	static const char *const members[] = {"key", "zsetEntries", "zSetEntries", "value", "member", "kv"};
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

static enum change_step
wrong(struct reason *reason, const struct part *part, const char *expected, struct slice found)
{
	reason_expected(reason, expected, found);
	reason_within(reason, part);
	return CHANGE_WRONG;
}

/* Whether these are the entries of a sorted set, or there are none: not the strings of a list, for instance. */
static bool
is_entries(const struct change *change, struct slice array)
{
	struct slice element, entry;
	return !json_next_element(&array, &change->entry, &element, &entry) || slice_is_object(entry);
}

/* Says what kind of change it is, and where its values stand. */
static enum change_step
read_kind(struct change *change, const struct slice *members, struct reason *reason)
{
	const struct part entries = {"zSetEntries", NO_INDEX, ""};
	struct slice zset = slice_is_null(members[ZSET_ENTRIES]) ? members[ZSET_TWIN] : members[ZSET_ENTRIES];
	enum member holds = slice_is_null(members[VALUE]) ? MEMBER : VALUE;
	change->count = 0;
	change->values = !slice_is_null(zset) ? zset : members[holds];
	change->kind = !slice_is_null(zset) ? ENTRIES : holds == MEMBER ? ONE_MEMBER : ONE_VALUE;
	if (change->kind == ENTRIES)
		return slice_is_array(zset) ? CHANGE_RECORD : wrong(reason, &entries, "an array of entries", zset);
	if (slice_is_string(change->values))
		return CHANGE_RECORD;
	change->kind = SNAPSHOT;
	return holds == VALUE && slice_is_array(change->values) && is_entries(change, change->values) ? CHANGE_RECORD
												      : CHANGE_SKIPPED;
}

/* Of a message without a key, which may have pairs of keys and values. */
static enum change_step
read_pairs(struct change *change, struct slice pairs)
{
	change->kind = PAIRS;
	change->values = pairs;
	change->count = 0;
	return slice_is_object(pairs) ? CHANGE_RECORD : CHANGE_SKIPPED;
}

/* Reads the message. CHANGE_RECORD: it has a key that is wanted, and values; or pairs of them. */
static enum change_step
read_message(struct change *change, struct reason *reason)
{
	struct slice members[MEMBERS];
	struct json_error error;
	bool empty = true;
	if (!json_scan(change->message.at, change->message.length, &change->members, members, &error)) {
		reason_at_column(reason, error, change->message);
		return CHANGE_WRONG;
	}
	if (slice_is_null(members[KEY]))
		return read_pairs(change, members[KV]);
	for (size_t i = ZSET_TWIN; i <= MEMBER; i++)
		empty = empty && slice_is_null(members[i]);
	if (empty)
		return CHANGE_SKIPPED;
	if (!decode_base64(change, members[KEY], &change->key))
		return wrong(reason, &(struct part){"key", NO_INDEX, ""}, "base64", members[KEY]);
	return globs_match(&change->wanted, change->key.bytes, change->key.length) ? read_kind(change, members, reason)
										   : CHANGE_SKIPPED;
}

static enum change_step
read_value(struct change *change, struct slice value, struct inner *inner, struct reason *reason)
{
	if (!decode_base64(change, value, &change->value))
		return wrong(reason, &inner->part, "base64", value);
	inner->json = (struct slice){change->value.bytes, change->value.length};
	return CHANGE_RECORD;
}

static enum change_step
next_entry(struct change *change, const char *name, struct inner *inner, struct reason *reason)
{
	struct slice entry, element;
	if (json_next_element(&change->values, &change->entry, &element, &entry)) {
		inner->part = (struct part){name, change->count++, ".element"};
		return read_value(change, element, inner, reason);
	}
	change->kind = READ;
	return change->count == 0 ? CHANGE_SKIPPED : CHANGE_END;
}

/* Pairs of other keys are passed over. */
static enum change_step
next_pair(struct change *change, struct inner *inner, struct reason *reason)
{
	struct slice name, value;
	while (json_next_member(&change->values, &name, &value)) {
		if (!slice_is_string(value) || !decode_base64(change, name, &change->key) ||
			!globs_match(&change->wanted, change->key.bytes, change->key.length))
			continue;
		inner->part = (struct part){"kv", change->count++, ""};
		return read_value(change, value, inner, reason);
	}
	change->kind = READ;
	return change->count == 0 ? CHANGE_SKIPPED : CHANGE_END;
}

static enum change_step
the_one(struct change *change, const char *name, struct inner *inner, struct reason *reason)
{
	change->kind = READ;
	inner->part = (struct part){name, NO_INDEX, ""};
	return read_value(change, change->values, inner, reason);
}

void
change_begin(struct change *change, struct slice message)
{
	change->message = message;
	change->kind = UNREAD;
}

enum change_step
change_next(struct change *change, struct inner *inner, struct reason *reason)
{
	if (change->kind == UNREAD) {
		enum change_step step = read_message(change, reason);
		if (step != CHANGE_RECORD) {
			change->kind = READ;
			return step;
		}
	}
	switch (change->kind) {
	case ENTRIES:
		return next_entry(change, "zSetEntries", inner, reason);
	case SNAPSHOT:
		return next_entry(change, "value", inner, reason);
	case ONE_VALUE:
		return the_one(change, "value", inner, reason);
	case ONE_MEMBER:
		return the_one(change, "member", inner, reason);
	case PAIRS:
		return next_pair(change, inner, reason);
	default:
		return CHANGE_END;
	}
}

void
change_close(struct change *change)
{
	json_tree_free(&change->members);
	json_tree_free(&change->entry);
	buffer_free(&change->key);
	buffer_free(&change->value);
	buffer_free(&change->scratch);
	globs_free(&change->wanted);
}
