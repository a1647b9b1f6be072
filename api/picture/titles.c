/* SPDX-License-Identifier: Apache-2.0 */
/* What a condition speaks of, in words: fields of the form, of the case, results, counts of votes.
 */
#include <string.h>

#include "api/picture/plan.h"

static const char *
say(const struct picture *p, const char *zh, const char *en)
{
    return p->lang == LANGUAGE_ZH ? zh : en;
}

/* A field's title without what explains it: up to the first colon or bracket. */
static const char *
short_title(struct arena *a, const char *title)
{
    static const char *const stop[] = {"（", "：", "(", ":"};
    size_t len = title ? strlen(title) : 0;

    for (size_t i = 0; title && i < sizeof(stop) / sizeof(stop[0]); i++) {
        const char *at = strstr(title, stop[i]);

        if (at && at > title && (size_t)(at - title) < len)
            len = (size_t)(at - title);
    }
    return title ? arena_strndup(a, title, len) : NULL;
}

/* What every case has. */
static const char *
case_title(const char *path, enum language lang)
{
    static const struct {
        const char *name, *zh, *en;
    } known[] = {{"applicantKind", "申请人类型", "kind of applicant"},
                 {"district", "区划", "district"},
                 {"number", "办件编号", "case number"},
                 {"opened", "收件时间", "moment of opening"},
                 {"today", "当日", "today"}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (!strcmp(known[i].name, path))
            return lang == LANGUAGE_ZH ? known[i].zh : known[i].en;
    return NULL;
}

/* The branch called @name; of a list that of an element, "consult.fire", with its name. */
static const char *
branch_title(const struct picture *p, const char *name)
{
    for (uint16_t i = 1; i < p->w->n_region; i++) {
        const struct region *r = &p->w->region[i];
        const char *list = r->each == i ? p->w->step[r->owner].path : NULL;
        const size_t len = list ? strlen(list) : 0;

        if (!strcmp(r->path, name))
            return title_in(p, r->title);
        if (list && !strncmp(list, name, len) && name[len] == '.')
            return arena_printf(p->a, "%s %s", title_in(p, r->title), name + len + 1);
    }
    return NULL;
}

/* "services.seal.outcome", "review.visits": of which branch or step what is asked. */
static const char *
step_title(const struct picture *p, const char *path)
{
    const char *last = strrchr(path, '.');
    const char *name = arena_strndup(p->a, path, last ? (size_t)(last - path) : 0);
    const char *branch = last && !strcmp(last, ".outcome") ? branch_title(p, name) : NULL;
    const uint16_t step = step_named(p->w, name);

    if (branch)
        return arena_printf(p->a, "%s%s%s", say(p, "“", "outcome of "), branch,
                            say(p, "”的结果", ""));
    if (step == NONE || !p->w->step[step].title.zh)
        return NULL;
    if (!strcmp(last, ".visits"))
        return arena_printf(p->a, "%s%s%s", say(p, "“", "number of times of "),
                            title_in(p, p->w->step[step].title), say(p, "”的次数", ""));
    return NULL;
}

/* What the ballot counts: "voters", "agree.count", of all voters. */
static const char *
count_title(const struct picture *p, const struct ballot *b, const char *path)
{
    static const struct {
        const char *name, *zh, *en;
    } known[] = {{"voters", "表决权人数", "number of voters"},
                 {"voted", "投票人数", "number who voted"},
                 {"weight", "全部权重", "weight of all"},
                 {"votedWeight", "已投权重", "weight that voted"}};
    const char *kind = strrchr(path, '.');

    for (size_t i = 0; !kind && i < sizeof(known) / sizeof(known[0]); i++)
        if (!strcmp(known[i].name, path))
            return say(p, known[i].zh, known[i].en);
    for (uint16_t i = 0; kind && i < b->n_choice; i++)
        if (strlen(b->choice[i]) == (size_t)(kind - path) &&
            !strncmp(b->choice[i], path, (size_t)(kind - path)))
            return arena_printf(p->a, "%s“%s”%s",
                                !strcmp(kind, ".count") ? say(p, "", "votes ")
                                                        : say(p, "", "weight of "),
                                title_in(p, b->choice_title[i]),
                                !strcmp(kind, ".count") ? say(p, "票数", "") : say(p, "权重", ""));
    return NULL;
}

/* "group.secured.agree.count": of which votes a result speaks. */
static const char *
tally_title(const struct picture *p, const char *path)
{
    static const char group[] = "group.";
    const char *title = NULL, *of = path;
    size_t len = 0;

    if (!strncmp(path, group, sizeof(group) - 1)) {
        of = path + sizeof(group) - 1;
        len = strcspn(of, ".");
        path = of + len + (of[len] == '.');
    }
    for (uint16_t i = 0; i < p->w->n_step && !title; i++)
        if (p->w->step[i].ballot)
            title = count_title(p, p->w->step[i].ballot, path);
    if (!title || !len)
        return title;
    return p->lang == LANGUAGE_ZH ? arena_printf(p->a, "%.*s组%s", (int)len, of, title)
                                  : arena_printf(p->a, "%s in %.*s", title, (int)len, of);
}

const char *
title_of_operand(const void *arg, enum root root, const char *path, enum language lang)
{
    const struct picture *p = arg;
    const struct value *schema = p->w->form_schema;
    char name[128];

    if (root == ROOT_CASE)
        return case_title(path, lang);
    if (root == ROOT_STEP)
        return step_title(p, path);
    if (root == ROOT_TALLY)
        return tally_title(p, path);
    if (root != ROOT_FORM)
        return NULL;
    while (schema && *path) {
        const size_t len = strcspn(path, ".");

        if (len >= sizeof(name))
            return NULL;
        memcpy(name, path, len);
        name[len] = 0;
        path += len + (path[len] == '.');
        schema = strcmp(name, "*") == 0 ? value_get(schema, "items")
                                        : value_get(value_get(schema, "properties"), name);
    }
    return short_title(p->a, value_get_string(value_get(value_get(schema, "ui"), "title"),
                                              lang == LANGUAGE_ZH ? "zh" : "en"));
}

void
picture_condition(struct text *out, const struct workflow *w, enum language lang,
                  const struct expression *x)
{
    const struct picture p = {.a = out->arena, .w = w, .lang = lang};

    expression_say(x, &(struct wording){lang, title_of_operand, &p}, out);
}
