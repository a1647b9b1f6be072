/* SPDX-License-Identifier: Apache-2.0 */
/* A process gives a token a wrong PIN once, whatever the token tells of itself. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/signer.h"
#include "store/token.h"

#define MODULE "/usr/lib/softhsm/libsofthsm2.so"

static struct arena arena;
static struct error error;
static char folder[] = "/tmp/tokenXXXXXX";

static const char *
within(const char *name)
{
    return arena_printf(&arena, "%s/%s", folder, name);
}

/* As of the @nth second, so that each writing is another, however fast they come. */
static void
put(const char *name, const char *text, int nth)
{
    const struct timespec at[2] = {{.tv_sec = nth}, {.tv_sec = nth}};
    FILE *f = fopen(within(name), "we");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(utimensat(AT_FDCWD, within(name), at, 0), 0);
}

static void
run(const char *command)
{
    const char *line = arena_printf(&arena, "exec >%s 2>&1; %s", within("log"), command);
    const pid_t child = fork();
    int status;

    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* With the right PIN: the token forgets the wrong one, and then tells of none. */
static void
log_in_by_a_tool(void)
{
    run("pkcs11-tool --module " MODULE " --token-label hall --login --pin 271828 -O");
}

static bool
opens(const char *pin)
{
    const char *uri = arena_printf(
        &arena, "pkcs11:token=hall;object=seal?module-path=" MODULE "&pin-source=%s", within(pin));
    unsigned char public[TOKEN_PUBLIC];
    struct token_key *k;

    error = (struct error){0};
    if (!token_open(uri, &k, public, &error))
        return false;
    token_close(k);
    return true;
}

static void
refused(const char *pin, const char *because)
{
    assert_false(opens(pin));
    assert_int_equal(error.code, ERROR_BAD_FILE);
    if (!strstr(error.detail, because))
        fail_msg("\"%s\" lacks \"%s\"", error.detail, because);
}

static int
make_token(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    put("softhsm2.conf",
        arena_printf(&arena, "directories.tokendir = %s\nobjectstore.backend = file\n", folder), 1);
    if (setenv("SOFTHSM2_CONF", within("softhsm2.conf"), 1) != 0)
        return -1;
    run("softhsm2-util --init-token --free --label hall --pin 271828 --so-pin 314159");
    run("pkcs11-tool --module " MODULE " --token-label hall --login --pin 271828 --keypairgen "
        "--key-type EC:edwards25519 --label seal --id 01");
    return 0;
}

static int
throw_away(void **state)
{
    (void)state;
    run(arena_printf(&arena, "rm -rf %s/*-* ; rm %s/pin %s/softhsm2.conf", folder, folder, folder));
    assert_int_equal(remove(within("log")), 0);
    assert_int_equal(remove(folder), 0);
    arena_release(&arena);
    return 0;
}

static void
a_wrong_pin_is_given_once_until_its_file_is_written_anew(void **state)
{
    (void)state;
    put("pin", "271828\n", 1);
    assert_true(opens("pin"));
    put("pin", "431234\n", 2);
    refused("pin", "refuses the PIN");
    log_in_by_a_tool();
    refused("pin", "not given it again before the file is written anew");
    put("pin", "431234\n", 3);
    refused("pin", "refuses the PIN"); /* and not for its counting of one between */
    log_in_by_a_tool();
    put("pin", "4312345\n", 3);
    refused("pin", "refuses the PIN");
    log_in_by_a_tool();
    put("pin", "271828\n", 3);
    assert_true(opens("pin"));
}

static void
who_failed_looks_again_later_and_later(void **state)
{
    static const span INTERVAL = SPAN_SECOND / 5;
    span pause = INTERVAL, waited = 0;

    (void)state;
    for (int i = 0; i < 7; i++) {
        assert_true(signer_pause(INTERVAL, pause, true) == 2 * pause);
        pause *= 2;
    }
    for (int i = 0; i < 3; i++)
        waited += pause = signer_pause(INTERVAL, pause, true);
    assert_true(waited == 90 * SPAN_SECOND);
    assert_true(signer_pause(INTERVAL, pause, false) == INTERVAL);
    assert_true(signer_pause(SPAN_MINUTE, SPAN_MINUTE, true) == SPAN_MINUTE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_pin_is_given_once_until_its_file_is_written_anew),
        cmocka_unit_test(who_failed_looks_again_later_and_later),
    };

    return cmocka_run_group_tests(tests, make_token, throw_away);
}
