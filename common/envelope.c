#include "envelope.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
envelope_open(struct envelope *envelope)
{
	/* in the order of enum envelope_slot */
	static const char *const members[] = {"topic", "partition", "offset", "ts", "key", "headers", "payload"};
	*envelope = (struct envelope){.tree.envelope_levels = 1};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct json_step step = {(char *)members[i], strlen(members[i]), 0};
		json_want(&envelope->tree, &step, 1);
	}
	envelope->slots = need(calloc(ENVELOPE_HEADER, sizeof(*envelope->slots)));
}

size_t
envelope_want_header(struct envelope *envelope, const char *name, size_t length)
{
	size_t count = envelope->header_count;
	for (size_t i = 0; i < count; i++)
		if (envelope->header_lengths[i] == length && memcmp(envelope->headers[i], name, length) == 0)
			return ENVELOPE_HEADER + i;
	envelope->headers = need(reallocarray(envelope->headers, count + 1, sizeof(*envelope->headers)));
	envelope->header_lengths =
		need(reallocarray(envelope->header_lengths, count + 1, sizeof(*envelope->header_lengths)));
	envelope->slots = need(reallocarray(envelope->slots, ENVELOPE_HEADER + count + 1, sizeof(*envelope->slots)));
	envelope->headers[count] = copy_bytes(name, length);
	envelope->header_lengths[count] = length;
	envelope->slots[ENVELOPE_HEADER + count] = (struct slice){0};
	envelope->header_count++;
	return ENVELOPE_HEADER + count;
}

static void
note_header(struct envelope *envelope, struct slice name, struct slice value)
{
	if (!slice_is_string(name))
		return;
	struct slice spelt = json_string_content(name, &envelope->scratch);
	for (size_t i = 0; i < envelope->header_count; i++)
		if (envelope->header_lengths[i] == spelt.length &&
			memcmp(envelope->headers[i], spelt.at, spelt.length) == 0)
			envelope->slots[ENVELOPE_HEADER + i] = value; /* given twice: the last counts */
}

static void
read_headers(struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->header_count; i++)
		envelope->slots[ENVELOPE_HEADER + i] = (struct slice){0};
	const struct json_tree *none = &json_no_tree;
	struct slice rest = envelope->slots[ENVELOPE_HEADERS], name, value;
	if (envelope->header_count == 0 || !slice_is_array(rest))
		return;
	while (json_next_element(&rest, none, NULL, &name) && json_next_element(&rest, none, NULL, &value))
		note_header(envelope, name, value);
}

static void
make_position(struct envelope *envelope)
{
	const struct slice *slots = envelope->slots;
	struct slice topic = slots[ENVELOPE_TOPIC];
	envelope->slots[ENVELOPE_POSITION] = (struct slice){0};
	if (!slice_is_string(topic) || !slice_is_number(slots[ENVELOPE_PARTITION]) ||
		!slice_is_number(slots[ENVELOPE_OFFSET]))
		return;
	struct buffer *position = &envelope->position;
	position->length = 0;
	buffer_append(position, topic.at, topic.length - 1);
	buffer_append(position, ":", 1);
	buffer_append(position, slots[ENVELOPE_PARTITION].at, slots[ENVELOPE_PARTITION].length);
	buffer_append(position, ":", 1);
	buffer_append(position, slots[ENVELOPE_OFFSET].at, slots[ENVELOPE_OFFSET].length);
	buffer_append(position, "\"", 1);
	envelope->slots[ENVELOPE_POSITION] = (struct slice){position->bytes, position->length};
}

enum envelope_kind
envelope_read(struct envelope *envelope, struct slice record, struct slice *payload, struct reason *reason)
{
	struct json_error error;
	if (!json_scan(record.at, record.length, &envelope->tree, envelope->slots, &error)) {
		memset(envelope->slots, 0, ENVELOPE_HEADER * sizeof(*envelope->slots));
		reason_at_column(reason, error, record);
		return ENVELOPE_WRONG;
	}
	make_position(envelope);
	read_headers(envelope);
	*payload = envelope->slots[ENVELOPE_PAYLOAD];
	if (slice_is_object(*payload))
		return ENVELOPE_RECORD;
	if (slice_is_string(*payload)) {
		*payload = json_string_content(*payload, &envelope->payload);
		if (payload->at !=
			envelope->payload.bytes) { /* the scanner wants a NUL behind what was never scanned */
			envelope->payload.length = 0;
			buffer_append(&envelope->payload, payload->at, payload->length);
			payload->at = envelope->payload.bytes;
		}
		return ENVELOPE_RECORD;
	}
	if (payload->at != NULL && slice_is_null(*payload))
		return ENVELOPE_TOMBSTONE;
	reason_expected(reason, "a JSON object, a string of one, or null", *payload);
	reason_within(reason, &(struct part){"payload", NO_INDEX, ""});
	return ENVELOPE_WRONG;
}

void
envelope_say(const struct envelope *envelope, char *text, size_t size)
{
	const struct slice *slots = envelope->slots;
	const struct slice unknown = {"?", 1};
	struct slice topic = unknown;
	if (slice_is_string(slots[ENVELOPE_TOPIC]))
		topic = (struct slice){slots[ENVELOPE_TOPIC].at + 1, slots[ENVELOPE_TOPIC].length - 2};
	struct slice partition = slots[ENVELOPE_PARTITION].at != NULL ? slots[ENVELOPE_PARTITION] : unknown;
	struct slice offset = slots[ENVELOPE_OFFSET].at != NULL ? slots[ENVELOPE_OFFSET] : unknown;
	char shown[3][80];
	printable(shown[0], sizeof(shown[0]), topic);
	printable(shown[1], sizeof(shown[1]), partition);
	printable(shown[2], sizeof(shown[2]), offset);
	snprintf(text, size, "%s[%s]@%s", shown[0], shown[1], shown[2]);
}

void
envelope_close(struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->header_count; i++)
		free(envelope->headers[i]);
	free(envelope->headers);
	free(envelope->header_lengths);
	free(envelope->slots);
	buffer_free(&envelope->payload);
	buffer_free(&envelope->position);
	buffer_free(&envelope->scratch);
	json_tree_free(&envelope->tree);
}
