/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn a step is: what the database says for statistics, and what the core says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "machine/stands.h"
#include "tests/support/walk.h"

static struct arena arena;

static int
compare_lines(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* "path holder role" of every step that drives clocks, a line each, sorted. */
static const char *
said_by_core(const struct workflow *w)
{
    const char **line = arena_array(&arena, w->n_step, const char *);
    struct text t = text_new(&arena);
    size_t n = 0;

    for (uint16_t i = 0; i < w->n_step; i++) {
        const struct step *s = &w->step[i];
        const struct visit v = {.step = i};

        if (step_is_leaf(s))
            line[n++] =
                arena_printf(&arena, "%s %s %s\n", s->path, s->choice ? "?" : visit_holder(w, &v),
                             s->kind == STEP_TASK && s->by == ACTOR_ROLE ? s->role : "-");
    }
    if (n)
        qsort(line, n, sizeof(*line), compare_lines);
    for (size_t i = 0; i < n; i++)
        text_str(&t, line[i]);
    return n ? t.at : "";
}

static const char *
said_by_database(PGconn *c, const struct workflow *w)
{
    PGresult *r = PQexecParams(c,
                               "SELECT string_agg(h.line, '' ORDER BY h.line COLLATE \"C\")"
                               "  FROM (SELECT h.step || ' ' || coalesce(h.holder, '?') || ' ' ||"
                               "               coalesce(h.role, '-') || E'\\n' AS line"
                               "          FROM step_holders($1::jsonb) AS h) AS h",
                               1, NULL, &w->text, NULL, NULL, 0);
    const char *said;

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(c));
    said = arena_strdup(&arena, PQgetvalue(r, 0, 0));
    PQclear(r);
    return said;
}

static void
the_database_and_the_core_agree_on_who_holds_a_step(void **state)
{
    PGconn *c = PQconnectdb("");
    struct walk_ground ground;

    (void)state;
    assert_true(walk_load(&arena, &ground));
    for (uint32_t i = 0; i < ground.n; i++)
        assert_string_equal(said_by_database(c, ground.workflow[i]),
                            said_by_core(ground.workflow[i]));
    PQfinish(c);
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_database_and_the_core_agree_on_who_holds_a_step),
    };

    return cmocka_run_group_tests_name("holders", tests, NULL, stop);
}
