/* What every filter is made of: its options compiled, the record at hand with its values, its output and its report. */
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

	/* the record at hand */
	struct record record;
	struct slice *values;         /* by the indexes of the paths */
	const struct envelope *place; /* has told where in Kafka it stood, NULL: none has */
	bool kept;                    /* is among the rejects already */
	bool odd;                     /* was rejected, and it was said why */

	bool scanned[SIDES]; /* some record was JSON */
};

/*
 * Parses fields and tests (paths must be open) and lays out the values; ends the program where they are wrong. To the
 * default fields is added, where `position` is not NULL, "position" from that path, left out where there is none.
 */
void filter_compile(struct filter *, const struct cli *, const char *default_fields, const char *position);

/* Opens output, report and signals. Returns false, having said why, when it can't. */
bool filter_open(struct filter *, const char *program);

/* Opens an operand ("-" is standard input). Returns false, having said why, when it can't. */
bool filter_open_input(struct filter *, const char *operand, struct input *);

/* Closes an input, and says whether it could not be read. */
void filter_close_input(struct filter *, struct input *);

/* Rejects a part of a record that is too long. */
void filter_reject_overlong(struct filter *, const struct record *part);

/* Takes a record at hand, as it is. */
void filter_hold(struct filter *, const struct record *);

/*
 * Takes a record of one side at hand, and its JSON out of the envelope where it has one, whose values are set. Of a
 * tombstone, a blank payload, and what is rejected, no record is left.
 */
enum taken { TAKEN_RECORD, TAKEN_TOMBSTONE, TAKEN_NOTHING };
enum taken filter_take(struct filter *, enum side, const struct record *, struct slice *json);

/* Sets the values of a record of one side. False: the reason says why it is no JSON. */
bool filter_scan(struct filter *, enum side, struct slice json, struct reason *);

/* To be called once a record has been dealt with: where it was of no use, says what may be wrong with all of them. */
void filter_look(struct filter *, const struct record *);

/* Rejects the record at hand. One of which several parts are wrong is kept once. */
void filter_reject(struct filter *, const struct reason *);

/* Tests, converts and writes the values. False: the reason says why they can't be converted. */
bool filter_put(struct filter *, struct reason *);

/* Closes all and returns the program's exit status. */
int filter_close(struct filter *);

#endif
