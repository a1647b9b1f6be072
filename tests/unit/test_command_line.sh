#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the program says to people and to scripts, whatever the command.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
passed=0 failed=0
unset LC_ALL LC_MESSAGES
export LANG=C.UTF-8

check() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s:\n expected "%s"\n got      "%s"\n' "$1" "$3" "$2"
	fi
}
# Output and exit code of a command: "text/code".
run() {
	out=$("$onestop" "$@" 2>&1 </dev/null)
	echo "$out/$?"
}
has() { case $1 in *"$2"*) echo yes ;; *) echo "$1" ;; esac }

check 'without a command it lists them' "$(has "$(run)" '  migrate ')" yes
check 'and that is no error' "$("$onestop" >/dev/null 2>&1; echo $?)" 0
check 'a slip of the finger' "$(run migrat)" 'onestop: no command "migrat"; did you mean "migrate"?/2'
check 'a strange word' "$(run electricity)" 'onestop: no command "electricity"; see onestop help/2'
check 'a misspelt option' "$(run migrate --dry-rum)" 'onestop: no option --dry-rum; did you mean --dry-run?/2'
check 'a missing value' "$(run migrate --schema)" 'onestop: --schema needs a value/2'
check 'a needless operand' "$(run migrate now)" 'onestop: migrate takes no operand/2'
check 'help for what there is not' "$(run help nothing)" 'onestop: no command "nothing"; see onestop help/2'
check 'the version' "$(run --version)" "$(run migrate --version)"
check 'Chinese on a Chinese terminal' "$(has "$(LANG=zh_CN.UTF-8 run help)" '命令')" yes
check 'LC_ALL wins over LANG' "$(has "$(LC_ALL=zh_CN.UTF-8 run help)" '命令')" yes
check 'a missing settings file' "$(has "$(run settings --config no/such.ini)" 'No such file or directory')" yes
check 'a wrong setting ends with 2' "$(ONESTOP_SERVER_PORT=x "$onestop" settings >/dev/null 2>&1; echo $?)" 2
check 'text for people is not data' "$("$onestop" migrat 2>/dev/null)" ''
check 'an unreachable database ends with 6' \
	"$("$onestop" migrate --database host=@nobody-listens >/dev/null 2>&1; echo $?)" 6

for command in $("$onestop" help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	check "$command --help explains it" "$("$onestop" "$command" --help 2>/dev/null | grep -c "^onestop\|^usage")" 1
	check "$command has no colour in a pipe" "$("$onestop" "$command" --help 2>&1 | grep -c "$(printf '\033')")" 0
	check "$command knows --nonsense is none" "$("$onestop" "$command" --nonsense >/dev/null 2>&1 </dev/null; echo $?)" 2
done

for shell in bash zsh fish; do
	"$onestop" completion $shell >/dev/null || failed=$((failed + 1))
done
check 'bash can read its completion' "$("$onestop" completion bash | bash -n 2>&1)" ''
check 'and completes a command' "$(
	bash -c 'eval "$('"$onestop"' completion bash)"
		COMP_WORDS=(onestop comp) COMP_CWORD=1; _onestop; echo "${COMPREPLY[*]}"'
)" completion
check 'and an option' "$(
	PATH="$(dirname "$onestop"):$PATH" bash -c 'eval "$(onestop completion bash)"
		COMP_WORDS=(onestop migrate --dry) COMP_CWORD=2; _onestop; echo "${COMPREPLY[*]}"'
)" --dry-run

echo "$passed passed, $failed failed"
[ $failed = 0 ]
