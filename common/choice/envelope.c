#include "envelope.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum member { TOPIC, PARTITION, OFFSET, TIMESTAMP, KEY, HEADERS, PAYLOAD, PAYLOAD_ERROR, MEMBERS, POSITION = MEMBERS };

/* A value that is wanted: a member, the position, or (of HEADERS) the header of that name. */
struct envelope_value {
	enum member member;
	char *header;
	size_t length;
};

void
envelope_open(struct envelope *envelope)
{
	/* in the order of enum member */
	static const char *const names[] = {
		"topic", "partition", "offset", "ts", "key", "headers", "payload", "payload_error"};
	*envelope = (struct envelope){.members = {.envelope_levels = 1, .bytes = JSON_ANY_BYTES}};
	for (size_t i = 0; i < MEMBERS; i++) {
		struct json_step step = {(char *)names[i], strlen(names[i]), 0};
		json_want(&envelope->members, &step, 1);
	}
}

/* ---- what is wanted ---- */

/* Takes the name that steps lead to, and where it is a header's, that. Returns false where there is no such value. */
static bool
find_value(const struct json_step *steps, size_t count, struct envelope_value *value)
{
	static const struct {
		const char *name;
		enum member member;
	} names[] = {{"topic", TOPIC}, {"partition", PARTITION}, {"offset", OFFSET}, {"timestamp", TIMESTAMP},
		{"key", KEY}, {"position", POSITION}, {"payload", PAYLOAD}, {"headers", HEADERS}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (steps[0].length != strlen(names[i].name) || strcmp(steps[0].name, names[i].name) != 0)
			continue;
		*value = (struct envelope_value){.member = names[i].member};
		if (value->member != HEADERS)
			return count == 1;
		if (count != 2 || steps[1].name == NULL)
			return false;
		value->header = steps[1].name;
		value->length = steps[1].length;
		return true;
	}
	return false;
}

static bool
is_header(const struct envelope_value *value, const char *name, size_t length)
{
	return value->member == HEADERS && value->length == length && memcmp(value->header, name, length) == 0;
}

bool
envelope_want(struct envelope *envelope, const struct json_step *steps, size_t count, size_t *slot)
{
	struct envelope_value value;
	if (!find_value(steps, count, &value))
		return false;
	for (*slot = 0; *slot < envelope->count; ++*slot) {
		const struct envelope_value *wanted = &envelope->wanted[*slot];
		if (value.header != NULL ? is_header(wanted, value.header, value.length)
					 : wanted->member == value.member)
			return true;
	}
	if (value.header != NULL)
		value.header = copy_bytes(value.header, value.length);
	envelope->wanted = need(reallocarray(envelope->wanted, envelope->count + 1, sizeof(*envelope->wanted)));
	envelope->wanted[envelope->count++] = value;
	return true;
}

/* ---- reading ---- */

static struct slice
find_header(struct envelope *envelope, struct slice headers, const struct envelope_value *wanted)
{
	static const struct json_tree any_bytes = {.bytes = JSON_ANY_BYTES};
	struct slice rest = headers, name, value, found = {0};
	if (!slice_is_array(headers))
		return found;
	while (json_next_element(&rest, &any_bytes, NULL, &name) &&
		json_next_element(&rest, &any_bytes, NULL, &value)) {
		if (!slice_is_string(name))
			continue;
		struct slice spelt = json_string_content(name, &envelope->scratch);
		if (is_header(wanted, spelt.at, spelt.length))
			found = value; /* given twice: the last counts */
	}
	return found;
}

static struct slice
make_position(struct envelope *envelope)
{
	struct slice topic = envelope->topic, partition = envelope->partition, offset = envelope->offset;
	if (!slice_is_string(topic) || !slice_is_number(partition) || !slice_is_number(offset))
		return (struct slice){0};
	struct buffer *position = &envelope->position;
	position->length = 0;
	buffer_append(position, topic.at, topic.length - 1);
	buffer_append(position, ":", 1);
	buffer_append(position, partition.at, partition.length);
	buffer_append(position, ":", 1);
	buffer_append(position, offset.at, offset.length);
	buffer_append(position, "\"", 1);
	return (struct slice){position->bytes, position->length};
}

/* Returns false where one is no UTF-8: the reason is set. */
static bool
set_values(struct envelope *envelope, const struct slice *members, struct slice *values, struct reason *reason)
{
	for (size_t i = 0; i < envelope->count; i++) {
		const struct envelope_value *wanted = &envelope->wanted[i];
		if (wanted->member == HEADERS)
			values[i] = find_header(envelope, members[HEADERS], wanted);
		else
			values[i] = wanted->member == POSITION ? make_position(envelope) : members[wanted->member];
		bool header = wanted->member == HEADERS;
		if ((header || wanted->member == KEY) && slice_is_string(values[i]) && !slice_is_utf8(values[i])) {
			reason_expected(reason, "UTF-8", values[i]);
			reason_within(reason, &(struct part){header ? wanted->header : "@key", NO_INDEX, ""});
			if (header)
				reason_within(reason, &(struct part){"@headers", NO_INDEX, ""});
			return false;
		}
	}
	return true;
}

/* What a string holds, with the NUL behind it that the scanner wants. */
static struct slice
payload_content(struct envelope *envelope, struct slice string)
{
	struct slice content = json_string_content(string, &envelope->payload);
	if (content.at != envelope->payload.bytes) {
		envelope->payload.length = 0;
		buffer_append(&envelope->payload, content.at, content.length);
	}
	return (struct slice){envelope->payload.bytes, content.length};
}

static enum envelope_kind
wrong(struct reason *reason, const char *member, const char *expected, struct slice found)
{
	reason_expected(reason, expected, found);
	reason_within(reason, &(struct part){member, NO_INDEX, ""});
	return ENVELOPE_WRONG;
}

enum envelope_kind
envelope_read(struct envelope *envelope, struct slice record, struct slice *values, struct slice *payload,
	struct reason *reason)
{
	struct slice members[MEMBERS];
	struct json_error error;
	bool scanned = json_scan(record.at, record.length, &envelope->members, members, &error);
	envelope->topic = members[TOPIC];
	envelope->partition = members[PARTITION];
	envelope->offset = members[OFFSET];
	if (!scanned) {
		reason_at_column(reason, error, record);
		return ENVELOPE_WRONG;
	}
	if (!set_values(envelope, members, values + envelope->first, reason))
		return ENVELOPE_WRONG;
	if (!slice_is_null(members[PAYLOAD_ERROR]))
		return wrong(reason, "payload_error", "a payload", members[PAYLOAD_ERROR]);
	*payload = members[PAYLOAD];
	if (payload->at != NULL && slice_is_null(*payload))
		return ENVELOPE_TOMBSTONE;
	if (slice_is_string(*payload)) {
		*payload = payload_content(envelope, *payload);
		return slice_is_blank(*payload) ? ENVELOPE_BLANK : ENVELOPE_RECORD;
	}
	if (envelope->array ? slice_is_array(*payload) : slice_is_object(*payload))
		return ENVELOPE_RECORD;
	return wrong(reason, "payload",
		envelope->array ? "a JSON array, a string of one, or null" : "a JSON object, a string of one, or null",
		*payload);
}

bool
envelope_is_one(const struct envelope *envelope, struct slice record)
{
	struct slice members[MEMBERS];
	struct json_error error;
	return json_scan(record.at, record.length, &envelope->members, members, &error) &&
	       slice_is_string(members[TOPIC]) && slice_is_number(members[PARTITION]) &&
	       slice_is_number(members[OFFSET]) && (members[PAYLOAD].at != NULL || members[PAYLOAD_ERROR].at != NULL);
}

bool
envelope_is_none(const struct envelope *envelope, struct slice record)
{
	struct slice members[MEMBERS];
	struct json_error error;
	return json_scan(record.at, record.length, &envelope->members, members, &error) && members[TOPIC].at == NULL &&
	       members[PAYLOAD].at == NULL;
}

void
envelope_say(const struct envelope *envelope, char *text, size_t size)
{
	const struct slice unknown = {"?", 1};
	struct slice topic = unknown;
	if (slice_is_string(envelope->topic))
		topic = (struct slice){envelope->topic.at + 1, envelope->topic.length - 2};
	char shown[3][80];
	printable(shown[0], sizeof(shown[0]), topic);
	printable(shown[1], sizeof(shown[1]), envelope->partition.at != NULL ? envelope->partition : unknown);
	printable(shown[2], sizeof(shown[2]), envelope->offset.at != NULL ? envelope->offset : unknown);
	snprintf(text, size, "%s[%s]@%s", shown[0], shown[1], shown[2]);
}

void
envelope_close(struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->count; i++)
		free(envelope->wanted[i].header);
	free(envelope->wanted);
	buffer_free(&envelope->payload);
	buffer_free(&envelope->position);
	buffer_free(&envelope->scratch);
	json_tree_free(&envelope->members);
}
