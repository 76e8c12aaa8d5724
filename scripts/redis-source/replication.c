#include "replication.h"

#include "number.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static bool
contains(const char *text, const char *const parts[])
{
	for (size_t i = 0; parts[i] != NULL; i++)
		if (strcasestr(text, parts[i]) != NULL)
			return true;
	return false;
}

/* Redis, or who runs it, doesn't let replicas follow it. */
static bool
refuse(struct redis_trouble *trouble, const char *command, const char *error)
{
	static const char *const for_ever[] = {"NOPERM", "unknown", "not permitted", "not allowed", "not available",
		"not supported", "unsupported", "disabled", "denied", "forbidden", NULL};
	redis_failed(trouble, command, error);
	if (!contains(error, for_ever))
		return false;
	trouble->final = true;
	size_t length = strlen(trouble->reason);
	snprintf(trouble->reason + length, sizeof(trouble->reason) - length,
		"; it can't be followed as by a replica, but perhaps be read at intervals: see --poll");
	return false;
}

/* A capability Redis does not know of (they came with 2.8, 4.0 and 7.0) is an error reply, and no harm. */
static bool
announce(struct redis *redis, const char *name, const char *value, struct redis_trouble *trouble)
{
	struct reply *reply = redis_ask(redis, trouble, WORDS(bytes_of("REPLCONF"), bytes_of(name), bytes_of(value)));
	if (reply == NULL)
		return false;
	bool denied = reply->type == REPLY_ERROR && strncmp(reply->bytes.at, "NO", 2) == 0;
	if (denied && strncmp(reply->bytes.at, "NOPERM", 6) == 0)
		refuse(trouble, "REPLCONF: ", reply->bytes.at);
	else if (denied)
		redis_refused(reply, trouble);
	reply_free(reply);
	return !denied;
}

bool
replication_begin(struct replication *replication, struct redis *redis, struct redis_trouble *trouble)
{
	*replication = (struct replication){.redis = redis};
	/* The filter spares Redis from dumping its data, which would be thrown away here. */
	if (announce(redis, "capa", "eof", trouble) && announce(redis, "capa", "psync2", trouble) &&
		announce(redis, "rdb-filter-only", "functions", trouble) &&
		redis_send(redis, trouble, WORDS(bytes_of("PSYNC"), bytes_of("?"), bytes_of("-1"))))
		return true;
	replication_close(replication);
	return false;
}

bool
replication_open(struct replication *replication, const struct redis_settings *settings, size_t longest,
	struct redis_trouble *trouble)
{
	struct redis *redis = redis_open(settings, longest, trouble);
	return redis != NULL && replication_begin(replication, redis, trouble);
}

void
replication_close(struct replication *replication)
{
	redis_close(replication->redis);
	*replication = (struct replication){0};
}

/* "+FULLRESYNC ID OFFSET" */
static bool
take_sync(struct replication *replication, struct redis_trouble *trouble)
{
	const char *line = replication->line, *offset = strrchr(line, ' ');
	if (line[0] == '-')
		return refuse(trouble, "PSYNC: ", line + 1);
	if (strncmp(line, "+FULLRESYNC ", 12) != 0 || !parse_number(offset + 1, 0, LLONG_MAX / 2, &replication->offset))
		return redis_failed(trouble, "PSYNC: expected FULLRESYNC, found ", line);
	replication->state = AWAITING_DUMP;
	return true;
}

/* "$LENGTH", or "$EOF:MARK" for a dump that is made while it is sent. */
static bool
take_dump_head(struct replication *replication, struct redis_trouble *trouble)
{
	const char *line = replication->line;
	replication->mark[0] = '\0';
	if (strncmp(line, "$EOF:", 5) == 0 && strlen(line + 5) == sizeof(replication->mark) - 1) {
		strcpy(replication->mark, line + 5);
		memset(replication->tail, 0, sizeof(replication->tail));
	} else if (line[0] != '$' || !parse_number(line + 1, 1, LLONG_MAX, &replication->dump_left)) {
		return redis_failed(trouble, "PSYNC: expected a dump, found ", line);
	}
	replication->state = SKIPPING_DUMP;
	return true;
}

/* Adds to the line, and acts on it once it is whole. Returns the bytes taken, 0 with the trouble noted. */
static size_t
take_line(struct replication *replication, const char *bytes, size_t length, struct redis_trouble *trouble)
{
	const char *end = memchr(bytes, '\n', length);
	size_t piece = end == NULL ? length : (size_t)(end - bytes);
	if (piece >= sizeof(replication->line) - replication->line_used) {
		redis_failed(trouble, "PSYNC: expected a line, found ", "more than 511 bytes");
		return 0;
	}
	memcpy(replication->line + replication->line_used, bytes, piece);
	replication->line_used += piece;
	if (end == NULL)
		return piece;
	replication->line[replication->line_used] = '\0';
	replication->line[strcspn(replication->line, "\r")] = '\0';
	replication->line_used = 0;
	bool ok = true;
	/* While the dump is prepared, empty lines say that Redis is alive. */
	if (replication->line[0] != '\0')
		ok = replication->state == AWAITING_SYNC ? take_sync(replication, trouble)
							 : take_dump_head(replication, trouble);
	return ok ? piece + 1 : 0;
}

/* Keeps the latest 40 bytes. After such a dump Redis sends nothing more until it is acknowledged. */
static void
skip_to_mark(struct replication *replication, const char *bytes, size_t length)
{
	const size_t size = sizeof(replication->tail);
	if (length >= size) {
		memcpy(replication->tail, bytes + length - size, size);
	} else {
		memmove(replication->tail, replication->tail + length, size - length);
		memcpy(replication->tail + size - length, bytes, length);
	}
	if (memcmp(replication->tail, replication->mark, size) == 0)
		replication->state = STREAMING;
}

static size_t
skip_dump(struct replication *replication, const char *bytes, size_t length)
{
	if (replication->mark[0] != '\0') {
		skip_to_mark(replication, bytes, length);
		return length;
	}
	if ((long long)length > replication->dump_left)
		length = (size_t)replication->dump_left;
	replication->dump_left -= (long long)length;
	if (replication->dump_left == 0)
		replication->state = STREAMING;
	return length;
}

/* Takes what is in the buffer up to the stream's beginning. */
static bool
take_dump(struct replication *replication, struct redis_trouble *trouble)
{
	struct redis *redis = replication->redis;
	while (redis->first < redis->end && replication->state != STREAMING) {
		const char *bytes = redis->in + redis->first;
		size_t length = redis->end - redis->first;
		size_t taken = replication->state == SKIPPING_DUMP ? skip_dump(replication, bytes, length)
								   : take_line(replication, bytes, length, trouble);
		if (taken == 0)
			return false;
		redis->first += taken;
	}
	return replication->state != STREAMING || replication_acknowledge(replication, trouble);
}

bool
replication_receive(struct replication *replication, struct redis_trouble *trouble)
{
	struct redis *redis = replication->redis;
	if (!redis_receive(redis, trouble))
		return false;
	if (replication->state != STREAMING && !take_dump(replication, trouble))
		return false;
	if (replication->state == STREAMING)
		replication->offset += (long long)(redis->end - redis->first);
	return true;
}

bool
replication_command(struct replication *replication, struct reply **command, struct redis_trouble *trouble)
{
	struct redis_trouble reason;
	if (!redis_next(replication->redis, command, &reason))
		return redis_failed(trouble, "change stream: ", reason.reason);
	if (*command == NULL || (reply_is_strings(*command) && (*command)->count > 0))
		return true;
	reply_free(*command);
	*command = NULL;
	return redis_failed(trouble, "change stream: expected a command, found another reply", "");
}

bool
replication_acknowledge(struct replication *replication, struct redis_trouble *trouble)
{
	char offset[32];
	snprintf(offset, sizeof(offset), "%lld", replication->offset);
	return redis_send(replication->redis, trouble, WORDS(bytes_of("REPLCONF"), bytes_of("ACK"), bytes_of(offset)));
}
