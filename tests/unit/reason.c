/* Parts: reason */
#include "reason.h"

#include "random.h"
#include "tap.h"

#include <string.h>

/* Every length into every size: nothing beyond the end, nothing unprintable, cut with "..." or whole. */
static void
check_sizes(void)
{
	unsigned wrong = 0, cut = 0;
	for (size_t size = 8; size < 80; size++)
		for (size_t length = 0; length < 80; length++) {
			char *bytes = malloc(length + 1), *text = malloc(size);
			for (size_t i = 0; i < length; i++)
				bytes[i] = (char)random_below(256);
			printable(text, size, (struct slice){bytes, length});
			size_t used = strnlen(text, size);
			wrong += used >= size;
			for (size_t i = 0; i < used; i++)
				wrong += text[i] < ' ' || text[i] > '~';
			cut += used >= 3 && strcmp(text + used - 3, "...") == 0;
			free(bytes);
			free(text);
		}
	ok(wrong == 0 && cut > 100, "any bytes into any size: %u wrong, %u cut", wrong, cut);
}

static void
check_long(void)
{
	struct reason reason;
	char text[512], path[1000];
	unsigned wrong = 0;
	memset(path, '\x01', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	reason_expected(&reason, "X", (struct slice){path, sizeof(path) - 1});
	for (int i = 0; i < 200; i++)
		reason_within(&reason, &(struct part){path, 7, ".element"});
	for (size_t size = 8; size <= sizeof(text); size++) {
		reason_say(&reason, text, size);
		size_t length = strnlen(text, size);
		wrong += length != size - 1 || strcmp(text + length - 3, "...") != 0;
	}
	ok(wrong == 0, "a long reason is cut, whatever the size");
}

int
main(void)
{
	check_sizes();
	check_long();
	return tap_end();
}
