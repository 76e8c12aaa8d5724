/* Whole numbers in options and settings. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>

/* Reads all of `text` as decimal digits into `*number`. Returns false unless it is a number from `least` to `most`. */
bool parse_number(const char *text, long long least, long long most, long long *number);

#endif
