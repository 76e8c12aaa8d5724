/* Why a record is rejected, in one line that can't upset a terminal. */
#ifndef REASON_H
#define REASON_H

#include "json.h"

#include <stdint.h>

struct reason {
	char text[512];
	const char *part;     /* the innermost that it is about, NULL: the record; the caller's text */
	const char *expected; /* static text */
};

/* "column 12: expected ',' or '}', found 'x'" */
void reason_at_column(struct reason *, struct json_error, struct slice record);

/* "expected a date, found \"soon\"" */
void reason_expected(struct reason *, const char *expected, struct slice found);

/* "expected an output record of at most 100 bytes (--max-output), found 101", or one of input, of which more came. */
void reason_long_output(struct reason *, size_t most, size_t found);
void reason_long_record(struct reason *, size_t most);

/* A part of a record: "name[index]member", or where the index is NO_INDEX just its name. */
struct part {
	const char *name;
	size_t index;
	const char *member;
};
#define NO_INDEX SIZE_MAX

/* Puts "PART: " before the reason. The name stays the caller's. */
void reason_within(struct reason *, const struct part *);

/* Copies bytes as printable ASCII, others as \xHH, cut with "..." where they don't fit; `size` is at least 8. */
void printable(char *text, size_t size, struct slice bytes);

#endif
