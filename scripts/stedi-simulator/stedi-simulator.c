/* Does what the STEDI application does while its simulation is switched on. */
#include "clock.h"
#include "confine.h"
#include "customer.h"
#include "descriptors.h"
#include "memory.h"
#include "number.h"
#include "output.h"
#include "redis.h"
#include "status.h"
#include "stop.h"
#include "usage.h"
#include "write.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECORD_MAX = 512, ANSWER_MAX = 1000 };

static const char program[] = "stedi-simulator";

static const char help_text[] =
	"usage: stedi-simulator [-hV] [-c CUSTOMERS] [-P SECONDS] [-p[N]] [-q QUICK] [-s SEED] [-t TESTS]\n"
	"\n"
	"Puts STEDI customers into Redis and has one after the other take a balance test, which goes into Redis, too;\n"
	"prints a risk event for each test from a customer's fourth on.\n"
	"\n"
	"  -c, --customers N      how many customers, 1 to 900 (default 30)\n"
	"  -P, --pace SECONDS     between two tests, fractions allowed (default 2)\n"
	"  -p, --pad[=N]          fill up the block of N bytes (default 1024) after each event, for kcat -P\n"
	"  -q, --quick N          the first N tests follow each other without a pause\n"
	"  -s, --seed N           the same seed gives the same test times and scores; 0 to 4294967295\n"
	"  -t, --tests N          end after so many tests (default never)\n"
	"  -h, --help             print this\n"
	"  -V, --version          print the version\n"
	"\n";

static const struct option names[] = {{"customers", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'},
	{"pace", required_argument, NULL, 'P'}, {"pad", optional_argument, NULL, 'p'},
	{"quick", required_argument, NULL, 'q'}, {"seed", required_argument, NULL, 's'},
	{"tests", required_argument, NULL, 't'}, {"version", no_argument, NULL, 'V'}, {0}};

struct options {
	long long customers;
	long long tests; /* 0: without end */
	long long quick; /* tests without a pause before them */
	long long seed;
	long long pad;
	double pace; /* seconds */
};

struct simulator {
	struct redis_settings settings;
	struct redis *redis; /* NULL: not connected */
	struct customer *customers;
	int customer_count;
	unsigned short random[3];
	bool refused; /* Redis will never accept the settings */
	struct redis_complaints complaints;
	struct output out;
};

/* Adds a member, once; that it was there already is fine. */
static bool
try_add(struct redis *redis, const char *key, const char *member, struct redis_trouble *trouble)
{
	struct reply *reply =
		redis_ask(redis, trouble, WORDS(bytes_of("ZADD"), bytes_of(key), bytes_of("0"), bytes_of(member)));
	if (reply == NULL)
		return false;
	bool added = reply->type == REPLY_INTEGER || redis_refused(reply, trouble);
	reply_free(reply);
	return added;
}

static bool
try_add_customers(struct simulator *simulator, struct redis_trouble *trouble)
{
	for (int i = 0; i < simulator->customer_count; i++) {
		char json[CUSTOMER_JSON_MAX];
		customer_json(&simulator->customers[i], json);
		if (!try_add(simulator->redis, "Customer", json, trouble))
			return false;
	}
	return true;
}

/* Connects where that is needed; a Redis that has been away may have lost the customers. */
static bool
try_connect(struct simulator *simulator, struct redis_trouble *trouble)
{
	if (simulator->redis != NULL)
		return true;
	simulator->redis = redis_open(&simulator->settings, ANSWER_MAX, trouble);
	return simulator->redis != NULL && try_add_customers(simulator, trouble);
}

static void
disconnect(struct simulator *simulator)
{
	redis_close(simulator->redis);
	simulator->redis = NULL;
}

/* Adds a test, or without one only the customers, however long that takes. Returns false when it is time to end. */
static bool
add(struct simulator *simulator, const char *test)
{
	struct redis_trouble trouble;
	while (!try_connect(simulator, &trouble) ||
		(test != NULL && !try_add(simulator->redis, "RapidStepTest", test, &trouble))) {
		disconnect(simulator);
		simulator->refused = trouble.final;
		if (!redis_try_again(&simulator->complaints, &trouble))
			return false;
	}
	redis_well(&simulator->complaints);
	return true;
}

/* Now, as 2020-09-14T07:54:06.417Z. */
static void
risk_date(char *text, size_t size)
{
	long long now = clock_unix_milliseconds();
	time_t seconds = (time_t)(now / 1000);
	struct tm utc;
	char date[32];
	gmtime_r(&seconds, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text, size, "%s.%03dZ", date, (int)(now % 1000));
}

static void
publish(struct simulator *simulator, const struct customer *customer, long long hundredths)
{
	char event[RECORD_MAX];
	char email[64];
	char date[64];
	customer_email(customer, email, sizeof(email));
	risk_date(date, sizeof(date));
	snprintf(event, sizeof(event), "{\"customer\":\"%s\",\"score\":%s%lld.%02lld,\"riskDate\":\"%s\"}\n", email,
		hundredths < 0 ? "-" : "", llabs(hundredths) / 100, llabs(hundredths) % 100, date);
	output_string(&simulator->out, event);
	output_idle(&simulator->out);
}

/* Returns false when it is time to end. */
static bool
test(struct simulator *simulator, struct customer *customer)
{
	char who[CUSTOMER_JSON_MAX];
	char record[RECORD_MAX];
	long long hundredths;
	long long time = customer_test(customer, clock_unix_milliseconds(), simulator->random);
	customer_json(customer, who);
	snprintf(record, sizeof(record),
		"{\"customer\":%s,\"startTime\":%lld,\"stopTime\":%lld,\"testTime\":%lld,\"totalSteps\":30}", who,
		customer->stop_time - time, customer->stop_time, time);
	if (!add(simulator, record))
		return false;
	if (customer_score(customer, &hundredths))
		publish(simulator, customer, hundredths);
	return simulator->out.error == 0;
}

static void
simulate(struct simulator *simulator, const struct options *options)
{
	if (simulator->out.error != 0 || !add(simulator, NULL))
		return;
	for (long long i = 0; (options->tests == 0 || i < options->tests) && stop_signal() == 0; i++) {
		if (i > 0 && i >= options->quick)
			stop_sleep(options->pace);
		if (stop_signal() != 0 || !test(simulator, &simulator->customers[i % simulator->customer_count]))
			return;
	}
}

static void
make_customers(struct simulator *simulator, int count)
{
	simulator->customer_count = count;
	simulator->customers = need(calloc((size_t)count, sizeof(*simulator->customers)));
	for (int i = 0; i < count; i++)
		simulator->customers[i] = customer_make(i);
}

static int
run(const struct options *options)
{
	static struct simulator simulator;
	const char *wrong = redis_settings_read(&simulator.settings);
	if (wrong != NULL) {
		say("%s: %s", program, wrong);
		return EXIT_TROUBLE;
	}
	if (!descriptors_occupy()) {
		say("%s: setting up: %s", program, strerror(errno));
		return EXIT_TROUBLE;
	}
	simulator.complaints =
		(struct redis_complaints){program, simulator.settings.host, simulator.settings.port, 0, 0, false};
	make_customers(&simulator, (int)options->customers);
	/* As srand48(3) begins. */
	simulator.random[0] = 0x330E;
	simulator.random[1] = (unsigned short)(options->seed & 0xFFFF);
	simulator.random[2] = (unsigned short)(options->seed >> 16 & 0xFFFF);
	confine(true);
	stop_on_signals();
	stop_put_off_sigpipe();
	output_open(&simulator.out, STDOUT_FILENO, (size_t)options->pad);
	simulate(&simulator, options);
	disconnect(&simulator);
	free(simulator.customers);
	SSL_CTX_free(simulator.settings.tls);
	int error = output_close(&simulator.out);
	stop_if_unread(error);
	if (error != 0)
		say("%s: stdout: %s", program, strerror(error));
	if (error != 0 || simulator.refused)
		return EXIT_TROUBLE;
	return stop_signal() == 0 ? EXIT_SUCCESS : EXIT_SIGNAL + stop_signal();
}

static bool
parse_pace(const char *text, double *pace)
{
	char *end;
	if (text[0] == '\0' || text[strspn(text, "0123456789.")] != '\0')
		return false;
	*pace = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*pace);
}

/* Refuses the argument of the option with this letter. */
static _Noreturn void
refuse(int letter, const char *wrong)
{
	char option[32];
	size_t i = 0;
	while (names[i].val != letter)
		i++;
	snprintf(option, sizeof(option), "--%s", names[i].name);
	usage_wrong(program, option, optarg, wrong);
}

static void
take_number(int letter, long long least, long long most, long long *number)
{
	char wrong[64];
	snprintf(wrong, sizeof(wrong), "expected a number from %lld to %lld", least, most);
	if (!parse_number(optarg, least, most, number))
		refuse(letter, wrong);
}

static void
take_option(struct options *options, int letter)
{
	switch (letter) {
	case 'P':
		if (!parse_pace(optarg, &options->pace))
			refuse(letter, "expected seconds");
		break;
	case 'V':
		usage_version(program);
	case 'c':
		take_number(letter, 1, CUSTOMERS_MAX, &options->customers);
		break;
	case 'h':
		usage_help(program, (const char *const[]){help_text, redis_settings_help, NULL});
	case 'p':
		options->pad = PAD_DEFAULT;
		if (optarg != NULL && !parse_number(optarg, 1, 1 << 30, &options->pad))
			refuse(letter, "expected the size of a block");
		break;
	case 'q':
		take_number(letter, 1, LLONG_MAX, &options->quick);
		break;
	case 's':
		take_number(letter, 0, UINT32_MAX, &options->seed);
		break;
	case 't':
		take_number(letter, 1, LLONG_MAX, &options->tests);
		break;
	default:
		usage_unknown(program);
	}
}

int
main(int argc, char *argv[])
{
	struct options options = {.customers = 30, .pace = 2, .seed = clock_unix_milliseconds() & UINT32_MAX};
	int letter;
	argv[0] = (char *)program; /* getopt's messages start with it */
	while ((letter = getopt_long(argc, argv, "P:Vc:hp::q:s:t:", names, NULL)) != -1)
		take_option(&options, letter);
	if (optind < argc)
		usage_wrong(program, "operands", NULL, "expected none");
	return run(&options);
}
