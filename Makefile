# stedi-pipes: three filters, and the wiring around them

PREFIX = /usr/local
CC = cc
CFLAGS = -O2 -g
VERSION = 1.0

C_WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
C_FLAGS = -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(C_WARNINGS) -Icommon
SANITIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

FILTERS = redis-decode/redis-decode events-decode/events-decode join/join
OTHERS = scripts/redis-source/redis-source scripts/stedi-simulator/stedi-simulator scripts/embedded-broker/embedded-broker
PROGRAMS = $(FILTERS) $(OTHERS)
SANITIZED = $(patsubst %,build/san/%,$(notdir $(PROGRAMS)))

# what two or more of them use
FILTER_PARTS = $(patsubst %,common/%.c,buffer cli date decoder envelope fields filter input json json_string memory \
	output paths reason report wait where)
REDIS_PARTS = common/output.c common/redis.c common/stop.c
HEADERS = $(wildcard */*.h scripts/*/*.h)

all: packages $(PROGRAMS)

# Each program is compiled in one go, so that the compiler sees all of it.
redis-decode/redis-decode: $(wildcard redis-decode/*.c) $(FILTER_PARTS)
events-decode/events-decode: $(wildcard events-decode/*.c) $(FILTER_PARTS)
join/join: $(wildcard join/*.c) $(filter-out common/decoder.c,$(FILTER_PARTS))
scripts/redis-source/redis-source: $(wildcard scripts/redis-source/*.c) $(REDIS_PARTS)
scripts/stedi-simulator/stedi-simulator: $(wildcard scripts/stedi-simulator/*.c) $(REDIS_PARTS)
scripts/embedded-broker/embedded-broker: $(wildcard scripts/embedded-broker/*.c)
$(FILTERS): LIBS = -ljansson
$(OTHERS): LIBS = -lhiredis -lrdkafka -lm

$(PROGRAMS): $(HEADERS) Makefile | packages
	$(CC) $(C_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) -Wl,--as-needed $(LIBS)
