/* Parts: join/positions memory write stop clock */
#include "positions.h"

#include "tap.h"

enum { OFFSETS = 300000, RANGES_MOST = 1 << 17 };

static bool
have(struct positions *positions, uint64_t offset)
{
	return positions_have(positions, &(struct position){{"events:0", 8}, offset});
}

int
main(void)
{
	struct positions positions = {0};
	size_t wrong = 0;
	for (uint64_t offset = OFFSETS; offset > 1; offset--) /* backwards no two of them make a longer range at once */
		positions_add(&positions, &(struct position){{"events:0", 8}, offset});
	ok(positions.count == 1 && positions.list[0].capacity <= RANGES_MOST,
		"%d offsets without a hole, in whatever order, take up to %zu ranges", OFFSETS,
		positions.list[0].capacity);
	for (uint64_t offset = 2; offset <= OFFSETS; offset++)
		wrong += !have(&positions, offset);
	ok(wrong == 0 && !have(&positions, 1) && !have(&positions, OFFSETS + 1) && positions.list[0].count == 1,
		"which are one in the end: %zu missing", wrong);
	positions_close(&positions);
	return tap_end();
}
