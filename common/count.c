#include "count.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool
parse_count(const char *text, long long least, long long most, long long *count)
{
	/* strtoll() takes blanks and signs, which are no part of a count. */
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	errno = 0;
	*count = strtoll(text, NULL, 10);
	return errno == 0 && *count >= least && *count <= most;
}
