/*
 * Envelopes as kcat -J writes them, one per message:
 * {"topic":T,"partition":N,"offset":N,"tstype":S,"ts":MS,"broker":N,"headers":[NAME,VALUE,...],"key":K,"payload":P}
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include "json.h"
#include "reason.h"

enum envelope_slot {
	ENVELOPE_TOPIC,
	ENVELOPE_PARTITION,
	ENVELOPE_OFFSET,
	ENVELOPE_TIMESTAMP,
	ENVELOPE_KEY,
	ENVELOPE_HEADERS,
	ENVELOPE_PAYLOAD,
	ENVELOPE_POSITION, /* "TOPIC:PARTITION:OFFSET", made here */
	ENVELOPE_HEADER,   /* the first of the wanted headers' values */
};

struct envelope {
	struct json_tree tree;
	char **headers; /* wanted names */
	size_t *header_lengths;
	size_t header_count;
	struct slice *slots; /* of the message opened last: ENVELOPE_HEADER + header_count of them */
	struct buffer payload, position, scratch;
};

enum envelope_kind { ENVELOPE_RECORD, ENVELOPE_TOMBSTONE, ENVELOPE_WRONG };

void envelope_open(struct envelope *);

/* Returns the slot of a header's value. */
size_t envelope_want_header(struct envelope *, const char *name, size_t length);

/*
 * Takes a message apart and sets *payload, which stays until the next call; or sets the reason why it can't. The
 * slots are set wherever the record is an object.
 */
enum envelope_kind envelope_read(struct envelope *, struct slice record, struct slice *payload, struct reason *);

/* "topic[partition]@offset" of the message read last, as far as it is known; `size` is at least 8. */
void envelope_say(const struct envelope *, char *text, size_t size);

void envelope_close(struct envelope *);

#endif
