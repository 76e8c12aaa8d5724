#include "json_string.h"

#include "memory.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

/*
 * A long string is given to jansson in pieces, so that memory stays small: jansson holds what it reads several
 * times over. A piece ends before a character or an escape, never between the two halves of a surrogate pair.
 */
enum { PIECE = 16384, LONGEST_STEP = 12 };

static bool
is_high_surrogate(const char *at, const char *end)
{
	return end - at >= 6 && (at[2] == 'd' || at[2] == 'D') &&
	       (at[3] == '8' || at[3] == '9' || at[3] == 'a' || at[3] == 'b' || at[3] == 'A' || at[3] == 'B');
}

/* One character, escape or surrogate pair; wrong ones are jansson's to find, so any length will do for them. */
static const char *
step(const char *at, const char *end)
{
	size_t length = 1;
	if (*at == '\\') {
		length = 2;
		if (end - at >= 2 && at[1] == 'u')
			length = is_high_surrogate(at, end) ? LONGEST_STEP : 6;
	} else if ((unsigned char)*at >= 0xC0) {
		while (at + length < end && ((unsigned char)at[length] & 0xC0) == 0x80 && length < 4)
			length++;
	}
	return length < (size_t)(end - at) ? at + length : end;
}

static const char *
piece_end(const char *at, const char *end)
{
	if (end - at <= PIECE)
		return end;
	const char *limit = at + PIECE - LONGEST_STEP;
	while (at < limit)
		at = step(at, end);
	return at;
}

static json_t *
load_piece(const char *at, const char *end, json_error_t *error)
{
	char quoted[PIECE + 2];
	size_t length = (size_t)(end - at);
	quoted[0] = '"';
	memcpy(quoted + 1, at, length);
	quoted[length + 1] = '"';
	return json_loadb(quoted, length + 2, JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
}

/* jansson says how far it came in a text, but not to the byte: the first step that it refuses alone is the one. */
static const char *
first_wrong(const char *at, const char *end)
{
	while (at < end) {
		const char *next = step(at, end);
		json_error_t error;
		json_t *string = load_piece(at, next, &error);
		if (string == NULL)
			return at;
		json_decref(string);
		at = next;
	}
	return at;
}

static const char *
what_was_right(const char *wrong, const char *end)
{
	if ((unsigned char)*wrong >= 0x80)
		return "UTF-8";
	for (size_t i = 2; i < 6; i++)
		if (end - wrong < 6 || !isxdigit((unsigned char)wrong[i]))
			return "\\u and four hexadecimal digits";
	return "both halves of a surrogate pair";
}

const char *
json_string_check(const char *content, size_t length, const char **expected)
{
	const char *end = content + length;
	while (content < end) {
		const char *next = piece_end(content, end);
		json_error_t error;
		json_t *string = load_piece(content, next, &error);
		if (string == NULL) {
			if (json_error_code(&error) == json_error_out_of_memory)
				need(NULL);
			const char *wrong = first_wrong(content, next);
			*expected = what_was_right(wrong, next);
			return wrong;
		}
		json_decref(string);
		content = next;
	}
	return NULL;
}

/* As many \u escapes as follow each other and fit a piece. */
static const char *
unicode_end(const char *at, const char *end)
{
	const char *limit = end - at > PIECE ? at + PIECE - LONGEST_STEP : end;
	while (at < limit && end - at >= 2 && at[0] == '\\' && at[1] == 'u')
		at = step(at, end);
	return at;
}

static char *
decode_unicode(const char *at, const char *end, char *out)
{
	json_error_t error;
	json_t *string = need(load_piece(at, end, &error)); /* valid, so memory is all that can lack */
	memcpy(out, json_string_value(string), json_string_length(string));
	out += json_string_length(string);
	json_decref(string);
	return out;
}

void
json_string_decode(const char *content, size_t length, struct buffer *spelt)
{
	static const char short_escapes[] = "bfnrt", controls[] = "\b\f\n\r\t";
	const char *end = content + length;
	buffer_reserve(spelt, length); /* an escape is longer than what it spells */
	char *out = spelt->bytes + spelt->length;
	while (content < end) {
		const char *escape = memchr(content, '\\', (size_t)(end - content));
		size_t run = (size_t)((escape != NULL ? escape : end) - content);
		memcpy(out, content, run);
		out += run;
		content += run;
		if (escape == NULL)
			break;
		if (escape[1] == 'u') {
			content = unicode_end(escape, end);
			out = decode_unicode(escape, content, out);
			continue;
		}
		const char *found = strchr(short_escapes, escape[1]);
		*out++ = found != NULL ? controls[found - short_escapes] : escape[1];
		content += 2;
	}
	*out = '\0';
	spelt->length = (size_t)(out - spelt->bytes);
}
