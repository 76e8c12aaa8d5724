/* A filter that reads one record after the other from its operands. */
#ifndef DECODER_H
#define DECODER_H

#include "filter.h"

struct decoder {
	struct filter filter;
	const struct path *each; /* of the array whose elements count, NULL: none */
	char **operands;         /* that are still to be read */
	struct input in;
	bool reading; /* in is open */
	bool stopped; /* by a signal, or an error of the output */
};

/*
 * Compiles the options (`each` is the argument of --each, or NULL) and opens the filter; standard input is read where
 * there is no operand. Ends the program with status 2 where the options are wrong.
 */
void decoder_open(struct decoder *, const struct cli *, const char *each, const char *default_fields, char *operands[]);

/* Takes the next record of the operands, its envelope taken off. Returns false when there is none. */
bool decoder_next(struct decoder *, struct slice *json);

/* A part of the record at hand that is a record itself; `name` is NULL where it is all of it. */
struct inner {
	struct part part;
	struct slice json;
};

/* Selects from a record inside the one at hand and writes what comes of it, or rejects the one at hand. */
void decoder_put(struct decoder *, const struct inner *);

/* Closes all and returns the exit status. */
int decoder_close(struct decoder *);

#endif
