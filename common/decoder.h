/* A filter that reads one record after the other from its operands. */
#ifndef DECODER_H
#define DECODER_H

#include "filter.h"

struct decoder {
	struct filter filter;
	struct slice *record, *element; /* slots */
	const char *each;               /* path of the array whose elements count, NULL: none */

	/* Decodes one record, whose JSON stands in the slice. */
	void (*decode)(struct decoder *, struct record *, struct slice);
	void *own; /* what this needs besides */
};

/* Compiles what cli_parse() took; ends the program with status 2 where it is wrong. */
void decoder_compile(struct decoder *, const struct cli *, const char *each, const char *default_fields);

/* Decodes the operands, or standard input where there is none. Returns the exit status. */
int decoder_run(struct decoder *, const char *program, char *operands[]);

/*
 * Selects from one JSON record and writes what comes of it, or rejects the record that it came in, saying `within`
 * (unless NULL) which part of it.
 */
void decoder_put(struct decoder *, struct record *, struct slice json, const struct part *within);

#endif
