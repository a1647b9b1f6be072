#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A modeller opens what is exported without a warning, and bpmnlint has nothing
# to say; planted faults are seen.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
case $(uname -m) in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) cpu=none ;; esac
node=$here/node_modules/node-linux-$cpu/bin/node
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
if ! [ -x "$node" ] || ! [ -d "$here/node_modules/bpmnlint" ]; then
	echo "skipped: bpmn-moddle and bpmnlint are not here; make contract-tools fetches them"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi

# opens WHAT FILE WORD: WORD (nothing, or what is said) comes of opening it
opens() {
	"$node" "$here/bpmn.mjs" "$2" >"$dir/log" 2>&1
	status=$?
	if { [ "$3" = nothing ] && [ $status = 0 ]; } || { [ $status = 1 ] && grep -q -- "$3" "$dir/log"; }; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$1: exit $status, not $3"
		head -5 "$dir/log"
	fi
}

mkdir "$dir/house"
cp -R tests/definitions/house/. "$dir/house"
cp -R workflows/fragments "$dir/house/fragments"
cp -R workflows/calendar "$dir/house/calendar"
each() { # HOUSE FILE...
	house=$1
	shift
	for file; do
		for lang in zh en; do
			"$onestop" diagram --bpmn --lang $lang --workflows "$house" --out "$dir/one.bpmn" "$file"
			opens "$file in $lang" "$dir/one.bpmn" nothing
			rm -f "$dir/one.bpmn"
		done
	done
}
# shellcheck disable=SC2046 # no name has spaces
each workflows $(find workflows/*/ -name '*.json' ! -path '*/fragments/*' ! -path '*/calendar/*' ! -name '*@*' | sort)
each "$dir/house" tests/definitions/sound*.json

"$onestop" diagram --bpmn --lang en --workflows workflows workflows/registration/company-opening.json >"$dir/good"
plant() { # WORD SED-SCRIPT
	sed "$2" "$dir/good" >"$dir/bad.bpmn"
	if cmp -s "$dir/good" "$dir/bad.bpmn"; then
		failed=$((failed + 1))
		echo "no fault was planted for $1"
	else
		opens "a fault: $1" "$dir/bad.bpmn" "$1"
	fi
}
plant label-required 's/ name="Acceptance"//'
plant no-bpmndi 's/<bpmndi:BPMNShape id="shape_step_accept".*//'
plant no-disconnected '/<bpmn:incoming>/d'
plant unparsable 's/bpmn:endEvent/bpmn:nonesuch/'
plant 'unresolved reference' 's/sourceRef="step_accept"/sourceRef="step_nowhere"/'
place=$(sed -n 's/.*shape_step_accept".*<dc:Bounds \(x="[0-9]*" y="[0-9]*"\).*/\1/p' "$dir/good")
plant no-overlapping-elements "s/bpmnElement=\"step_refused\"><dc:Bounds x=\"[0-9]*\" y=\"[0-9]*\"/bpmnElement=\"step_refused\"><dc:Bounds $place/"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
