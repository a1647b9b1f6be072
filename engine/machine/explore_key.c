/* SPDX-License-Identifier: Apache-2.0 */
/* What tells one class of states from another. */
#include <string.h>

#include "machine/explore_inside.h"

/* Two sums of different kinds: that they agree by chance is out of reach. */
static struct exploring_key
sum_of(const struct text *t)
{
    struct exploring_key k = {UINT64_C(1469598103934665603), UINT64_C(88172645463325252)};

    for (size_t i = 0; i < t->len; i++) {
        const uint8_t c = (uint8_t)t->at[i];

        k.a = (k.a ^ c) * UINT64_C(1099511628211);
        k.b = (k.b + c) * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        k.b ^= k.b >> 29;
    }
    return k;
}

static void
write_place(struct text *t, const struct case_state *c, int32_t visit)
{
    for (uint32_t i = 0; i < c->n_visit; i++)
        if (c->visit[i].id == visit)
            text_int(t, i);
    text_char(t, ',');
}

/* Whose branch of a list: that of another element leads elsewhere. */
static void
write_element(struct text *t, const char *element)
{
    if (element)
        text_printf(t, "e%s,", element);
}

/* How many moments lie before @at: which of two timers is first tells states apart, not when. */
static void
write_rank(struct text *t, const struct workflow *w, const struct case_state *c, instant at)
{
    uint32_t rank = 0;

    for (uint32_t i = 0; i < c->n_visit && at != INSTANT_NONE; i++) {
        const struct visit *v = &c->visit[i];

        rank += v->wait_until != INSTANT_NONE && v->wait_until < at;
        for (uint16_t k = 0; k < w->step[v->step].n_timer; k++)
            rank += v->timer[k] != INSTANT_NONE && v->timer[k] < at;
    }
    if (at == INSTANT_NONE)
        text_str(t, "-,");
    else
        text_printf(t, "%u,", rank);
}

/* Of visits no more than somebody compares with: "step.review" never asked for is not kept at all.
 */
static int64_t
compared_most(const struct topics *topics, const char *path, int64_t most)
{
    const struct pool *p = topics_pool(topics, path);

    if (p && !most)
        most = 1;
    for (uint32_t i = 0; p && i < p->n; i++)
        if (p->item[i].kind == VALUE_INT && p->item[i].integer >= most)
            most = p->item[i].integer + 1;
    return most;
}

/* Of optional steps also how often each was started matters, three times being many. */
static int64_t
started_most(const struct workflow *w, const char *path, struct arena *a)
{
    static const char head[] = "step.", tail[] = ".visits";
    const size_t len = strlen(path), around = strlen(head) + strlen(tail);
    uint16_t step = NONE;

    if (len > around && !strcmp(path + len - strlen(tail), tail))
        step = step_named(w, arena_strndup(a, path + strlen(head), len - around));
    if (step == NONE || !w->step[step].optional)
        return 0;
    return w->step[step].optional->most < 3 ? w->step[step].optional->most : 3;
}

/* Within a branch of a list the same is asked for by the id of its region, "step.ask.item.look". */
static int64_t
seen_most(const struct workflow *w, const struct topics *topics, const char *path, struct arena *a)
{
    static const char root[] = "step.";
    int64_t most = compared_most(topics, path, started_most(w, path, a));

    for (uint16_t i = 0; i < w->n_region; i++) {
        const char *list = w->region[i].each == i ? w->step[w->region[i].owner].path : NULL;
        const size_t head = list ? strlen(root) + strlen(list) : 0;
        const char *rest;

        if (!list || strlen(path) <= head || path[head] != '.' ||
            strncmp(path + strlen(root), list, strlen(list)) != 0)
            continue;
        rest = path + head + 1 + strcspn(path + head + 1, ".");
        most =
            compared_most(topics, arena_printf(a, "%s%s%s", root, w->region[i].path, rest), most);
    }
    return most;
}

/* Whether nobody asks for "outcome" of branches, which joins have counted, or "by" and "hands". */
static bool
is_forgotten(const struct topics *topics, const char *name)
{
    if (!strcmp(name, "outcome"))
        return !topics->asks_outcome;
    return !topics->persons && !topics->asks_by && (!strcmp(name, "by") || !strcmp(name, "hands"));
}

/* What is remembered of steps. */
static void
write_steps(struct text *t, const struct workflow *w, const struct topics *topics,
            const struct value *v, const char *path)
{
    int64_t most;

    if (v->kind == VALUE_INT) {
        most = seen_most(w, topics, path, t->arena);
        if (most)
            text_int(t, v->integer < most ? v->integer : most);
    } else if (v->kind == VALUE_OBJECT) {
        for (uint32_t i = 0; i < v->n; i++) {
            const char *name = v->member[i].name;
            const size_t before = t->len;
            size_t head;

            if (v->member[i].value.kind != VALUE_OBJECT && is_forgotten(topics, name))
                continue;
            text_printf(t, "{%s:", name);
            head = t->len;
            write_steps(t, w, topics, &v->member[i].value,
                        arena_printf(t->arena, "%s.%s", path, name));
            if (t->len == head)
                t->len = before; /* nothing was said of it */
            else
                text_char(t, '}');
        }
    } else {
        value_write(t, v);
    }
}

/* A number that is counted on: further than one beyond all it is compared with is all the same. */
static int64_t
within_sight(const struct pool *p, int64_t n)
{
    int64_t least = 0, most = 0;

    for (uint32_t i = 0; i < p->n; i++)
        if (p->item[i].kind == VALUE_INT) {
            least = p->item[i].integer < least ? p->item[i].integer : least;
            most = p->item[i].integer > most ? p->item[i].integer : most;
        }
    return n > most ? most + (most < INT64_MAX) : n < least ? least - (least > INT64_MIN) : n;
}

/* The form, or the names that were set; what nobody asks for leads nowhere. */
static void
write_fields(struct text *t, const struct topics *topics, const char *root, const struct value *v,
             instant moment)
{
    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++) {
        const struct pool *p =
            topics_pool(topics, arena_printf(t->arena, "%s.%s", root, v->member[i].name));
        const struct value *one = &v->member[i].value;

        if (!p && one->kind != VALUE_OBJECT)
            continue;
        text_printf(t, "{%s:", v->member[i].name);
        if (p && p->counts && one->kind == VALUE_INT)
            text_int(t, within_sight(p, one->integer));
        else if (topics->asks_time)
            dates_write(t, one, moment, topics->far);
        else
            value_write(t, one);
    }
    text_char(t, '}');
}

struct exploring_key
exploring_key(const struct workflow *w, const struct topics *topics, const struct case_state *c,
              int32_t elsewhere, struct arena *a)
{
    struct text t = text_new(a);

    text_printf(&t, "%d %s %s;", (int)c->phase, c->outcome ? c->outcome : "",
                c->applicant_kind ? c->applicant_kind : "");
    if (topics->asks_lane)
        text_printf(&t, "l%u,", c->lane);
    if (c->identity.claimed)
        text_str(&t, "i,");
    if (topics->asks_credit) { /* a promise of its own that stands as broken counts with them */
        for (uint16_t i = 0; i < w->n_material; i++)
            elsewhere += credit_is_broken(&c->material[i]);
        text_printf(&t, "e%d,", elsewhere);
    }
    for (uint32_t i = 0; i < c->n_visit; i++) {
        const struct visit *v = &c->visit[i];

        text_printf(&t, "v%u,", v->step);
        write_element(&t, v->element);
        if (v->department)
            text_printf(&t, "p%s,", v->department);
        write_place(&t, c, v->parent);
        write_rank(&t, w, c, v->wait_until);
        for (uint16_t k = 0; k < w->step[v->step].n_timer; k++)
            write_rank(&t, w, c, v->timer[k]);
        play_key(&t, w, c, v, topics->persons);
    }
    for (uint32_t i = 0; i < c->n_branch; i++) {
        text_printf(&t, "b%u,%s,", c->branch[i].region,
                    c->branch[i].outcome ? c->branch[i].outcome : "");
        write_element(&t, c->branch[i].element);
        write_place(&t, c, c->branch[i].parent);
    }
    write_fields(&t, topics, "form", &c->form, c->moment);
    write_fields(&t, topics, "case", &c->vars, c->moment);
    write_steps(&t, w, topics, &c->steps, "step");
    if (c->phase == PHASE_OPEN || w->n_reopen)
        materials_key(&t, w, topics, c);
    if (topics->asks_time && topics->asks_day && c->phase == PHASE_OPEN) {
        const int64_t days = (c->moment - c->opened) / SPAN_DAY;

        text_printf(&t, "d%d", (int)(days < 500 ? days : 500));
    }
    return sum_of(&t);
}
