/* Whether bytes are UTF-8 (RFC 3629), many at a time where the processor can. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool utf8_is_valid(const char *, size_t length);

/* The same by any processor, character by character. */
bool utf8_is_valid_portably(const char *, size_t length);

/*
 * Returns the end of the character of several bytes at `at`, or NULL where that is no UTF-8. Reads no further than the
 * first byte that does not belong to it.
 */
const char *utf8_character_end(const char *at);

#endif
