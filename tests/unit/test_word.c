/* SPDX-License-Identifier: Apache-2.0 */
/* What has no word here, since a newer daemon has stored it, is said to be unknown. */
#include "api/app.h"
#include "base/word.h"
#include "machine/certificates.h"
#include "machine/machine.h"
#include "machine/mandates.h"
#include "machine/materials.h"
#include "machine/stuck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
a_word_is_taken_from_its_table_only(void **state)
{
    static const char *const word[] = {"one", NULL, "three"};

    (void)state;
    assert_string_equal(WORD_AT(word, 0), "one");
    assert_string_equal(WORD_AT(word, 2), "three");
    assert_string_equal(WORD_AT(word, 1), "unknown");
    assert_string_equal(WORD_AT(word, 3), "unknown");
    assert_string_equal(WORD_AT(word, -1), "unknown");
    assert_string_equal(WORD_AT(word, INT64_MAX), "unknown");
    assert_string_equal(WORD_AT(word, INT64_MIN), "unknown");
}

static void
what_is_stored_by_a_newer_daemon_has_a_word(void **state)
{
    (void)state;
    assert_string_equal(card_kind_word(CARD_STUCK), "stuck");
    for (int64_t i = 99; i < 10000; i *= 3) {
        assert_string_equal(card_kind_word(i), "unknown");
        assert_string_equal(colour_name((enum colour)i), "unknown");
        assert_string_equal(verdict_name((enum verdict)i), "unknown");
        assert_string_equal(letter_fate_name((enum letter_fate)i), "unknown");
        assert_string_equal(material_state_name((enum material_state)i), "unknown");
        assert_string_equal(mandate_state_name((enum mandate_state)i), "unknown");
        assert_string_equal(certificate_state_name((enum certificate_state)i), "unknown");
        assert_string_equal(stuck_name((enum stuck_kind)i), "unknown");
        assert_string_equal(fact_name((enum fact_kind)i), "unknown");
        assert_string_equal(command_name((enum command_kind)i), "unknown");
    }
    assert_string_equal(card_kind_word(-1), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_taken_from_its_table_only),
        cmocka_unit_test(what_is_stored_by_a_newer_daemon_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
