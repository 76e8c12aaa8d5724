#include "message.h"

#include "clock.h"
#include "reason.h"
#include "stop.h"
#include "write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MESSAGE_MAX = 200000,
	LINES_A_MINUTE = 20,
	RDB_STRING = 0, /* value types of Redis's dump format */
	RDB_ZSET = 5,
};

/* What stands around the values of a message: head, key in base64, middle, values, tail. */
struct frame {
	char head[256], middle[128], tail[128];
	struct bytes key;
	const char *again; /* between the values and the same once more, NULL: they stand there once */
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

/* How many bytes that makes; of what was cut, of all that there was. */
static size_t
base64_length(struct bytes bytes)
{
	return bytes.whole / 3 * 4 + (bytes.whole % 3 > 0 ? 4 : 0);
}

static size_t
frame_length(const struct frame *frame)
{
	return strlen(frame->head) + base64_length(frame->key) + strlen(frame->middle) + strlen(frame->tail) +
	       (frame->again == NULL ? 0 : strlen(frame->again));
}

static void
begin(struct output *out, const struct frame *frame)
{
	output_string(out, frame->head);
	base64(out, frame->key);
	output_string(out, frame->middle);
}

static void
end(struct output *out, const struct frame *frame)
{
	output_string(out, frame->tail);
	output_byte(out, '\n');
}

/* Whether a message may be so long; says so where not. */
static bool
fits(struct messages *messages, struct bytes key, size_t length)
{
	char shown[128];
	double now = clock_seconds();
	if (length <= messages->longest)
		return true;
	if (messages->left_out++ == 0 || now - messages->minute >= 60) {
		messages->minute = now;
		messages->said = 0;
	}
	if (messages->said++ >= LINES_A_MINUTE)
		return false;
	printable(shown, sizeof(shown), (struct slice){key.at, key.length});
	say("%s: key %s: left out: a message of %zu bytes is longer than --max-output %zu (%" PRIuMAX " so far)%s",
		messages->program, shown, length, messages->longest, messages->left_out,
		messages->said == LINES_A_MINUTE ? "; any more in this minute are only counted" : "");
	return false;
}

void
messages_close(struct messages *messages)
{
	if (messages->left_out > 0)
		say("%s: %" PRIuMAX " left out: longer than --max-output %zu", messages->program, messages->left_out,
			messages->longest);
}

static void
put_value(struct messages *messages, const struct frame *frame, struct bytes value)
{
	if (!fits(messages, frame->key, frame_length(frame) + base64_length(value)))
		return;
	begin(&messages->out, frame);
	base64(&messages->out, value);
	end(&messages->out, frame);
}

/* The shortest digits that read back as the same number, always with a point or an exponent, as Java writes it. */
void
message_score(char score[SCORE_MAX], struct bytes spelled)
{
	char text[64], *rest;
	snprintf(text, sizeof(text), "%.*s", (int)(spelled.length < sizeof(text) ? spelled.length : sizeof(text)),
		spelled.at);
	double value = strtod(text, &rest);
	if (isnan(value) || rest == text || *rest != '\0') {
		strcpy(score, "\"NaN\"");
		return;
	}
	if (isinf(value)) {
		strcpy(score, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(score, SCORE_MAX, "%.*g", precision, value);
		if (strtod(score, NULL) == value)
			break;
	}
	if (strpbrk(score, ".e") == NULL)
		strcat(score, ".0");
}

static const char element[] = "{\"element\":\"", element_score[] = "\",\"score\":", element_end[] = "}";

static size_t
member_length(const struct scored_member *member)
{
	return strlen(element) + base64_length(member->member) + strlen(element_score) + strlen(member->score) +
	       strlen(element_end);
}

static void
put_members(struct output *out, const struct scored_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			output_byte(out, ',');
		output_string(out, element);
		base64(out, members[i].member);
		output_string(out, element_score);
		output_string(out, members[i].score);
		output_string(out, element_end);
	}
}

/* Writes as many of the members, at least one, as go into a message. Returns how many. */
static size_t
put_some(struct messages *messages, const struct frame *frame, const struct scored_member *members, size_t count)
{
	const size_t copies = frame->again == NULL ? 1 : 2;
	const size_t most = messages->longest < MESSAGE_MAX ? messages->longest : MESSAGE_MAX;
	size_t length = frame_length(frame) + copies * member_length(&members[0]);
	size_t some = 1;
	if (!fits(messages, frame->key, length))
		return 1;
	for (; some < count; some++) {
		length += copies * (1 + member_length(&members[some]));
		if (length > most)
			break;
	}
	begin(&messages->out, frame);
	put_members(&messages->out, members, some);
	if (frame->again != NULL) {
		output_string(&messages->out, frame->again);
		put_members(&messages->out, members, some);
	}
	end(&messages->out, frame);
	return some;
}

static void
put_all(struct messages *messages, const struct frame *frame, const struct scored_member *members, size_t count)
{
	/* Told to stop, what is left is for the next snapshot. */
	for (size_t done = 0; done < count && stop_signal() == 0;)
		done += put_some(messages, frame, members + done, count - done);
}

void
message_zadd(struct messages *messages, const struct zadd *zadd, const struct scored_member *members, size_t count)
{
	struct frame frame = {.head = "{\"key\":\"", .key = zadd->key, .again = "],\"zsetEntries\":[", .tail = "]}"};
	snprintf(frame.middle, sizeof(frame.middle),
		"\",\"existType\":\"%s\",\"ch\":%s,\"incr\":false,\"zSetEntries\":[", zadd->exist_type,
		zadd->ch ? "true" : "false");
	put_all(messages, &frame, members, count);
}

/* A number that is there if it is that much. */
static const char *
optional(char text[32], long long number, long long least)
{
	if (number < least)
		return "null";
	snprintf(text, 32, "%lld", number);
	return text;
}

void
message_set(struct messages *messages, const struct set *set)
{
	char ex[32], px[32];
	struct frame frame = {.head = "{\"key\":\"", .key = set->key, .middle = "\",\"value\":\""};
	snprintf(frame.tail, sizeof(frame.tail), "\",\"ex\":%s,\"px\":%s,\"existType\":\"%s\"}",
		optional(ex, set->ex, 1), optional(px, set->px, 1), set->exist_type);
	put_value(messages, &frame, set->value);
}

static struct frame
snapshot_frame(const struct snapshot *snapshot, int type, const char *opening, const char *closing)
{
	char text[32];
	const char *ms = optional(text, snapshot->expired_ms, 0);
	struct frame frame = {.key = snapshot->key};
	snprintf(frame.head, sizeof(frame.head),
		"{\"db\":{\"dbNumber\":%d,\"dbsize\":%lld,\"expires\":%lld},\"valueRdbType\":%d,\"expiredType\":\"%s\","
		"\"expiredValue\":%s,\"evictType\":\"NONE\",\"evictValue\":null,\"key\":\"",
		snapshot->db, snapshot->dbsize, snapshot->expires, type, snapshot->expired_ms >= 0 ? "MS" : "NONE", ms);
	snprintf(frame.middle, sizeof(frame.middle), "\",\"value\":%s", opening);
	snprintf(frame.tail, sizeof(frame.tail), "%s,\"expiredMs\":%s,\"expiredSeconds\":null}", closing, ms);
	return frame;
}

void
message_zset(
	struct messages *messages, const struct snapshot *snapshot, const struct scored_member *members, size_t count)
{
	struct frame frame = snapshot_frame(snapshot, RDB_ZSET, "[", "]");
	put_all(messages, &frame, members, count);
}

void
message_string(struct messages *messages, const struct snapshot *snapshot, struct bytes value)
{
	struct frame frame = snapshot_frame(snapshot, RDB_STRING, "\"", "\"");
	put_value(messages, &frame, value);
}
