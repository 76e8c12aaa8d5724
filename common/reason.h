/* Why a record is rejected, in one line that can't upset a terminal. */
#ifndef REASON_H
#define REASON_H

#include "json.h"

struct reason {
	char text[512];
};

/* "column 12: expected ',' or '}', found 'x'" */
void reason_at_column(struct reason *, struct json_error, struct slice record);

/* "birthDay: expected a date, found \"soon\"" */
void reason_value(struct reason *, const char *path, const char *expected, struct slice found);

/* Puts "WHERE: " before the reason. */
void reason_within(struct reason *, const char *where);

/* Copies bytes as printable ASCII, others as \xHH, cut with "..." where they don't fit; `size` is at least 8. */
void printable(char *text, size_t size, struct slice bytes);

#endif
