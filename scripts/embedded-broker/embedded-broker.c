/*
 * A Kafka broker on loopback without Java: librdkafka's mock cluster, for demos and quick tests.
 * All is kept in memory and is gone when it stops.
 */
#include "confine.h"
#include "descriptors.h"
#include "memory.h"
#include "number.h"
#include "status.h"
#include "stop.h"
#include "usage.h"
#include "write.h"

#include <errno.h>
#include <getopt.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TOPIC_MAX = 249, /* Kafka's own limit */
	PARTITIONS_MAX = 10000,
	BROKER = 1, /* the id of the only broker */
};

static const char program[] = "embedded-broker";

static const char help_text[] =
	"usage: embedded-broker [-hV] TOPIC[:PARTITIONS] ...\n"
	"\n"
	"Runs a Kafka broker on a free port of 127.0.0.1, prints its address (127.0.0.1:PORT) as the only line of\n"
	"standard output, and serves until SIGTERM or SIGINT. All is kept in memory.\n"
	"\n"
	"  TOPIC[:PARTITIONS]     create TOPIC, with 1 partition unless told otherwise\n"
	"  -h, --help             print this\n"
	"  -V, --version          print the version\n";

static void
complain(const char *what, const char *reason)
{
	say("%s: %s: %s", program, what, reason);
}

/* The characters Kafka allows; "." and ".." are refused as it does. */
static bool
is_topic(const char *name, size_t length)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	bool dots = strncmp(name, "..", length) == 0 && length <= 2;
	return length > 0 && length <= TOPIC_MAX && !dots && strspn(name, allowed) >= length;
}

/* Splits "TOPIC[:PARTITIONS]" in place. Returns NULL, or what was wrong. */
static const char *
parse_topic(char *spec, int *partitions)
{
	char *colon = strchr(spec, ':');
	long long number;
	*partitions = 1;
	if (!is_topic(spec, colon == NULL ? strlen(spec) : (size_t)(colon - spec)))
		return "expected TOPIC[:PARTITIONS], a topic being 1 to 249 of the characters A-Z a-z 0-9 . _ -";
	if (colon == NULL)
		return NULL;
	if (!parse_number(colon + 1, 1, PARTITIONS_MAX, &number))
		return "expected 1 to 10000 partitions";
	*partitions = (int)number;
	*colon = '\0';
	return NULL;
}

/* Returns false after saying why. */
static bool
create_topics(rd_kafka_mock_cluster_t *cluster, char **specs, const int *partitions, int count)
{
	for (int i = 0; i < count; i++) {
		rd_kafka_resp_err_t error = rd_kafka_mock_topic_create(cluster, specs[i], partitions[i], 1);
		if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
			complain(specs[i], rd_kafka_err2str(error));
			return false;
		}
	}
	return true;
}

static bool
print_address(const rd_kafka_mock_cluster_t *cluster)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
	int error = write_whole(STDOUT_FILENO, line, (size_t)length);
	if (error != 0)
		complain("stdout", strerror(error));
	return error == 0;
}

/* Serves until told to end. */
static bool
serve(rd_kafka_mock_cluster_t *cluster)
{
	while (stop_signal() == 0) {
		if (stop_poll(NULL, 0, -1) < 0) {
			complain("waiting for a signal", strerror(errno));
			return false;
		}
		int signal = stop_noted();
		if (signal == SIGUSR1)
			rd_kafka_mock_broker_set_down(cluster, BROKER);
		else if (signal == SIGUSR2)
			rd_kafka_mock_broker_set_up(cluster, BROKER);
	}
	return true;
}

static void
take_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	(void)client;
	(void)level;
	complain(facility, text);
}

/* The mock cluster lives in a client instance, which itself never connects anywhere. */
static rd_kafka_t *
new_client(void)
{
	char reason[512];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	/* Level 3: errors. A client that comes or goes is none. */
	if (rd_kafka_conf_set(conf, "log_level", "3", reason, sizeof(reason)) != RD_KAFKA_CONF_OK) {
		complain("log_level", reason);
		rd_kafka_conf_destroy(conf);
		return NULL;
	}
	rd_kafka_conf_set_log_cb(conf, take_log);
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
	if (client == NULL) {
		complain("librdkafka", reason);
		rd_kafka_conf_destroy(conf);
	}
	return client;
}

static bool
run(char **specs, const int *partitions, int count)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	if (!descriptors_occupy()) {
		complain("setting up", strerror(errno));
		return false;
	}
	confine(true);
	stop_on_signals();
	stop_note(SIGUSR1);
	stop_note(SIGUSR2);
	/* librdkafka's threads inherit the mask: signals are for the thread that waits for them. */
	sigprocmask(SIG_BLOCK, &all, &before);
	rd_kafka_t *client = new_client();
	rd_kafka_mock_cluster_t *cluster = client == NULL ? NULL : rd_kafka_mock_cluster_new(client, 1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	bool served = false;
	if (cluster != NULL) {
		served = create_topics(cluster, specs, partitions, count) && print_address(cluster) && serve(cluster);
		rd_kafka_mock_cluster_destroy(cluster);
	} else if (client != NULL) {
		complain("mock cluster", "can't be started");
	}
	if (client != NULL)
		rd_kafka_destroy(client);
	return served;
}

int
main(int argc, char *argv[])
{
	static const struct option names[] = {
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {0}};
	argv[0] = (char *)program; /* getopt's messages start with it */
	switch (getopt_long(argc, argv, "hV", names, NULL)) {
	case -1:
		break;
	case 'V':
		usage_version(program);
	case 'h':
		usage_help(program, (const char *const[]){help_text, NULL});
	default:
		usage_unknown(program);
	}
	int count = argc - optind;
	if (count == 0)
		usage_wrong(program, "operands", NULL, "expected TOPIC[:PARTITIONS] ...");
	int *partitions = need(calloc((size_t)count, sizeof(*partitions)));
	for (int i = 0; i < count; i++) {
		const char *wrong = parse_topic(argv[optind + i], &partitions[i]);
		if (wrong != NULL)
			usage_wrong(program, "topic", argv[optind + i], wrong);
	}
	bool served = run(argv + optind, partitions, count);
	free(partitions);
	return served ? EXIT_SUCCESS : EXIT_TROUBLE;
}
