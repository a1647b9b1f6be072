/* SPDX-License-Identifier: Apache-2.0 */
/* Who held a clock when, in words that a person can add up by hand (K6, K11). */
#include <string.h>

#include "machine/history.h"
#include "machine/stands.h"
#include "machine/titles.h"

static const char *
said(struct title title, bool zh)
{
    return zh ? title.zh : title.en;
}

static void
put_title(struct text *t, struct title title)
{
    put_open(t, '{');
    put_member_string(t, "en", title.en);
    put_member_string(t, "zh", title.zh);
    put_close(t, '}');
}

static void
put_holders(struct text *t, const struct explaining *how, const struct holding *h)
{
    put_key(t, "holders");
    put_open(t, '[');
    for (uint32_t i = 0; i < h->n_holder; i++)
        put_string(t, h->holder[i]);
    put_close(t, ']');
    put_key(t, "holderTitles");
    put_open(t, '[');
    for (uint32_t i = 0; i < h->n_holder; i++)
        put_title(t, holder_title(how->organisation, h->holder[i]));
    put_close(t, ']');
}

static void
put_elapsed(struct text *t, span elapsed)
{
    char text[INSTANT_TEXT];

    put_member_string(t, "elapsed", span_write(elapsed, text));
    put_member_int(t, "elapsedSeconds", elapsed / SPAN_SECOND);
}

static void
write_json(struct text *t, const struct explaining *how, const struct holdings *held)
{
    put_open(t, '[');
    for (uint32_t i = 0; i < held->n; i++) {
        const struct holding *h = &held->item[i];

        put_open(t, '{');
        put_member_instant(t, "from", h->from);
        put_member_instant(t, "to", h->to);
        put_holders(t, how, h);
        put_member_bool(t, "stands", h->ground != NULL);
        put_member_string(t, "ground", h->ground);
        if (h->ground) {
            put_key(t, "groundTitle");
            put_title(t, ground_title(how->workflow, h->ground));
        }
        put_elapsed(t, h->to - h->from);
        put_close(t, '}');
    }
    put_close(t, ']');
}

static void
write_lines(struct text *t, const struct explaining *how, const struct holdings *held)
{
    const bool zh = how->form == EXPLAIN_ZH;

    text_str(t, zh ? "由谁占用\n" : "held by\n");
    for (uint32_t i = 0; i < held->n; i++) {
        const struct holding *h = &held->item[i];
        char from[INSTANT_TEXT], to[INSTANT_TEXT];

        text_printf(t, "%s – %s ", instant_write(h->from, from), instant_write(h->to, to));
        span_say(t, h->to - h->from, zh ? LANGUAGE_ZH : LANGUAGE_EN);
        text_str(t, "  ");
        if (!h->n_holder)
            text_str(t, zh ? "无" : "nobody");
        for (uint32_t j = 0; j < h->n_holder; j++)
            text_printf(t, "%s%s", j ? zh ? "、" : ", " : "",
                        said(holder_title(how->organisation, h->holder[j]), zh));
        if (h->ground)
            text_printf(t,
                        !strcmp(h->ground, elsewhere) ? zh ? "（%s）" : " (%s)"
                        : zh                          ? "（中止：%s）"
                                                      : " (stands: %s)",
                        said(ground_title(how->workflow, h->ground), zh));
        text_char(t, '\n');
    }
}

void
holdings_write(struct text *t, const struct explaining *how, const struct holdings *held)
{
    if (how->form == EXPLAIN_JSON)
        write_json(t, how, held);
    else
        write_lines(t, how, held);
}

static bool
ran_within(const struct case_clock *k, const struct outage *o, instant now)
{
    const instant end = k->ended == INSTANT_NONE ? now : k->ended;

    return o->from < end && o->to > k->started;
}

void
outages_write(struct text *t, enum explain_form form, const struct history *h,
              const struct case_clock *k, instant now)
{
    const bool json = form == EXPLAIN_JSON, zh = form == EXPLAIN_ZH;
    char from[INSTANT_TEXT], to[INSTANT_TEXT];

    for (uint32_t i = 0; i < h->n_outage; i++) {
        const struct outage *o = &h->outage[i];

        if (!ran_within(k, o, now))
            continue;
        if (json) {
            put_open(t, '{');
            put_member_int(t, "number", o->number);
            put_member_instant(t, "from", o->from);
            put_member_instant(t, "until", o->to);
            put_member_bool(t, "annulled", o->annulled);
            put_close(t, '}');
        } else {
            text_printf(t, zh ? "系统故障 %d：%s – %s%s\n" : "outage %d: %s – %s%s\n", o->number,
                        instant_write(o->from, from), instant_write(o->to, to),
                        !o->annulled ? ""
                        : zh         ? "（已撤销）"
                                     : " (taken back)");
        }
    }
}
