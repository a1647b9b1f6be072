/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine against the model (tests/model): random sound definitions, random
 * commands, and after each of them the same to be seen.  Between any two
 * commands the engine's case is dropped: read back from its stored form, which
 * must also be what its records give; and every life is decided again as a whole.
 * ONESTOP_SEED repeats, ONESTOP_CASES says how many sequences; `make long` runs
 * a million.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "definition/json.h"
#include "tests/model/draw.h"
#include "tests/model/life.h"
#include "tests/support/city.h"
#include "tests/support/sanitized.h"

enum {
    ENOUGH = 100000,
    SEQUENCES = SANITIZED ? 4000 : ENOUGH,
    PER_DEFINITION = 60,
    COMMANDS = 10,
    PARTS = 4,
    SOUGHT_MOST = 5000
};

static struct arena keep;
static const struct calendar *calendar;
static uint64_t seed = 20260401;
static uint32_t sequences = SEQUENCES;

static int
start(void **state)
{
    const char *text = getenv("ONESTOP_SEED"), *number = getenv("ONESTOP_CASES");

    (void)state;
    if (text)
        seed = strtoull(text, NULL, 10);
    if (number)
        sequences = (uint32_t)strtoul(number, NULL, 10);
    calendar = city_calendar(&keep);
    return calendar ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    arena_release(&keep);
    return 0;
}

/* A sound definition; many are not. */
static const struct workflow *
draw_sound(struct chance *c, uint32_t flavours, struct arena *a, struct value *def,
           const char **text)
{
    const struct organisation nothing = {.data = NULL};

    for (;;) {
        struct problems problems = {.arena = a};
        const struct workflow *w;
        struct text t = text_new(a);
        struct error e;

        draw_definition(c, flavours, &t);
        *text = t.at;
        if (!json_read(a, t.at, t.len, false, def, &e))
            fail_msg("%s: %s", e.detail, t.at);
        if (definition_read(a, def, NULL, &nothing, calendar, &w, &problems))
            return w;
        if (getenv("ONESTOP_PROBLEMS"))
            for (size_t i = 0; i < problems.n; i++)
                if (!problems.item[i].warning)
                    print_message("%d %s\n", problems.item[i].number, problems.item[i].text);
        arena_reset(a);
    }
}

/* What all lives together came to: numbers only. */
struct sum {
    uint64_t n_done, n_refused, n_closed;
    uint64_t seen[CONSTRUCTS];
};

static void
add(struct sum *s, const struct life *l)
{
    s->n_done += l->n_deed;
    s->n_refused += l->n_refused;
    s->n_closed += l->closed;
    for (int i = 0; l->m && i < CONSTRUCTS; i++)
        s->seen[i] += l->m->seen[i];
}

static void
report(const struct sum *s)
{
    print_message("%u sequences: %llu commands done and decided again, %llu refused, %llu closed, "
                  "0 differences\n",
                  sequences, (unsigned long long)s->n_done, (unsigned long long)s->n_refused,
                  (unsigned long long)s->n_closed);
    for (int i = 0; i < CONSTRUCTS; i++)
        print_message("  %6.2f %% reached %s\n", 100.0 * (double)s->seen[i] / sequences,
                      model_construct_name((enum construct)i));
}

/* The lives of one definition. */
static bool
live_by(const struct workflow *w, const struct value *def, const char *text, uint64_t from,
        struct chance *c, struct sum *sum)
{
    struct arena a = {0}, scratch = {0}, back = {0};
    bool same = true;

    for (uint32_t k = 0; k < PER_DEFINITION && same; k++) {
        struct life l = {.a = &a,
                         .scratch = &scratch,
                         .back = &back,
                         .c = c,
                         .w = w,
                         .calendar = calendar,
                         .def = def,
                         .takes_messages = strstr(text, "\"on\":{\"") || strstr(text, "system:tax"),
                         .has_optional = strstr(text, "\"optional\"")};

        life_live(&l, COMMANDS);
        if (!l.wrong)
            life_again(&l, chance_one_in(c, 2));
        same = !l.wrong;
        if (!same)
            (void)fprintf(stderr, "%s\n%s%s\nONESTOP_SEED=%llu ONESTOP_CASES=1: sequence %u\n",
                          text, l.story.at, l.wrong, (unsigned long long)from, k);
        add(sum, &l);
        arena_reset(&a);
        arena_reset(&back);
        arena_reset(&scratch);
    }
    arena_release(&a);
    arena_release(&scratch);
    arena_release(&back);
    return same;
}

/* Every @n-th definition, from @part on. */
static bool
live_part(uint32_t part, uint32_t n, struct sum *sum)
{
    struct arena a = {0};
    bool same = true;

    for (uint32_t i = part * PER_DEFINITION; i < sequences && same; i += n * PER_DEFINITION) {
        struct chance c = {.state = seed + i};
        const struct workflow *w;
        const char *text;
        struct value def;

        arena_reset(&a);
        w = draw_sound(&c, 0, &a, &def, &text);
        same = live_by(w, &def, text, seed + i, &c, sum);
    }
    arena_release(&a);
    return same;
}

/* What chance has left out is looked for where it is likely: no seed is unlucky. */
static bool
seek(enum construct missed, struct sum *sum)
{
    uint64_t from = seed + (uint64_t)(missed + 1) * 1000000000;
    struct arena a = {0};
    uint32_t n = 0;
    bool same = true;

    for (; same && !sum->seen[missed] && n < SOUGHT_MOST; n++) {
        struct chance c = {.state = ++from};
        const struct workflow *w;
        const char *text;
        struct value def;

        arena_reset(&a);
        w = draw_sound(&c, draw_likely(missed), &a, &def, &text);
        same = live_by(w, &def, text, from, &c, sum);
    }
    arena_release(&a);
    print_message("%s: sought in %u definitions more\n", model_construct_name(missed), n);
    return same;
}

/* A process that does a part and writes what it came to. */
static int
begin_part(uint32_t part, uint32_t n, pid_t *child)
{
    int pipe_of[2];

    assert_int_equal(pipe(pipe_of), 0);
    (void)fflush(NULL);
    *child = fork();
    assert_true(*child >= 0);
    if (*child == 0) {
        struct sum sum = {0};
        const bool same = live_part(part, n, &sum);

        if (write(pipe_of[1], &sum, sizeof(sum)) != (ssize_t)sizeof(sum))
            _exit(2);
        _exit(same ? 0 : 1);
    }
    (void)close(pipe_of[1]);
    return pipe_of[0];
}

static void
engine_and_model_show_the_same_after_every_command(void **state)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const uint32_t n = cores > PARTS ? PARTS : cores > 1 ? (uint32_t)cores : 1;
    struct sum sum = {0};
    pid_t child[PARTS];
    int from[PARTS], status;
    bool same = true;

    (void)state;
    print_message("seed %llu, %u processes\n", (unsigned long long)seed, n);
    for (uint32_t i = 0; i < n; i++)
        from[i] = begin_part(i, n, &child[i]);
    for (uint32_t i = 0; i < n; i++) {
        struct sum part = {0};
        uint64_t *all = (uint64_t *)&sum, *one = (uint64_t *)&part;

        same = read(from[i], &part, sizeof(part)) == (ssize_t)sizeof(part) && same;
        for (size_t k = 0; k < sizeof(sum) / sizeof(*all); k++)
            all[k] += one[k];
        (void)close(from[i]);
        same = waitpid(child[i], &status, 0) == child[i] && status == 0 && same;
    }
    if (!same)
        fail_msg("engine and model differ, see above");
    report(&sum);
    /* Fewer sequences need not come to all. */
    for (int i = 0; sequences >= ENOUGH && i < CONSTRUCTS; i++) {
        if (!sum.seen[i] && !seek((enum construct)i, &sum))
            fail_msg("engine and model differ, see above");
        if (!sum.seen[i])
            fail_msg("none of the sequences reached %s", model_construct_name((enum construct)i));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_and_model_show_the_same_after_every_command),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
