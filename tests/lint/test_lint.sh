#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each check of the house passes a clean tree and catches a planted fault.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree" || exit 1
passed=0 failed=0
export B=build/mini CC=cc CPP_OWN='-std=c11 -D_GNU_SOURCE -Iengine -I. -Ibuild/gen' WARN='-Wall -Werror'
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

# A house in miniature in which every check passes.
fresh() {
	rm -rf "${tree:?}"/* "$tree"/.ci "$tree"/.clang-format
	mkdir -p engine/base engine/definition engine/machine engine/store/sql engine/runtime \
		engine/daemon api/http workflows schema deploy tests/unit .ci
	cp "$root/.clang-format" .
	printf '%s\n#ifndef BASE_THING_H\n#define BASE_THING_H\n\nint thing_make(int n);\n\n#endif\n' "$spdx" >engine/base/thing.h
	printf '%s\n/* Makes things. */\n#include "base/thing.h"\n\n#include <stdlib.h>\n\nint\nthing_make(int n)\n{\n    int *p = malloc(sizeof(*p));\n    int got = p ? n : 0;\n\n    free(p);\n    return got;\n}\n' "$spdx" >engine/base/thing.c
	printf '%s\n#ifndef MACHINE_CORE_H\n#define MACHINE_CORE_H\n\nint core_decide(int n);\n\n#endif\n' "$spdx" >engine/machine/core.h
	printf '%s\n/* Decides. */\n#include "machine/core.h"\n\n#include "base/thing.h"\n\nint\ncore_decide(int n)\n{\n    return thing_make(n) + 1;\n}\n' "$spdx" >engine/machine/core.c
	printf 'memcpy  copies\n_GLOBAL_OFFSET_TABLE_\nbase:malloc  the arena\nbase:free  the arena\n' >engine/machine/IMPORTS
	printf -- '-- SPDX-License-Identifier: Apache-2.0\nCREATE TABLE cases (\n    cell smallint NOT NULL,\n    id bigint NOT NULL\n);\nCREATE TABLE notes (n int);\n' >schema/0001_a.sql
	printf -- '-- name: case_get (cell, id)\nSELECT id FROM cases WHERE cell = $1 AND id = $2;\n-- name: note_get ()\nSELECT n FROM notes;\n' >engine/store/sql/case.sql
	printf '{"id": "tree-felling", "lead": "forest-office",\n "clocks": {"promised": {"limit": "7 working days"}},\n "steps": {"inspect": {"by": "ranger", "actions": {}}}}\n' >workflows/tree.json
	printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\necho "$1"\n' >deploy/hello.sh
	cp deploy/hello.sh .ci/run
}

compile() {
	# shellcheck disable=SC2044 # names without blanks
	for source in $(find engine api -name '*.c'); do
		mkdir -p "$B/${source%/*}"
		# shellcheck disable=SC2086 # a list of flags
		cc $CPP_OWN -O1 -ffunction-sections -fdata-sections -MMD -MP -c -o "$B/${source%.c}.o" "$source" 2>/dev/null || true # a planted fault may not compile
	done
}

# clean CHECK: it passes the clean tree.
clean() {
	fresh
	compile
	if said=$("$here/check_$1.sh" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "check $1 refuses a clean tree: $said"
	fi
}

# caught CHECK WORDS: it refuses the tree as it stands and says WORDS.
caught() {
	compile
	if said=$("$here/check_$1.sh" 2>&1); then
		failed=$((failed + 1))
		echo "check $1 does not see: $2"
	elif echo "$said" | grep -qF -- "$2"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "check $1 should say \"$2\" and says: $said"
	fi
	fresh
}

clean layers
printf '#include "machine/core.h"\n' >>engine/base/thing.h
caught layers 'engine/base/thing.c: layer base may not include engine/machine/core.h'
mkdir engine/cellar
printf '%s\nint x;\n' "$spdx" >engine/cellar/a.c
caught layers 'cellar is no layer'
rm -rf "$B"
fresh
find "$B" -name '*.d' -delete 2>/dev/null
if "$here/check_layers.sh" >/dev/null 2>&1; then failed=$((failed + 1)); else passed=$((passed + 1)); fi

clean includes
printf '#include <jansson.h>\n' >>engine/machine/core.c
caught includes 'engine/machine/core.c:12: <jansson.h> belongs to engine/definition/json.c'
printf '#include <libpq-fe.h>\n' >api/x.c
caught includes '<libpq-fe.h> belongs to engine/store/'
printf '#include <sys/socket.h>\n' >engine/runtime/x.c
caught includes '<sys/socket.h> belongs to'
printf '#include <pcre2.h>\n' >engine/definition/form.c
caught includes 'engine/definition/pattern.c'
printf '#include <event2/bufferevent.h>\n' >engine/runtime/x.c
caught includes '<event2/bufferevent.h> belongs to api/'
printf '#include <curl/curl.h>\n' >api/x.c
caught includes 'engine/runtime/post.c'
printf '#include <p11-kit/pkcs11.h>\n' >api/x.c
caught includes 'engine/store/token.c'
printf '#include <qrencode.h>\n' >api/x.c
caught includes 'api/picture/qr.c'
printf '#include "../base/thing.h"\n' >engine/machine/x.c
caught includes 'from the root of the layers'
printf '#include "thing.h"\n' >engine/base/x.c
caught includes 'from the root of the layers'
printf '/* #include <jansson.h> */\n' >>engine/machine/core.c
"$here/check_includes.sh" >/dev/null 2>&1 && passed=$((passed + 1)) || failed=$((failed + 1))

clean purity
printf '#include <time.h>\nlong core_now(void);\nlong\ncore_now(void)\n{\n    return time(0);\n}\n' >>engine/machine/core.c
caught purity 'the core calls time'
printf '#include <stdlib.h>\nvoid *core_take(void);\nvoid *\ncore_take(void)\n{\n    return malloc(4);\n}\n' >>engine/machine/core.c
caught purity 'the core calls malloc'
printf '#include <unistd.h>\nint helper(void);\nint\nhelper(void)\n{\n    return getpid();\n}\n' >engine/definition/help.c
printf 'int helper(void);\nint core_far(void);\nint\ncore_far(void)\n{\n    return helper();\n}\n' >>engine/machine/core.c
caught purity 'the core calls getpid'
printf 'int core_count(void);\nint\ncore_count(void)\n{\n    static int n;\n\n    return ++n;\n}\n' >>engine/machine/core.c
caught purity 'the core keeps state'
sed -i '/base:malloc/d' engine/machine/IMPORTS
caught purity 'base, called by the core, calls malloc'
# What the core does not call may be impure.
printf '#include <unistd.h>\nint helper(void);\nint\nhelper(void)\n{\n    return getpid();\n}\n' >engine/definition/help.c
compile
"$here/check_purity.sh" >/dev/null 2>&1 && passed=$((passed + 1)) || failed=$((failed + 1))

clean symbols
printf 'int thing_make(int n);\nint\nthing_make(int n)\n{\n    return -n;\n}\n' >api/x.c
caught symbols 'thing_make is defined in build/mini/api/x.o and in build/mini/engine/base/thing.o'

clean statements
printf -- '-- name: case_all ()\nSELECT id FROM cases;\n' >>engine/store/sql/case.sql
caught statements 'engine/store/sql/case.sql:5: statement case_all touches cases'
printf -- '-- name: case_all ()\nSELECT id FROM cases; -- whatever the cell\n' >>engine/store/sql/case.sql
caught statements 'does not name its cell'
printf 'const char *q = "SELECT id FROM cases";\n' >engine/runtime/x.c
caught statements 'belongs to engine/store/sql'

clean headers
printf 'size_t thing_size(void);\n' >>engine/base/thing.h
caught headers 'size_t'

clean words
for word in tree-felling forest-office inspect ranger; do
	printf 'const char *w = "%s";\n' "$word" >api/x.c
	caught words "\"$word\" is a"
done
printf 'const char *w = "7 working days";\n' >api/x.c
caught words '"7 working days"'
printf 'const char *w = "3 days";\n' >api/x.c
caught words 'the limit "3 days" belongs to a workflow'
printf '/* the step "inspect" */\nconst char *w = "inspected";\n' >api/x.c
"$here/check_words.sh" >/dev/null 2>&1 && passed=$((passed + 1)) || failed=$((failed + 1))

clean sizes
{
	printf '%s\nint\nlong_one(int n)\n{\n' "$spdx"
	yes '    n++;' | head -n 60
	printf '    return n;\n}\n'
} >engine/base/x.c
caught sizes 'engine/base/x.c:4: long_one() has 61 lines'
yes '/* filler */' | head -n 500 >engine/base/x.h
caught sizes 'engine/base/x.h: 500 lines'

clean spdx
printf 'int x;\n' >engine/base/x.c
caught spdx 'engine/base/x.c:1'

clean banned
printf '#include <string.h>\nvoid f(char *a, char *b);\nvoid\nf(char *a, char *b)\n{\n    strcpy(a, b);\n}\n' >engine/base/x.c
caught banned 'strcpy(a, b)'
printf '#include <stdlib.h>\nint f(void);\nint\nf(void)\n{\n    return atoi("1");\n}\n' >engine/base/x.c
caught banned 'atoi('
printf '/* strcpy(a, b) */\nconst char *s = "gets(x)";\n' >engine/base/x.c
"$here/check_banned.sh" >/dev/null 2>&1 && passed=$((passed + 1)) || failed=$((failed + 1))

clean unfinished
printf '/* TO''DO: the rest */\n' >engine/base/x.c
caught unfinished 'engine/base/x.c:1'

clean format
printf '%s\nint   x;\n' "$spdx" >engine/base/x.c
caught format 'engine/base/x.c:2'

clean shell
printf '#!/bin/sh\nrm $1\n' >deploy/hello.sh
caught shell 'SC2086'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
