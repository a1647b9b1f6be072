/* SPDX-License-Identifier: Apache-2.0 */
/* Random definitions, written as JSON and read like any other. */
#include "tests/support/random_definition.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEEP = 4, STEPS_MOST = 7, BRANCHES_MOST = 4 };

struct making {
    struct text t;
    struct chance *c;
    uint32_t n_step[DEEP + 1]; /* of the regions around, by depth */
};

static void
put_words(struct making *m, const char *key)
{
    static const char *const word[] = {
        "审查", "Review <&\"'> of it", "a", "受理并一次性告知需要补正的全部内容",
        "A title that is so long that it has to be broken somewhere"};

    put_key(&m->t, key);
    put_open(&m->t, '{');
    put_member_string(&m->t, "en", word[chance_below(m->c, 5)]);
    put_member_string(&m->t, "zh", word[chance_below(m->c, 5)]);
    put_close(&m->t, '}');
}

/* A step of this region or of one around it, or out of the region. */
static void
put_to(struct making *m, int depth)
{
    const int at = (int)chance_below(m->c, (uint32_t)depth + 1);
    char name[16];

    if (depth > 0 && chance_one_in(m->c, 3)) {
        put_member_string(&m->t, "to", "$done");
        return;
    }
    (void)snprintf(name, sizeof(name), "s%d-%u", at, chance_below(m->c, m->n_step[at]));
    put_member_string(&m->t, "to", name);
}

static void put_region(struct making *m, int depth);

static void
put_actions(struct making *m, int depth)
{
    const uint32_t n = 1 + chance_below(m->c, 4);

    put_key(&m->t, "actions");
    put_open(&m->t, '{');
    for (uint32_t i = 0; i < n; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "a%u", i);
        put_key(&m->t, name);
        put_open(&m->t, '{');
        put_words(m, "title");
        if (!chance_one_in(m->c, 6))
            put_to(m, depth);
        put_close(&m->t, '}');
    }
    put_close(&m->t, '}');
}

static void
put_timers(struct making *m, int depth)
{
    put_key(&m->t, "after");
    put_open(&m->t, '{');
    put_key(&m->t, "3 working days");
    put_open(&m->t, '{');
    if (!chance_one_in(m->c, 4))
        put_to(m, depth);
    put_close(&m->t, '}');
    put_close(&m->t, '}');
}

static void
put_arms(struct making *m, int depth)
{
    const uint32_t n = 1 + chance_below(m->c, 3);

    put_key(&m->t, "decide");
    put_open(&m->t, '[');
    for (uint32_t i = 0; i < n; i++) {
        put_open(&m->t, '{');
        if (i + 1 < n) {
            put_key(&m->t, "when");
            text_str(&m->t, "{\"<\":[{\"var\":\"form.area\"},5]}");
        }
        put_to(m, depth);
        put_close(&m->t, '}');
    }
    put_close(&m->t, ']');
}

static void
put_branches(struct making *m, int depth)
{
    const uint32_t n = 1 + chance_below(m->c, BRANCHES_MOST);

    put_member_string(&m->t, "join", "all");
    put_to(m, depth);
    put_key(&m->t, "branches");
    put_open(&m->t, '{');
    for (uint32_t i = 0; i < n; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "b%u", i);
        put_key(&m->t, name);
        put_open(&m->t, '{');
        put_words(m, "title");
        put_region(m, depth + 1);
        put_close(&m->t, '}');
    }
    put_close(&m->t, '}');
}

static void
put_step(struct making *m, int depth, bool last)
{
    const uint32_t kind = last ? 9 : chance_below(m->c, 9);

    put_open(&m->t, '{');
    put_words(m, "title");
    if (kind >= 8) {
        put_member_string(&m->t, "end", "granted");
    } else if (kind == 7) {
        put_arms(m, depth);
    } else if (kind == 6 && depth < DEEP) {
        put_branches(m, depth);
    } else if (kind == 5 && depth < DEEP) {
        put_to(m, depth);
        put_region(m, depth + 1);
    } else if (kind == 4) {
        put_member_string(&m->t, "wait", "3 days");
        put_to(m, depth);
    } else {
        put_member_string(&m->t, "by", kind == 3 ? "applicant" : kind == 2 ? "system:x" : "window");
        put_member_string(&m->t, "limit", "2 working days");
        put_actions(m, depth);
        if (chance_one_in(m->c, 3))
            put_timers(m, depth);
    }
    put_close(&m->t, '}');
}

static void
put_region(struct making *m, int depth)
{
    char name[24];

    m->n_step[depth] = 1 + chance_below(m->c, STEPS_MOST);
    (void)snprintf(name, sizeof(name), "s%d-%u", depth, chance_below(m->c, m->n_step[depth]));
    put_member_string(&m->t, "start", name);
    put_key(&m->t, "steps");
    put_open(&m->t, '{');
    for (uint32_t i = 0; i < m->n_step[depth]; i++) {
        (void)snprintf(name, sizeof(name), "s%d-%u", depth, i);
        put_key(&m->t, name);
        put_step(m, depth, depth > 0 && i + 1 == m->n_step[depth]);
    }
    put_close(&m->t, '}');
}

const struct workflow *
random_definition(struct arena *a, struct chance *c)
{
    struct making m = {.t = text_new(a), .c = c};
    const struct workflow *w;
    struct error e;

    put_open(&m.t, '{');
    put_member_string(&m.t, "id", "random");
    put_words(&m, "title");
    text_str(&m.t, ",\"effective\":{\"from\":\"2022-06-01\"},\"lead\":\"x\",\"applicant\":[\"y\"],"
                   "\"form\":{\"type\":\"object\",\"required\":[\"area\"],\"properties\":{\"area\":"
                   "{\"type\":\"integer\"}}}");
    put_region(&m, 0);
    put_close(&m.t, '}');
    if (definition_restore(a, m.t.at, m.t.len, &w, &e))
        return w;
    (void)fprintf(stderr, "%s: %s\n%s\n", e.pointer, e.detail, m.t.at);
    abort();
}
