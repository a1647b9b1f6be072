/* SPDX-License-Identifier: Apache-2.0 */
/* One message on its way: what is sent, and what is made of the answer. */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/require.h"
#include "runtime/outbox_inside.h"

const char *
outbound_id(struct arena *a, const struct outbound *m)
{
    return arena_printf(a, "%s-m%lld", m->case_number, (long long)m->number);
}

void
outbound_write(struct text *t, const char *source, const char *system, const struct outbound *m)
{
    put_open(t, '{');
    put_member_string(t, "specversion", "1.0");
    put_member_string(t, "id", outbound_id(t->arena, m));
    put_member_string(t, "source", source);
    put_member_string(
        t, "type", m->awaited ? "cn.gov.onestop.case.task.v1" : "cn.gov.onestop.case.message.v1");
    put_member_string(t, "subject", m->case_number);
    put_member_instant(t, "time", m->at);
    put_member_string(t, "datacontenttype", "application/json");
    put_key(t, "data");
    put_open(t, '{');
    put_member_string(t, "case", m->case_number);
    put_member_string(t, "workflow", m->workflow);
    put_member_string(t, "district", m->district);
    put_member_string(t, "system", system);
    put_member_int(t, "message", m->number);
    put_member_string(t, "step", m->step);
    if (m->visit)
        put_member_int(t, "visit", m->visit);
    if (m->undoes)
        put_member_int(t, "undoes", m->undoes);
    put_key(t, "sent");
    text_str(t, m->body);
    put_close(t, '}');
    put_close(t, '}');
}

/* What an answer means for the message and for the destination. */
enum meaning {
    MEANING_TAKEN,
    MEANING_GONE,   /* 410: it wants no more of them, ever */
    MEANING_UNWELL, /* it could not: nothing came, or it says so itself */
    MEANING_REFUSED /* it would not: this message is not to its liking, or is not understood */
};

static enum meaning
meaning_of(int status)
{
    if (status >= 200 && status < 300)
        return MEANING_TAKEN;
    if (status == 410)
        return MEANING_GONE;
    if (status == 0 || status >= 500 || status == 408 || status == 425 || status == 429)
        return MEANING_UNWELL;
    return MEANING_REFUSED;
}

static void
note_trouble(struct flight *f, const struct post_answer *answer)
{
    f->status = answer->status;
    if (answer->status)
        (void)snprintf(f->trouble, sizeof(f->trouble), "answered %d%s%s", answer->status,
                       *answer->trouble ? ": " : "", answer->trouble);
    else
        (void)snprintf(f->trouble, sizeof(f->trouble), "%s", answer->trouble);
    (void)snprintf(f->to->trouble, sizeof(f->to->trouble), "%s", f->trouble);
}

/* It is tried again later, or has been tried often enough. */
static void
put_off(struct flight *f, span at_least, bool counts)
{
    const span wait = back_off(f->tries + 1, arc4random());
    const bool dead = counts && f->tries + 1 >= f->to->of->o.attempts;

    f->state = dead ? OUTBOX_DEAD : OUTBOX_WAITING;
    f->wait = wait > at_least ? wait : at_least;
    metric_add(dead ? METRIC_outbox_dead : METRIC_outbox_failed, 1);
    if (dead)
        log_warn("a message is dead", log_str("system", f->to->delivery->system),
                 log_int("case", f->case_id), log_int("message", f->number),
                 log_str("trouble", f->trouble));
}

static void
was_unwell(struct flight *f, span pause)
{
    struct destination *to = f->to;
    const enum breaker_state was = to->breaker.state;

    /* While the destination as a whole is unwell that is not the message's fault. */
    put_off(f, pause, was == BREAKER_CLOSED);
    breaker_bad(&to->breaker, to->of->moment, pause, arc4random());
    if (to->breaker.state == BREAKER_OPEN && was == BREAKER_CLOSED)
        log_warn("a destination is unwell", log_str("system", to->delivery->system),
                 log_str("trouble", f->trouble));
}

static void
was_well(struct flight *f)
{
    struct destination *to = f->to;

    if (to->breaker.state != BREAKER_CLOSED)
        log_info("a destination is well again", log_str("system", to->delivery->system));
    breaker_good(&to->breaker);
}

static void
judge(struct flight *f, const struct post_answer *answer)
{
    const enum meaning meaning = meaning_of(answer->status);

    f->to->changed = true;
    if (meaning != MEANING_TAKEN)
        note_trouble(f, answer);
    switch (meaning) {
    case MEANING_TAKEN:
        f->status = answer->status;
        f->state = OUTBOX_DELIVERED;
        f->to->success = true;
        was_well(f);
        metric_add(METRIC_outbox_delivered, 1);
        break;
    case MEANING_GONE:
        f->state = OUTBOX_WAITING;
        f->to->disabled = f->to->gone = true;
        metric_add(METRIC_outbox_failed, 1);
        log_warn("a destination wants no more messages and is disabled",
                 log_str("system", f->to->delivery->system));
        break;
    case MEANING_UNWELL:
        was_unwell(f, answer->retry_after);
        break;
    case MEANING_REFUSED:
        put_off(f, answer->retry_after, true);
        was_well(f);
        break;
    }
}

static void
on_done(void *arg, const struct post_answer *answer)
{
    struct flight *f = arg;

    f->ended = true;
    f->to->flying--;
    f->to->of->n_ended++;
    judge(f, answer);
    outbox_wake(f->to->of);
}

struct flight *
outbox_flight(const struct outbox *o, int64_t case_id, int64_t number)
{
    for (struct flight *f = o->flight; f; f = f->next)
        if (f->case_id == case_id && f->number == number)
            return f;
    return NULL;
}

void
outbox_fly(struct destination *to, const struct outbound *m)
{
    enum { HEADERS = 5 };
    struct outbox *o = to->of;
    struct arena a = {0};
    struct text body = text_new(&a), signature = text_new(&a);
    struct signed_message s = {.id = outbound_id(&a, m),
                               .timestamp = o->moment / SPAN_SECOND,
                               .secret = to->secret,
                               .n_secret = to->n_secret,
                               .algorithms = to->delivery->algorithms};
    struct flight *f = calloc(1, sizeof(*f));
    const char *header[HEADERS];

    require(f);
    *f = (struct flight){
        .to = to, .case_id = m->case_id, .number = m->number, .tries = m->tries, .next = o->flight};
    o->flight = f;
    o->n_flight++;
    to->flying++;
    outbound_write(&body, o->o.source, to->delivery->system, m);
    s.body = body.at;
    s.len = body.len;
    signature_write(&signature, &s);
    header[0] = "Content-Type: application/cloudevents+json; charset=utf-8";
    header[1] = arena_printf(&a, "webhook-id: %s", s.id);
    header[2] = arena_printf(&a, "webhook-timestamp: %lld", (long long)s.timestamp);
    header[3] = arena_printf(&a, "webhook-signature: %s", signature.at);
    header[4] = "User-Agent: onestop";
    post_send(to->post, &(struct post_letter){.header = header,
                                              .n_header = HEADERS,
                                              .body = body.at,
                                              .len = body.len,
                                              .done = on_done,
                                              .arg = f});
    arena_release(&a);
}
