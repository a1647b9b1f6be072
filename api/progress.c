/* SPDX-License-Identifier: Apache-2.0 */
/* What applicants and the public see and do. */
#include <string.h>

#include "api/lookup.h"
#include "api/submit.h"

static void
show(struct lookup *l)
{
    const struct actor applicant = {.id = "applicant", .applicant = true};
    const struct sight sight = lookup_sight(l);
    struct text t = text_new(&l->request->arena);

    view_progress(&t, &sight, &applicant);
    reply_json(l->request, 200, &t);
}

void
progress_show(void *arg, struct http_request *r)
{
    const char *code = lookup_code(r);

    if (code)
        lookup_case(arg, r, code, show, NULL);
}

/* The code fits, or none was given: then he is anybody. */
static void
act(struct lookup *l)
{
    submission_send(l->arg);
}

void
progress_act(void *arg, struct http_request *r)
{
    struct submission *s = submission_new(arg, r);
    const char *code = http_header(r, "query-code");
    struct value v;
    struct error e;

    if (!submission_key(s, http_header(r, "idempotency-key"), &e) || !body_read(r, &v, &e) ||
        !command_read(&v, "", &s->order.command, &e) ||
        !submission_case(s, router_param(r, "number"), &e)) {
        reply_error(r, &e);
        return;
    }
    if (s->order.command.kind != COMMAND_ACT && s->order.command.kind != COMMAND_WITHDRAW) {
        error_at(&e, ERROR_FORBIDDEN, "/command", "an applicant may act and withdraw");
        reply_error(r, &e);
        return;
    }
    s->order.command.actor = (struct actor){
        .id = code ? "applicant" : "public", .applicant = code != NULL, .public = code == NULL};
    s->order.principal = code ? "applicant" : arena_printf(&r->arena, "public %s", r->peer);
    if (!submission_match(s, http_header(r, "if-match"), &e)) {
        reply_error(r, &e);
        return;
    }
    lookup_case(arg, r, code, act, s);
}
