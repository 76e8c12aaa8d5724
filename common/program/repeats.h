/* Reasons that repeat: each kind is written so many times, and then only counted. */
#ifndef REPEATS_H
#define REPEATS_H

#include "reason.h"

#include <stdint.h>

enum { REPEATS_WRITTEN = 20 };

struct repeat {
	const char *part, *expected; /* of the reason: the innermost part, NULL: the record */
	uintmax_t count;
};

struct repeats {
	struct repeat *list;
	size_t count;
};

/* Counts a reason, and returns its kind, which stays until the next. */
const struct repeat *repeats_count(struct repeats *, const struct reason *);

/* "PART: expected SOMETHING", what all reasons of a kind have in common; `size` is at least 8. */
void repeat_say(const struct repeat *, char *text, size_t size);

#endif
