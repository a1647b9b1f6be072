/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots, child cases, draws, certificates, signers and what is taken back, at random. */
#include "tests/model/draw_inside.h"

void
draw_lot(struct drawing *d)
{
    const bool list = one_in(d, 2);

    if (!d->n_lot++ || one_in(d, 2)) {
        text_str(d->t, "{\"commit\":\"lot\"},");
        return;
    }
    d->lists = d->lists || list;
    text_printf(d->t, "{\"draw\":\"lot\",\"from\":%s,\"count\":%u,\"into\":\"case.drawn\"",
                list ? "{\"var\":\"form.list\"}" : "[\"r\",\"p\",\"q\",\"s\"]", 1 + below(d, 2));
    if (!list && one_in(d, 2))
        text_printf(d->t, ",\"weights\":[%u,%u,1,%u]", below(d, 3), below(d, 9), below(d, 4));
    if (one_in(d, 3))
        text_str(d->t, ",\"exclude\":[\"A\",\"q\"]");
    if (one_in(d, 3))
        text_str(d->t, ",\"mix\":{\"var\":\"form.kind\"}");
    text_str(d->t, "},");
}

enum { WHOLE, PART, PLAIN };

void
draw_paper(struct drawing *d)
{
    static const char *const kind[] = {"whole", "part", "plain"};
    const uint32_t i = below(d, 3);

    d->papers[i] = true;
    text_printf(d->t, "{\"issue\":\"%s\"},", kind[i]);
}

static void
certificate(struct drawing *d, const char *id, const char *rest)
{
    text_printf(d->t, "%s\"%s\":{" TITLE ",\"number\":\"N\",%s}",
                d->t->at[d->t->len - 1] == '{' ? "" : ",", id, rest);
}

void
draw_certificates(struct drawing *d)
{
    if (!d->papers[WHOLE] && !d->papers[PART] && !d->papers[PLAIN])
        return;
    text_str(d->t, ",\"certificates\":{");
    if (d->papers[WHOLE])
        certificate(d, "whole",
                    arena_printf(d->a,
                                 "\"valid\":\"%u days\",\"content\":{\"n\":{\"var\":\"form.n\"}}",
                                 1 + below(d, 40)));
    if (d->papers[PART])
        certificate(
            d, "part",
            arena_printf(d->a,
                         "%s\"valid\":{\"until\":{\"var\":\"form.on\"}},\"content\":{\"k\":{"
                         "\"var\":\"form.kind\"},\"d\":{\"var\":\"case.today\"}}",
                         d->papers[WHOLE] ? "\"partOf\":\"whole\"," : ""));
    if (d->papers[PLAIN])
        certificate(
            d, "plain",
            arena_printf(d->a,
                         "%s\"revokedBy\":\"head\",\"content\":{\"x\":{\"var\":[\"case.x\",0]}}",
                         one_in(d, 2) ? "\"valid\":\"2 years\"," : ""));
    text_char(d->t, '}');
}

void
draw_signers(struct drawing *d)
{
    if (!likes(d, LIKES_SIGNERS, 1) || one_in(d, 3))
        return;
    if (one_in(d, 2))
        text_printf(d->t, ",\"signers\":{\"count\":%u}", 2 + below(d, 2));
    else
        text_printf(d->t, ",\"signers\":{\"roles\":[\"clerk\",\"head\"]%s}",
                    one_in(d, 2) ? ",\"order\":\"given\"" : "");
}

void
draw_step_undo(struct drawing *d)
{
    if (likes(d, LIKES_UNDO, 2))
        text_str(d->t, ",\"awaits\":\"undo\"");
    if (likes(d, LIKES_UNDO, 2))
        text_str(d->t, ",\"undo\":{\"send\":\"tax\",\"data\":{\"var\":\"form.n\"}}");
}

void
draw_ballot(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const of[] = {"agree.count", "agree.weight", "group.p.agree.count",
                                     "group.q.agree.weight"};
    static const char *const than[] = {"voted", "votedWeight", "group.p.voters", "group.q.weight"};
    const uint32_t i = below(d, 4);

    d->rolls = true;
    text_str(d->t, TITLE
             ",\"by\":\"clerk\",\"ballot\":{\"roll\":\"roll\",\"voter\":\"id\",\"group\":"
             "\"g\",\"weight\":\"w\",\"choices\":{\"agree\":{" TITLE "},\"not\":{" TITLE "}}");
    if (one_in(d, 3))
        text_printf(d->t, ",\"closes\":{\"until\":%s}", draw_date(d));
    else
        text_printf(d->t, ",\"closes\":\"%s\"", draw_length(d));
    text_str(d->t, one_in(d, 2) ? ",\"replace\":true" : "");
    text_str(d->t, one_in(d, 2) ? ",\"secret\":true" : "");
    text_printf(d->t,
                ",\"result\":[{\"when\":{\">\":[{\"*\":[2,{\"var\":\"tally.%s\"}]},{\"var\":"
                "\"tally.%s\"}]},\"to\":",
                of[i], than[i]);
    draw_target(d, f, at, true);
    text_str(d->t, "},{\"to\":");
    draw_target(d, f, at, one_in(d, 2));
    text_str(d->t, "}]}");
    draw_around(d, f, at);
    if (one_in(d, 2))
        draw_actions(d, f, at);
}

void
draw_other(struct drawing *d, bool each)
{
    text_printf(d->t, ",\"applicant\":{\"kind\":\"enterprise\",\"name\":{\"var\":\"%s\"}",
                each ? "each.name" : "form.kind");
    if (one_in(d, 2)) {
        text_str(d->t, ",\"code\":{\"var\":\"form.code\"}");
        d->codes = true;
    }
    text_char(d->t, '}');
}

void
draw_cases(struct drawing *d, struct field *f, uint32_t at)
{
    static const char *const cascade[] = {"",
                                          ",\"cascade\":\"withdraw\"",
                                          ",\"cascade\":[\"cancel\",\"withdraw\"]",
                                          ",\"cascade\":[\"cancel\"]",
                                          ",\"cascade\":[\"cancel\",\"stop\"]",
                                          ",\"cascade\":\"stop\""};
    const bool each = !one_in(d, 3), other = one_in(d, 3);

    text_str(d->t, TITLE ",\"by\":\"clerk\",\"cases\":{\"workflow\":\"shop\"");
    if (!each) {
        text_str(d->t, ",\"form\":{\"n\":{\"var\":\"form.n\"}}");
    } else {
        d->lists = true;
        text_str(d->t, ",\"each\":\"form.list\",\"as\":\"name\"");
        if (one_in(d, 2))
            text_printf(d->t, ",\"form\":{\"k\":{\"var\":\"%s\"}}",
                        one_in(d, 2) ? "form.kind" : "each.name");
    }
    if (other)
        draw_other(d, each);
    text_printf(d->t, "%s},\"to\":", other ? cascade[5 * below(d, 2)] : cascade[below(d, 6)]);
    draw_target(d, f, at, true);
    d->kin = true;
    draw_join(d, f, at, 3);
    d->kin = false;
    if (one_in(d, 2)) {
        text_printf(d->t, ",\"stopsWhen\":{\"children\":\"%s\",\"ground\":\"ask\"}",
                    one_in(d, 2) ? "all" : "any");
        d->asks = true;
    }
    draw_around(d, f, at);
    if (one_in(d, 2))
        draw_actions(d, f, at);
}
