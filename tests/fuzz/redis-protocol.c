/*
 * A target for libFuzzer: what redis-source makes of a Redis that sends anything. The input is what comes as the stream
 * of a replica, up to a line "=== replies", and then what comes as answers to questions; the first byte of all chooses
 * the longest message and the keys that are wanted. However the stream is cut, the same must come out, in lines of JSON
 * that are no longer than they may be. And the program itself, which asks as it does and follows both at once, must
 * come to an end when Redis does.
 */
#include "fuzz.h"

#include "redis-source.c"

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

struct input {
	struct slice stream, replies;
	size_t longest;
	struct globs keys;
};

static struct {
	struct slice sent[2]; /* by the connections that the program opens, one after the other */
	size_t opened;
} server;

/* A Redis that has sent all that it ever will; what it is sent it reads for as long as the connection is there. */
static struct redis *
connection(struct slice sent, size_t longest, int *other_end)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		refute("no sockets");
	if (write(ends[1], sent.at, sent.length) != (ssize_t)sent.length || shutdown(ends[1], SHUT_WR) != 0)
		refute("what Redis sends doesn't fit");
	*other_end = ends[1];
	return redis_over((struct channel){.fd = ends[0]}, longest);
}

/* Calls of these functions of the program come here. */
struct redis *__wrap_redis_open(const struct redis_settings *, size_t, struct redis_trouble *);
void __wrap_stop_sleep(double);
void __wrap_say(const char *, ...);

void
__wrap_stop_sleep(double seconds)
{
	(void)seconds;
}

void
__wrap_say(const char *format, ...)
{
	char line[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	for (const char *at = line; *at != '\0'; at++)
		if (*at < 0x20 || *at > 0x7E)
			refute("this may upset a terminal: %s", line);
}

struct redis *
__wrap_redis_open(const struct redis_settings *settings, size_t longest, struct redis_trouble *trouble)
{
	static int ends[2] = {-1, -1};
	(void)settings;
	size_t number = server.opened++ % 2;
	if (server.opened > 2) {
		redis_failed(trouble, "it has gone", "");
		return NULL;
	}
	if (ends[number] >= 0)
		close(ends[number]);
	return connection(server.sent[number], longest, &ends[number]);
}

static void
apply_all(struct source *source, struct redis_trouble *trouble, bool *ok)
{
	for (struct reply *command; *ok;) {
		*ok = replication_command(&source->replication, &command, trouble);
		if (!*ok || command == NULL)
			return;
		*ok = command_apply(command, &source->db, &source->keyspace, &source->messages, trouble);
		reply_free(command);
	}
}

/* The stream in pieces, and then the keys: in an order that doesn't depend on when what arrives. */
static void
follow_in_order(struct source *source, const struct input *input, size_t piece, struct redis_trouble *trouble)
{
	int stream[2], questions;
	bool ok = true;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, stream) != 0)
		refute("no sockets");
	source->replication =
		(struct replication){.redis = redis_over((struct channel){.fd = stream[0]}, input->longest)};
	source->keyspace.redis = connection(input->replies, input->longest, &questions);
	for (size_t sent = 0; ok && sent < input->stream.length; sent += piece) {
		size_t left = input->stream.length - sent, length = left < piece ? left : piece;
		if (write(stream[1], input->stream.at + sent, length) != (ssize_t)length)
			refute("the stream doesn't fit");
		ok = replication_receive(&source->replication, trouble);
		if (ok && source->replication.state == STREAMING)
			apply_all(source, trouble, &ok);
	}
	if (source->replication.state == STREAMING)
		keyspace_read_all(&source->keyspace);
	while (ok && keyspace_busy(&source->keyspace))
		ok = keyspace_step(&source->keyspace, &source->messages, trouble);
	if (!ok && (trouble->reason[0] == '\0' || memchr(trouble->reason, '\0', sizeof(trouble->reason)) == NULL))
		refute("there is trouble without a reason");
	keyspace_close(&source->keyspace);
	replication_close(&source->replication);
	close(stream[1]);
	close(questions);
}

/* What the program writes; with a piece of 0, as it follows by itself. */
static char *
followed(const struct input *input, size_t piece, size_t *length)
{
	static int file;
	static struct source source;
	struct redis_trouble trouble = {.reason = ""};
	source = (struct source){.keys = input->keys,
		.db = -1,
		.keyspace.wanted = &source.keys,
		.complaints = {.program = program, .host = "redis"},
		.messages = {.program = program, .longest = input->longest}};
	output_open(&source.messages.out, dup(emptied(&file)), 0);
	if (piece > 0) {
		follow_in_order(&source, input, piece, &trouble);
	} else {
		server.sent[0] = input->stream;
		server.sent[1] = input->replies;
		server.opened = 0;
		if (follow(&source, &trouble))
			refute("it has ended before Redis did");
		redis_try_again(&source.complaints, &trouble);
		server.sent[0] = input->replies;
		server.opened = 0;
		read_once(&source, &trouble);
	}
	if (output_close(&source.messages.out) != 0)
		refute("the output can't be written");
	return content(file, length);
}

static void
check_lines(char *text, size_t length, size_t longest)
{
	for (char *line = text, *end; line < text + length; line = end + 1) {
		end = memchr(line, '\n', (size_t)(text + length - line));
		if (end == NULL)
			refute("no whole line is: %s", line);
		if ((size_t)(end - line) > longest)
			refute("longer than %zu bytes is: %s", longest, line);
		json_t *message = object_of(line, (size_t)(end - line));
		if (!json_is_string(json_object_get(message, "key")))
			refute("a message without a key is: %s", line);
		json_decref(message);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct glob glob = {.pattern = "[a-m]*"};
	struct slice rest = {(const char *)bytes, size};
	size_t length, cut_length;
	struct input input = {.longest = LONGEST};
	signal(SIGPIPE, SIG_IGN);
	if (size > 0 && (bytes[0] == '1' || bytes[0] == '2')) {
		input.longest = bytes[0] == '1' ? 100 : 300;
		input.keys = (struct globs){.list = &glob, .count = bytes[0] == '2'};
		rest = (struct slice){rest.at + 1, size - 1};
	}
	input.stream = take_part(&rest, "=== replies\n");
	input.replies = rest;
	char *text = followed(&input, SIZE_MAX / 2, &length);
	/* a dump that ends in a mark ends with what is read at once */
	if (memmem(input.stream.at, input.stream.length, "$EOF:", 5) == NULL) {
		char *cut = followed(&input, 1 + size % 7, &cut_length);
		if (cut_length != length || memcmp(cut, text, length) != 0)
			refute("cut, the stream becomes\n%sinstead of\n%s", cut, text);
		free(cut);
	}
	check_lines(text, length, input.longest);
	text = followed(&input, 0, &length);
	check_lines(text, length, input.longest);
	drop(input.stream);
	return 0;
}
