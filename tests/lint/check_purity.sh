#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 2: the core is pure.  Links the machine with everything it calls in
# definition and base, function by function, and looks at what is still
# undefined: it must be listed in engine/machine/IMPORTS.  Lines that begin
# with `base:` are for what base alone may import (the arena's malloc).
set -eu
B=${B:-build/release}
imports=engine/machine/IMPORTS
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
machine='' below='' base=''
for source in engine/machine/*.c engine/definition/*.c engine/base/*.c; do
	[ -f "$source" ] || continue
	object=$B/${source%.c}.o
	[ -f "$object" ] || {
		echo "$object is missing: build first"
		exit 1
	}
	case $source in
	engine/machine/*) machine="$machine $object" ;;
	engine/definition/pattern.c) ;; # PCRE2's only caller: pattern_match() is listed
	engine/definition/*) below="$below $object" ;;
	*) base="$base $object" ;;
	esac
done
[ -n "$machine" ] || {
	echo "engine/machine has no source"
	exit 1
}
# shellcheck disable=SC2086 # lists of files
roots=$(nm --defined-only --extern-only -f posix $machine | awk '$2 == "T" { print "-u", $1 }')
# shellcheck disable=SC2086
{
	[ -z "$below" ] || ar rcs "$dir/below.a" $below
	[ -z "$base" ] || ar rcs "$dir/base.a" $base
	ld -r --gc-sections $roots -o "$dir/core.o" $machine ${below:+"$dir/below.a"}
	ld -r --gc-sections $roots -o "$dir/all.o" $machine ${below:+"$dir/below.a"} ${base:+"$dir/base.a"}
}
undefined() { nm -u -f posix "$1" | awk '{ print $1 }' | sort -u; }
sed 's/#.*//; /^base:/d; s/[[:space:]].*//; /^$/d' "$imports" | sort -u >"$dir/core.may"
sed -n 's/#.*//; s/^base://; s/[[:space:]].*//; /^$/d; p' "$imports" | sort -u >"$dir/all.may"
[ -z "$base" ] || nm --defined-only --extern-only -f posix "$dir/base.a" |
	awk 'NF > 1 { print $1 }' | sort -u >"$dir/base.own"
[ -f "$dir/base.own" ] || : >"$dir/base.own"
sort -u "$dir/core.may" "$dir/base.own" >"$dir/core.all"
bad=''
for symbol in $(undefined "$dir/core.o" | comm -23 - "$dir/core.all"); do
	bad=1
	# shellcheck disable=SC2086
	who=$(nm -A -u $machine $below 2>/dev/null | awk -v s="$symbol" '$NF == s { sub(/:.*/, "", $1); print $1 }' | tr '\n' ' ')
	echo "the core calls $symbol (from: $who); $imports does not list it"
done
for symbol in $(undefined "$dir/all.o" | comm -23 - "$dir/all.may"); do
	grep -qx "$symbol" "$dir/core.all" && continue
	undefined "$dir/core.o" | grep -qx "$symbol" && continue
	bad=1
	echo "base, called by the core, calls $symbol; $imports does not list base:$symbol"
done
# Constant tables with pointers lie in .data.rel.ro: written once by the loader.
state=$(size -A -d "$dir/all.o" | awk '
	$1 ~ /^\.(data|bss|tdata|tbss)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 { print $1 " (" $2 " bytes)" }')
[ -z "$state" ] || {
	bad=1
	echo "the core keeps state: $state"
}
[ -z "$bad" ] || exit 1
echo "the core imports $(undefined "$dir/all.o" | wc -l) symbols, all listed, and keeps no state"
