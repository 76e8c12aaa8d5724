/*
 * Changes of a Redis as its source puts them on Kafka, one a message:
 *
 *     ZADD      {"key":K,...,"zSetEntries":[{"element":V,"score":N},...],"zsetEntries":[the same again]}
 *     snapshot  {"db":{...},...,"key":K,"value":[{"element":V,"score":N},...],...}
 *     SET       {"key":K,"value":V,...}
 *     ZINCRBY   {"key":K,"increment":N,"member":V}
 *     MSET      {"kv":{K:V,...}}
 *
 * K and V are base64, at times between double underscores; names come in any letter case. Others hold no record: values
 * that are numbers, or as in snapshots of hashes, lists, sets and streams, objects and arrays of anything else.
 */
#ifndef CHANGE_H
#define CHANGE_H

#include "decoder.h"
#include "globs.h"

enum change_kind { UNREAD, ENTRIES, SNAPSHOT, ONE_VALUE, ONE_MEMBER, PAIRS, READ };

struct change {
	struct globs wanted; /* keys */
	struct json_tree members, entry;
	struct buffer key, value, scratch;

	/* the message begun last */
	struct slice message;
	enum change_kind kind;
	struct slice values; /* that are still to be read: the rest of an array or an object, or the one */
	size_t count;        /* of those that were */
};

enum change_step {
	CHANGE_RECORD,  /* a record, whose bytes stay until the next step */
	CHANGE_WRONG,   /* the reason why the message, or a part of it, is none */
	CHANGE_SKIPPED, /* the message has none for us */
	CHANGE_END,
};

void change_open(struct change *);

/* Begins with a message, of which change_next() then takes one step after the other, until CHANGE_END. */
void change_begin(struct change *, struct slice message);
enum change_step change_next(struct change *, struct inner *, struct reason *);

void change_close(struct change *);

#endif
