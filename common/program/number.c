#include "number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool
parse_number(const char *text, long long least, long long most, long long *number)
{
	/* strtoll() takes blanks and signs, which are no part of a number here. */
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	errno = 0;
	*number = strtoll(text, NULL, 10);
	return errno == 0 && *number >= least && *number <= most;
}
