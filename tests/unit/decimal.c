/* Parts: decimal json json_string utf8 buffer memory write */
#include "decimal.h"

#include "tap.h"

#include <string.h>

static struct slice
text(const char *number)
{
	return (struct slice){number, strlen(number)};
}

static int
sign(int number)
{
	return (number > 0) - (number < 0);
}

/* A number of up to 9 digits times a power of ten, and one of the ways to write it. */
struct number {
	long long scaled; /* by 10^9 */
	char text[80];
};

static void
write_number(struct number *number)
{
	static const long long powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
	int digits = rand() % 9 + 1, shift = rand() % 19 - 9; /* of the point to the right, where it is written */
	long long least = rand() % 3 == 0 ? 0 : rand() % powers[digits];
	bool negative = rand() % 2;
	int places = rand() % 10; /* behind the point */
	char all[64], written[32];
	number->scaled = (negative ? -least : least) * powers[9 - places];
	snprintf(all, sizeof(all), "%020lld%.*s", least, rand() % 4, "0000");
	size_t point = 20 - (size_t)places; /* where it stands */
	snprintf(written, sizeof(written), rand() % 2 ? "e%d" : "E%+03d", -shift);
	/* the value is the same wherever the point stands, where the exponent makes up for it */
	point += (size_t)shift;
	if (point > strlen(all))
		point = strlen(all), snprintf(written, sizeof(written), "e%d", 20 - places - (int)point);
	const char *first = all;
	while (*first == '0' && first + 1 < all + point)
		first++;
	snprintf(number->text, sizeof(number->text), "%s%.*s%s%s%s", negative ? "-" : "", (int)(all + point - first),
		first, all[point] != '\0' ? "." : "", all + point,
		20 - places != (int)point || rand() % 4 == 0 ? written : "");
}

static void
check_random(void)
{
	unsigned wrong = 0, equal = 0, rounds = tap_rounds();
	for (unsigned i = 0; i < rounds; i++) {
		struct number a, b;
		write_number(&a);
		write_number(&b);
		if (i % 3 == 0) { /* the same digits, written in another way */
			b = a;
			strcat(b.text, strpbrk(b.text, "eE") != NULL ? "" : "e-00");
		}
		int expected = (a.scaled > b.scaled) - (a.scaled < b.scaled);
		equal += expected == 0;
		bool numbers = json_spells_number(text(a.text)) && json_spells_number(text(b.text));
		if ((!numbers || sign(decimal_compare(text(a.text), text(b.text))) != expected) && wrong++ < 5)
			printf("# %s and %s: not %d\n", a.text, b.text, expected);
	}
	ok(wrong == 0 && equal > rounds / 4 && equal < rounds / 2, "random numbers are compared right, %u equal",
		equal);
}

int
main(void)
{
	/* in order; those of a row are equal */
	static const char *const rows[][4] = {{"-1e400", "-10e399", "-0.1e401"}, {"-9007199254740993"},
		{"-9007199254740992", "-9007199254740992.000"}, {"-1.5", "-15e-1", "-0.15E+1"}, {"-1"},
		{"-1e-99999999999999999999"}, {"0", "-0", "0.00", "0e99999999999999999999"}, {"1e-400"},
		{"0.1", "0.10", "1e-1", "100e-3"}, {"0.10000000000000000000000000000000000001"}, {"9007199254740992"},
		{"9007199254740993"}, {"1e18", "1000000000000000000"},
		{"1e999999999999999999", "10e999999999999999998"}, {"1e99999999999999999999"}};
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++)
			for (size_t k = 0; k < 16; k++) {
				const char *a = rows[i][k / 4], *b = rows[j][k % 4];
				int expected = (i > j) - (i < j);
				if (a != NULL && b != NULL && sign(decimal_compare(text(a), text(b))) != expected &&
					wrong++ < 5)
					printf("# %s and %s: not %d\n", a, b, expected);
			}
	ok(wrong == 0, "numbers of all sizes are in order");
	ok(decimal_is_comparable(text("1e-0000000000000000000000000000012")),
		"leading zeros of an exponent don't count");
	ok(decimal_is_comparable(text("1e999999999999999999")), "18 digits of an exponent can be compared");
	ok(!decimal_is_comparable(text("1e1000000000000000000")), "19 can't");
	check_random();
	return tap_end();
}
