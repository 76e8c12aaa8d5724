# Included by the Makefile: what make bench measures our filters beside
RIVALS = build/bench/measure build/bench/jansson build/bench/simdjson build/jaq/bin/jaq
JAQ = 3.1.2

build/bench/measure: tests/bench/measure.c
build/bench/jansson: tests/bench/rivals/jansson.c tests/bench/rivals/base64.h
build/bench/measure build/bench/jansson:
	@mkdir -p $(@D)
	$(CC) $(C_FLAGS) $(CFLAGS) -o $@ $< $(if $(filter %/jansson,$@),-ljansson)

# its on-demand parser takes the processor's best instructions only when it is compiled for it
build/bench/simdjson: tests/bench/rivals/simdjson.cc tests/bench/rivals/base64.h
	@mkdir -p $(@D)
	$(CXX) -std=c++17 -Wall -Wextra -O3 -march=native -o $@ $< -lsimdjson

build/jaq/bin/jaq: tests/bench/bench.mk
	cargo install --quiet --locked --root build/jaq --version $(JAQ) jaq
	touch $@

# all of them write the same
check-bench:
	@scripts/need-packages.sh build bench lake
	@$(MAKE) -s all $(RIVALS)
	prove tests/bench/rivals.t

bench: check-bench
	tests/bench/bench

# and its figures become those of README.md
bench-readme: check-bench
	tests/bench/bench --readme
