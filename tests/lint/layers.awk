# SPDX-License-Identifier: Apache-2.0
# Reads the compiler's dependency files and fails on an include that points up.
#   awk -f layers.awk build/release/engine/*/*.d
BEGIN {
	n = split("base definition machine store runtime api daemon", order)
	for (i = 1; i <= n; i++) rank[order[i]] = i
}
function layer(path, part) {
	if (path ~ /^api\//) return "api"
	split(path, part, "/")
	return path ~ /^engine\// ? part[2] : ""
}
{
	gsub(/\\$/, "")
	for (f = 1; f <= NF; f++) {
		if ($f ~ /:$/) { fresh = ($f ~ /\.o:$/); source = ""; self = ""; continue }
		if (fresh) { self = layer($f); source = $f; fresh = 0; if (self != "") n_source++ }
		that = layer($f)
		if (that == "") continue
		if (!(that in rank)) {
			printf "%s: %s is no layer of the house\n", $f, that
			bad = 1
		} else if (self in rank && rank[that] > rank[self]) {
			printf "%s: layer %s may not include %s\n", source, self, $f
			bad = 1
		}
	}
}
END {
	if (!n_source) { print "no dependency files: build first"; bad = 1 }
	if (!bad) printf "%d sources include downwards only\n", n_source
	exit bad
}
