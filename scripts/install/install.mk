# What make install brings, and where to; make uninstall takes the same away, and make deb packs it.

SYSCONFDIR = $(PREFIX)/etc
SHARE = $(DESTDIR)$(PREFIX)/share
BIN = $(DESTDIR)$(PREFIX)/bin
LIB = $(DESTDIR)$(PREFIX)/lib/stedi-pipes
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system
MAN = $(SHARE)/man
BASH = $(SHARE)/bash-completion/completions
ZSH = $(SHARE)/zsh/site-functions
EXAMPLES = $(SHARE)/doc/stedi-pipes/examples
DEFAULT = $(DESTDIR)$(SYSCONFDIR)/default/stedi-pipes
LOGROTATE = $(DESTDIR)$(SYSCONFDIR)/logrotate.d/stedi-pipes

# programs and their pages as they are called where they are installed; POSIX owns the name join
INSTALLED_FILTERS = redis-decode events-decode stedi-join
INSTALLED_PROGRAMS = $(INSTALLED_FILTERS) $(notdir $(OTHERS))
# commands, each with the script that it is
COMMANDS = stedi-submit-join=submit-event-kafkajoin.sh stedi-submit-redis-source=submit-redis-source.sh \
	stedi-submit-simulator=submit-stedi-simulator.sh stedi-show-customers=submit-redis-kafka-streaming.sh \
	stedi-show-events=submit-event-kafkastreaming.sh stedi-risk-graph=submit-risk-graph.sh \
	stedi-watch-risk=watch-risk.sh
COMMAND_NAMES = $(foreach pair,$(COMMANDS),$(firstword $(subst =, ,$(pair))))
COMMAND_SCRIPTS = $(foreach pair,$(COMMANDS),scripts/$(lastword $(subst =, ,$(pair))))
SERVICES = stedi-join stedi-redis-source stedi-risk-graph
COMPLETED = $(INSTALLED_PROGRAMS) $(COMMAND_NAMES)

install-filters: $(FILTERS)
	mkdir -p $(BIN) $(MAN)/man1
	install -s -m 755 redis-decode/redis-decode events-decode/events-decode $(BIN)
	install -s -m 755 join/join $(BIN)/stedi-join
	install -m 644 redis-decode/redis-decode.1 events-decode/events-decode.1 $(MAN)/man1
	install -m 644 join/join.1 $(MAN)/man1/stedi-join.1

install: packages install-filters $(OTHERS)
	mkdir -p $(MAN)/man7 $(LIB)/delivery $(LIB)/risk-graph $(BASH) $(ZSH) $(UNITS) $(EXAMPLES) $(dir $(DEFAULT) $(LOGROTATE))
	install -s -m 755 $(OTHERS) $(BIN)
	install -m 644 $(addsuffix .1,$(OTHERS)) $(MAN)/man1
	install -m 644 scripts/stedi-pipes.7 $(MAN)/man7
	install -m 644 tests/data/*.ndjson $(EXAMPLES)
	install -m 755 $(COMMAND_SCRIPTS) $(LIB)
	install -m 644 scripts/kafka-pipe.sh $(LIB)
	install -m 755 scripts/delivery/* $(LIB)/delivery
	install -m 644 $(addprefix scripts/risk-graph/,index.html style.css risk-graph.js) $(LIB)/risk-graph
	install -m 755 scripts/risk-graph/feed $(LIB)/risk-graph
	install -m 644 scripts/install/commands.1 $(MAN)/man1/stedi-submit-join.1
	for pair in $(COMMANDS); do ln -sf ../lib/stedi-pipes/$${pair#*=} $(BIN)/$${pair%=*} || exit; done
	for name in $(filter-out stedi-submit-join,$(COMMAND_NAMES)); do \
		echo '.so man1/stedi-submit-join.1' >$(MAN)/man1/$$name.1 || exit; done
	install -m 644 scripts/install/completion.bash $(BASH)/stedi-join
	for name in $(filter-out stedi-join,$(COMPLETED)); do ln -sf stedi-join $(BASH)/$$name || exit; done
	install -m 644 scripts/install/completion.zsh $(ZSH)/_stedi-pipes
	for name in $(SERVICES); do cat scripts/install/$$name.service scripts/install/service | \
		sed 's,/usr/local/etc,$(SYSCONFDIR),; s,/usr/local,$(PREFIX),' >$(UNITS)/$$name.service || exit; done
	test -e $(DEFAULT) || install -m 644 scripts/install/stedi-pipes.default $(DEFAULT)
	test -e $(LOGROTATE) || install -m 644 scripts/install/stedi-pipes.logrotate $(LOGROTATE)

# settings stay where they were changed
uninstall:
	rm -f $(addprefix $(BIN)/,$(COMPLETED)) $(COMPLETED:%=$(MAN)/man1/%.1) $(MAN)/man7/stedi-pipes.7
	rm -f $(addprefix $(BASH)/,$(COMPLETED)) $(ZSH)/_stedi-pipes $(SERVICES:%=$(UNITS)/%.service)
	rm -rf $(LIB) $(SHARE)/doc/stedi-pipes
	! cmp -s scripts/install/stedi-pipes.default $(DEFAULT) || rm -f $(DEFAULT)
	! cmp -s scripts/install/stedi-pipes.logrotate $(LOGROTATE) || rm -f $(LOGROTATE)

deb:
	@scripts/need-packages.sh --say build deb
	@scripts/install/deb '$(VERSION)'

.PHONY: install install-filters uninstall deb
