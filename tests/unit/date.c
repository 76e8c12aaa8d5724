/* Parts: date */
#include "date.h"
#include "tap.h"

#include <string.h>
#include <time.h>

/* What the C library thinks: a day that does not exist becomes another one. */
static bool
exists(int year, int month, int day)
{
	struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day}, back;
	time_t seconds = timegm(&date);
	gmtime_r(&seconds, &back);
	return back.tm_year == year - 1900 && back.tm_mon == month - 1 && back.tm_mday == day;
}

static void
check_years(int first, int last)
{
	unsigned wrong = 0, found = 0;
	for (int year = first; year <= last; year++)
		for (int month = 0; month <= 13; month++)
			for (int day = 0; day <= 32; day++) {
				char text[40];
				snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
				bool there = exists(year, month, day);
				found += there;
				if (starts_with_date(text, 10) != there && wrong++ < 5)
					printf("# %s\n", text);
			}
	ok(wrong == 0 && found >= 365, "every day of %d to %d: %u dates", first, last, found);
}

int
main(void)
{
	static const char *const right[] = {"1963-08-16", "1963-08-16T10:00:00Z", "2000-02-29 ", "1963-08-16x",
		"0000-02-29", "2001-01-03-", "9999-12-31"};
	static const char *const wrong[] = {"", "1", "1963-08-1", "1963-08-167", "1963/08/16", "1963-8-16",
		" 1963-08-16", "-963-08-16", "+963-08-16", "1963-08 16", "19630-8-16", "1963-0a-16", "1963-08-1 ",
		"19:3-08-16", "1963-08-\xb2\xb2", "1900-02-29", "1/63-08-16", "1963-08--1"};
	check_years(1899, 2101);
	check_years(1, 4);
	check_years(9996, 9999);
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		ok(starts_with_date(right[i], strlen(right[i])), "'%s' starts with a date", right[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(!starts_with_date(wrong[i], strlen(wrong[i])), "'%s' does not", wrong[i]);
	ok(starts_with_date("1963-08-167", 10), "what stands behind a text is no part of it");
	for (size_t length = 0; length < 10; length++) {
		char *text = malloc(length + 1); /* for the sanitizer and valgrind to see where reading ends */
		memcpy(text, "1963-08-16", length);
		ok(!starts_with_date(text, length), "the first %zu bytes of a date are none", length);
		free(text);
	}
	return tap_end();
}
