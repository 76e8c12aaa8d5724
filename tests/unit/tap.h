/* The Test Anything Protocol, for a program that is one file of tests. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned tap_tests, tap_failures;

/* One test: whether it holds, and what it is about. */
__attribute__((format(printf, 2, 3))) static void
ok(bool holds, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("%sok %u - ", holds ? "" : "not ", ++tap_tests);
	vprintf(format, arguments);
	printf("\n");
	va_end(arguments);
	tap_failures += !holds;
}

/* How many random tries a test is to make: UNIT_ROUNDS, which is low where each of them is slow. */
__attribute__((unused)) static unsigned
tap_rounds(void)
{
	const char *rounds = getenv("UNIT_ROUNDS");
	return rounds != NULL ? (unsigned)atoi(rounds) : 200000;
}

/* Of places that are tried one by one: every how many. */
__attribute__((unused)) static size_t
tap_stride(void)
{
	return tap_rounds() < 50000 ? 7 : 1;
}

/* Prints the plan and returns the exit status. */
static int
tap_end(void)
{
	printf("1..%u\n", tap_tests);
	return tap_tests == 0 || tap_failures > 0 || fflush(stdout) != 0;
}

#endif
