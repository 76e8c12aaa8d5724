# stedi-pipes: three filters, and the wiring around them

PREFIX = /usr/local
CC = cc
CFLAGS = -O2 -g
VERSION = 1.0

INCLUDES = $(addprefix -I,$(wildcard common common/*/))
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
C_FLAGS = -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(WARNINGS) $(INCLUDES) -flto=auto
SANITIZERS = -O1 -g -fno-lto -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

FILTERS = redis-decode/redis-decode events-decode/events-decode join/join
OTHERS = scripts/redis-source/redis-source scripts/stedi-simulator/stedi-simulator \
	scripts/embedded-broker/embedded-broker
PROGRAMS = $(FILTERS) $(OTHERS)
SANITIZED = $(addprefix build/san/,$(notdir $(PROGRAMS)))

# what several of them use
FILTER_PARTS = common/filter.c $(wildcard common/records/*.c common/json/*.c common/choice/*.c) \
	$(wildcard common/program/*.c)
REDIS_PARTS = $(PLAIN_PARTS) $(wildcard common/redis/*.c) common/program/globs.c common/program/reason.c common/records/buffer.c
PLAIN_PARTS = common/records/output.c common/records/write.c $(patsubst %,common/program/%.c,clock confine descriptors memory \
	number stop usage)
HEADERS = $(wildcard */*.h common/*/*.h scripts/*/*.h)

SOURCES_redis-decode = $(wildcard redis-decode/*.c) common/decoder.c $(FILTER_PARTS)
SOURCES_events-decode = $(wildcard events-decode/*.c) common/decoder.c $(FILTER_PARTS)
SOURCES_join = $(wildcard join/*.c) $(FILTER_PARTS)
SOURCES_redis-source = $(wildcard scripts/redis-source/*.c) $(REDIS_PARTS)
SOURCES_stedi-simulator = $(wildcard scripts/stedi-simulator/*.c) $(REDIS_PARTS)
SOURCES_embedded-broker = $(wildcard scripts/embedded-broker/*.c) $(PLAIN_PARTS)

LIBRARIES_redis-decode =
LIBRARIES_events-decode =
LIBRARIES_join =
LIBRARIES_redis-source = ssl crypto
LIBRARIES_stedi-simulator = ssl crypto
LIBRARIES_embedded-broker = rdkafka
LIBRARIES = $(LIBRARIES_$(@F))

# what is missing for all of them is named at once, what is missing for one where that one is made
all: packages $(PROGRAMS)

# these take a C compiler alone
filters: $(FILTERS)

packages:
	@scripts/need-packages.sh --say build

# each program is compiled in one go, for the compiler to see all of it
.SECONDEXPANSION:
$(PROGRAMS): $$(SOURCES_$$(@F)) $(HEADERS) Makefile
	@scripts/need-packages.sh --say compile $(LIBRARIES)
	$(CC) $(C_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(LIBRARIES:%=-l%)

sanitized: $(SANITIZED)
$(SANITIZED): $$(SOURCES_$$(@F)) $(HEADERS) Makefile
	@scripts/need-packages.sh --say compile $(LIBRARIES)
	@mkdir -p $(@D)
	$(CC) $(C_FLAGS) $(SANITIZERS) -o $@ $(filter %.c,$^) $(LIBRARIES:%=-l%)

demo:
	@scripts/need-packages.sh build demo
	@$(MAKE) -s all
	@scripts/demo.sh

# those of scripts alone are the same on any broker, and the demo has one of its own
SCRIPTS_ALONE = $(patsubst %,tests/e2e/%.t,demo usage follow read positions supervise watch-risk)
END_TO_END = $(filter-out $(SCRIPTS_ALONE),$(wildcard tests/e2e/*.t))
TESTS = $(END_TO_END) $(wildcard tests/sources/*.t) $(SCRIPTS_ALONE) $(wildcard tests/*.t) \
	$(addprefix tests/,unit/unit.t memory/memory.t picture/picture.t)
# with sanitizers, too; in the others they would see nothing new
SANITIZED_TESTS = tests/unit/unit.t tests/cases.t $(filter-out %/stop.t %/parts.t %/late.t,$(END_TO_END)) \
	$(filter-out %/redis-wild.t %/redis-source.t,$(wildcard tests/sources/*.t))
SANITIZED_LINKS = $(addprefix build/sanitized/,$(SANITIZED_TESTS))
# those that take longest begin first
LONG_TESTS = $(addprefix tests/,unit/unit.t e2e/stop.t cases.t sources/redis-wild.t e2e/demo.t e2e/usage.t e2e/late.t)

# those that take longest first, for several may run at once
define NOT_CHECKED
Not tested here is what these targets test, and $(MAKE) check-all with them:
  check-bare     make demo, make install and make deb on bare Debian 12 and 13; takes root
  check-lake     exam attempts and game events to tables, on Apache Kafka, HDFS and Spark
  check-kafka    that each event is joined once whatever is killed, on Apache Kafka
  check-compose  the containers; takes a container engine
  fuzz           whatever bytes may come
  check-browser  the risk graph, in Chromium
  lint           the form of the sources
  check-emulated the cases on emulated processors, arm64 and s390x
  check-musl     the filters with musl, the C library of Alpine
  check-bench    that what make bench compares writes the same
endef
export NOT_CHECKED

# builds on all processors, unless the make that is called does so already
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

check:
	@scripts/need-packages.sh build demo check
	@$(MAKE) -s $(PARALLEL) all sanitized $(SANITIZED_LINKS)
	tests/run $(LONG_TESTS) $(SANITIZED_LINKS) $(filter-out $(LONG_TESTS),$(TESTS))
	@echo "$$NOT_CHECKED"

# tests/limited gives them the programs that have sanitizers
$(SANITIZED_LINKS): build/sanitized/%: %
	@mkdir -p $(@D)
	@ln -sfn $(CURDIR)/$< $@

check-all: check check-others

# what several of them would install or build is there before they run beside each other, as make -j has them
check-others:
	@scripts/need-packages.sh build demo check bare lake assessments game hdfs notebook spark kafka browser fuzz lint emulated musl bench
	@$(MAKE) -s all
	@$(MAKE) $(filter lint fuzz check-%,$(filter-out check-all,$(NOT_CHECKED)))

check-kafka:
	@scripts/need-packages.sh build demo check kafka
	@$(MAKE) -s all
	@tests/kafka/archive-classes
	BROKER=kafka tests/run $(END_TO_END) tests/kafka

# for another C library, and for other processors, which are emulated: arm64, and one of the other byte order
COMPILER_musl = musl-gcc
COMPILER_aarch64 = aarch64-linux-gnu-gcc -static
COMPILER_s390x = s390x-linux-gnu-gcc -static
MUSL = $(addprefix build/musl/,$(notdir $(FILTERS)))
EMULATED = $(foreach processor,aarch64 s390x,$(addprefix build/$(processor)/,$(notdir $(FILTERS))))
$(MUSL) $(EMULATED): $$(SOURCES_$$(@F)) $(HEADERS) Makefile
	@mkdir -p $(@D)
	$(COMPILER_$(notdir $(@D))) $(C_FLAGS) -Werror $(CFLAGS) -o $@ $(filter %.c,$^)

check-musl:
	@scripts/need-packages.sh build check musl
	@$(MAKE) -s all $(MUSL)
	PROGRAMS=build/musl tests/run tests/cases.t

check-emulated:
	@scripts/need-packages.sh build check emulated
	@$(MAKE) -s all $(EMULATED)
	tests/run tests/emulated

# the one of a terminal, in README.md
picture:
	@scripts/need-packages.sh build demo check
	@$(MAKE) -s all
	tests/picture/picture >tests/picture/terminal.svg

# FAULTS, SEED and EVENTS say how long, and in which order
chaos:
	@scripts/need-packages.sh build demo check kafka
	@$(MAKE) -s all
	TEST_SECONDS=0 tests/run -v tests/kafka/chaos.t

check-browser:
	@scripts/need-packages.sh build demo check browser
	@$(MAKE) -s all
	tests/run tests/browser

# the assessments and game events, on Apache Kafka, to tables, HDFS and Spark; for a longer trial:
# make check-lake ATTEMPTS=25000 REQUESTS=100000
check-lake:
	@scripts/need-packages.sh build demo check kafka lake assessments game hdfs notebook spark
	@$(MAKE) -s all
	@tests/kafka/archive-classes
	tests/run tests/lake tests/assessments tests/game-events

# make demo, make check and make install on bare machines of Debian; takes root
check-bare:
	@scripts/need-packages.sh bare
	TEST_SECONDS=3600 tests/run -v tests/bare

# ENGINE is a command that lends the next one a container engine
check-compose:
	@scripts/need-packages.sh build demo check browser kafka
	$(ENGINE) tests/run -v tests/compose

# the image is made without these
-include scripts/install/install.mk tests/fuzz/fuzz.mk tests/bench/bench.mk

lint:
	@scripts/need-packages.sh build demo check lint
	tests/lint

clean:
	rm -rf $(PROGRAMS) build logs stedi-pipes_*.deb

.PHONY: all filters packages sanitized demo check check-all check-others picture check-musl check-kafka chaos check-browser check-lake check-bare check-emulated check-compose fuzz lint rivals kafka-rivals check-bench check-agree bench bench-kafka latency bench-readme clean
