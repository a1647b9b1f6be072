#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs each fuzzer for FUZZ_SECONDS (60), as many at a time as there are
# processors.   tests/fuzz/run.sh FUZZER...
#
# tests/fuzz/seed/NAME holds what a fuzzer begins with; build/corpus/NAME is
# what it has learnt.  A crash is kept in tests/fuzz/regress/NAME, and every
# file there is run first, for ever.  NAME.dict lists words it may put in.
set -u
seconds=${FUZZ_SECONDS:-60}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

one() {
	name=${1##*/fuzz_}
	corpus=build/corpus/$name regress=tests/fuzz/regress/$name seed=tests/fuzz/seed/$name
	mkdir -p "$corpus"
	set -- "$1"
	[ ! -d "$regress" ] || set -- "$@" "$regress"
	[ ! -d "$seed" ] || set -- "$@" "$seed"
	[ ! -f "tests/fuzz/$name.dict" ] || set -- "$@" "-dict=tests/fuzz/$name.dict"
	fuzzer=$1
	shift
	[ ! -f "tests/fuzz/$name.dict" ] || set -- "$@" "-dict=tests/fuzz/$name.dict"
	mkdir -p "$dir/$name.crash"
	if timeout -k 10 $((seconds + 120)) setarch -R "$fuzzer" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$dir/$name.crash/" \
		"$corpus" "$@" >"$dir/$name.log" 2>&1; then
		awk -v name="$name" '/stat::number_of_executed_units/ { print "  ok   " name ": " $2 " runs" }' "$dir/$name.log"
	else
		tail -n 40 "$dir/$name.log" | sed 's/^/    | /'
		mkdir -p "$regress"
		cp "$dir/$name.crash"/* "$regress/" 2>/dev/null && echo "  kept in $regress"
		echo "  FAIL $name"
		: >"$dir/$name.failed"
	fi
}

jobs=$(nproc) running=0
for fuzzer in "$@"; do
	one "$fuzzer" &
	running=$((running + 1))
	if [ $running -ge "$jobs" ]; then
		wait
		running=0
	fi
done
wait
failed=$(find "$dir" -name '*.failed' | wc -l)
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" = 0 ] && [ $# -gt 0 ]
