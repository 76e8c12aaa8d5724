/* Whole numbers and sizes in options and settings. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Reads all of `text` as decimal digits into `*number`. Returns false unless it is a number from `least` to `most`. */
bool parse_number(const char *text, long long least, long long most, long long *number);

/* The same of a size, from 1 to `most` bytes, with or without one of the suffixes K, M and G. */
bool parse_size(const char *text, size_t most, size_t *size);

#endif
