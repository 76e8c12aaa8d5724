/* A target for libFuzzer: what is taken out of an envelope is what jansson finds in it. */
#include "fuzz.h"

#include "envelope.h"

enum { HEADER = 4, POSITION, VALUES };

static void
open_envelope(struct envelope *envelope)
{
	static const char *const names[] = {"topic", "partition", "offset", "key", "headers", "position"};
	envelope_open(envelope);
	for (size_t i = 0; i < VALUES; i++) {
		struct json_step steps[] = {{(char *)names[i], strlen(names[i]), 0}, {"h", 1, 0}};
		size_t slot;
		if (!envelope_want(envelope, steps, i == HEADER ? 2 : 1, &slot) || slot != i)
			refute("there is no @%s", names[i]);
	}
}

/* kcat writes an array of names and values; of a name given twice the last counts. */
static json_t *
header_of(json_t *headers)
{
	json_t *found = NULL;
	for (size_t i = 0; i + 1 < json_array_size(headers); i += 2) {
		const char *name = json_string_value(json_array_get(headers, i));
		if (name != NULL && strcmp(name, "h") == 0)
			found = json_array_get(headers, i + 1);
	}
	return found;
}

static enum envelope_kind
kind_of(json_t *message)
{
	json_t *payload = json_object_get(message, "payload"), *error = json_object_get(message, "payload_error");
	if (oracle_depth(message) > JSON_MAX_DEPTH + 1 || (error != NULL && !json_is_null(error)))
		return ENVELOPE_WRONG;
	if (json_is_null(payload))
		return ENVELOPE_TOMBSTONE;
	if (!json_is_string(payload))
		return json_is_object(payload) ? ENVELOPE_RECORD : ENVELOPE_WRONG;
	size_t length = json_string_length(payload);
	struct slice text = {json_string_value(payload), length};
	return slice_is_blank(text) ? ENVELOPE_BLANK : ENVELOPE_RECORD;
}

static void
check_values(const struct slice *values, json_t *message, const char *record, const char *text)
{
	static const char *const names[] = {"topic", "partition", "offset", "key"};
	for (size_t i = 0; i <= HEADER; i++) {
		json_t *value = i == HEADER ? header_of(json_object_get(message, "headers"))
					    : json_object_get(message, names[i]);
		if ((value == NULL) != (values[i].at == NULL))
			refute("@%s is there, or not", i == HEADER ? "headers" : names[i]);
		if (value != NULL && !same_value(values[i], record, text, value))
			refute("@%s is another", i == HEADER ? "headers" : names[i]);
	}
	bool known = json_is_string(json_object_get(message, "topic")) &&
		     json_is_number(json_object_get(message, "partition")) &&
		     json_is_number(json_object_get(message, "offset"));
	if (known != slice_is_string(values[POSITION]))
		refute("@position is there, or not");
}

/* In the tamed copy U+0001 stands for U+0000. */
static void
check_payload(struct slice payload, json_t *value)
{
	if (!json_is_string(value))
		return;
	if (payload.length != json_string_length(value) || payload.at[payload.length] != '\0')
		refute("the payload has another length");
	for (size_t i = 0; i < payload.length; i++)
		if (payload.at[i] != json_string_value(value)[i] && payload.at[i] != '\0')
			refute("the payload is another");
}

static bool
is_ascii(struct slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if ((unsigned char)text.at[i] > 0x7F)
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct envelope envelope;
	struct slice input = {(const char *)bytes, size}, copy = input, values[VALUES] = {0}, payload;
	struct reason reason;
	char place[256];
	if (envelope.members.root == NULL)
		open_envelope(&envelope);
	struct slice record = take_part(&input, "\n"), text = take_part(&copy, "\n");
	enum envelope_kind kind = envelope_read(&envelope, record, values, &payload, &reason);
	envelope_say(&envelope, place, sizeof(place));
	json_t *message = oracle_load((char *)text.at, text.length);
	if (!json_is_object(message)) {
		if (kind != ENVELOPE_WRONG && is_ascii(record))
			refute("what jansson refuses is read");
	} else if (kind != kind_of(message)) {
		refute("another kind of envelope is seen: %d", kind);
	} else if (kind != ENVELOPE_WRONG) {
		check_values(values, message, record.at, text.at);
		check_payload(payload, json_object_get(message, "payload"));
	}
	json_decref(message);
	drop(record);
	drop(text);
	return 0;
}
