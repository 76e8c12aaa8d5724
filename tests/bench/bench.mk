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

# it takes minutes to compile: cargo does so once for all clones
JAQ_KEPT = $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/stedi-pipes/jaq-$(JAQ)
build/jaq/bin/jaq: tests/bench/bench.mk
	cargo install --quiet --locked --root $(JAQ_KEPT) --version $(JAQ) jaq
	@mkdir -p $(@D)
	cp $(JAQ_KEPT)/bin/jaq $@

build/spark-kafka/jars: tests/bench/kafka/pom.xml
	mvn --batch-mode --quiet --file $< dependency:copy -DoutputDirectory=$(CURDIR)/$@
	touch $@

rivals:
	@scripts/need-packages.sh build bench lake
	@$(MAKE) -s all $(RIVALS)

kafka-rivals:
	@scripts/need-packages.sh build demo bench kafka spark
	@$(MAKE) -s all build/spark-kafka/jars
	tests/bench/kafka/streams-join --compile

# all of them write the same
check-bench: rivals
	tests/run tests/bench/rivals.t

check-agree: kafka-rivals
	tests/run tests/bench/agree.t

bench: rivals
	tests/run tests/bench/rivals.t
	tests/bench/bench

bench-kafka: kafka-rivals
	tests/bench/kafka/bench-kafka

latency: kafka-rivals
	tests/bench/kafka/latency

# the figures become those of README.md
bench-readme: rivals kafka-rivals
	tests/run tests/bench/rivals.t
	tests/bench/bench --readme
	tests/bench/kafka/bench-kafka --readme
