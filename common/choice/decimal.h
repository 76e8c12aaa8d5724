/* Numbers as JSON writes them, compared exactly: neither their length nor their exponent takes anything from them. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include "json.h"

#define DECIMAL_MAX_EXPONENT 18 /* digits, of one number of two that are compared */

/* Whether the exponent of a number has not too many digits; leading zeros don't count. */
bool decimal_is_comparable(struct slice number);

/* Returns less than 0, 0 or more than 0, as a is less than b, equal or more. One of them must be comparable. */
int decimal_compare(struct slice a, struct slice b);

#endif
