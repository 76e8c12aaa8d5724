/*
 * Envelopes as kcat -J writes them, one per message:
 * {"topic":T,"partition":N,"offset":N,"tstype":S,"ts":MS,"broker":N,"headers":[NAME,VALUE,...],"key":K,"payload":P}
 *
 * kcat prints keys and headers as they are, so that bytes which are no UTF-8 stand in its strings. They count only
 * where such a value is wanted; a payload's are judged where it is scanned as a record. A payload that a schema could
 * not be applied to is null, beside a "payload_error" that says why.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include "json.h"
#include "reason.h"

#include <stdbool.h>

struct envelope {
	struct json_tree members;
	struct envelope_value *wanted;
	size_t count;
	size_t first; /* where the wanted values begin among those handed to envelope_read() */
	bool array;   /* the records are arrays, not objects */

	/* of the message read last */
	struct slice topic, partition, offset;
	struct buffer payload, position, scratch;
};

enum envelope_kind { ENVELOPE_RECORD, ENVELOPE_TOMBSTONE, ENVELOPE_BLANK, ENVELOPE_WRONG };

void envelope_open(struct envelope *);

/*
 * Makes a value wanted: topic, partition, offset, timestamp, key, position ("TOPIC:PARTITION:OFFSET", made here),
 * payload (as it stands there), or headers and a name. Sets *slot, its place behind `first`; returns false where there
 * is no such value.
 */
bool envelope_want(struct envelope *, const struct json_step *, size_t count, size_t *slot);

/*
 * Takes a message apart, sets the wanted values, and *payload, which stays until the next call; or sets the reason why
 * it can't. A blank payload holds no record, as a blank line holds none.
 */
enum envelope_kind envelope_read(
	struct envelope *, struct slice record, struct slice *values, struct slice *payload, struct reason *);

/* Whether a record is a message as kcat -J writes them, and whether it is JSON and certainly none. */
bool envelope_is_one(const struct envelope *, struct slice record);
bool envelope_is_none(const struct envelope *, struct slice record);

/* "topic[partition]@offset" of the message read last, as far as it is known; `size` is at least 8. */
void envelope_say(const struct envelope *, char *text, size_t size);

void envelope_close(struct envelope *);

#endif
