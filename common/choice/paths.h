/*
 * Paths to values: parsed once, then found while a record is scanned.
 *
 *     email   sequences.questions[0].user_incomplete   headers."User-Agent"   @topic   @headers.NAME   1.email   .
 *
 * A single . is the whole record. Keys that hold a blank or one of PATH_SPECIAL are quoted, as JSON strings.
 *
 * Whatever a path starts from, its value stands at an index of one array of slices, which the filter owns. What is
 * wanted of one side's records is a range of it: its envelopes' values first, then its records'.
 */
#ifndef PATHS_H
#define PATHS_H

#include "envelope.h"
#include "json.h"

#include <stdbool.h>
#include <stddef.h>

#define PATH_SPECIAL ".,[]=!:@\"<>~|*"
#define PATH_BLANKS " \t\r\n"

/* Whose records: those of a decoder's input or a join's EVENTS, or of its TABLE. */
enum side { EVENTS, TABLE, SIDES };

/* A value that is wanted, before all are laid out: behind the first of its tree or envelope. */
struct place {
	const size_t *first;
	size_t slot;
};

struct path {
	char *text;     /* as it was written */
	bool enveloped; /* leads into an envelope: starts with @ */
	bool whole;     /* is the record itself */
	bool expected;  /* is to be in some record: the user wrote it, and not that it be absent */
	bool of[SIDES]; /* leads into their records */
	struct place place, or_place;
	size_t at;    /* of its value */
	size_t or_at; /* of the one that counts where there is none, or the same */
};

struct paths {
	bool enveloped; /* @ paths serve */
	bool two_sided; /* is a join: a bare path is the event's where it has one, else TABLE's */
	bool expected;  /* what is parsed from here on is so */
	struct {
		struct envelope envelope;
		struct json_tree record;
		size_t first, count; /* the range of its values */
	} sides[SIDES];
	struct json_tree element; /* of the array whose elements count as records */
	bool has_each;
	struct json_step *each; /* the steps to that array */
	size_t each_steps;
	struct path **list;
	size_t count;
	size_t unseen; /* so many at the front of the list were in no record yet */
};

void paths_open(struct paths *, bool enveloped, bool two_sided);

/*
 * The functions that parse return NULL, or what is wrong; the text is static. The paths that they set are the paths'
 * own, and lead to values once all have been laid out.
 */

/* Makes the elements of the array at the path `text` the records. To be called before other paths are parsed. */
const char *paths_each(struct paths *, const char *text, const struct path **path);

/*
 * Parses a path at *text, leaves *text behind it, and sets *name (unless NULL) to a copy of its last key, NULL where it
 * has none.
 */
const char *paths_parse(struct paths *, const char **text, const struct path **path, char **name);

/* Parses a path that is all of `text`, to a key in the records (or envelopes) of one side of a join. */
const char *paths_parse_side(struct paths *, enum side, const char *text, const struct path **path);

/* A key at *text: bare, or quoted as a JSON string. The caller frees *key. */
const char *paths_parse_key(const char **text, char **key, size_t *length);

/* Gives each wanted value its index. Returns the values, all missing, which the caller frees. */
struct slice *paths_lay_out(struct paths *);

static inline struct slice
path_value(const struct path *path, const struct slice *values)
{
	return values[values[path->at].at != NULL ? path->at : path->or_at];
}

/* Takes note of which paths led to something. */
void paths_look(struct paths *, const struct slice *values);

/* Whether none has led to anything yet. */
static inline bool
paths_led_nowhere(const struct paths *paths)
{
	return paths->unseen == paths->count;
}

void paths_close(struct paths *);

#endif
