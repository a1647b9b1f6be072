/* SPDX-License-Identifier: Apache-2.0 */
/* What a case has to do with others: who asks; messages of systems, its child cases, its parent;
 * and what it is sorted by. */
#include "api/view.h"

void
view_identity(struct text *t, const struct case_state *c, bool whole)
{
    const struct identity *x = &c->identity;

    put_key(t, "identity");
    put_open(t, '{');
    put_member_string(t, "state", x->claimed ? "claimed" : "verified");
    if (x->named)
        put_member_bool(t, "named", true);
    if (!x->claimed)
        put_member_instant(t, "at", x->by ? x->at : c->opened);
    if (whole) {
        put_member_string(t, "by", x->by);
        put_member_string(t, "document", x->document);
    }
    put_close(t, '}');
}

static void
put_letter(struct text *t, const struct workflow *w, const struct letter *l)
{
    put_open(t, '{');
    put_member_int(t, "number", l->number);
    put_member_string(t, "from", l->source);
    put_member_string(t, "id", l->id);
    put_member_string(t, "name", l->name);
    put_member_instant(t, "received", l->at);
    put_member_string(t, "fate", letter_fate_name(l->fate));
    put_member_string(t, "step", l->step == NONE ? NULL : w->step[l->step].path);
    if (l->visit)
        put_member_int(t, "visit", l->visit);
    if (l->expires != INSTANT_NONE)
        put_member_instant(t, "expires", l->expires);
    if (l->data.kind != VALUE_NULL) {
        put_key(t, "data");
        value_write(t, &l->data);
    }
    put_member_string(t, "why", l->why);
    put_close(t, '}');
}

static void
put_child(struct text *t, const struct child *x)
{
    put_open(t, '{');
    put_member_int(t, "number", x->number);
    put_member_int(t, "index", x->index);
    put_member_string(t, "workflow", x->workflow);
    put_member_string(t, "case", x->case_number);
    put_member_string(t, "outcome", x->outcome);
    put_member_string(t, "why", x->why);
    put_member_bool(t, "awaited", x->visit != 0);
    if (x->apart)
        put_member_bool(t, "apart", true);
    if (x->other)
        put_member_bool(t, "other", true);
    if (x->heard)
        put_member_bool(t, "stands", x->stands && !x->outcome);
    put_close(t, '}');
}

void
view_kin(struct text *t, const struct workflow *w, const struct case_state *c)
{
    if (c->n_letter) {
        put_key(t, "messages");
        put_open(t, '[');
        for (uint32_t i = 0; i < c->n_letter; i++)
            put_letter(t, w, &c->letter[i]);
        put_close(t, ']');
    }
    if (c->n_child) {
        put_key(t, "children");
        put_open(t, '[');
        for (uint32_t i = 0; i < c->n_child; i++)
            put_child(t, &c->child[i]);
        put_close(t, ']');
    }
    if (!c->parent.case_id)
        return;
    put_key(t, "parent");
    put_open(t, '{');
    put_member_string(t, "case", c->parent.case_number);
    put_member_int(t, "child", c->parent.child);
    for (uint32_t i = 0; i < c->n_stop; i++)
        if (!c->stop[i].visit && c->stop[i].to == INSTANT_NONE)
            put_member_string(t, "stops", w->ground[c->stop[i].ground].id);
    put_close(t, '}');
}

/* Other applicants' cases are no matter of his but for how many there are. */
static void
put_others(struct text *t, const struct case_state *c)
{
    int64_t opened = 0, ended = 0;

    for (uint32_t i = 0; i < c->n_child; i++)
        if (c->child[i].case_number && c->child[i].other) {
            opened++;
            ended += c->child[i].outcome != NULL;
        }
    if (!opened)
        return;
    put_key(t, "others");
    put_open(t, '{');
    put_member_int(t, "ended", ended);
    put_member_int(t, "opened", opened);
    put_close(t, '}');
}

void
view_family(struct text *t, const struct case_state *c)
{
    put_key(t, "children");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n_child; i++)
        if (c->child[i].case_number && !c->child[i].other) {
            put_open(t, '{');
            put_member_string(t, "case", c->child[i].case_number);
            put_member_string(t, "outcome", c->child[i].outcome);
            put_close(t, '}');
        }
    put_close(t, ']');
    put_others(t, c);
}

void
view_lane(struct text *t, const struct workflow *w, const struct case_state *c)
{
    if (c->lane == NONE)
        return;
    put_key(t, "lane");
    put_open(t, '{');
    put_member_string(t, "basis", w->lane[c->lane].basis);
    put_member_string(t, "id", w->lane[c->lane].id);
    view_title(t, "title", w->lane[c->lane].title);
    put_close(t, '}');
}

void
view_labels(struct text *t, const struct workflow *w, const struct case_state *c)
{
    if (!c->n_label)
        return;
    put_key(t, "labels");
    put_open(t, '[');
    for (uint32_t i = 0; i < c->n_label; i++) {
        put_open(t, '{');
        put_member_string(t, "id", w->label[c->label[i]].id);
        view_title(t, "title", w->label[c->label[i]].title);
        put_close(t, '}');
    }
    put_close(t, ']');
}
