# SPDX-License-Identifier: GPL-3.0-or-later
# One file, no recursion, no configure. `make help` lists the targets.
#
# O=dir puts all that is built there (default build/). V=1 shows the commands.

PREFIX  ?= /usr/local
DESTDIR ?=
O       ?= build
CC      ?= cc
PKG     ?= pkg-config
WERROR  ?= -Werror
OPT     ?= -O2 -g
SAN     ?=

# One spelling of a folder: what knows its rule by another name (build/x.o and /home/me/cur/build/x.o)
# is never found stale, and objects of two layouts of a struct would be linked together.
override O := $(abspath $(O))

VERSION := 0.1.0

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)';)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
        -Wformat=2 -Wvla -Wwrite-strings -Wno-unused-parameter -Wno-missing-field-initializers
CUR_CFLAGS = -std=gnu17 $(OPT) $(SAN) $(WARN) $(WERROR) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
             -DCUR_VERSION='"$(VERSION)"' -DCUR_PREFIX='"$(PREFIX)"' \
             -Iinclude -fno-common -fstack-protector-strong -MMD -MP

# ---- layers ---------------------------------------------------------------
# Who may include whose headers (doc/ARCHITECTURE.md). check-layers proves it,
# and so does the linker: a unit test of a folder gets these libraries and no other.
FOLDERS := base mail conf query format crypt store wire net imap sync model ui cli
uses_base   :=
uses_mail   := base
uses_conf   := base mail
uses_query  := base mail conf
uses_format := base mail conf
uses_crypt  := base mail
uses_store  := base mail
uses_wire   := base mail
uses_net    := base
uses_imap   := base mail net
uses_sync   := base mail conf store wire net imap
uses_model  := base mail conf query format crypt store wire
uses_ui     := base mail conf query format crypt model
uses_cli    := base mail conf query format crypt store wire model
uses_cur    := base mail conf query format crypt store wire model ui cli
uses_curd   := base mail conf store wire net imap sync

# Foreign libraries, by the folder that may include their headers.
pkgs_base   := glib-2.0 libpcre2-8
pkgs_mail   := gmime-3.0 libidn2
pkgs_conf   :=
pkgs_query  :=
pkgs_format :=
pkgs_crypt  := gpgme
pkgs_store  := lmdb sqlite3 notmuch
pkgs_wire   :=
pkgs_net    := libcurl gnutls libgsasl zlib
pkgs_imap   :=
pkgs_sync   :=
pkgs_model  :=
pkgs_ui     := ncursesw
pkgs_cli    :=
# Without a .pc file in Debian 12.
libs_base   := -lunistring
libs_store  :=
# Loaded when first used (base/library.h): no program links these.
pkgs_late   := notmuch libcurl gnutls libgsasl gmime-3.0 gpgme
# What the reader links of store/: no SQLite, no notmuch.
pkgs_reader := lmdb

closure = $(sort $(1) $(foreach f,$(1),$(uses_$(f)) $(foreach g,$(uses_$(f)),$(uses_$(g)))))
pkgs_of = $(sort $(foreach f,$(1),$(pkgs_$(f))))
libs_of = $(foreach f,$(1),$(libs_$(f)))
pc_libs = $(shell $(PKG) --libs $(filter-out notmuch,$(1)) 2>/dev/null) \
          $(if $(filter notmuch,$(1)),-lnotmuch)
linked_of = $(filter-out $(pkgs_late),$(call pkgs_of,$(1)))
# libcurl to "libcurl-gnutls.so.4": the library whose headers we compile with.
lib_of = $(firstword $(filter -l%,$(call pc_libs,$(1))))
soname_of = $(shell objdump -p $$($(CC) -print-file-name=$(patsubst -l%,lib%.so,$(call lib_of,$(1)))) 2>/dev/null | awk '/SONAME/ { print $$2 }')
pc_cflags = $(shell $(PKG) --cflags $(filter-out notmuch,$(1)) 2>/dev/null)

$(O)/store/notmuch-late.o: CUR_CFLAGS += -DNOTMUCH_SONAME='"$(call soname_of,notmuch)"'
$(O)/mail/gmime-late.o: CUR_CFLAGS += -DGMIME_SONAME='"$(call soname_of,gmime-3.0)"'
$(O)/crypt/gpgme-late.o: CUR_CFLAGS += -DGPGME_SONAME='"$(call soname_of,gpgme)"'
$(O)/net/libraries.o: CUR_CFLAGS += -DCURL_SONAME='"$(call soname_of,libcurl)"' -DGNUTLS_SONAME='"$(call soname_of,gnutls)"' \
  -DGSASL_SONAME='"$(call soname_of,libgsasl)"'

# ---- programs -------------------------------------------------------------
.PHONY: all
all: $(O)/cur $(O)/curd ## build both programs

define folder_rules
src_$(1) := $$(sort $$(wildcard src/$(1)/*.c))
obj_$(1) := $$(src_$(1):src/%.c=$(O)/%.o)
$(O)/lib$(1).a: $$(obj_$(1)) | $(O)/$(1)
	$$(call say,AR,$$@)rm -f $$@ && ar rcs $$@ $$(obj_$(1))
$(O)/$(1)/%.o: src/$(1)/%.c | $(O)/$(1)
	$$(call say,CC,$$<)$(CC) $$(CUR_CFLAGS) $$(cflags_$(1)) $$(CFLAGS) -c -o $$@ $$<
$(O)/$(1): ; $(Q)mkdir -p $$@
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$(f))))
$(foreach f,$(FOLDERS),$(eval cflags_$(f) = $$(call pc_cflags,$$(sort glib-2.0 $$(pkgs_$(f))))))

# The dependents come first on a link line.
LINK_ORDER := ui cli model sync imap net format query conf wire store crypt mail base
libs_in = $(foreach f,$(filter $(1),$(LINK_ORDER)),$(O)/lib$(f).a)

$(O)/%.main.o: src/%.c | $(O)/base
	$(call say,CC,$<)$(CC) $(CUR_CFLAGS) $(call pc_cflags,glib-2.0) $(CFLAGS) -c -o $@ $<
cur_libs  := $(call libs_in,$(uses_cur))
curd_libs := $(call libs_in,$(uses_curd))
$(O)/cur: $(O)/cur.main.o $(cur_libs)
	$(call say,LINK,$@)$(CC) $(SAN) $(LDFLAGS) -o $@ $< $(cur_libs) \
	  $(call pc_libs,glib-2.0 $(call linked_of,base mail ui) $(pkgs_reader)) $(libs_base)
$(O)/curd: $(O)/curd.main.o $(curd_libs)
	$(call say,LINK,$@)$(CC) $(SAN) $(LDFLAGS) -o $@ $< $(curd_libs) \
	  $(call pc_libs,glib-2.0 $(call linked_of,$(uses_curd))) $(libs_base)

# ---- unit tests: tests/unit/<folder>/test-<module>.c ------------------------
# Each links its folder and what that folder may use, nothing else.
UNIT_SRC := $(sort $(wildcard tests/unit/*/test-*.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(O)/unit/%)
unit_folder = $(firstword $(subst /, ,$(patsubst tests/unit/%,%,$(1))))
define unit_rule
$(2): $(1) $(call libs_in,$(call closure,$(3)))
	$$(call say,TEST,$(1))mkdir -p $$(dir $$@) && $(CC) $$(CUR_CFLAGS) -Itests/unit \
	  $$(call pc_cflags,glib-2.0 cmocka $$(call pkgs_of,$(call closure,$(3)))) $$(CFLAGS) -MF $$@.d -o $$@ $(1) \
	  $(call libs_in,$(call closure,$(3))) $$(LDFLAGS) \
	  $$(call pc_libs,glib-2.0 cmocka $$(call pkgs_of,$(call closure,$(3)))) $(libs_base)
endef
$(foreach t,$(UNIT_SRC),$(eval $(call unit_rule,$(t),$(t:tests/unit/%.c=$(O)/unit/%),$(call unit_folder,$(t)))))

# What libraries leak is none of a test's business; without a sanitizer nobody asks this.
LEAKS := LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0

.PHONY: unit unit-build
unit-build: $(UNIT_BIN) $(O)/lab/faulty.so $(O)/lab/asleep.so ## build the C unit tests
# A disk that fails, a machine that slept, when a test says so: preloaded, before both names of each call.
$(O)/lab/%.so: tests/lab/%.c
	$(call say,LAB,$<)mkdir -p $(dir $@) && $(CC) $(filter-out -D_FILE_OFFSET_BITS=64 $(SAN),$(CUR_CFLAGS)) $(CFLAGS) -fPIC -shared -o $@ $<
# make unit [M=folder]: build and run the C unit tests
unit: $(if $(M),$(filter $(O)/unit/$(M)/%,$(UNIT_BIN)),$(UNIT_BIN)) ## C unit tests (M=folder for one folder)
	$(Q)fail=0; for t in $^; do $(LEAKS) CUR_TEST_SOURCE=$(CURDIR) $$t >$$t.log 2>&1 \
	  && echo "ok   $$t" || { echo "FAIL $$t"; cat $$t.log; fail=1; }; done; exit $$fail

.PHONY: lib
lib: $(if $(M),$(O)/lib$(M).a,$(FOLDERS:%=$(O)/lib%.a)) ## only the libraries (M=folder for one)

# ---- lint -----------------------------------------------------------------
.PHONY: check-layers check-headers check-format check-unused
check-layers: ## no folder includes what its layer may not
	$(Q)sh tests/lint/layers.sh $(foreach f,$(FOLDERS),"$(f):$(uses_$(f))")
check-headers: ## each header compiles alone
	$(Q)for h in $$(find include/cur -name '*.h'); do \
	  echo "#include \"$${h#include/}\"" | $(CC) -std=gnu17 -Wall -Werror -D_GNU_SOURCE -Iinclude \
	    $(call pc_cflags,glib-2.0 gmime-3.0) -fsyntax-only -x c - || exit 1; done
check-format: ## all C is formatted as .clang-format says
	$(Q)if command -v clang-format >/dev/null; then find src include tests -name '*.[ch]' | xargs clang-format --dry-run -Werror; \
	  else echo 'check-format: skipped, clang-format is not installed'; fi
check-ascii: ## what a server says is judged in no locale
	$(Q)! grep -rnE '\b(strn?casecmp|strcasestr|to(upper|lower)|is(al(num|pha)|digit|p(rint|unct)|space|upper|lower)|strto(d|f|ld)|ato[fl])[[:space:]]*\(' src include
check-unused: $(foreach f,$(FOLDERS),$(obj_$(f))) $(O)/cur.main.o $(O)/curd.main.o ## no function that no program calls
	$(Q)sh tests/lint/unused.sh $^

# ---- what users and testers run ---------------------------------------------
.PHONY: demo check check-lint check-asan model
demo: ## install what is needed, build, start private servers, sync, open cur
	$(Q)sh contrib/packages.sh demo
	$(Q)$(MAKE) -s -j$$(nproc) all
	$(Q)CUR_BUILD=$(O) /usr/bin/python3 tests/lab/demo.py

# T=file or expression narrows the tests, J=n sets their number at a time, AGAIN=1 runs one by one
# what failed the last time.
J ?= $(shell nproc)
PYTEST = /usr/bin/python3 -m pytest -q -rs -o cache_dir=$(O)/pytest-cache $(if $(AGAIN),--last-failed --last-failed-no-failures none) -n $(if $(AGAIN),0,$(J))
TESTS = $(or $(wildcard $(T)),tests/ $(if $(T),-k '$(T)'))
check: ## install what is needed, build, run every test
	$(Q)sh contrib/packages.sh check
	$(Q)sh contrib/servers.sh build/servers || echo 'check: the tests with Cyrus and Courier are skipped'
	$(Q)$(MAKE) -s -j$$(nproc) all unit-build replay-build
	$(Q)$(MAKE) -s check-lint
	$(Q)CUR_BUILD=$(O) $(PYTEST) $(TESTS)

# N histories from SEED on; make check plays forty.
# A history mostly waits for its programs to begin and end.
model: J = $(shell expr 3 '*' $$(nproc))
model: ## play random histories of both sides, with kills and cuts: N=10000 SEED= J=
	$(Q)$(MAKE) -s -j$$(nproc) all
	$(Q)CUR_BUILD=$(O) CUR_MODEL_N=$(or $(N),10000) CUR_MODEL_SEED=$(SEED) $(PYTEST) tests/model

check-asan: ## the same under AddressSanitizer and UndefinedBehaviorSanitizer
	$(Q)rm -rf $(O)-asan/reports && mkdir -p $(O)-asan/reports
	$(Q)$(LEAKS) ASAN_OPTIONS=log_path=$(O)-asan/reports/report:log_exe_name=1 \
	  UBSAN_OPTIONS=print_stacktrace=1:log_path=$(O)-asan/reports/report:log_exe_name=1 CUR_TEST_REPORTS=$(O)-asan/reports CUR_TEST_SLOW=3 \
	  $(MAKE) check O=$(O)-asan OPT='-O1 -g -fno-omit-frame-pointer' SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

check-lint: check-layers check-headers check-format check-ascii check-unused ## what can be proved without running anything

$(O)/bench/%: tests/bench/%.c
	$(call say,CC,$<)mkdir -p $(dir $@) && $(CC) $(filter-out -MMD -MP,$(CUR_CFLAGS)) $(CFLAGS) -o $@ $<
.PHONY: bench
bench: ## measure beside mutt, neomutt, mbsync, OfflineIMAP, mpop, getmail, msmtp: N=10000,100000 RUNS=5 BIG=100000 ONLY=start,conf,open,sync,newest,pop,send,big OUT=file
	$(Q)sh contrib/packages.sh bench
	$(Q)$(MAKE) -s -j$$(nproc) all $(O)/bench/delay $(O)/bench/sink
	$(Q)CUR_BUILD=$(O) /usr/bin/python3 tests/bench/bench.py

# ---- fuzzing: tests/fuzz/fuzz-<name>.c, seeds in tests/fuzz/seeds/<name>/ -------
# make fuzz F=muttrc [SECONDS=60]: clang's libFuzzer with both sanitizers.
SECONDS ?= 60
FUZZ_UNDER := base mail conf query format crypt wire store net imap
.PHONY: fuzz
fuzz: ## fuzz one parser: F=name SECONDS=60
	$(Q)$(MAKE) -s lib-all O=$(O)-fuzz CC=clang OPT='-O1 -g' WERROR= SAN='-fsanitize=fuzzer-no-link,address,undefined'
	$(Q)clang -std=gnu17 -O1 -g -D_GNU_SOURCE -Iinclude -fsanitize=fuzzer,address,undefined $(call pc_cflags,glib-2.0 gmime-3.0) \
	  -o $(O)-fuzz/fuzz-$(F) tests/fuzz/fuzz-$(F).c $(foreach f,$(filter $(FUZZ_UNDER),$(LINK_ORDER)),$(O)-fuzz/lib$(f).a) \
	  $(call pc_libs,glib-2.0 $(call pkgs_of,$(FUZZ_UNDER))) $(libs_base)
	$(Q)mkdir -p $(O)-fuzz/found-$(F) && $(O)-fuzz/fuzz-$(F) -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -artifact_prefix=$(O)-fuzz/ \
	  $(O)-fuzz/found-$(F) $(wildcard tests/fuzz/seeds/$(F))
# The same targets without clang: each runs the inputs it is given (tests/fuzz/test_seeds.py).
REPLAY := $(patsubst tests/fuzz/fuzz-%.c,$(O)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz-*.c)))
$(O)/fuzz/%: tests/fuzz/fuzz-%.c tests/fuzz/replay.c tests/fuzz/memory-link.h tests/fuzz/message.h $(call libs_in,$(FUZZ_UNDER))
	$(call say,REPLAY,$<)mkdir -p $(dir $@) && $(CC) $(filter-out -MMD -MP,$(CUR_CFLAGS)) $(call pc_cflags,glib-2.0 gmime-3.0) $(CFLAGS) -o $@ \
	  $< tests/fuzz/replay.c $(call libs_in,$(FUZZ_UNDER)) $(LDFLAGS) $(call pc_libs,glib-2.0 $(call pkgs_of,$(FUZZ_UNDER))) $(libs_base)
.PHONY: replay-build
replay-build: $(REPLAY) ## build what runs the fuzzers' seeds

.PHONY: lib-all
lib-all: $(FUZZ_UNDER:%=$(O)/lib%.a)

# ---- manual pages whose tables come from include/cur/*.def --------------------
TABLES := dialects variables commands functions patterns expandos colors requests tidings errors
$(O)/%: doc/%.in doc/tables.awk $(wildcard include/cur/*.def) | $(O)/base
	$(call say,MAN,$@)for t in $(TABLES); do LC_ALL=C.UTF-8 awk -v kind=$$t -f doc/tables.awk include/cur/$$(case $$t in requests|tidings) echo wire;; *) echo $$t;; esac).def >$(O)/$$t.list || exit 1; done; \
	  sed $(foreach t,$(TABLES),-e '/^@$(t)@$$/{r $(O)/$(t).list' -e 'd}') $< >$@
.PHONY: doc
doc: $(O)/muttrc.5 $(O)/curwire.7 ## manual pages

# ---- install ------------------------------------------------------------------
MANDIR := $(DESTDIR)$(PREFIX)/share/man
UNITS := $(PREFIX)/lib/systemd/user
COMPLETION := $(PREFIX)/share/bash-completion/completions/cur
.PHONY: install uninstall
install: all doc ## install below DESTDIR/PREFIX
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/cur $(DESTDIR)$(UNITS) $(DESTDIR)$(dir $(COMPLETION))
	$(Q)install -m 755 $(O)/cur $(O)/curd $(DESTDIR)$(PREFIX)/bin
	$(Q)for page in doc/*.[157] $(O)/muttrc.5 $(O)/curwire.7; do s=$${page##*.}; install -d $(MANDIR)/man$$s; install -m 644 $$page $(MANDIR)/man$$s; done
	$(Q)install -m 644 README.md COPYING muttrc.example $(DESTDIR)$(PREFIX)/share/doc/cur
	$(Q)for unit in contrib/systemd/*; do sed 's,/usr/local/bin,$(PREFIX)/bin,' $$unit >$(DESTDIR)$(UNITS)/$${unit##*/}; done
	$(Q)install -m 644 contrib/cron.example contrib/networkmanager/90-cur $(DESTDIR)$(PREFIX)/share/doc/cur
	$(Q)install -m 644 contrib/completion/cur.bash $(DESTDIR)$(COMPLETION)
uninstall: ## remove what install put there
	$(Q)rm -f $(DESTDIR)$(PREFIX)/bin/cur $(DESTDIR)$(PREFIX)/bin/curd
	$(Q)for page in doc/*.[157] muttrc.5 curwire.7; do rm -f $(MANDIR)/man$${page##*.}/$${page##*/}; done
	$(Q)for unit in contrib/systemd/*; do rm -f $(DESTDIR)$(UNITS)/$${unit##*/}; done
	$(Q)rm -f $(DESTDIR)$(COMPLETION)
	$(Q)rm -rf $(DESTDIR)$(PREFIX)/share/doc/cur

# ---- the rest ---------------------------------------------------------------
.PHONY: clean help format tidy top
clean: ## remove what was built
	$(Q)rm -rf $(O)
help: ## this list
	$(Q)grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 20
format: ## clang-format all sources
	$(Q)find src include tests -name '*.[ch]' | xargs clang-format -i
tidy: ## clang-tidy all sources with the checks of .clang-tidy (M=folder for one folder)
	$(Q)find src$(if $(M),/$(M)) -name '*.c' | xargs -P 2 -I@ clang-tidy --quiet --warnings-as-errors='*' @ -- -std=gnu17 -D_GNU_SOURCE \
	  -DCUR_VERSION='"$(VERSION)"' -DCUR_PREFIX='"$(PREFIX)"' -Iinclude $(call pc_cflags,glib-2.0 cmocka $(call pkgs_of,$(FOLDERS)))
top: ## the longest functions and files: what to part next
	$(Q)sh tests/lint/top.sh

-include $(wildcard $(O)/*/*.d $(O)/*.d $(O)/unit/*/*.d)
