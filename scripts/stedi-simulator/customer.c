#include "customer.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	NAMES = 30,
	YOUNGEST = 1965, /* year of birth */
	YEARS = 60,      /* then it starts again with the youngest */
	DECLINE_FROM = 1950,
	DECLINE_TO = 1960,
	DECLINE_MAX = 3000,   /* milliseconds slower, each time */
	TEST_MIN = 61 * 1000, /* milliseconds */
	TEST_MAX = 120 * 1000,
};

static const char *const first_names[NAMES] = {"Sarah", "Jason", "Santosh", "Bobby", "Edward", "Neeraj", "Trevor",
	"Jane", "Spencer", "Ashley", "Lyn", "Dan", "Travis", "Eric", "Frank", "Liz", "Sean", "Lakshmi", "Craig", "John",
	"Angie", "Suresh", "David", "Gail", "Chris", "Ben", "Jerry", "Manoj", "Danny", "Jaya"};
static const char *const last_names[NAMES] = {"Clark", "Mitra", "Fibonnaci", "Smith", "Wu", "Olson", "Phillips",
	"Jones", "Hansen", "Gonzalez", "Davis", "Howard", "Harris", "Anandh", "Ahmed", "Lincoln", "Chandramohan",
	"Spencer", "Aristotle", "Staples", "Doshi", "Abram", "Huss", "Ito", "Abdullah", "Rodriguez", "Sorensen",
	"Jackson", "Anderson", "Young"};

struct customer
customer_make(int number)
{
	int round = number / NAMES;
	return (struct customer){.first_name = first_names[number % NAMES],
		.last_name = last_names[(number + round) % NAMES],
		.birth_year = YOUNGEST - number % YEARS};
}

void
customer_email(const struct customer *customer, char *email, size_t size)
{
	snprintf(email, size, "%s.%s@test.com", customer->first_name, customer->last_name);
}

void
customer_json(const struct customer *customer, char json[CUSTOMER_JSON_MAX])
{
	char email[64];
	customer_email(customer, email, sizeof(email));
	snprintf(json, CUSTOMER_JSON_MAX,
		"{\"customerName\":\"%s %s\",\"email\":\"%s\",\"phone\":\"8015551212\",\"birthDay\":\"%d-01-01\"}",
		customer->first_name, customer->last_name, email, customer->birth_year);
}

/* `least` to `most`, both included. */
static long long
between(long long least, long long most, unsigned short random[3])
{
	return least + (long long)(erand48(random) * (double)(most - least + 1));
}

static long long
next_time(const struct customer *customer, unsigned short random[3])
{
	bool declines = customer->birth_year >= DECLINE_FROM && customer->birth_year <= DECLINE_TO;
	if (declines && customer->tests > 0)
		return customer->times[(customer->tests - 1) % SCORED_TESTS] + between(0, DECLINE_MAX, random);
	return between(TEST_MIN, TEST_MAX, random);
}

long long
customer_test(struct customer *customer, long long now, unsigned short random[3])
{
	long long time = next_time(customer, random);
	long long start = customer->stop_time > now ? customer->stop_time : now;
	customer->stop_time = start + time;
	customer->times[customer->tests % SCORED_TESTS] = time;
	customer->tests++;
	return time;
}

bool
customer_score(const struct customer *customer, long long *hundredths)
{
	long long latest = customer->tests - 1;
	const long long *times = customer->times;
	if (customer->tests < SCORED_TESTS)
		return false;
	/* Twice the score, in milliseconds: whole numbers, so that the rounding is exact (half away from zero). */
	long long twice = times[(latest - 2) % SCORED_TESTS] + times[(latest - 3) % SCORED_TESTS] -
			  times[latest % SCORED_TESTS] - times[(latest - 1) % SCORED_TESTS];
	*hundredths = (twice + (twice < 0 ? -10 : 10)) / 20;
	return true;
}
