/* Strings that are not plain, as jansson sees them. */
#ifndef JSON_STRING_H
#define JSON_STRING_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Judges the content (without quotes) of a JSON string in which neither a bare quote nor a control character stands.
 * Returns NULL, or where it is wrong and in *expected what would have been right.
 */
const char *json_string_check(const char *content, size_t length, const char **expected);

/* Appends what valid content spells, U+0000 included, to `spelt`. */
void json_string_decode(const char *content, size_t length, struct buffer *spelt);

#endif
