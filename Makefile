# One Makefile, no recursion into folders.  `make help` lists the targets.
prefix  ?= /usr/local
DESTDIR ?=
VARIANT ?= release
B       := build/$(VARIANT)

PKGS    := libpq libevent_pthreads libevent libevent_openssl jansson libssl libcrypto libpcre2-8
CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
           -Wformat=2 -Wconversion -Wno-sign-conversion -Werror
HARDEN  := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
SAN     :=
ifeq ($(VARIANT),asan)
SAN     := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN  :=
endif
ifeq ($(VARIANT),tsan)
SAN     := -fsanitize=thread
HARDEN  :=
endif
ifeq ($(VARIANT),fuzz)
CC      := clang-14
SAN     := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
HARDEN  :=
endif
# Our own flags stay apart from CFLAGS, which belongs to the packager.
CPP_OWN := -std=c11 -D_GNU_SOURCE -Iengine -I. -Ibuild/gen $(shell pkg-config --cflags $(PKGS))
C_OWN   := $(WARN) $(HARDEN) $(SAN) -MMD -MP
RELRO   := -pie -Wl,-z,relro,-z,now
LD_OWN  := $(SAN) $(if $(HARDEN),$(RELRO))
LIBS    := $(shell pkg-config --libs $(PKGS)) -lm -lpthread

# Explicit order = the layers, lowest first.
LAYERS  := engine/base engine/definition engine/machine engine/store engine/runtime api/http api
SRC     := $(sort $(wildcard $(addsuffix /*.c,$(LAYERS))))
OBJ     := $(SRC:%.c=$(B)/%.o)
LIB     := $(B)/engine.a
UNIT    := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))

.PHONY: all unit clean
.DELETE_ON_ERROR:
.SECONDARY:

all: $(LIB)              ## build

build/gen/statements.h: engine/store/sql/embed.awk $(wildcard engine/store/sql/*.sql)
	@mkdir -p $(@D)
	awk -f $^ >$@

$(B)/%.o: %.c Makefile | build/gen/statements.h
	@mkdir -p $(@D)
	$(CC) $(CPP_OWN) $(C_OWN) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(LIB): $(OBJ)
	rm -f $@; $(AR) rcs $@ $^
$(B)/tests/%: $(B)/tests/%.o $(LIB)
	$(CC) $(LD_OWN) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

unit: $(UNIT)            ## pure tests, no database
	set -e; for t in $^; do $$t; done
clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
