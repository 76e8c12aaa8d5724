/* Why Redis can't be had, and what a program that goes on trying says of it. */
#ifndef TROUBLE_H
#define TROUBLE_H

#include <stdbool.h>

struct redis_trouble {
	char reason[512]; /* may hold whatever Redis sent */
	bool final;       /* trying again can't help: wrong password, no permission, no such database */
};

/* Notes a reason, `what` and `found` in one, that may pass. Returns false. */
bool redis_failed(struct redis_trouble *, const char *what, const char *found);

/* What is said of one Redis, as "PROGRAM: Redis at HOST:PORT: ..."; all but these begins with zeros. */
struct redis_complaints {
	const char *program;
	const char *host;
	int port;
	double said, pause; /* seconds: when trouble was said last; how long the next try is waited for */
	bool open;          /* trouble was said, and not yet that it is over */
};

/*
 * Says what the trouble is, at most once a minute unless it is final, and pauses, for 0.25 to 4 seconds, longer each
 * time. Returns whether to try again: not where the trouble is final or a stop signal came.
 */
bool redis_try_again(struct redis_complaints *, const struct redis_trouble *);

/* The trouble is over, which is said where the trouble was. */
void redis_well(struct redis_complaints *);

#endif
