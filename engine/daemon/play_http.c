/* SPDX-License-Identifier: Apache-2.0 */
/* Plays scenarios over HTTP, all in one virtual time. */
#include "daemon/play_http.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/play.h"

/* How often the hall is asked whether it has told what it is to tell: for half a minute. */
enum { PATIENCE = 1500 };

/* A line and when its turn comes. */
struct turn {
    instant at;
    size_t file, line;
};

void
play_http_complain(struct play_visit *v, uint32_t line, const char *what, ...)
{
    char text[1000];
    va_list ap;

    va_start(ap, what);
    (void)vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    text_printf(v->report, "%s:%u: %s\n", v->s.file, line, text);
    v->failed = true;
}

/* --- accounts --- */

bool
play_accounts_read(struct play_hall *h, const char *path, struct error *e)
{
    FILE *f = fopen(path, "r");
    char line[512];

    if (!f)
        return error_set(e, ERROR_BAD_FILE, "%.200s cannot be read", path);
    while (fgets(line, sizeof(line), f)) {
        size_t len = strcspn(line, "\n"), name;

        while (len && line[len - 1] == ' ')
            len--;
        for (name = len; name && line[name - 1] != ' ';)
            name--;
        h->account = arena_grow(h->arena, h->account, h->n_account, sizeof(*h->account));
        h->account[h->n_account] =
            (struct play_account){.password = arena_strndup(h->arena, line + name, len - name)};
        while (name && line[name - 1] == ' ')
            name--;
        h->account[h->n_account].name = arena_strndup(h->arena, line, name);
        if (name)
            h->n_account++;
    }
    (void)fclose(f);
    return h->n_account > 0 || error_set(e, ERROR_BAD_FILE, "%.200s names no account", path);
}

const char *
play_account_name(struct arena *a, const struct scenario_actor *who)
{
    if (who->party == PARTY_SYSTEM)
        return arena_printf(a, "system-%s", who->role);
    if (who->party != PARTY_ROLE)
        return NULL;
    return arena_printf(a, "%s%s%s%s%s%s%s", who->role, who->department ? " of " : "",
                        who->department ? who->department : "", who->district ? " in " : "",
                        who->district ? who->district : "", who->name ? " " : "",
                        who->name ? who->name : "");
}

const char *
play_key_name(struct arena *a, const char *system)
{
    return arena_printf(a, "key-%s", system);
}

static bool
sign_in(struct play_hall *h, struct play_account *account, struct error *e)
{
    struct caller_request q = {.method = "POST", .path = "/v1/sessions"};
    struct text body = text_new(h->arena);
    struct caller_reply r;
    const char *token;

    put_open(&body, '{');
    put_member_string(&body, "account", account->name);
    put_member_string(&body, "password", account->password);
    put_close(&body, '}');
    q.body = body.at;
    if (!caller_ask(h->caller, &q, h->arena, &r, e))
        return false;
    token = value_get_string(&r.json, "token");
    if (r.status != 201 || !token)
        return error_set(e, ERROR_UNAUTHENTICATED, "%s cannot sign in", account->name);
    account->token = token;
    return true;
}

static struct play_account *
find_account(struct play_hall *h, const char *name, struct error *e)
{
    for (size_t i = 0; i < h->n_account; i++)
        if (!strcmp(h->account[i].name, name))
            return &h->account[i];
    (void)error_set(e, ERROR_UNAUTHENTICATED, "there is no account \"%s\"", name);
    return NULL;
}

/* The token of the account; signs in the first time. */
bool
play_http_token(struct play_hall *h, const char *name, const char **token, struct error *e)
{
    struct play_account *account = find_account(h, name, e);

    if (!account || (!account->token && !sign_in(h, account, e)))
        return false;
    *token = account->token;
    return true;
}

bool
play_http_secret(struct play_hall *h, const char *system, const char **secret, struct error *e)
{
    const struct play_account *account = find_account(h, play_key_name(h->arena, system), e);

    if (account)
        *secret = account->password;
    return account != NULL;
}

/* --- looking --- */

static bool
get(struct play_visit *v, struct caller_request q, struct caller_reply *r, struct error *e)
{
    q.method = "GET";
    if (!q.query_code && !play_http_token(v->hall, "supervisor", &q.token, e))
        return false;
    if (!caller_ask(v->hall->caller, &q, v->arena, r, e))
        return false;
    return r->status == 200 ||
           error_set(e, ERROR_INTERNAL, "GET %.60s answers %d: %.120s", q.path, r->status, r->text);
}

static bool
read_records(struct play_visit *v, struct error *e)
{
    struct caller_request q = {
        .path = arena_printf(v->arena, "/v1/cases/%s/facts?limit=200", v->number)};
    struct value *list = NULL;
    const char *cursor;

    v->n_record = 0;
    do {
        const struct value *items;
        struct caller_reply r;

        if (!get(v, q, &r, e))
            return false;
        items = value_get(&r.json, "items");
        for (uint32_t i = 0; items && i < items->n; i++) {
            list = arena_grow(v->arena, list, v->n_record, sizeof(*list));
            list[v->n_record++] = items->item[i];
        }
        cursor = value_get_string(&r.json, "nextCursor");
        q.path = arena_printf(v->arena, "/v1/cases/%s/facts?limit=200&cursor=%s", v->number,
                              cursor ? cursor : "");
    } while (cursor);
    v->record = list;
    v->before = v->seen;
    if (v->n_record)
        v->seen = value_get(&list[v->n_record - 1], "number")->integer;
    return true;
}

bool
play_http_look(struct play_visit *v, struct error *e)
{
    const struct caller_request q = {.path = arena_printf(v->arena, "/v1/cases/%s", v->number)};
    struct caller_reply r;

    if (!get(v, q, &r, e))
        return false;
    v->c = r.json;
    return read_records(v, e);
}

/* --- child cases --- */

static const struct value *
child_of(const struct play_visit *v, int32_t number)
{
    const struct value *list = value_get(&v->c, "children");

    for (uint32_t i = 0; list && i < list->n; i++)
        if (value_get(&list->item[i], "number")->integer == number)
            return &list->item[i];
    return NULL;
}

const char *
play_http_child(const struct play_visit *v, int32_t number)
{
    const struct value *x = child_of(v, number), *stands = value_get(x, "stands");
    const char *outcome = value_get_string(x, "outcome");

    if (!x || outcome)
        return outcome;
    if (stands && stands->boolean)
        return "stands";
    return value_get_string(x, "case") ? "runs" : "asked";
}

/* Whether what the hall is to tell has come, given how the child @is. */
static bool
has_come(const struct scenario_line *l, const char *is)
{
    if (l->verb == VERB_IS_BORN)
        return is && strcmp(is, "asked") != 0 && strcmp(is, "failed") != 0;
    return is && !strcmp(is, l->verb == VERB_ENDS     ? l->action
                             : l->verb == VERB_STANDS ? "stands"
                                                      : "runs");
}

/* Cases hear of one another in the hall's own time, which is none of theirs. */
static bool
await(struct play_visit *v, const struct scenario_line *l, struct error *e)
{
    static const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    const char *is = play_http_child(v, l->number);

    for (int i = 0; i < PATIENCE && !has_come(l, is); i++) {
        (void)nanosleep(&pause, NULL);
        if (!play_http_look(v, e))
            return false;
        v->seen = v->before;
        is = play_http_child(v, l->number);
    }
    if (!has_come(l, is))
        play_http_complain(v, l->line, "the hall does not tell this: child %d is %s", l->number,
                           is ? is : "not there");
    return true;
}

/* The child case the line is about, as the case knows it; NULL and a complaint: it is not there. */
static bool
find_child(struct play_visit *v, const struct scenario_line *l, struct play_visit **out,
           struct error *e)
{
    const int64_t before = v->before, seen = v->seen;
    const char *number;

    *out = NULL;
    if (!play_http_look(v, e))
        return false;
    v->before = before;
    v->seen = seen;
    number = value_get_string(child_of(v, l->child), "case");
    if (!number) {
        play_http_complain(v, l->line, "child %d is not born yet", l->child);
        return true;
    }
    while (v->n_child < (size_t)l->child) {
        v->child = arena_grow(v->hall->arena, v->child, v->n_child, sizeof(*v->child));
        v->child[v->n_child++] = (struct play_visit){.hall = v->hall, .s = v->s};
    }
    *out = &v->child[l->child - 1];
    (*out)->number = arena_strdup(v->hall->arena, number);
    if (!(*out)->query_code)
        (*out)->query_code = v->query_code; /* until it is told another of its own */
    (*out)->report = v->report;
    (*out)->arena = v->arena;
    return true;
}

/* --- lines --- */

/* The line is said, or waited for, in the case @in. */
static bool
play_in(struct play_visit *in, const struct scenario_line *l, struct error *e)
{
    if (in->number && !play_http_look(in, e))
        return false;
    in->seen = in->number ? in->before : 0; /* what came due on the way belongs to this line */
    if (scenario_by_the_hall(l->verb)) {
        if (!await(in, l, e))
            return false;
    } else if (l->verb != VERB_PASSES && !play_http_send(in, l, e)) {
        return false;
    }
    if (!in->number || in->failed)
        return true;
    if (!play_http_look(in, e))
        return false;
    play_http_expect(in, l);
    return true;
}

static bool
play_line(struct play_visit *v, const struct scenario_line *l, struct error *e)
{
    struct play_visit *in = v;

    if (l->verb != VERB_OPENS && !v->number) {
        play_http_complain(v, l->line, "the case is not opened yet");
        return true;
    }
    if (l->child && !find_child(v, l, &in, e))
        return false;
    if (!in)
        return true;
    if (!play_in(in, l, e))
        return false;
    v->failed = v->failed || in->failed;
    return true;
}

/* --- time --- */

static bool
move_clock(struct play_hall *h, instant to, struct arena *a, struct error *e)
{
    struct caller_request q = {.method = "POST", .path = "/v1/test-clock"};
    char text[INSTANT_TEXT], *want = instant_write(to, text);
    struct caller_reply r;
    const char *now;

    q.body = arena_printf(a, "{\"to\":\"%s\"}", want);
    if (!caller_ask(h->caller, &q, a, &r, e))
        return false;
    if (r.status == 404)
        return error_set(e, ERROR_NOT_FOUND,
                         "the daemon tells the real time; play against a database made with "
                         "migrate --test-clock");
    now = value_get_string(&r.json, "now");
    return (now && !strcmp(now, want)) ||
           error_set(e, ERROR_INTERNAL, "the test clock goes to %s, not to %s", now ? now : r.text,
                     want);
}

static int
compare_turns(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->line < y->line ? -1 : 1;
}

/* Whether it tells of cases that are not its own, which a hall cannot be told. */
static bool
speaks_of_others(const struct scenario *s)
{
    for (size_t i = 0; i < s->n_line; i++)
        if (s->line[i].verb == VERB_ELSEWHERE)
            return true;
    return false;
}

/* All lines of all files, in the order in which they happen. */
static struct turn *
make_turns(struct arena *a, const struct play_visit *visit, size_t n, size_t *n_turn)
{
    struct turn *turn = NULL;

    *n_turn = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; !visit[i].failed && !visit[i].left_out && j < visit[i].s.n_line; j++) {
            turn = arena_grow(a, turn, *n_turn, sizeof(*turn));
            turn[(*n_turn)++] = (struct turn){.at = visit[i].s.line[j].at, .file = i, .line = j};
        }
    if (*n_turn)
        qsort(turn, *n_turn, sizeof(*turn), compare_turns);
    return turn;
}

static bool
play_turns(struct play_hall *h, struct play_visit *visit, const struct turn *turn, size_t n,
           struct error *e)
{
    struct arena scratch = {0};
    instant now = INSTANT_NONE;
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++) {
        struct play_visit *v = &visit[turn[i].file];

        if (v->failed)
            continue;
        v->arena = &scratch;
        if (turn[i].at != now)
            ok = move_clock(h, turn[i].at, &scratch, e);
        now = turn[i].at;
        ok = ok && play_line(v, &v->s.line[turn[i].line], e);
        arena_reset(&scratch);
    }
    arena_release(&scratch);
    return ok;
}

/* The derivation of the clock that was asked for, as people check it by hand. */
static bool
explain(struct play_visit *v, struct error *e)
{
    const char *slash = v->hall->explain ? strchr(v->hall->explain, '/') : NULL;
    struct caller_request q = {.accept = "text/plain"};
    struct caller_reply r;

    if (!slash || !v->number || strlen(v->s.workflow) != (size_t)(slash - v->hall->explain) ||
        strncmp(v->s.workflow, v->hall->explain, strlen(v->s.workflow)) != 0)
        return true;
    v->arena = v->hall->arena;
    q.path = arena_printf(v->arena, "/v1/cases/%s/clocks/%s/explain", v->number, slash + 1);
    if (!get(v, q, &r, e))
        return false;
    text_printf(v->report, "%s %s\n%s\n", v->number, slash + 1, r.text);
    return true;
}

bool
play_over_http(struct play_hall *h, const char *const *file, size_t n, struct text *report,
               size_t *passed, struct error *e)
{
    struct play_visit *visit = arena_array(h->arena, n, struct play_visit);
    struct turn *turn;
    size_t n_turn;

    h->keys = arena_printf(h->arena, "play-%08x%08x", arc4random(), arc4random());
    for (size_t i = 0; i < n; i++) {
        visit[i] = (struct play_visit){.hall = h, .report = report};
        visit[i].failed = !play_read(h->arena, file[i], &visit[i].s, report);
        visit[i].left_out = !visit[i].failed && speaks_of_others(&visit[i].s);
        if (visit[i].left_out)
            text_printf(report,
                        "%s: tells of other cases of the applicant, and is not played over"
                        " HTTP\n",
                        file[i]);
        if (!visit[i].failed) /* which of its versions, district and day say */
            visit[i].s.workflow =
                arena_strndup(h->arena, visit[i].s.workflow, strcspn(visit[i].s.workflow, ".@"));
    }
    turn = make_turns(h->arena, visit, n, &n_turn);
    if (!play_turns(h, visit, turn, n_turn, e))
        return false;
    *passed = 0;
    for (size_t i = 0; i < n; i++) {
        if (!explain(&visit[i], e))
            return false;
        *passed += !visit[i].failed; /* nothing was wrong with what was left out */
    }
    return true;
}
