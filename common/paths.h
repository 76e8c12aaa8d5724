/*
 * Paths to values: parsed once, then found while a record is scanned.
 *
 *     email   sequences.questions[0].user_incomplete   headers."User-Agent"   @topic   @headers.NAME   1.email
 */
#ifndef PATHS_H
#define PATHS_H

#include "envelope.h"
#include "json.h"

#include <stdbool.h>
#include <stddef.h>

/* What a path starts from. The sides of a join, TABLE and EVENTS, each have a record and an envelope. */
enum source { RECORD, ENVELOPE, ELEMENT, TABLE_RECORD, TABLE_ENVELOPE, SOURCES };
#define NO_SOURCE SOURCES

struct place {
	enum source source;
	size_t slot;
};

/* Where a path leads: `first`, or `second` where there is nothing at `first` (NO_SOURCE: nowhere else). */
struct reference {
	struct place first, second;
	char *text; /* the path as it was written */
};

struct paths {
	bool enveloped;                     /* @ paths serve */
	bool two_sided;                     /* is a join: a bare path is the event's where it has one, else TABLE's */
	struct json_tree trees[SOURCES];    /* of RECORD, ELEMENT and TABLE_RECORD */
	struct envelope envelopes[SOURCES]; /* of ENVELOPE and TABLE_ENVELOPE */
	struct json_step *each;             /* steps of the array whose elements count as records, NULL: none */
	size_t each_steps;
	struct place each_place;
};

/* The values found, per source. */
struct view {
	const struct slice *slots[SOURCES];
};

void paths_open(struct paths *, bool enveloped, bool two_sided);

/* The functions that parse return NULL, or what is wrong; the text is static. */

/* Makes the elements of the array at the path `text` the records. To be called before paths are parsed. */
const char *paths_each(struct paths *, const char *text);

/*
 * Parses a path at *text, leaves *text behind it and sets *reference, and *name (unless NULL) to a copy of its last
 * key. Both are the caller's to free.
 */
const char *paths_parse(struct paths *, const char **text, struct reference *, char **name);

/* Parses a path that is all of `text`, of one side of a join: its record's, or its envelope's. */
const char *paths_parse_side(struct paths *, enum source record, const char *text, struct reference *);

/* A key at *text: bare, or quoted as a JSON string. The caller frees *key. */
const char *paths_parse_key(const char **text, char **key, size_t *length);

static inline struct slice
paths_value(const struct view *view, const struct reference *reference)
{
	struct slice value = view->slots[reference->first.source][reference->first.slot];
	if (value.at == NULL && reference->second.source != NO_SOURCE)
		value = view->slots[reference->second.source][reference->second.slot];
	return value;
}

void paths_close(struct paths *);

#endif
