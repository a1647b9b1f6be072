/* SPDX-License-Identifier: Apache-2.0 */
/* Branches: made, counted, joined. */
#include <string.h>

#include "tests/model/model_inside.h"

/* The name of an element in a path. */
static const char *
element_name(struct model *m, const char *element, const char *as)
{
    static const char *const taken[] = {"visits", "by", "outcome"};
    struct text t = text_new(m->a);
    bool is_taken = !strcmp(element, as);

    for (int i = 0; i < 3; i++)
        is_taken = is_taken || !strcmp(element, taken[i]);
    for (const char *c = element; *c; c++)
        if (strchr(". ,:/%\"\\{}[]", *c) || (is_taken && c == element))
            text_printf(&t, "%%%02X", (unsigned)(unsigned char)*c);
        else
            text_char(&t, *c);
    return t.at;
}

/* A branch of @s, if its condition holds. */
static void
add_branch(struct model *m, struct stay *s, struct room r)
{
    struct room *made;

    r.around = s;
    made = arena_copy(m->a, &r, sizeof(r));
    m->here = made;
    if (!m->failed && model_holds(m, value_get(r.def, "when")))
        s->inner[s->n_inner++] = made;
}

/* Each element has a branch of its own: where one stands in the list twice there are none. */
static void
must_differ(struct model *m, const struct value *list)
{
    for (uint32_t i = 0; list && i < list->n && !m->failed; i++)
        for (uint32_t k = 0; k < i && !m->failed; k++)
            if (value_equal(&list->item[i], &list->item[k])) {
                m->failed_as = ERROR_FORM_INVALID;
                m->failed = true;
            }
}

void
model_make_branches(struct model *m, struct stay *s)
{
    const struct value *branches = value_get(s->def, "branches");
    const char *var = value_get_string(value_get(s->def, "foreach"), "var");
    const char *as = value_get_string(s->def, "as");
    const struct value *list = var ? value_get(&m->form, var + 5) : NULL;

    for (uint32_t i = 0; branches && i < branches->n; i++)
        add_branch(
            m, s,
            (struct room){.def = &branches->member[i].value,
                          .region = arena_printf(m->a, "%s.%s", model_region_of(m, s),
                                                 branches->member[i].name),
                          .path = arena_printf(m->a, "%s.%s", s->path, branches->member[i].name)});
    as = as ? as : "item";
    must_differ(m, list);
    for (uint32_t i = 0; list && i < list->n; i++) {
        add_branch(m, s,
                   (struct room){.def = value_get(s->def, "branch"),
                                 .path = arena_printf(m->a, "%s.%s", s->path,
                                                      element_name(m, list->item[i].string, as)),
                                 .written = arena_printf(m->a, "%s.%s", s->path, as),
                                 .region = arena_printf(m->a, "%s.%s", model_region_of(m, s), as),
                                 .each = &list->item[i],
                                 .as = as});
        model_saw(m, SEEN_LIST);
    }
}

/* How the branches of @s stand, as a quorum sees it. */
static struct value
tally_of(struct model *m, const struct stay *s, const char *of)
{
    struct member *list = arena_array(m->a, 4, struct member);
    int64_t ended = 0, counted = 0;

    for (uint32_t i = 0; i < s->n_inner; i++) {
        const char *is = s->inner[i]->outcome;

        ended += is != NULL;
        counted += is && (!of || !strcmp(is, of));
    }
    list[0] = (struct member){"counted", 7, value_int(counted)};
    list[1] = (struct member){"ended", 5, value_int(ended)};
    list[2] = (struct member){"entered", 7, value_int(s->n_inner)};
    list[3] = (struct member){"running", 7, value_int(s->n_inner - ended)};
    return value_object(m->a, list, 4);
}

static int64_t
number_in(const struct value *tally, const char *name)
{
    return value_get(tally, name)->integer;
}

int
model_join(struct model *m, struct stay *s)
{
    const struct value *join = value_get(s->def, "join");
    const struct value *of = value_get(join, "of");
    const struct value tally = value_get(s->def, "cases")
                                   ? model_kin_tally(m, s, of ? of->string : NULL)
                                   : tally_of(m, s, of ? of->string : NULL);
    const int64_t counted = number_in(&tally, "counted"), running = number_in(&tally, "running");
    int64_t need = number_in(&tally, "entered");

    if (value_get(join, "when")) {
        bool met;

        m->tally = &tally;
        m->here = s->room;
        met = model_holds(m, value_get(join, "when"));
        m->tally = NULL;
        model_saw(m, SEEN_QUORUM);
        return met ? 1 : running ? 0 : -1;
    }
    if (join->kind == VALUE_OBJECT)
        need = number_in(join, "count");
    else if (!strcmp(join->string, "any"))
        need = 1;
    if (need > number_in(&tally, "entered"))
        need = number_in(&tally, "entered");
    return counted >= need ? 1 : counted + running >= need ? 0 : -1;
}

/* A child of @s has ended: where nothing can be joined any more and nothing is said, it stays. */
void
model_kin_joined(struct model *m, struct stay *s)
{
    const int stands = model_join(m, s);
    const char *to = value_get_string(s->def, stands > 0 ? "to" : "else");

    if (m->failed || !stands || !to || model_must_wait(m, s, m->now))
        return;
    model_saw(m, stands > 0 ? SEEN_JOINED : SEEN_ELSE);
    model_leave_by(m, s, to);
}
