/* What every filter is made of: its options compiled, its output, its report. */
#ifndef FILTER_H
#define FILTER_H

#include "cli.h"
#include "fields.h"
#include "output.h"
#include "paths.h"
#include "report.h"
#include "where.h"

struct filter {
	struct options options;
	struct paths paths;
	struct fields fields;
	struct tests tests;
	const struct field *key; /* of output, or NULL */
	struct output out;
	struct report report;
};

/* Parses fields and tests (paths must be open); ends the program with status 2 where they are wrong. */
void filter_compile(struct filter *, const struct cli *, const char *default_fields);

/* Opens output, report and signals. Returns false, having said why, when it can't. */
bool filter_open(struct filter *, const char *program);

/* Opens an operand ("-" is standard input). Returns false, having said why, when it can't. */
bool filter_open_input(struct filter *, const char *operand, struct input *);

/* Closes an input, and says whether it could not be read. */
void filter_close_input(struct filter *, struct input *);

/* Rejects a part of a record that is too long. */
void filter_reject_overlong(struct filter *, struct record *);

/* Rejects a record of a source's envelope (ENVELOPE or TABLE_ENVELOPE) where there is one. */
void filter_reject(struct filter *, enum source envelope, struct record *, const struct reason *);

/* Takes the record out of its envelope, where it has one. Returns false when nothing is left of it. */
bool filter_unwrap(struct filter *, enum source envelope, struct record *, struct slice *json);

/* Tests, converts and writes what the view shows. False: the reason says why it can't be converted. */
bool filter_put(struct filter *, const struct view *, struct reason *);

/* Closes all and returns the program's exit status. */
int filter_close(struct filter *);

#endif
