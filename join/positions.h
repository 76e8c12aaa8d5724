/* Places in Kafka, "TOPIC:PARTITION:OFFSET", many of them in little memory. */
#ifndef POSITIONS_H
#define POSITIONS_H

#include "json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct position {
	struct slice partition; /* "TOPIC:PARTITION" */
	uint64_t offset;
};

/* Reads the content of a string; the position points into it. Returns false when it is none. */
bool position_read(struct slice content, struct position *);

struct range {
	uint64_t first, last;
};

/*
 * Offsets of one partition. Most come in order, and extend the newest range; the others wait behind the sorted ones
 * until there are enough of them to be worth a sort.
 */
struct partition {
	char *name;
	size_t length;
	struct range *ranges;
	size_t count, sorted, capacity; /* those from `sorted` on stand as they came */
	uint64_t last;                  /* how far it reaches */
};

/* All zero is the empty set. */
struct positions {
	struct partition *list;
	size_t count;
	size_t recent; /* index of the one looked up last */
};

void positions_add(struct positions *, const struct position *);
bool positions_have(struct positions *, const struct position *);

/* The same, where it counts only how far each partition reaches. */
void positions_advance(struct positions *, const struct position *);
bool positions_reach(struct positions *, const struct position *);

void positions_close(struct positions *);

#endif
