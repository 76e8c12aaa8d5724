#include "decimal.h"

#include <string.h>

/* Beyond all comparable exponents, and far enough from the ends of the type for all digits of a record. */
#define BEYOND (4 * 1000000000000000000LL)

struct decimal {
	int sign;             /* -1, 0 or 1 */
	const char *at, *end; /* its digits, and a point among them, from the first that is not 0 */
	long long magnitude;  /* the power of ten that the first of them counts */
};

static struct slice
exponent_of(struct slice number)
{
	const char *end = number.at + number.length, *at = number.at;
	while (at < end && *at != 'e' && *at != 'E')
		at++;
	return (struct slice){at, (size_t)(end - at)};
}

/* The digits of an exponent without its sign and leading zeros. */
static struct slice
exponent_digits(struct slice exponent)
{
	while (exponent.length > 0 && (*exponent.at < '1' || *exponent.at > '9')) {
		exponent.at++;
		exponent.length--;
	}
	return exponent;
}

bool
decimal_is_comparable(struct slice number)
{
	return exponent_digits(exponent_of(number)).length <= DECIMAL_MAX_EXPONENT;
}

static long long
exponent_value(struct slice exponent)
{
	long long value = 0;
	struct slice digits = exponent_digits(exponent);
	if (digits.length > DECIMAL_MAX_EXPONENT)
		value = BEYOND;
	else
		for (size_t i = 0; i < digits.length; i++)
			value = value * 10 + (digits.at[i] - '0');
	return exponent.length > 1 && exponent.at[1] == '-' ? -value : value;
}

static struct decimal
take_apart(struct slice number)
{
	struct slice exponent = exponent_of(number);
	struct decimal decimal = {.sign = *number.at == '-' ? -1 : 1, .end = exponent.at};
	decimal.at = number.at + (decimal.sign < 0);
	const char *point = memchr(decimal.at, '.', (size_t)(decimal.end - decimal.at));
	const char *whole = point != NULL ? point : decimal.end; /* the end of it */
	while (decimal.at < decimal.end && (*decimal.at == '0' || *decimal.at == '.'))
		decimal.at++;
	if (decimal.at == decimal.end)
		decimal.sign = 0;
	decimal.magnitude = exponent_value(exponent) + (whole - decimal.at) - (decimal.at < whole ? 1 : 0);
	return decimal;
}

static char
next_digit(struct decimal *decimal)
{
	if (decimal->at < decimal->end && *decimal->at == '.')
		decimal->at++;
	return decimal->at < decimal->end ? *decimal->at++ : '0';
}

int
decimal_compare(struct slice a, struct slice b)
{
	struct decimal x = take_apart(a), y = take_apart(b);
	if (x.sign != y.sign || x.sign == 0)
		return x.sign - y.sign;
	if (x.magnitude != y.magnitude)
		return x.magnitude < y.magnitude ? -x.sign : x.sign;
	while (x.at < x.end || y.at < y.end) {
		char digit = next_digit(&x), other = next_digit(&y);
		if (digit != other)
			return digit < other ? -x.sign : x.sign;
	}
	return 0;
}
