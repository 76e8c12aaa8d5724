/*
 * A target for libFuzzer: the scanner against jansson. `make fuzz` builds it with
 * clang -fsanitize=fuzzer,address,undefined and runs it on the sample messages; a crash is a disagreement.
 *
 * Parts: json json_string buffer memory write
 */
#include "json_oracle.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct oracle oracle;
	if (oracle.tree.root == NULL)
		oracle_open(&oracle);
	const char *wrong = oracle_check(&oracle, (const char *)bytes, size);
	if (wrong != NULL) {
		fprintf(stderr, "the scanner %s\n", wrong);
		abort();
	}
	return 0;
}
