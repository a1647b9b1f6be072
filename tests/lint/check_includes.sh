#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 1: which header of the outside world may be included where; and that our
# own are written from the root of the layers, never relative.
set -eu
find engine api -name '*.[ch]' | sort | xargs awk -v keep=code -f "$(dirname "$0")/strip.awk" |
	awk '
	# header (prefix), then the places (prefixes) that may include it
	function rule(header, places) { allowed[header] = places; order[++n] = header }
	BEGIN {
		rule("<jansson.h", "engine/definition/json.c")
		rule("<pcre2.h", "engine/definition/pattern.c")
		rule("<libpq-fe.h", "engine/store/")
		rule("<libpq/", "")
		rule("<qrencode.h", "api/picture/qr.c")
		rule("<p11-kit/", "engine/store/token.c")
		rule("<curl/", "engine/runtime/post.c")
		rule("<event2/http", "")
		rule("<event2/bufferevent", "api/ engine/store/pipeline.")
		rule("<event2/listener.h", "api/")
		rule("<event2/", "api/ engine/store/ engine/runtime/ engine/daemon/")
		rule("<sys/socket.h", "api/ engine/store/pipeline. engine/daemon/notify.c engine/runtime/post.c")
		rule("<sys/un.h", "api/ engine/store/pipeline. engine/daemon/notify.c")
		rule("<netinet/", "api/ engine/store/pipeline. engine/runtime/post.c")
		rule("<arpa/inet.h", "api/ engine/store/pipeline. engine/base/network.c")
		rule("<netdb.h", "api/ engine/store/pipeline.")
		rule("<openssl/", "api/ engine/definition/digest.c engine/store/ engine/runtime/ engine/daemon/")
		rule("<pthread.h", "api/ engine/base/ engine/runtime/ engine/daemon/")
		rule("<time.h", "api/ engine/base/ engine/store/ engine/runtime/ engine/daemon/")
	}
	{
		split($0, part, ":")
		file = part[1]
		text = substr($0, length(part[1]) + length(part[2]) + 3)
		if (text !~ /^[ \t]*#[ \t]*include/) next
		n_include++
		sub(/^[ \t]*#[ \t]*include[ \t]*/, "", text)
		if (text ~ /^"/ && (text ~ /\.\.\// || (text !~ /\// && text !~ /^"statements\.h"/))) {
			printf "%s:%s: include %s from the root of the layers\n", file, part[2], text
			bad = 1
		}
		for (i = 1; i <= n; i++) {
			if (index(text, order[i]) != 1) continue
			k = split(allowed[order[i]], place, " ")
			ok = 0
			for (j = 1; j <= k; j++) if (index(file, place[j]) == 1) ok = 1
			if (!ok) {
				printf "%s:%s: %s belongs to %s\n", file, part[2], text, \
					allowed[order[i]] == "" ? "nobody" : allowed[order[i]]
				bad = 1
			}
			break
		}
	}
	END {
		if (!n_include) { print "found no include at all"; bad = 1 }
		if (!bad) printf "%d includes stand where they may\n", n_include
		exit bad
	}'
