# Included by the Makefile: targets for libFuzzer; FUZZ_RUNS is how many inputs each of them tries
# the slowest first, for several are tried at once
FUZZED = join events-decode redis-decode redis-protocol fields json envelope base64
FUZZED_json = tests/fuzz/json.c $(FILTER_PARTS)
FUZZED_fields = tests/fuzz/fields.c $(FILTER_PARTS)
FUZZED_base64 = tests/fuzz/base64.c redis-decode/base64.c $(FILTER_PARTS)
FUZZED_envelope = tests/fuzz/envelope.c $(FILTER_PARTS)
FUZZED_redis-protocol = tests/fuzz/redis-protocol.c $(filter-out %/redis-source.c,$(SOURCES_redis-source)) \
	$(wildcard common/json/*.c)
FUZZED_redis-decode = tests/fuzz/program.c $(SOURCES_redis-decode)
FUZZED_events-decode = tests/fuzz/program.c $(SOURCES_events-decode)
FUZZED_join = tests/fuzz/program.c $(SOURCES_join)

build/fuzz/redis-protocol: FUZZ_FLAGS = -Dclock_gettime=standing_time -Iscripts/redis-source \
	-Wl,--wrap=redis_open,--wrap=stop_sleep,--wrap=say

$(FUZZED:%=build/fuzz/%): $$(FUZZED_$$(@F)) $(HEADERS) $(wildcard tests/*/*.h) Makefile
	@mkdir -p $(@D)
	clang $(filter-out -flto=%,$(C_FLAGS)) -Wno-unused-function $(SANITIZERS) -fsanitize=fuzzer \
		-DPROGRAM='"$(@F)"' -Dmain=program_main $(FUZZ_FLAGS) \
		-Itests/unit $(addprefix -I,$(sort $(dir $(filter %.c,$^)))) -o $@ $(filter %.c,$^) -ljansson -lssl -lcrypto

fuzz:
	@scripts/need-packages.sh build fuzz
	@$(MAKE) -s $(FUZZED:%=build/fuzz/%)
	tests/fuzz/fuzz $(FUZZED)
