/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: one table, read strictly, and a refusal says how to mend it. */
#include "base/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/settings_table.h"

static struct arena arena;
static struct settings s;
static struct error error;

static bool
reads(const char *ini)
{
    settings_default(&s);
    error = (struct error){0};
    return settings_read(&arena, "x.ini", ini, &s, &error);
}

static void
refused(const char *ini, const char *because)
{
    assert_false(reads(ini));
    assert_int_equal(error.code, ERROR_BAD_SETTING);
    assert_string_equal(error.detail, because);
}

static void
every_default_is_within_its_own_range_and_prints_as_it_is_written(void **state)
{
    (void)state;
    settings_default(&s);
    for (enum setting_id i = 0; i < N_SETTING; i++) {
        struct text t = text_new(&arena);

        settings_value(&t, &s, i);
        assert_string_equal(t.at, setting_table(i)->preset);
    }
}

static void
a_file_sets_values_with_units(void **state)
{
    (void)state;
    assert_true(reads("# comment\n\n[server]\n  port = 9000 \r\nlisten=unix:/run/x\n"
                      "[limits]\nhead_time = 1min\nbody = 128KB\nclaim = 90 min\n; end"));
    assert_int_equal(s.server_port, 9000);
    assert_string_equal(s.server_listen, "unix:/run/x");
    assert_int_equal(s.limits_head_time, SPAN_MINUTE);
    assert_int_equal(s.limits_body, 131072);
    assert_int_equal(s.limits_claim, 90 * SPAN_MINUTE);
    assert_int_equal(s.source[SETTING_server_port], SOURCE_FILE);
    assert_int_equal(s.source[SETTING_server_workers], SOURCE_DEFAULT);
}

static void
an_unknown_key_names_its_line_and_the_nearest(void **state)
{
    (void)state;
    refused("[server]\n\nprot = 1\n", "x.ini:3: no setting server.prot; did you mean server.port?");
    refused("[server]\nhead_time = 1s\n",
            "x.ini:2: no setting server.head_time; did you mean limits.head_time?");
    refused("[sever]\n", "x.ini:1: no section [sever]; did you mean [server]?");
    refused("[server]\nelectricity = 1\n", "x.ini:2: no setting server.electricity");
}

static void
what_an_earlier_release_knew_has_no_effect_and_is_told(void **state)
{
    char told[512] = "";
    FILE *log = tmpfile();
    struct text before = text_new(&arena), after = text_new(&arena);
    const struct log_options to_stderr = log_defaults();
    struct log_options to_file = to_stderr;

    (void)state;
    assert_non_null(log);
    to_file.fd = fileno(log);
    log_open(&to_file);
    settings_default(&s);
    settings_print(&before, &s);
    assert_true(reads("[certificates]\nprovider = pkcs11\n"));
    settings_print(&after, &s);
    assert_string_equal(after.at, before.at);
    assert_true(pread(fileno(log), told, sizeof(told) - 1, 0) > 0);
    assert_non_null(strstr(told, "level=warn"));
    assert_non_null(strstr(told, "setting=certificates.provider at=x.ini:2"));
    assert_int_equal(setenv("ONESTOP_CERTIFICATES_PROVIDER", "pkcs11", 1), 0);
    assert_true(settings_load(&arena, NULL, &s, &error));
    assert_int_equal(unsetenv("ONESTOP_CERTIFICATES_PROVIDER"), 0);
    assert_true(pread(fileno(log), told, sizeof(told) - 1, 0) > 0);
    assert_non_null(strstr(told, "at=environment"));
    log_open(&to_stderr);
    (void)fclose(log);
}

static void
a_malformed_line_is_refused(void **state)
{
    (void)state;
    refused("port = 1\n", "x.ini:1: port stands before any [section]");
    refused("[server\n", "x.ini:1: \"[server\" lacks its ]");
    refused("[server]\nport\n", "x.ini:2: \"port\" is neither [section] nor key = value");
}

static void
a_value_out_of_range_is_told_the_range(void **state)
{
    (void)state;
    refused("[server]\nport = 70000\n", "x.ini:2: server.port = 70000: must be 0 to 65535");
    refused("[server]\nport = -1\n", "x.ini:2: server.port = -1: must be 0 to 65535");
    refused("[server]\nport = 80x\n", "x.ini:2: server.port = 80x: must be 0 to 65535");
    refused("[server]\nport =\n", "x.ini:2: server.port = : must be 0 to 65535");
    refused("[limits]\nclaim = 30\n",
            "x.ini:2: limits.claim = 30: must be 1min to 7d with a unit: ms s min h d");
    refused("[limits]\nclaim = 99999999999999999999d\n",
            "x.ini:2: limits.claim = 99999999999999999999d: must be 1min to 7d with a unit: "
            "ms s min h d");
    refused("[log]\nlevel = loud\n",
            "x.ini:2: log.level = loud: must be one of error warn info debug");
    refused("[log]\nlevel = inf\n",
            "x.ini:2: log.level = inf: must be one of error warn info debug");
}

static void
the_environment_wins_over_the_file_and_an_option_over_both(void **state)
{
    FILE *file = tmpfile();

    (void)state;
    assert_non_null(file);
    assert_true(fputs("[server]\nport = 1\nworkers = 2\n", file) >= 0 && fflush(file) == 0);
    assert_int_equal(setenv("ONESTOP_SERVER_PORT", "3", 1), 0);
    assert_true(
        settings_load(&arena, arena_printf(&arena, "/proc/self/fd/%d", fileno(file)), &s, &error));
    assert_int_equal(s.server_port, 3);
    assert_int_equal(s.server_workers, 2);
    assert_int_equal(s.source[SETTING_server_port], SOURCE_ENVIRONMENT);
    assert_true(settings_set(&arena, "server.port", "4", &s, &error));
    assert_int_equal(s.server_port, 4);
    assert_int_equal(s.source[SETTING_server_port], SOURCE_OPTION);
    assert_int_equal(unsetenv("ONESTOP_SERVER_PORT"), 0);
    (void)fclose(file);
}

static void
a_misspelt_variable_is_refused_and_a_strange_one_is_not_ours(void **state)
{
    (void)state;
    assert_int_equal(setenv("ONESTOP_BUILD", "x", 1), 0);
    assert_true(settings_load(&arena, NULL, &s, &error));
    assert_int_equal(setenv("ONESTOP_SERVER_PROT", "1", 1), 0);
    assert_false(settings_load(&arena, NULL, &s, &error));
    assert_string_equal(error.detail,
                        "environment: no setting server.prot; did you mean server.port?");
    assert_int_equal(unsetenv("ONESTOP_SERVER_PROT"), 0);
}

static void
a_missing_file_is_an_error_of_its_own(void **state)
{
    (void)state;
    assert_false(settings_load(&arena, "no/such/file.ini", &s, &error));
    assert_int_equal(error.code, ERROR_BAD_FILE);
    assert_string_equal(error.detail, "no/such/file.ini: No such file or directory");
}

static void
a_reload_takes_what_it_may_and_names_the_rest(void **state)
{
    struct text later = text_new(&arena);
    struct settings fresh;

    (void)state;
    assert_true(reads("[server]\nport = 1\n[log]\nlevel = info\n"));
    fresh = s;
    assert_true(settings_set(&arena, "server.port", "2", &fresh, &error));
    assert_true(settings_set(&arena, "log.level", "debug", &fresh, &error));
    assert_true(settings_set(&arena, "limits.claim", "1h", &fresh, &error));
    settings_reload(&s, &fresh, &later);
    assert_int_equal(s.server_port, 1);
    assert_string_equal(s.log_level, "debug");
    assert_int_equal(s.limits_claim, SPAN_HOUR);
    assert_string_equal(later.at, "server.port\n");
}

static void
a_password_is_never_printed(void **state)
{
    struct text t = text_new(&arena);

    (void)state;
    assert_true(reads("[database]\nconninfo = host=x password=sesame\n"));
    settings_print(&t, &s);
    assert_null(strstr(t.at, "sesame"));
    assert_true(reads("[database]\nconninfo = postgresql://u:sesame@h/d\n"));
    settings_print(&t, &s);
    assert_null(strstr(t.at, "sesame"));
    assert_true(reads("[database]\nconninfo = host=x user=y\n"));
    settings_print(&t, &s);
    assert_non_null(strstr(t.at, "# file\nconninfo = host=x user=y\n"));
}

static void
what_is_printed_reads_back_the_same(void **state)
{
    struct text t = text_new(&arena), again = text_new(&arena);

    (void)state;
    assert_true(reads("[server]\nport = 77\n[limits]\nbody = 8KB\n"));
    settings_print(&t, &s);
    assert_true(reads(t.at));
    for (enum setting_id i = 0; i < N_SETTING; i++)
        s.source[i] = SOURCE_DEFAULT;
    s.source[SETTING_server_port] = s.source[SETTING_limits_body] = SOURCE_FILE;
    settings_print(&again, &s);
    assert_string_equal(t.at, again.at);
}

static void
the_sample_file_is_what_the_table_makes(void **state)
{
    static char stored[64 * 1024];
    struct text t = text_new(&arena);
    FILE *file = fopen("deploy/onestop.ini", "re");
    size_t n;

    (void)state;
    assert_non_null(file);
    n = fread(stored, 1, sizeof(stored) - 1, file);
    stored[n] = 0;
    (void)fclose(file);
    settings_sample(&t);
    assert_string_equal(stored, t.at);
    /* and every line of it that is commented out may be taken in */
    for (char *c = stored; (c = strchr(c, '\n')) != NULL; c++)
        if (c[1] == '#' && c[2] != ' ')
            c[1] = ' ';
    assert_true(reads(stored));
    assert_int_equal(s.source[SETTING_limits_claim], SOURCE_FILE);
}

static int
forget(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_is_within_its_own_range_and_prints_as_it_is_written),
        cmocka_unit_test(a_file_sets_values_with_units),
        cmocka_unit_test(an_unknown_key_names_its_line_and_the_nearest),
        cmocka_unit_test(what_an_earlier_release_knew_has_no_effect_and_is_told),
        cmocka_unit_test(a_malformed_line_is_refused),
        cmocka_unit_test(a_value_out_of_range_is_told_the_range),
        cmocka_unit_test(the_environment_wins_over_the_file_and_an_option_over_both),
        cmocka_unit_test(a_misspelt_variable_is_refused_and_a_strange_one_is_not_ours),
        cmocka_unit_test(a_missing_file_is_an_error_of_its_own),
        cmocka_unit_test(a_reload_takes_what_it_may_and_names_the_rest),
        cmocka_unit_test(a_password_is_never_printed),
        cmocka_unit_test(what_is_printed_reads_back_the_same),
        cmocka_unit_test(the_sample_file_is_what_the_table_makes),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}
