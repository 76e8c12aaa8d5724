/* Whole numbers in options and settings. */
#ifndef COUNT_H
#define COUNT_H

#include <stdbool.h>

/* Reads all of `text` as decimal digits into `*count`. Returns false unless it is a number from `least` to `most`. */
bool parse_count(const char *text, long long least, long long most, long long *count);

#endif
