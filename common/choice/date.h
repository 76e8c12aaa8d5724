/* Calendar dates as ISO 8601 writes them. */
#ifndef DATE_H
#define DATE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the text starts with a date of the Gregorian calendar, YYYY-MM-DD, that no further digit follows. */
bool starts_with_date(const char *, size_t length);

#endif
