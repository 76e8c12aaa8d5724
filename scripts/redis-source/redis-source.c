/* Prints every change of a Redis as a JSON message per line, for Kafka. */
#include "clock.h"
#include "command.h"
#include "confine.h"
#include "descriptors.h"
#include "keyspace.h"
#include "number.h"
#include "output.h"
#include "redis.h"
#include "replication.h"
#include "status.h"
#include "stop.h"
#include "usage.h"
#include "write.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { SILENCE_MAX = 60 };     /* seconds; a Redis that lives sends something every 10 */
enum { LONGEST = 1000000000 }; /* message: more than that no producer of Kafka takes */

static const char program[] = "redis-source";

static const char help_text[] =
	"usage: redis-source [-hV] [-k GLOB] [-p[N]] [--max-output SIZE] [--poll SECONDS]\n"
	"\n"
	"Prints the sorted sets and strings of a Redis database, and from then on each change of them, as JSON\n"
	"messages, one a line, with keys, values and members in base64.\n"
	"\n"
	"  -k, --key GLOB         Redis keys to print (default all; may be repeated)\n"
	"  -p, --pad[=N]          fill up blocks of N bytes (default 1024) when idle, for kcat -P\n"
	"      --max-output SIZE  leave out longer messages (default 1000000000, Kafka's most)\n"
	"      --poll SECONDS     don't follow Redis, read it every SECONDS: where no replica may follow it\n"
	"  -h, --help             print this\n"
	"  -V, --version          print the version\n"
	"\n";

struct source {
	struct redis_settings settings;
	struct globs keys; /* that are wanted */
	long long poll;    /* seconds between snapshots, 0: changes are followed */
	struct replication replication;
	struct keyspace keyspace;
	int db;                     /* that the stream has selected */
	double heard, acknowledged; /* when, by clock_seconds() */
	struct redis_complaints complaints;
	struct messages messages;
};

static bool
is_over(const struct source *source)
{
	return stop_signal() != 0 || source->messages.out.error != 0;
}

/* Nobody reads the output any more, as poll(2) tells. */
static void
note_reader(struct source *source, short events)
{
	if (events != 0 && source->messages.out.error == 0)
		source->messages.out.error = EPIPE;
}

/* Waits for Redis, at most a second and not at all while keys are to be read. */
static bool
wait_and_receive(struct source *source, struct redis_trouble *trouble)
{
	struct pollfd fds[] = {
		{.fd = source->replication.redis->channel.fd, .events = POLLIN},
		/* Without events: only that nobody reads it any more. */
		{.fd = source->messages.out.fd},
	};
	bool busy = source->replication.state == STREAMING && keyspace_busy(&source->keyspace);
	if (keyspace_full(&source->keyspace))
		fds[0].fd = -1;
	if (!busy)
		output_idle(&source->messages.out);
	if (stop_poll(fds, 2, busy ? 0 : 1000) < 0)
		return redis_failed(trouble, strerror(errno), "");
	note_reader(source, fds[1].revents);
	if (fds[0].revents == 0)
		return true;
	source->heard = clock_seconds();
	return replication_receive(&source->replication, trouble);
}

/* Applies the commands that have come whole. */
static bool
apply_commands(struct source *source, struct redis_trouble *trouble)
{
	for (;;) {
		struct reply *command;
		if (!replication_command(&source->replication, &command, trouble))
			return false;
		if (command == NULL)
			return true;
		/* REPLCONF GETACK: Redis waits for the answer, when it shuts down for instance. */
		bool ok = strcasecmp(command->elements[0].bytes.at, "REPLCONF") != 0 ||
			  replication_acknowledge(&source->replication, trouble);
		ok = ok && command_apply(command, &source->db, &source->keyspace, &source->messages, trouble);
		reply_free(command);
		if (!ok)
			return false;
	}
}

static bool
keep_alive(struct source *source, struct redis_trouble *trouble)
{
	double now = clock_seconds();
	if (keyspace_full(&source->keyspace))
		source->heard = now; /* nothing was read on purpose */
	if (now - source->heard > SILENCE_MAX)
		return redis_failed(trouble, "nothing heard for a minute", "");
	if (source->replication.state != STREAMING || now - source->acknowledged < 1)
		return true;
	source->acknowledged = now;
	return replication_acknowledge(&source->replication, trouble);
}

static bool
step(struct source *source, struct redis_trouble *trouble)
{
	bool streaming = source->replication.state == STREAMING;
	if (!wait_and_receive(source, trouble) || !keep_alive(source, trouble))
		return false;
	if (source->replication.state != STREAMING)
		return true;
	if (!streaming) {
		/* Only now: what changes while the snapshot is read is in the stream. */
		keyspace_read_all(&source->keyspace);
		redis_well(&source->complaints);
	}
	if (!apply_commands(source, trouble))
		return false;
	return !keyspace_busy(&source->keyspace) || keyspace_step(&source->keyspace, &source->messages, trouble);
}

/* Follows Redis until it is over, or there is trouble with Redis: then it returns false. */
static bool
follow(struct source *source, struct redis_trouble *trouble)
{
	const size_t longest = source->messages.longest;
	if (!replication_open(&source->replication, &source->settings, longest, trouble))
		return false;
	bool ok = keyspace_open(&source->keyspace, &source->settings, &source->keys, longest, trouble);
	source->db = -1;
	source->heard = clock_seconds();
	while (ok && !is_over(source))
		ok = step(source, trouble);
	keyspace_close(&source->keyspace);
	replication_close(&source->replication);
	return ok;
}

/* Reads all that there is, once. */
static bool
read_once(struct source *source, struct redis_trouble *trouble)
{
	struct keyspace *keyspace = &source->keyspace;
	if (!keyspace_open(keyspace, &source->settings, &source->keys, source->messages.longest, trouble))
		return false;
	bool ok = true;
	keyspace_read_all(keyspace);
	while (ok && keyspace_busy(keyspace) && !is_over(source))
		ok = keyspace_step(keyspace, &source->messages, trouble);
	if (ok)
		redis_well(&source->complaints);
	keyspace_close(keyspace);
	return ok;
}

static void
rest(struct source *source)
{
	double end = clock_seconds() + (double)source->poll;
	output_idle(&source->messages.out);
	for (double left; !is_over(source) && (left = end - clock_seconds()) > 0;) {
		struct pollfd reader = {.fd = source->messages.out.fd};
		stop_poll(&reader, 1, (int)(left * 1000) + 1);
		note_reader(source, reader.revents);
	}
}

/* Returns true when it is over, false when Redis will never have it. */
static bool
serve(struct source *source)
{
	struct redis_trouble trouble;
	while (!is_over(source)) {
		bool ok = source->poll > 0 ? read_once(source, &trouble) : follow(source, &trouble);
		output_idle(&source->messages.out);
		if (!ok && !is_over(source) && !redis_try_again(&source->complaints, &trouble) && stop_signal() == 0)
			return false;
		if (ok && source->poll > 0)
			rest(source);
	}
	return true;
}

static int
run(struct source *source, size_t pad)
{
	const char *wrong = redis_settings_read(&source->settings);
	if (wrong != NULL) {
		say("%s: %s", program, wrong);
		return EXIT_TROUBLE;
	}
	if (!descriptors_occupy()) {
		say("%s: setting up: %s", program, strerror(errno));
		return EXIT_TROUBLE;
	}
	confine(true);
	stop_on_signals();
	stop_put_off_sigpipe();
	source->complaints =
		(struct redis_complaints){program, source->settings.host, source->settings.port, 0, 0, false};
	source->messages.program = program;
	output_open(&source->messages.out, STDOUT_FILENO, pad);
	bool ok = serve(source);
	messages_close(&source->messages);
	globs_say_unmatched(&source->keys, program);
	globs_free(&source->keys);
	SSL_CTX_free(source->settings.tls);
	int error = output_close(&source->messages.out);
	stop_if_unread(error);
	if (error != 0)
		say("%s: stdout: %s", program, strerror(error));
	if (error != 0 || !ok)
		return EXIT_TROUBLE;
	return EXIT_SIGNAL + stop_signal();
}

enum { MAX_OUTPUT = 1000, POLL }; /* beyond the letters */

static const struct option names[] = {{"help", no_argument, NULL, 'h'}, {"key", required_argument, NULL, 'k'},
	{"max-output", required_argument, NULL, MAX_OUTPUT}, {"pad", optional_argument, NULL, 'p'},
	{"poll", required_argument, NULL, POLL}, {"version", no_argument, NULL, 'V'}, {0}};

static void
take_option(int option, struct source *source, long long *pad)
{
	switch (option) {
	case MAX_OUTPUT:
		if (!parse_size(optarg, LONGEST, &source->messages.longest))
			usage_wrong(program, "--max-output", optarg,
				"expected a size up to 1000000000, such as 500K or 8M");
		break;
	case POLL:
		if (!parse_number(optarg, 1, 86400, &source->poll))
			usage_wrong(program, "--poll", optarg, "expected seconds, 1 to 86400");
		break;
	case 'V':
		usage_version(program);
	case 'h':
		usage_help(program, (const char *const[]){help_text, redis_settings_help, NULL});
	case 'k':
		globs_add(&source->keys, optarg);
		break;
	case 'p':
		*pad = PAD_DEFAULT;
		if (optarg != NULL && !parse_number(optarg, 1, 1 << 30, pad))
			usage_wrong(program, "--pad", optarg, "expected the size of a block");
		break;
	default:
		usage_unknown(program);
	}
}

int
main(int argc, char *argv[])
{
	static struct source source = {.messages.longest = LONGEST};
	long long pad = 0;
	int option;
	argv[0] = (char *)program; /* getopt's messages start with it */
	while ((option = getopt_long(argc, argv, "hk:p::V", names, NULL)) != -1)
		take_option(option, &source, &pad);
	if (optind < argc)
		usage_wrong(program, "operands", NULL, "expected none");
	return run(&source, (size_t)pad);
}
