/* Why a record is rejected, in one line that can't upset a terminal. */
#ifndef REASON_H
#define REASON_H

#include "json.h"

#include <stdint.h>

/* A part of a record: "name[index]member", or where the index is NO_INDEX just its name, which stays the caller's. */
struct part {
	const char *name;
	size_t index;
	const char *member;
};
#define NO_INDEX SIZE_MAX

enum reason_kind { REASON_COLUMN, REASON_VALUE, REASON_LONG_OUTPUT, REASON_LONG_RECORD };

/* It is put into words only where somebody reads them: the bytes that were found must stay until then. */
struct reason {
	enum reason_kind kind;
	const char *expected; /* static text */
	size_t column;        /* or the size allowed */
	size_t length;        /* of what is too long */
	struct slice found;   /* the whole record, where a column is told */
	struct part parts[4]; /* that it is about, from the innermost on; none: the record */
	size_t count;
};

/* "column 12: expected ',' or '}', found 'x'" */
void reason_at_column(struct reason *, struct json_error, struct slice record);

/* "expected a date, found \"soon\"" */
void reason_expected(struct reason *, const char *expected, struct slice found);

/* "expected an output record of at most 100 bytes (--max-output), found 101", or one of input, of which more came. */
void reason_long_output(struct reason *, size_t most, size_t found);
void reason_long_record(struct reason *, size_t most);

/* Puts "PART: " before the reason, where there is room for one. */
void reason_within(struct reason *, const struct part *);

/* Puts the reason into words, cut with "..." where they don't fit; `size` is at least 8. */
void reason_say(const struct reason *, char *text, size_t size);

/* Copies bytes as printable ASCII, others as \xHH, cut with "..." where they don't fit; `size` is at least 8. */
void printable(char *text, size_t size, struct slice bytes);

#endif
