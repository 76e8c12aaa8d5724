#include "reply.h"

#include "memory.h"
#include "number.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHOWN = 128,        /* bytes of a string that is too long to be kept */
	HELD_MAX = 1 << 30, /* more than that in one reply is no reply of a sane Redis */
	STRING_FIRST = 64,  /* bytes of memory that a string begins with, and elements an array: */
	ELEMENTS_FIRST = 4,
};

struct bytes
bytes_of(const char *string)
{
	size_t length = strlen(string);
	return (struct bytes){string, length, length};
}

static void
free_parts(struct reply *reply)
{
	for (size_t i = 0; i < reply->count; i++)
		free_parts(&reply->elements[i]);
	free(reply->elements);
	free((char *)reply->bytes.at);
}

void
reply_free(struct reply *reply)
{
	if (reply == NULL)
		return;
	free_parts(reply);
	free(reply);
}

void
reader_close(struct reader *reader)
{
	reply_free(reader->root);
	*reader = (struct reader){.longest = reader->longest};
}

bool
reply_is_strings(const struct reply *reply)
{
	if (reply->type != REPLY_ARRAY)
		return false;
	for (size_t i = 0; i < reply->count; i++)
		if (reply->elements[i].type != REPLY_STRING)
			return false;
	return true;
}

/* Makes room for as many, doubled from a few on, but no more than can be needed. */
static void *
grow(void *owned, size_t *room, size_t first, size_t needed, size_t most, size_t size)
{
	if (needed <= *room)
		return owned;
	size_t doubled = *room < first ? first : 2 * *room;
	if (doubled < needed)
		doubled = needed;
	*room = doubled < most ? doubled : most;
	return need(reallocarray(owned, *room, size));
}

/* The reply that begins now: the root, or an element of the innermost array that is open. */
static struct reply *
new_reply(struct reader *reader, enum reply_type type)
{
	struct reply *reply;
	if (reader->depth == 0) {
		reply = reader->root = need(malloc(sizeof(*reply)));
	} else {
		struct reply *array = reader->open[reader->depth - 1].array;
		size_t most = reader->open[reader->depth - 1].expected;
		array->elements =
			grow(array->elements, &array->room, ELEMENTS_FIRST, array->count + 1, most, sizeof(*reply));
		reply = &array->elements[array->count++];
	}
	*reply = (struct reply){.type = type};
	reader->held += 2 * sizeof(*reply);
	return reply;
}

static void
append(struct reader *reader, struct reply *string, const char *bytes, size_t length)
{
	size_t most = string->bytes.whole <= reader->longest ? string->bytes.whole : SHOWN;
	if (length > most - string->bytes.length)
		length = most - string->bytes.length;
	size_t end = string->bytes.length + length;
	char *at = grow((char *)string->bytes.at, &string->room, STRING_FIRST, end + 1, most + 1, 1);
	memcpy(at + string->bytes.length, bytes, length);
	at[end] = '\0';
	string->bytes.at = at;
	string->bytes.length = end;
	reader->held += length;
}

/* A reply is whole, and with it perhaps the arrays it is the last element of. */
static struct reply *
finish(struct reader *reader)
{
	while (reader->depth > 0) {
		if (reader->open[reader->depth - 1].array->count < reader->open[reader->depth - 1].expected)
			return NULL;
		reader->depth--;
	}
	struct reply *whole = reader->root;
	reader->root = NULL;
	reader->held = 0;
	return whole;
}

static bool
begin_array(struct reader *reader, size_t expected, struct redis_trouble *trouble)
{
	struct reply *array = new_reply(reader, REPLY_ARRAY);
	if (expected == 0)
		return true;
	if (reader->depth == REPLY_DEPTH)
		return redis_failed(trouble, "expected a reply, found too many arrays in each other", "");
	reader->open[reader->depth].array = array;
	reader->open[reader->depth++].expected = expected;
	return true;
}

static void
begin_string(struct reader *reader, size_t length)
{
	reader->string = new_reply(reader, REPLY_STRING);
	reader->string->bytes.whole = length;
	append(reader, reader->string, "", 0);
	reader->left = length + 2;
}

/* A line of its own: an error, a status or an integer. */
static bool
read_line(struct reader *reader, char *text)
{
	struct reply *reply = new_reply(reader, (enum reply_type)reader->line[0]);
	if (reply->type == REPLY_INTEGER) {
		bool negative = text[0] == '-';
		/* Of 64 bits, the one number that has no opposite is no time, count or length. */
		if (!parse_number(text + negative, 0, LLONG_MAX, &reply->integer))
			return false;
		reply->integer = negative ? -reply->integer : reply->integer;
		return true;
	}
	reply->bytes.whole = strlen(text);
	append(reader, reply, text, reply->bytes.whole);
	return true;
}

/* Acts on a whole line. */
static bool
take_whole_line(struct reader *reader, struct reply **reply, struct redis_trouble *trouble)
{
	char *line = reader->line;
	long long length;
	reader->line_used = 0;
	line[strcspn(line, "\r")] = '\0';
	if (line[0] != '\0' && strchr("+-:", line[0]) != NULL && read_line(reader, line + 1)) {
		*reply = finish(reader);
	} else if (strcmp(line, "$-1") == 0 || strcmp(line, "*-1") == 0) {
		new_reply(reader, REPLY_NIL);
		*reply = finish(reader);
	} else if (line[0] == '$' && parse_number(line + 1, 0, LLONG_MAX - 2, &length)) {
		begin_string(reader, (size_t)length);
	} else if (line[0] == '*' && parse_number(line + 1, 0, LLONG_MAX, &length)) {
		if (!begin_array(reader, (size_t)length, trouble))
			return false;
		if (length == 0)
			*reply = finish(reader);
	} else {
		return redis_failed(trouble, "expected a reply, found ", line);
	}
	return true;
}

/* What is too much for a line is dropped: a number would be none any more, and of a message it is enough. */
static size_t
take_line(struct reader *reader, const char *bytes, size_t length)
{
	const char *end = memchr(bytes, '\n', length);
	size_t piece = end == NULL ? length : (size_t)(end - bytes);
	size_t room = sizeof(reader->line) - 1 - reader->line_used;
	size_t kept = piece < room ? piece : room;
	memcpy(reader->line + reader->line_used, bytes, kept);
	reader->line_used += kept;
	reader->line[reader->line_used] = '\0';
	return end == NULL ? piece : piece + 1;
}

/* Returns how many bytes it took, 0: they don't end as a string ends. */
static size_t
take_string(struct reader *reader, const char *bytes, size_t length)
{
	size_t content = reader->left > 2 ? reader->left - 2 : 0;
	if (content > 0) {
		size_t piece = length < content ? length : content;
		append(reader, reader->string, bytes, piece);
		reader->left -= piece;
		return piece;
	}
	return bytes[0] == "\n\r"[--reader->left] ? 1 : 0;
}

bool
reader_take(struct reader *reader, const char *bytes, size_t length, size_t *taken, struct reply **reply,
	struct redis_trouble *trouble)
{
	*reply = NULL;
	*taken = 0;
	while (*taken < length && *reply == NULL) {
		if (reader->held > HELD_MAX)
			return redis_failed(trouble, "expected a reply, found more than 1 GiB of it", "");
		if (reader->left > 0) {
			size_t piece = take_string(reader, bytes + *taken, length - *taken);
			if (piece == 0)
				return redis_failed(trouble, "expected the end of a string, found more of it", "");
			*taken += piece;
			if (reader->left == 0)
				*reply = finish(reader);
		} else {
			*taken += take_line(reader, bytes + *taken, length - *taken);
			if (bytes[*taken - 1] == '\n' && !take_whole_line(reader, reply, trouble))
				return false;
		}
	}
	return true;
}
