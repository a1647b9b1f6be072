# SPDX-License-Identifier: Apache-2.0
# Reads workflow JSON and prints the words that belong to it alone, one a line:
#   KIND WORD    kind: id, step, branch, department, role, limit
# A small JSON reader: a stack of where we are, strings and punctuation only.
function word(kind, w) { if (w != "" && !((kind, w) in seen)) { seen[kind, w] = 1; print kind, w } }
function key_seen(k, parent) {
	if (parent == "steps") word("step", k)
	if (parent == "branches") word("branch", k)
}
function string_seen(s, k) {
	if (k == "id") word("id", s)
	if (k == "lead" || k == "department") word("department", s)
	if (k == "by" && s !~ /^(applicant|public)$/) { sub(/^system:/, "", s); word("role", s) }
	if (s ~ /^[0-9]+ (minute|hour|day|working day|month|year)s?$/) word("limit", s)
}
FNR == 1 { depth = 0; key = "" }
{
	rest = $0
	while (match(rest, /"([^"\\]|\\.)*"|[][{}:,]/)) {
		token = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		c = substr(token, 1, 1)
		if (c == "\"") {
			last = substr(token, 2, length(token) - 2)
			if (rest ~ /^[ \t]*:/) { key = last; key_seen(key, name[depth]) }
			else string_seen(last, key)
		} else if (c == "{" || c == "[") {
			name[++depth] = key; key = ""
		} else if (c == "}" || c == "]") {
			key = name[depth]; if (depth) depth--
		}
	}
}
