/* SPDX-License-Identifier: Apache-2.0 */
/* The register of cards: who was warned or late, and what became of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cards.h"
#include "api/command.h"
#include "api/page.h"
#include "api/view.h"
#include "base/word.h"
#include "definition/json.h"
#include "store/number.h"

static const char *const kinds[] = {"blue",     "broken",    "contradicted",
                                    "unopened", "unchecked", "stuck"};
static const char *const states[] = {"issued",   "delivered", "acknowledged",
                                     "appealed", "upheld",    "withdrawn"};
enum {
    STATE_ISSUED,
    STATE_DELIVERED,
    STATE_ACKNOWLEDGED,
    STATE_APPEALED,
    STATE_UPHELD,
    STATE_WITHDRAWN,
    STATES
};

/* Columns of card_list. */
enum {
    C_ID,
    C_NUMBER,
    C_RECORD,
    C_ISSUED,
    C_DUE,
    C_CLOCK,
    C_EPOCH,
    C_KIND,
    C_COLOUR,
    C_STATE,
    C_WORKFLOW,
    C_DISTRICT,
    C_DEPARTMENT,
    C_STEP,
    C_RULE,
    C_ELEMENT,
    C_MOVES
};

const char *
card_kind_word(int64_t kind)
{
    return WORD_AT(kinds, kind);
}

struct card_list {
    struct app *app;
    struct http_request *r;
    struct page page;
};

static int
word_index(const char *const *word, int n, const char *text)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(word[i], text))
            return i;
    return -1;
}

static void
put_id(struct text *t, int64_t id)
{
    put_member_string(t, "id", arena_printf(t->arena, "%lld", (long long)id));
}

static void
put_moves(struct text *t, const char *moves)
{
    struct value list;
    struct error e;

    put_key(t, "moves");
    put_open(t, '[');
    if (moves && json_read_stored(t->arena, moves, strlen(moves), &list, &e))
        for (uint32_t i = 0; list.kind == VALUE_ARRAY && i < list.n; i++) {
            const struct value *m = &list.item[i], *at = value_get(m, "at");
            const struct value *state = value_get(m, "state");

            put_open(t, '{');
            put_member_string(t, "state", WORD_AT(states, state ? state->integer : -1));
            put_member_instant(t, "at", at->integer);
            put_member_string(t, "by", value_get_string(m, "by"));
            put_member_string(t, "reason", value_get_string(m, "reason"));
            put_close(t, '}');
        }
    put_close(t, ']');
}

void
view_card(struct text *t, const PGresult *res, int row)
{
    const instant due = row_instant(res, row, C_DUE);

    put_open(t, '{');
    put_id(t, row_int(res, row, C_ID));
    put_member_string(t, "case", row_text(res, row, C_NUMBER));
    put_member_string(t, "kind", card_kind_word(row_int(res, row, C_KIND)));
    put_member_string(t, "colour", colour_name((enum colour)row_int(res, row, C_COLOUR)));
    put_member_string(t, "state", WORD_AT(states, row_int(res, row, C_STATE)));
    put_member_string(t, "workflow", row_text(res, row, C_WORKFLOW));
    put_member_string(t, "district", row_text(res, row, C_DISTRICT));
    put_member_string(t, "department", row_text(res, row, C_DEPARTMENT));
    put_member_string(t, "step", row_text(res, row, C_STEP));
    put_member_string(t, "element", row_text(res, row, C_ELEMENT));
    put_member_string(t, row_int(res, row, C_KIND) >= CARD_UNCHECKED ? "material" : "clock",
                      row_text(res, row, C_RULE));
    put_member_int(t, "epoch", row_int(res, row, C_EPOCH));
    put_member_int(t, "record", row_int(res, row, C_RECORD));
    put_member_instant(t, "issued", row_instant(res, row, C_ISSUED));
    if (due != INSTANT_NONE)
        put_member_instant(t, "due", due);
    view_last_day(t, "lastDay", due);
    put_moves(t, row_text(res, row, C_MOVES));
    put_close(t, '}');
}

static void
put_card(void *arg, struct text *t, const PGresult *res, int row)
{
    (void)arg;
    view_card(t, res, row);
}

static void
on_cards(void *arg, const PGresult *res, const struct error *e)
{
    struct card_list *list = arg;

    page_reply(list->r, &list->page, res, e, (int[]){C_ID}, 1, put_card, NULL);
}

/* One of the words, or -1 when the parameter is not given. */
static bool
query_word(const struct http_request *r, const char *name, const char *const *word, int n, int *out,
           struct error *e)
{
    const char *text = http_query(r, name);

    *out = text ? word_index(word, n, text) : -1;
    return !text || *out >= 0 ||
           error_at(e, ERROR_BAD_PARAMETER, name, "%s is not one of the words", name);
}

bool
cards_may_see(const struct session *s)
{
    return session_classes(s) & (ROLE_HEAD | ROLE_SUPERVISOR | ROLE_AUDITOR);
}

const char *
cards_department(const struct session *s, const char *asked)
{
    return session_classes(s) & (ROLE_SUPERVISOR | ROLE_AUDITOR) || !s->department ? asked
                                                                                   : s->department;
}

void
cards_list(void *arg, struct http_request *r)
{
    static const char *const known[] = {"district", "department", "kind",   "state",
                                        "case",     "limit",      "cursor", NULL};
    struct app *app = arg;
    struct card_list *list = arena_new(&r->arena, struct card_list);
    struct parameters p = parameters_new(&r->arena);
    const char *district, *department, *number = http_query(r, "case");
    char text[NUMBER_TEXT];
    int64_t case_id = 0;
    int kind, state;
    struct error e;

    *list = (struct card_list){.app = app, .r = r};
    if (!page_read(r, known, 1, &list->page, &e) || !page_district(r, &district, &e) ||
        !query_text(r, "department", 128, &department, &e) ||
        !query_word(r, "kind", kinds, sizeof(kinds) / sizeof(*kinds), &kind, &e) ||
        !query_word(r, "state", states, STATES, &state, &e)) {
        reply_error(r, &e);
        return;
    }
    if (number && !number_read(number, text, &case_id, &e)) {
        e.code = ERROR_BAD_PARAMETER;
        (void)snprintf(e.pointer, sizeof(e.pointer), "case");
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_int(&p, list->page.position[0]);
    parameter_int(&p, list->page.limit + 1);
    parameter_text(&p, district);
    parameter_text(&p, cards_department(app_session(r), department));
    parameter_int(&p, kind);
    parameter_int(&p, state);
    parameter_int(&p, case_id);
    pipeline_ask(app->read, SQL_card_list, &p, on_cards, list);
}

/* Moving one. */

struct card_move {
    struct app *app;
    struct http_request *r;
    int64_t id;
    int state;
    const char *reason;
};

/* Who moves a card to which state from which; what people decide needs a reason. */
static const struct {
    int to, from[2], n_from;
    int class;
    bool reason;
} moves[] = {
    {STATE_DELIVERED, {STATE_ISSUED}, 1, ROLE_SUPERVISOR, false},
    {STATE_ACKNOWLEDGED, {STATE_DELIVERED}, 1, ROLE_HEAD, false},
    {STATE_APPEALED, {STATE_DELIVERED, STATE_ACKNOWLEDGED}, 2, ROLE_HEAD, true},
    {STATE_UPHELD, {STATE_APPEALED}, 1, ROLE_SUPERVISOR, true},
    {STATE_WITHDRAWN, {STATE_APPEALED}, 1, ROLE_SUPERVISOR, true},
};

static void
refuse(struct card_move *m, enum error_code code, const char *why)
{
    struct error e;

    error_set(&e, code, "%s", why);
    reply_error(m->r, &e);
}

static void
reply_moved(struct card_move *m)
{
    struct text t = text_new(&m->r->arena);

    put_open(&t, '{');
    put_id(&t, m->id);
    put_member_string(&t, "state", states[m->state]);
    put_close(&t, '}');
    reply_json(m->r, 200, &t);
}

static void
on_moved(void *arg, const PGresult *res, const struct error *e)
{
    struct card_move *m = arg;

    if (e)
        reply_error(m->r, e);
    else if (PQntuples(res) == 0)
        refuse(m, ERROR_CARD_STATE, "somebody else has moved the card");
    else
        reply_moved(m);
}

static size_t
find_move(int to)
{
    size_t i = 0;

    while (i < sizeof(moves) / sizeof(moves[0]) && moves[i].to != to)
        i++;
    return i;
}

/* Whether a card in state @was may become what is asked. */
static bool
may_follow(const struct card_move *m, int was)
{
    const size_t i = find_move(m->state);

    for (int j = 0; j < moves[i].n_from; j++)
        if (moves[i].from[j] == was)
            return true;
    return false;
}

static bool
is_his(const struct card_move *m, const char *district, const char *department)
{
    const struct session *s = app_session(m->r);

    return session_sees(s, district) && session_classes(s) & moves[find_move(m->state)].class &&
           (!s->department || session_classes(s) & ROLE_SUPERVISOR ||
            !strcmp(s->department, department));
}

static void
on_found(void *arg, const PGresult *res, const struct error *e)
{
    struct card_move *m = arg;
    struct parameters p = parameters_new(&m->r->arena);
    int was;

    if (e) {
        reply_error(m->r, e);
        return;
    }
    if (PQntuples(res) == 0) {
        refuse(m, ERROR_NOT_FOUND, "there is no such card");
        return;
    }
    was = (int)row_int(res, 0, 0);
    if (!is_his(m, row_text(res, 0, 1), row_text(res, 0, 2))) {
        refuse(m, ERROR_FORBIDDEN, "this move is another's");
        return;
    }
    if (was == m->state) { /* said twice, done once */
        reply_moved(m);
        return;
    }
    if (!may_follow(m, was)) {
        refuse(m, ERROR_CARD_STATE,
               arena_printf(&m->r->arena, "a card that is %s does not become %s",
                            WORD_AT(states, was), states[m->state]));
        return;
    }
    parameter_int(&p, m->app->shared->settings->database_cell);
    parameter_int(&p, m->id);
    parameter_int(&p, was);
    parameter_int(&p, m->state);
    parameter_text(&p, app_session(m->r)->account);
    parameter_text(&p, m->reason);
    pipeline_ask(m->app->read, SQL_card_move, &p, on_moved, m);
}

static bool
read_move(struct card_move *m, const struct value *v, struct error *e)
{
    static const struct member_rule rule[] = {
        {"reason", VALUE_STRING, false, 2000},
        {"state", VALUE_STRING, true, 16},
    };

    if (!body_check(v, "", rule, 2, e))
        return false;
    m->state = word_index(states, STATES, value_get_string(v, "state"));
    m->reason = value_get_string(v, "reason");
    if (m->state <= STATE_ISSUED)
        return error_at(e, ERROR_FORM_INVALID, "/state",
                        "a card becomes delivered, acknowledged, appealed, upheld or withdrawn");
    return !moves[find_move(m->state)].reason || (m->reason && *m->reason) ||
           error_at(e, ERROR_REASON_MISSING, "/reason", "%s needs a reason", states[m->state]);
}

static bool
read_id(const char *text, int64_t *id)
{
    const size_t n = strlen(text);

    if (n < 1 || n > 18 || strspn(text, "0123456789") != n)
        return false;
    *id = strtoll(text, NULL, 10);
    return true;
}

void
cards_move(void *arg, struct http_request *r)
{
    struct app *app = arg;
    struct card_move *m = arena_new(&r->arena, struct card_move);
    struct parameters p = parameters_new(&r->arena);
    struct value body;
    struct error e;

    *m = (struct card_move){.app = app, .r = r};
    if (!read_id(router_param(r, "id"), &m->id)) {
        refuse(m, ERROR_NOT_FOUND, "a card's id is a number");
        return;
    }
    if (!body_read(r, &body, &e) || !read_move(m, &body, &e)) {
        reply_error(r, &e);
        return;
    }
    parameter_int(&p, app->shared->settings->database_cell);
    parameter_int(&p, m->id);
    pipeline_ask(app->read, SQL_card_find, &p, on_found, m);
}
