/*
 * What the next record's key will be, told before the record is scanned: records of one stream are alike, so it stands
 * behind the same name as this one's, and at about the same place. Nothing but speed depends on it.
 */
#ifndef GUESS_H
#define GUESS_H

#include "json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LABEL_MOST = 32, GUESS_MOST = 64 };

struct guessed {
	char key[GUESS_MOST];
	size_t length; /* 0: there is none */
	uint64_t hash; /* the caller's */
};

/* All zero knows nothing yet. */
struct guess {
	char label[LABEL_MOST]; /* what stands before a key: its name, with the quotes around and behind it */
	size_t length;          /* of the label, 0: none is known */
	size_t at;              /* where in a record it stood last */
	unsigned wrong;         /* so many times in a row */
	struct guessed this, next;
};

/* Goes on to the next record: of the one behind it, guesses the key from what has been read. False: it can't. */
bool guess_next(struct guess *, struct slice ahead);

/* Whether a record's key is the one that was guessed. */
bool guess_is_right(const struct guess *, struct slice key);

/* Learns from a record whose key was not guessed; `value` is that key, as it was scanned. */
void guess_learn(struct guess *, struct slice record, struct slice value);

#endif
