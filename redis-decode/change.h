/*
 * Changes of a Redis as its source puts them on Kafka, one a message:
 *
 *     ZADD      {"key":K,...,"zSetEntries":[{"element":V,"score":N},...],"zsetEntries":[the same again]}
 *     snapshot  {"db":{...},...,"key":K,"value":[{"element":V,"score":N},...],...}
 *     SET       {"key":K,"value":V,...}
 *
 * K and V are base64, at times between double underscores; names come in any letter case.
 */
#ifndef CHANGE_H
#define CHANGE_H

#include "decoder.h"

struct change {
	const char **patterns; /* of wanted keys, as fnmatch(3) has them */
	size_t pattern_count;
	struct json_tree members, entry;
	struct buffer key, value, scratch;
};

void change_open(struct change *);

/* Decodes a change (decoder->own is the struct change) and puts the records inside. */
void change_decode(struct decoder *, struct record *, struct slice json);

void change_close(struct change *);

#endif
