/*
 * A target for libFuzzer: what redis-source makes of a Redis that sends anything. The input is what comes as the stream
 * of a replica, up to a line "=== replies", and then what comes as answers to questions. However the stream is cut, the
 * same must come out, in lines of JSON.
 */
#include "fuzz.h"

#include "command.h"
#include "replication.h"

#include <signal.h>
#include <sys/socket.h>
#include <time.h>

/* Times to live are told by the time, which stands still here: clock_gettime() is compiled to this. */
int
standing_time(clockid_t clock, struct timespec *time)
{
	(void)clock;
	*time = (struct timespec){.tv_sec = 1600069986};
	return 0;
}

struct redis {
	struct replication replication;
	struct keyspace keyspace;
	struct output out;
	int stream, questions; /* Redis's ends */
	int db;
};

static redisContext *
connection(int *other_end)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		refute("no sockets");
	*other_end = ends[1];
	return redisConnectFd(ends[0]);
}

static void
open_redis(struct redis *redis, struct slice replies, int out)
{
	redis->replication =
		(struct replication){.reader = redisReaderCreate(), .connection = connection(&redis->stream)};
	redis->keyspace = (struct keyspace){.connection = connection(&redis->questions)};
	redis->db = -1;
	output_open(&redis->out, out, 0);
	if (write(redis->questions, replies.at, replies.length) != (ssize_t)replies.length ||
		shutdown(redis->questions, SHUT_WR) != 0)
		refute("the replies don't fit");
}

static bool
apply_commands(struct redis *redis, struct redis_trouble *trouble)
{
	for (bool ok = true; ok;) {
		redisReply *command;
		if (!replication_command(&redis->replication, &command, trouble))
			return false;
		if (command == NULL)
			return true;
		ok = command_apply(command, &redis->db, &redis->keyspace, &redis->out, trouble);
		freeReplyObject(command);
	}
	return false;
}

static void
follow(struct redis *redis, struct slice stream, size_t piece)
{
	struct redis_trouble trouble;
	bool ok = true;
	for (size_t sent = 0; ok && sent < stream.length; sent += piece) {
		size_t length = stream.length - sent < piece ? stream.length - sent : piece;
		if (write(redis->stream, stream.at + sent, length) != (ssize_t)length)
			refute("the stream doesn't fit");
		ok = replication_receive(&redis->replication, &trouble) &&
		     (redis->replication.state != STREAMING || apply_commands(redis, &trouble));
	}
	if (redis->replication.state == STREAMING)
		keyspace_read_all(&redis->keyspace);
	while (ok && keyspace_busy(&redis->keyspace))
		ok = keyspace_step(&redis->keyspace, &redis->out, &trouble);
	if (!ok && memchr(trouble.reason, '\0', sizeof(trouble.reason)) == NULL)
		refute("there is trouble without a reason");
}

static char *
followed(struct slice stream, struct slice replies, size_t piece, size_t *length)
{
	static int file;
	static struct redis redis;
	open_redis(&redis, replies, dup(emptied(&file)));
	follow(&redis, stream, piece);
	if (output_close(&redis.out) != 0)
		refute("the output can't be written");
	keyspace_close(&redis.keyspace);
	replication_close(&redis.replication);
	close(redis.stream);
	close(redis.questions);
	return content(file, length);
}

static void
check_lines(char *text, size_t length)
{
	for (char *line = text, *end; line < text + length; line = end + 1) {
		end = memchr(line, '\n', (size_t)(text + length - line));
		if (end == NULL)
			refute("no whole line is: %s", line);
		json_t *message = object_of(line, (size_t)(end - line));
		if (!json_is_string(json_object_get(message, "key")))
			refute("a message without a key is: %s", line);
		json_decref(message);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct slice input = {(const char *)bytes, size};
	size_t length, cut_length;
	signal(SIGPIPE, SIG_IGN);
	struct slice stream = take_part(&input, "=== replies\n");
	char *text = followed(stream, input, SIZE_MAX / 2, &length);
	/* a dump that ends in a mark ends with what is read at once */
	if (memmem(stream.at, stream.length, "$EOF:", 5) == NULL) {
		char *cut = followed(stream, input, 1 + size % 7, &cut_length);
		if (cut_length != length || memcmp(cut, text, length) != 0)
			refute("cut, the stream becomes\n%sinstead of\n%s", cut, text);
		free(cut);
	}
	check_lines(text, length);
	free(text);
	drop(stream);
	return 0;
}
