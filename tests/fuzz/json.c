/* A target for libFuzzer: the scanner against jansson. */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct oracle oracle;
	if (oracle.tree.root == NULL)
		oracle_open(&oracle);
	const char *wrong = oracle_check(&oracle, (const char *)bytes, size);
	if (wrong != NULL)
		refute("the scanner %s", wrong);
	return 0;
}
