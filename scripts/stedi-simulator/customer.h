/* The simulated customers: who they are, and how they walk. */
#ifndef CUSTOMER_H
#define CUSTOMER_H

#include <stdbool.h>
#include <stddef.h>

enum {
	CUSTOMERS_MAX = 900, /* so many different names there are */
	SCORED_TESTS = 4,    /* the tests that a score is made of */
	CUSTOMER_JSON_MAX = 256,
};

struct customer {
	const char *first_name;
	const char *last_name;
	int birth_year;
	long long tests;
	long long times[SCORED_TESTS]; /* milliseconds of the latest tests, test i at i % SCORED_TESTS */
	long long stop_time;           /* of the latest test, Unix time in milliseconds */
};

/* The customer of that number: the same one at any time. */
struct customer customer_make(int number);

/* Writes First.Last@test.com into `email`. */
void customer_email(const struct customer *, char *email, size_t size);

/* Writes the customer's record. */
void customer_json(const struct customer *, char json[CUSTOMER_JSON_MAX]);

/*
 * Has the customer take a test at `now`, or after the test that is still under way, with `random` as erand48(3)'s
 * state. Returns its time in milliseconds; when it ended is in stop_time.
 */
long long customer_test(struct customer *, long long now, unsigned short random[3]);

/*
 * The risk score after the latest test, in hundredths of a second: the mean of the third and fourth latest times less
 * the mean of the two latest, so that who becomes slower falls below zero. Returns false before the fourth test.
 */
bool customer_score(const struct customer *, long long *hundredths);

#endif
