# SPDX-License-Identifier: Apache-2.0
# One Makefile, no recursion into folders.  `make help` lists the targets.
#
# Sources and tests are found by their place: a file in a folder of the house
# needs no line here.  Everything made lies in build/$(VARIANT).
prefix     ?= /usr/local
sysconfdir ?= $(if $(filter /usr,$(prefix)),/etc,$(prefix)/etc)
unitdir    ?= $(prefix)/lib/systemd/system
DESTDIR    ?=
VARIANT    ?= release
PORT       ?= 8080
VAR        ?= var
CFLAGS     ?= -O2 -g
WERROR     ?= -Werror
B          := build/$(VARIANT)

PKGS := libpq libevent_pthreads libevent libevent_openssl jansson libssl libcrypto libpcre2-8 libcurl libqrencode p11-kit-1
WARN  = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
        -Wformat=2 -Wconversion -Wno-sign-conversion $(WERROR)

# _FORTIFY_SOURCE needs an optimiser; the sanitizers bring their own checks.
HARDEN := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE
ifeq ($(shell uname -m),x86_64)
HARDEN += -fcf-protection
endif
SAN    :=
RUNNER :=
ifneq ($(filter $(VARIANT),asan tsan fuzz),)
# Lines are what a report names; all the rest of -g is a fifth of the time that they take to build.
CFLAGS := -O1 -g1
HARDEN :=
# Another compiler or optimiser warns of other things; the release build's are the law.
WERROR :=
# The sanitizers' shadow memory does not fit every random address layout.
RUNNER := setarch -R
endif
ifeq ($(VARIANT),asan)
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ifeq ($(VARIANT),tsan)
SAN := -fsanitize=thread
endif
ifeq ($(VARIANT),fuzz)
CC  := clang-14
SAN := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
endif

# pkg-config is asked once, and only by a target that compiles.
pkg = $(eval $(1) := $(shell pkg-config $(2) $(PKGS)))$($(1))
PKG_CFLAGS = $(call pkg,PKG_CFLAGS,--cflags)
PKG_LIBS   = $(call pkg,PKG_LIBS,--libs)

# Our own flags stay apart from CFLAGS, which belongs to the packager.
CPP_OWN = -std=c11 -D_GNU_SOURCE -Iengine -I. -Ibuild/gen $(PKG_CFLAGS)
C_OWN   = $(WARN) $(HARDEN) $(SAN) -ffunction-sections -fdata-sections
RELRO  := -pie -Wl,-z,relro,-z,now
LD_OWN  = $(SAN) -Wl,--gc-sections $(if $(HARDEN),$(RELRO))
LIBS    = $(PKG_LIBS) -lm -lpthread
COMPILE = $(CC) $(CPP_OWN) $(C_OWN) $(CPPFLAGS) $(CFLAGS)
LINK    = $(CC) $(LD_OWN) $(CFLAGS) $(LDFLAGS)

# Explicit order = the layers, lowest first.
LAYERS := engine/base engine/definition engine/machine engine/store engine/runtime api/http api/picture api
SRC    := $(sort $(wildcard $(addsuffix /*.c,$(LAYERS))))
OBJ    := $(SRC:%.c=$(B)/%.o) $(B)/build/gen/openapi_json.o
LIB    := $(B)/engine.a
DAEMON := $(patsubst %.c,$(B)/%.o,$(wildcard engine/daemon/*.c))
ONESTOP := $(B)/onestop

# Tests, by kind.  Scripts run as they are; programs are built here.
program  = $(patsubst %.c,$(B)/%,$(wildcard tests/$(1)/test_*.c))
script   = $(wildcard tests/$(1)/test_*.sh)
UNIT    := $(call program,unit)
DB      := $(call program,db)
HTTP    := $(call program,http)
FAULT   := $(call program,fault)
SUPPORT := $(patsubst %.c,$(B)/%.o,$(wildcard tests/support/*.c tests/model/*.c))
BENCH   := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
# What the fault scripts run: on a cluster of their own, or to drive and to read the truth with.
DRIVERS := $(patsubst %.c,$(B)/%,$(filter-out %/test_%,$(sort $(wildcard tests/fault/*.c)))) $(B)/tests/bench/load
FUZZ    := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))

# A sanitized daemon takes long to come up again; the release build dies often enough.
ENV := ONESTOP_BUILD=$(B) ONESTOP=$(ONESTOP) RUNNER="$(RUNNER)" KILLS=$(if $(SAN),8,24) \
	$(if $(SAN),ONESTOP_VET=build/release/onestop)

.PHONY: all build-tests long run demo stop test unit db http contract contract-tools fault check lint \
        tidy asan tsan fuzz run-fuzz bench install clean format sample help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(ONESTOP)          ## build the program

# make V=1 shows the commands.
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $@)

# Objects follow the flags they were built with, not the date of this file.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' >$@

build/gen/statements.h: engine/store/sql/embed.awk $(wildcard engine/store/sql/*.sql)
	@mkdir -p $(@D)
	$(Q)awk -f $^ >$@

build/gen/openapi.json: api/contract.pl api/openapi.yaml
	@mkdir -p $(@D)
	$(Q)perl $< json <api/openapi.yaml >$@
build/gen/openapi_json.c: build/gen/openapi.json
	$(Q)perl api/contract.pl c <$< >$@

$(B)/%.o: %.c $(B)/flags | build/gen/statements.h
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<
$(LIB): $(OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
$(B)/daemon.a: $(filter-out %/main.o,$(DAEMON))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
$(B)/support.a: $(SUPPORT)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
$(ONESTOP): $(DAEMON) $(LIB)
	$(call say,LINK)
	$(Q)$(LINK) -o $@ $^ $(LIBS)
$(B)/tests/%: $(B)/tests/%.o $(B)/support.a $(LIB)
	$(call say,LINK)
	$(Q)$(LINK) -o $@ $^ $(LIBS) -lcmocka
$(B)/tests/unit/test_daemon_%: $(B)/tests/unit/test_daemon_%.o $(B)/support.a $(B)/daemon.a $(LIB)
	$(call say,LINK)
	$(Q)$(LINK) -o $@ $^ $(LIBS) -lcmocka
$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/support.a $(LIB)
	$(call say,LINK)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

run:                     ## PostgreSQL, schema and daemon at http://127.0.0.1:PORT (PORT=8080 VAR=var)
	@exec deploy/run $(PORT) $(VAR)
demo:                    ## four procedures over HTTP in virtual time, each step against its limit
	@exec deploy/demo $(VAR)/demo
stop:                    ## end what `make run` started
	@deploy/stop $(VAR)

build-tests: $(ONESTOP) $(UNIT) $(DB) $(HTTP) $(FAULT) $(DRIVERS)
# What runs in a daemon, and so in threads.
THREADED = kind=db $(DB) $(call script,db) kind=http $(HTTP) $(call script,http) \
	kind=contract $(call script,contract) kind=fault $(FAULT) $(call script,fault)
# What no sanitizer sees more of: it runs no C of ours, or the release build whatever is tested.
PLAIN := kind=lint $(call script,lint) kind=sql $(wildcard tests/sql/check.sh) $(call script,sql) \
	kind=deploy $(call script,deploy)
test: build-tests        ## all tests; the last line sums them up
	@$(ENV) tests/pg.sh tests/run.sh kind=unit $(UNIT) $(call script,unit) \
		kind=scenario $(call script,scenario) $(THREADED) $(if $(SAN),,$(PLAIN))
test-threads: $(ONESTOP) $(DB) $(HTTP) $(FAULT) $(DRIVERS)
	@$(ENV) tests/pg.sh tests/run.sh $(THREADED)
long: $(B)/tests/unit/test_machine_model ## a million random sequences against the model
	ONESTOP_CASES=1000000 $<
unit: $(UNIT) $(ONESTOP) ## pure tests, no database
	@$(ENV) tests/run.sh kind=unit $(UNIT) $(call script,unit)
db: $(DB) $(ONESTOP)     ## tests against a throw-away PostgreSQL
	@$(ENV) tests/pg.sh tests/run.sh kind=sql $(wildcard tests/sql/check.sh) kind=db $(DB) $(call script,db)
http: $(HTTP) $(ONESTOP) ## the daemon as a black box
	@$(ENV) tests/pg.sh tests/run.sh kind=http $(HTTP) $(call script,http)
contract: $(ONESTOP)     ## the daemon against api/openapi.yaml
	@$(ENV) tests/pg.sh tests/run.sh kind=contract $(call script,contract)
contract-tools:          ## fetch what lints the contract, replays its flows and opens BPMN (npm)
	@command -v npm >/dev/null || deploy/packages contract
	cd tests/contract && npm ci --ignore-scripts --no-audit --no-fund
fault: $(FAULT) $(DRIVERS) $(ONESTOP) ## kills, cut connections, full disks
	@$(ENV) tests/pg.sh tests/run.sh kind=fault $(FAULT) $(call script,fault)

check: lint test         ## what must pass before a commit
lint: $(OBJ) $(DAEMON)   ## the laws of the house that a compiler does not see
	@CC="$(CC)" CPP_OWN="$(CPP_OWN)" WARN="$(WARN)" tests/lint/run.sh $(B)
tidy: build/gen/statements.h  ## clang-tidy, one file per process
	@printf '%s\n' $(SRC) $(wildcard engine/daemon/*.c) | xargs -P "$$(nproc)" -I{} \
		clang-tidy-14 --quiet {} -- $(CPP_OWN)

# The release build vets the definitions, see tests/pg.sh.
asan: $(ONESTOP)         ## all tests of our C, with the address sanitizer
	@$(MAKE) --no-print-directory VARIANT=asan test
tsan: $(ONESTOP)         ## all tests of what runs in threads, with the thread sanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan test-threads
fuzz:                    ## each fuzzer for FUZZ_SECONDS (60)
	@$(MAKE) --no-print-directory VARIANT=fuzz run-fuzz
run-fuzz: $(FUZZ)
	@$(ENV) tests/fuzz/run.sh $(FUZZ)
bench: $(ONESTOP) $(BENCH)  ## the figures of the design, on this machine (SCALE=…)
	@$(ENV) tests/bench/run.sh

install: $(ONESTOP)      ## prefix=/usr/local sysconfdir= unitdir= DESTDIR=
	@DESTDIR="$(DESTDIR)" prefix="$(prefix)" sysconfdir="$(sysconfdir)" unitdir="$(unitdir)" \
		deploy/install $(ONESTOP)
format:                  ## rewrite the C sources as .clang-format says
	find engine api tests -name '*.[ch]' ! -path '*/node_modules/*' -exec clang-format-14 -i {} +
sample: $(ONESTOP)       ## write deploy/onestop.ini anew from settings.def
	$(ONESTOP) settings --sample >deploy/onestop.ini
clean:                   ## remove what was built; var/ stays
	rm -rf build
help:                    ## this list
	@awk -F ':.*## ' '/^[a-z][a-z -]*:.*## /{ printf "%-14s %s\n", $$1, $$2 }' Makefile

-include $(shell find $(B) -name '*.d' 2>/dev/null)
