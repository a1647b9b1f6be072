# SPDX-License-Identifier: Apache-2.0
# Reads C and prints FILE:LINE:TEXT without comments.
#   -v keep=code     strings and characters are emptied (default)
#   -v keep=strings  only what stands in string literals, one literal a line
FNR == 1 { comment = 0 }
{
	line = $0; code = ""; at = 1; n = length(line)
	include = line ~ /^[ \t]*#[ \t]*include/
	while (at <= n) {
		two = substr(line, at, 2)
		c = substr(line, at, 1)
		if (comment) {
			if (two == "*/") { comment = 0; at++ }
			at++
		} else if (two == "/*") {
			comment = 1; at += 2
		} else if (two == "//") {
			break
		} else if (c == "\"" || c == "'") {
			literal = ""
			for (at++; at <= n && substr(line, at, 1) != c; at++) {
				if (substr(line, at, 1) == "\\") { literal = literal substr(line, at, 1); at++ }
				literal = literal substr(line, at, 1)
			}
			at++
			if (keep == "strings") {
				if (c == "\"" && !include) printf "%s:%d:%s\n", FILENAME, FNR, literal
			} else
				code = code (include ? c literal c : c c)
		} else {
			code = code c; at++
		}
	}
	if (keep != "strings") printf "%s:%d:%s\n", FILENAME, FNR, code
}
