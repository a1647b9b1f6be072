#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keys in a PKCS#11 token: which URIs open one, and what is said of those that do not.
set -u
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
module=/usr/lib/softhsm/libsofthsm2.so

# expect NAME EXIT PATTERN URI: of `onestop key public` with that key
expect() {
	ONESTOP_CERTIFICATES_KEY=$4 LC_ALL=C.UTF-8 "$onestop" key public >"$dir/out" 2>&1
	got=$?
	if [ "$got" = "$2" ] && grep -q -- "$3" "$dir/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not as expected: %s: exit %s\n' "$1" "$got"
		cat "$dir/out"
	fi
}

# check NAME COMMAND...
check() {
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not as expected: $name"
	fi
}

tool() {
	pkcs11-tool --module $module --token-label hall --login --pin 271828 "$@" >"$dir/tool.log" 2>&1 || cat "$dir/tool.log"
}

mkdir "$dir/tokens"
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\n' "$dir" >"$dir/softhsm2.conf"
export SOFTHSM2_CONF="$dir/softhsm2.conf"
softhsm2-util --init-token --free --label hall --pin 271828 --so-pin 314159 >/dev/null || exit 1
tool --keypairgen --key-type EC:edwards25519 --label seal --id 01
tool --keypairgen --key-type EC:prime256v1 --label other --id 02
tool --keypairgen --key-type EC:edwards25519 --label bare --id 03
tool --delete-object --type pubkey --id 03
printf '271828\n' >"$dir/pin"
printf '4321' >"$dir/wrong"
by="module-path=$module&pin-source=$dir"

expect 'by the module it names' 0 'BEGIN PUBLIC KEY' "pkcs11:token=hall;object=seal?$by/pin"
cp "$dir/out" "$dir/key.pem"
openssl pkey -pubin -in "$dir/key.pem" -noout -text >"$dir/text"
check 'openssl knows the key' grep -q '^ED25519' "$dir/text"
expect 'by those p11-kit knows' 0 'BEGIN PUBLIC KEY' "pkcs11:token=hall;object=seal?pin-source=file:$dir/pin"
check 'the same key' cmp "$dir/out" "$dir/key.pem"
expect 'two keys fit' 1 'several private keys fit' "pkcs11:token=hall?$by/pin"
expect 'no key fits' 1 'no private keys fit' "pkcs11:token=hall;object=seel?$by/pin"
expect 'no token fits' 1 'no token fits' "pkcs11:token=house;object=seal?$by/pin"
expect 'a key of another kind' 1 'is not Ed25519' "pkcs11:token=hall;object=other?$by/pin"
expect 'a key without its other half' 1 'no public key beside' "pkcs11:token=hall;object=bare?$by/pin"
expect 'without a PIN nothing is seen' 1 'no private keys fit' "pkcs11:token=hall;object=seal?module-path=$module"
expect 'a PIN that would be printed' 1 'belongs in a file' "pkcs11:token=hall;object=seal?pin-value=271828"
expect 'no file of the PIN' 1 'no PIN can be read there' "pkcs11:token=hall;object=seal?$by/nowhere"
expect 'no such module' 1 'nowhere.so' "pkcs11:token=hall;object=seal?module-path=/nowhere.so"
expect 'no URI' 1 'RFC 7512' 'pkcs11:%zz'
for scheme in pkcs11 PKCS11; do
	expect 'no URI, with a PIN' 1 'RFC 7512' "$scheme:token=hall;object=%zz?pin-value=271828"
	check 'that is not printed' test "$(grep -c 271828 "$dir/out")" = 0
done
expect 'a wrong PIN' 1 'refuses the PIN' "pkcs11:token=hall;object=seal?$by/wrong"
expect 'is given once' 1 'not asked before' "pkcs11:token=hall;object=seal?$by/wrong"
tool --list-objects
expect 'until the token has seen the right one' 0 'BEGIN PUBLIC KEY' "pkcs11:token=hall;object=seal?$by/pin"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
