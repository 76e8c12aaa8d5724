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

enum { SILENCE_MAX = 60 }; /* seconds; a Redis that lives sends something every 10 */

static const char program[] = "redis-source";

static const char help_text[] =
	"usage: redis-source [-hV] [-p[N]]\n"
	"\n"
	"Prints the sorted sets and strings of a Redis database, and from then on each change of them, as JSON\n"
	"messages, one a line, with keys, values and members in base64.\n"
	"\n"
	"  -p, --pad[=N]          fill up blocks of N bytes (default 1024) when idle, for kcat -P\n"
	"  -h, --help             print this\n"
	"  -V, --version          print the version\n"
	"\n";

struct source {
	struct redis_settings settings;
	struct replication replication;
	struct keyspace keyspace;
	int db;                     /* that the stream has selected */
	double heard, acknowledged; /* when, by clock_seconds() */
	bool stable;                /* the stream has begun since the last trouble */
	struct output out;
};

static bool
broken(struct redis_trouble *trouble, const char *reason)
{
	*trouble = (struct redis_trouble){.final = false};
	snprintf(trouble->reason, sizeof(trouble->reason), "%s", reason);
	return false;
}

/* Waits for Redis, at most a second and not at all while keys are to be read. */
static bool
wait_and_receive(struct source *source, struct redis_trouble *trouble)
{
	struct pollfd fds[] = {
		{.fd = source->replication.connection->fd, .events = POLLIN},
		/* Without events: only that nobody reads it any more. */
		{.fd = source->out.fd},
	};
	bool busy = source->replication.state == STREAMING && keyspace_busy(&source->keyspace);
	if (keyspace_full(&source->keyspace))
		fds[0].fd = -1;
	if (!busy)
		output_idle(&source->out);
	if (stop_poll(fds, 2, busy ? 0 : 1000) < 0)
		return broken(trouble, strerror(errno));
	if (fds[1].revents != 0 && source->out.error == 0)
		source->out.error = EPIPE;
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
		redisReply *command;
		if (!replication_command(&source->replication, &command, trouble))
			return false;
		if (command == NULL)
			return true;
		/* REPLCONF GETACK: Redis waits for the answer, when it shuts down for instance. */
		bool ok = strcasecmp(command->element[0]->str, "REPLCONF") != 0 ||
			  replication_acknowledge(&source->replication, trouble);
		ok = ok && command_apply(command, &source->db, &source->keyspace, &source->out, trouble);
		freeReplyObject(command);
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
		return broken(trouble, "nothing heard for a minute");
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
		if (!source->stable)
			redis_complain(program, &source->settings, &(struct redis_trouble){.reason = "connected"}, "");
		source->stable = true;
	}
	if (!apply_commands(source, trouble))
		return false;
	return !keyspace_busy(&source->keyspace) || keyspace_step(&source->keyspace, &source->out, trouble);
}

/* Follows Redis until it is told to stop, or output fails (no trouble then), or there is trouble with Redis. */
static bool
follow(struct source *source, struct redis_trouble *trouble)
{
	if (!replication_open(&source->replication, &source->settings, trouble))
		return false;
	bool ok = keyspace_open(&source->keyspace, &source->settings, trouble);
	source->db = -1;
	source->heard = clock_seconds();
	while (ok && stop_signal() == 0 && source->out.error == 0)
		ok = step(source, trouble);
	keyspace_close(&source->keyspace);
	replication_close(&source->replication);
	return ok;
}

/* Returns true when it was told to stop or output failed, false when Redis will never have it. */
static bool
follow_for_ever(struct source *source)
{
	double pause = 0.25;
	struct redis_trouble trouble;
	source->stable = true; /* the first connection is not worth a word */
	while (stop_signal() == 0 && source->out.error == 0 && !follow(source, &trouble)) {
		if (trouble.final) {
			redis_complain(program, &source->settings, &trouble, "");
			return false;
		}
		if (source->stable)
			pause = 0.25;
		source->stable = false;
		redis_complain(program, &source->settings, &trouble, "; trying again");
		output_idle(&source->out);
		stop_sleep(pause);
		pause = pause < 4 ? 2 * pause : 4;
	}
	return true;
}

static int
run(size_t pad)
{
	static struct source source;
	const char *wrong = redis_settings_read(&source.settings);
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
	output_open(&source.out, STDOUT_FILENO, pad);
	bool ok = follow_for_ever(&source);
	output_idle(&source.out);
	int error = output_close(&source.out);
	stop_if_unread(error);
	if (error != 0)
		say("%s: stdout: %s", program, strerror(error));
	if (error != 0 || !ok)
		return EXIT_TROUBLE;
	return EXIT_SIGNAL + stop_signal();
}

int
main(int argc, char *argv[])
{
	static const struct option names[] = {{"help", no_argument, NULL, 'h'}, {"pad", optional_argument, NULL, 'p'},
		{"version", no_argument, NULL, 'V'}, {0}};
	long long pad = 0;
	int option;
	argv[0] = (char *)program; /* getopt's messages start with it */
	while ((option = getopt_long(argc, argv, "hp::V", names, NULL)) != -1) {
		switch (option) {
		case 'V':
			usage_version(program);
		case 'h':
			usage_help(program, (const char *const[]){help_text, redis_settings_help, NULL});
		case 'p':
			pad = PAD_DEFAULT;
			if (optarg != NULL && !parse_number(optarg, 1, 1 << 30, &pad))
				usage_wrong(program, "--pad", optarg, "expected the size of a block");
			break;
		default:
			usage_unknown(program);
		}
	}
	if (optind < argc)
		usage_wrong(program, "operands", NULL, "expected none");
	return run((size_t)pad);
}
