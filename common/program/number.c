#include "number.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
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

bool
parse_size(const char *text, size_t most, size_t *size)
{
	static const char suffixes[] = "KMG";
	char digits[32];
	size_t length = strlen(text);
	unsigned shift = 0;
	const char *suffix = length == 0 ? NULL : strchr(suffixes, toupper((unsigned char)text[length - 1]));
	if (suffix != NULL) {
		shift = 10 * (unsigned)(suffix - suffixes + 1);
		length--;
	}
	long long count;
	snprintf(digits, sizeof(digits), "%.*s", (int)length, text);
	if (length >= sizeof(digits) || !parse_number(digits, 1, (long long)(most >> shift), &count))
		return false;
	*size = (size_t)count << shift;
	return true;
}
