#include "message.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MESSAGE_MAX = 200000,
	MEMBER_FRAME = 60, /* more than {"element":"","score":-1.7976931348623157e+308}, */
	RDB_STRING = 0,    /* value types of Redis's dump format */
	RDB_ZSET = 5,
};

static void
base64(struct output *out, struct bytes bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *at = (const unsigned char *)bytes.at;
	size_t left = bytes.length;
	for (; left >= 3; left -= 3, at += 3) {
		char quad[] = {digits[at[0] >> 2], digits[(at[0] & 3) << 4 | at[1] >> 4],
			digits[(at[1] & 15) << 2 | at[2] >> 6], digits[at[2] & 63]};
		output_bytes(out, quad, sizeof(quad));
	}
	if (left == 2) {
		char quad[] = {
			digits[at[0] >> 2], digits[(at[0] & 3) << 4 | at[1] >> 4], digits[(at[1] & 15) << 2], '='};
		output_bytes(out, quad, sizeof(quad));
	} else if (left == 1) {
		char quad[] = {digits[at[0] >> 2], digits[(at[0] & 3) << 4], '=', '='};
		output_bytes(out, quad, sizeof(quad));
	}
}

static size_t
base64_length(size_t length)
{
	return (length + 2) / 3 * 4;
}

static void
string_member(struct output *out, const char *name, struct bytes value)
{
	output_string(out, name);
	output_byte(out, '"');
	base64(out, value);
	output_byte(out, '"');
}

static void
number_member(struct output *out, const char *name, long long value)
{
	char text[32];
	snprintf(text, sizeof(text), "%lld", value);
	output_string(out, name);
	output_string(out, text);
}

/* The shortest digits that read back as the same number, always with a point or an exponent, as Java writes it. */
static void
score(struct output *out, struct bytes spelled)
{
	char text[64];
	size_t length = spelled.length < sizeof(text) ? spelled.length : sizeof(text) - 1;
	memcpy(text, spelled.at, length);
	text[length] = '\0';
	double value = strtod(text, NULL);
	if (isinf(value)) {
		output_string(out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof(text), "%.*g", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	output_string(out, text);
	if (strpbrk(text, ".e") == NULL)
		output_string(out, ".0");
}

static void
members_array(struct output *out, const struct scored_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		output_byte(out, i == 0 ? '[' : ',');
		string_member(out, "{\"element\":", members[i].member);
		output_string(out, ",\"score\":");
		score(out, members[i].score);
		output_byte(out, '}');
	}
	output_byte(out, ']');
}

/* How many of the members, at least one, go into a message that repeats each `copies` times. */
static size_t
fitting(const struct scored_member *members, size_t count, size_t copies)
{
	size_t fit = 0;
	size_t size = 0;
	do {
		size += copies * (base64_length(members[fit].member.length) + MEMBER_FRAME);
		fit++;
	} while (fit < count &&
		 size + copies * (base64_length(members[fit].member.length) + MEMBER_FRAME) <= MESSAGE_MAX);
	return fit;
}

void
message_zadd(struct output *out, const struct zadd *zadd, const struct scored_member *members, size_t count)
{
	while (count > 0) {
		size_t now = fitting(members, count, 2);
		string_member(out, "{\"key\":", zadd->key);
		output_string(out, ",\"existType\":\"");
		output_string(out, zadd->exist_type);
		output_string(out, zadd->ch ? "\",\"ch\":true" : "\",\"ch\":false");
		output_string(out, zadd->incr ? ",\"incr\":true" : ",\"incr\":false");
		output_string(out, ",\"zSetEntries\":");
		members_array(out, members, now);
		output_string(out, ",\"zsetEntries\":");
		members_array(out, members, now);
		output_string(out, "}\n");
		members += now;
		count -= now;
	}
}

void
message_set(struct output *out, const struct set *set)
{
	string_member(out, "{\"key\":", set->key);
	string_member(out, ",\"value\":", set->value);
	if (set->ex > 0)
		number_member(out, ",\"ex\":", set->ex);
	else
		output_string(out, ",\"ex\":null");
	if (set->px > 0)
		number_member(out, ",\"px\":", set->px);
	else
		output_string(out, ",\"px\":null");
	output_string(out, ",\"existType\":\"");
	output_string(out, set->exist_type);
	output_string(out, "\"}\n");
}

static void
snapshot_head(struct output *out, const struct snapshot *snapshot, int type)
{
	number_member(out, "{\"db\":{\"dbNumber\":", snapshot->db);
	number_member(out, ",\"dbsize\":", snapshot->dbsize);
	number_member(out, ",\"expires\":", snapshot->expires);
	number_member(out, "},\"valueRdbType\":", type);
	if (snapshot->expired_ms >= 0)
		number_member(out, ",\"expiredType\":\"MS\",\"expiredValue\":", snapshot->expired_ms);
	else
		output_string(out, ",\"expiredType\":\"NONE\",\"expiredValue\":null");
	string_member(out, ",\"evictType\":\"NONE\",\"evictValue\":null,\"key\":", snapshot->key);
	output_string(out, ",\"value\":");
}

static void
snapshot_tail(struct output *out, const struct snapshot *snapshot)
{
	if (snapshot->expired_ms >= 0)
		number_member(out, ",\"expiredMs\":", snapshot->expired_ms);
	else
		output_string(out, ",\"expiredMs\":null");
	output_string(out, ",\"expiredSeconds\":null}\n");
}

void
message_zset(struct output *out, const struct snapshot *snapshot, const struct scored_member *members, size_t count)
{
	while (count > 0) {
		size_t now = fitting(members, count, 1);
		snapshot_head(out, snapshot, RDB_ZSET);
		members_array(out, members, now);
		snapshot_tail(out, snapshot);
		members += now;
		count -= now;
	}
}

void
message_string(struct output *out, const struct snapshot *snapshot, struct bytes value)
{
	snapshot_head(out, snapshot, RDB_STRING);
	string_member(out, "", value);
	snapshot_tail(out, snapshot);
}
