#include "trouble.h"

#include "clock.h"
#include "reason.h"
#include "stop.h"
#include "write.h"

#include <stdio.h>
#include <string.h>

enum { SILENT = 60 }; /* seconds after a complaint */

static const double shortest = 0.25, longest = 4; /* pauses in seconds */

bool
redis_failed(struct redis_trouble *trouble, const char *what, const char *found)
{
	*trouble = (struct redis_trouble){.final = false};
	snprintf(trouble->reason, sizeof(trouble->reason), "%s%s", what, found);
	return false;
}

static void
complain(const struct redis_complaints *complaints, const char *reason, const char *consequence)
{
	char shown[1024];
	printable(shown, sizeof(shown), (struct slice){reason, strlen(reason)});
	say("%s: Redis at %s:%d: %s%s", complaints->program, complaints->host, complaints->port, shown, consequence);
}

bool
redis_try_again(struct redis_complaints *complaints, const struct redis_trouble *trouble)
{
	double now = clock_seconds();
	if (trouble->final)
		complain(complaints, trouble->reason, "");
	if (trouble->final || stop_signal() != 0)
		return false;
	if (complaints->said == 0 || now - complaints->said >= SILENT) {
		complain(complaints, trouble->reason, "; trying again");
		complaints->said = now;
		complaints->open = true;
	}
	if (complaints->pause < shortest)
		complaints->pause = shortest;
	stop_sleep(complaints->pause);
	if (complaints->pause < longest)
		complaints->pause *= 2;
	return stop_signal() == 0;
}

void
redis_well(struct redis_complaints *complaints)
{
	if (complaints->open)
		complain(complaints, "connected", "");
	complaints->open = false;
	complaints->pause = 0;
}
