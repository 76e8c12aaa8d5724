/* Base64 as RFC 4648, section 4, has it: padded, and strict. */
#ifndef BASE64_H
#define BASE64_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* Replaces the content of `decoded`. Returns false when the text is not base64. */
bool base64_decode(const char *text, size_t length, struct buffer *decoded);

#endif
