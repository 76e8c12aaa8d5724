/* The content of JSON strings (RFC 8259, section 7, in UTF-8): judged, spelt out, and written. */
#ifndef JSON_STRING_H
#define JSON_STRING_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether bytes above 0x7F must be UTF-8, or may be any. What must be is judged at the first such byte, all of it up to
 * the end; then it may be any, or somewhere is no UTF-8.
 */
enum json_bytes { JSON_UTF8, JSON_ANY_BYTES, JSON_BROKEN_UTF8 };

/* How the strings of a text are judged, and what is known of the last one. */
struct json_strings {
	const char *end; /* of the text: there NUL must stand, or all strings were judged before */
	enum json_bytes bytes;
	bool escaped;         /* has become true where one held an escape */
	const char *wrong;    /* the first byte of what is wrong */
	const char *expected; /* static text: what would have been right */
};

/* Walks a string from behind its opening quote. Returns its closing quote, or NULL where it is wrong. */
const char *json_string_end(struct json_strings *, const char *content);

/* Appends what valid content (without quotes) spells, U+0000 included, to `spelt`. */
void json_string_decode(const char *content, size_t length, struct buffer *spelt);

/* Appends a string that spells the bytes, quotes included. Returns false when they are no UTF-8. */
bool json_string_quote(const char *bytes, size_t length, struct buffer *quoted);

#endif
