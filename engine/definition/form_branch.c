/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas that apply other schemas to the same value: references, alternatives, conditions. */
#include "definition/form_check.h"

bool
form_holds(struct form_checker *c, const struct form_node *node, const struct value *v,
           const struct form_path *at)
{
    const bool quiet = c->quiet, bad = c->bad;
    bool holds;

    c->quiet = true;
    c->bad = false;
    form_check_node(c, node, v, at);
    holds = !c->bad && !c->spent;
    c->quiet = quiet;
    c->bad = bad;
    return holds;
}

/* How many of the alternatives hold; counting ends at @enough. */
static size_t
count_holding(struct form_checker *c, const struct form_rule *r, const struct value *v,
              const struct form_path *at, size_t enough)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n && n < enough && !c->spent; i++)
        n += form_holds(c, r->child[i].node, v, at);
    return n;
}

void
form_check_branches(struct form_checker *c, const struct form_node *node, const struct value *v,
                    const struct form_path *at)
{
    const struct form_rule *r = node->rule[FORM_REF];

    if (r)
        form_check_node(c, r->node, v, at);
    r = node->rule[FORM_ALL_OF];
    for (size_t i = 0; r && i < r->n; i++)
        form_check_node(c, r->child[i].node, v, at);
    r = node->rule[FORM_ANY_OF];
    if (r && count_holding(c, r, v, at, 1) == 0)
        form_note_none(c, at, FORM_ANY_OF, r, v);
    r = node->rule[FORM_ONE_OF];
    if (r) {
        const size_t n = count_holding(c, r, v, at, 2);

        if (n == 0)
            form_note_none(c, at, FORM_ONE_OF, r, v);
        else if (n > 1)
            form_note(c, at, FORM_ONE_OF, NULL);
    }
    r = node->rule[FORM_NOT];
    if (r && form_holds(c, r->node, v, at))
        form_note(c, at, FORM_NOT, NULL);
    r = node->rule[FORM_IF];
    if (r) {
        r = node->rule[form_holds(c, r->node, v, at) ? FORM_THEN : FORM_ELSE];
        if (r)
            form_check_node(c, r->node, v, at);
    }
}
