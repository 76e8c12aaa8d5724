/* The time, by the two clocks that there are. */
#ifndef CLOCK_H
#define CLOCK_H

/* Seconds since some moment, which nobody can set: for how long things take. */
double clock_seconds(void);

/* Unix time in milliseconds, which is set now and then: for what others are told. */
long long clock_unix_milliseconds(void);

#endif
