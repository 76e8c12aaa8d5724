#include "replication.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool
fail(struct redis_trouble *trouble, const char *what, const char *found)
{
	snprintf(trouble->reason, sizeof(trouble->reason), "%s%s", what, found);
	trouble->final = false;
	return false;
}

/* Sends what redisAppendCommand() has queued. */
static bool
send_queued(redisContext *connection, struct redis_trouble *trouble)
{
	int done = 0;
	while (!done)
		if (redisBufferWrite(connection, &done) != REDIS_OK)
			return redis_broken(connection, trouble);
	return true;
}

/* A capability Redis does not know of (they came with 2.8, 4.0 and 7.0) is an error reply, and no harm. */
static bool
announce(redisContext *connection, const char *name, const char *value, struct redis_trouble *trouble)
{
	redisReply *reply = redisCommand(connection, "REPLCONF %s %s", name, value);
	if (reply == NULL)
		return redis_broken(connection, trouble);
	bool denied = reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "NO", 2) == 0;
	if (denied)
		redis_refused(reply, trouble);
	freeReplyObject(reply);
	return !denied;
}

bool
replication_open(struct replication *replication, const struct redis_settings *settings, struct redis_trouble *trouble)
{
	*replication = (struct replication){.reader = redisReaderCreate()};
	if (replication->reader == NULL)
		return fail(trouble, "out of memory", "");
	replication->connection = redis_open(settings, trouble);
	redisContext *connection = replication->connection;
	/* The filter spares Redis from dumping its data, which would be thrown away here. */
	if (connection != NULL && announce(connection, "capa", "eof", trouble) &&
		announce(connection, "capa", "psync2", trouble) &&
		announce(connection, "rdb-filter-only", "functions", trouble)) {
		if (redisAppendCommand(connection, "PSYNC ? -1") == REDIS_OK && send_queued(connection, trouble))
			return true;
		redis_broken(connection, trouble);
	}
	replication_close(replication);
	return false;
}

void
replication_close(struct replication *replication)
{
	if (replication->reader != NULL)
		redisReaderFree(replication->reader);
	if (replication->connection != NULL)
		redisFree(replication->connection);
	*replication = (struct replication){0};
}

/* "+FULLRESYNC ID OFFSET" */
static bool
take_sync(struct replication *replication, struct redis_trouble *trouble)
{
	const char *line = replication->line;
	if (line[0] == '-') {
		redisReply refusal = {.type = REDIS_REPLY_ERROR, .str = replication->line + 1};
		return redis_refused(&refusal, trouble);
	}
	if (sscanf(line, "+FULLRESYNC %*s %lld", &replication->offset) != 1 || replication->offset < 0 ||
		replication->offset > LLONG_MAX / 2)
		return fail(trouble, "PSYNC: expected FULLRESYNC, found ", line);
	replication->state = AWAITING_DUMP;
	return true;
}

/* "$LENGTH", or "$EOF:MARK" for a dump that is made while it is sent. */
static bool
take_dump_head(struct replication *replication, struct redis_trouble *trouble)
{
	const char *line = replication->line;
	replication->mark[0] = '\0';
	if (sscanf(line, "$EOF:%40s", replication->mark) == 1 && strlen(replication->mark) == 40)
		memset(replication->tail, 0, sizeof(replication->tail));
	else if (sscanf(line, "$%lld", &replication->dump_left) != 1 || replication->dump_left < 1)
		return fail(trouble, "PSYNC: expected a dump, found ", line);
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
		fail(trouble, "PSYNC: expected a line, found ", "more than 127 bytes");
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

static bool
take(struct replication *replication, const char *bytes, size_t length, struct redis_trouble *trouble)
{
	bool streaming = replication->state == STREAMING;
	while (length > 0 && replication->state != STREAMING) {
		size_t taken = replication->state == SKIPPING_DUMP ? skip_dump(replication, bytes, length)
								   : take_line(replication, bytes, length, trouble);
		if (taken == 0)
			return false;
		bytes += taken;
		length -= taken;
	}
	if (!streaming && replication->state == STREAMING && !replication_acknowledge(replication, trouble))
		return false;
	replication->offset += (long long)length;
	if (length > 0 && redisReaderFeed(replication->reader, bytes, length) != REDIS_OK)
		return fail(trouble, "change stream: ", replication->reader->errstr);
	return true;
}

bool
replication_receive(struct replication *replication, struct redis_trouble *trouble)
{
	char bytes[1 << 16];
	ssize_t n = recv(replication->connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n > 0)
		return take(replication, bytes, (size_t)n, trouble);
	if (n == 0)
		return fail(trouble, "it closed the connection", "");
	return errno == EAGAIN || errno == EINTR || fail(trouble, strerror(errno), "");
}

bool
replication_command(struct replication *replication, redisReply **command, struct redis_trouble *trouble)
{
	void *reply = NULL;
	if (redisReaderGetReply(replication->reader, &reply) != REDIS_OK)
		return fail(trouble, "change stream: ", replication->reader->errstr);
	*command = reply;
	if (reply == NULL || (redis_is_strings(reply) && (*command)->elements > 0))
		return true;
	freeReplyObject(reply);
	*command = NULL;
	return fail(trouble, "change stream: expected a command, found another reply", "");
}

bool
replication_acknowledge(struct replication *replication, struct redis_trouble *trouble)
{
	if (redisAppendCommand(replication->connection, "REPLCONF ACK %lld", replication->offset) != REDIS_OK)
		return redis_broken(replication->connection, trouble);
	return send_queued(replication->connection, trouble);
}
