/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings, and the texts that are made from it. */
#include "base/settings_table.h"

#include <string.h>

#include "base/require.h"

static const struct setting_row table[N_SETTING] = {
#define SETTING(section, key, kind, preset, min, max, reload, zh, en)                              \
    {#section, #key,     SETTING_##kind,                                                           \
     preset,   min,      max,                                                                      \
     reload,   {zh, en}, offsetof(struct settings, section##_##key)},
#include "base/settings.def"
#undef SETTING
};

const struct setting_row *
setting_table(enum setting_id which)
{
    require(which < N_SETTING);
    return &table[which];
}

/* The largest unit that divides the value. */
static void
put_number(struct text *t, enum setting_kind kind, int64_t n)
{
    static const struct {
        enum setting_kind kind;
        int64_t times;
        const char *name;
    } unit[] = {
        {SETTING_SPAN, SPAN_DAY, "d"},
        {SETTING_SPAN, SPAN_HOUR, "h"},
        {SETTING_SPAN, SPAN_MINUTE, "min"},
        {SETTING_SPAN, SPAN_SECOND, "s"},
        {SETTING_SPAN, 1000, "ms"},
        {SETTING_BYTES, INT64_C(1) << 30, "GB"},
        {SETTING_BYTES, INT64_C(1) << 20, "MB"},
        {SETTING_BYTES, 1024, "KB"},
    };

    for (size_t i = 0; n && i < sizeof(unit) / sizeof(unit[0]); i++)
        if (unit[i].kind == kind && n % unit[i].times == 0) {
            text_printf(t, "%lld%s", (long long)(n / unit[i].times), unit[i].name);
            return;
        }
    text_int(t, n);
}

void
setting_range(struct text *t, const struct setting_row *row)
{
    const char *choice = strchr(row->doc[LANGUAGE_EN], '[');

    switch (row->kind) {
    case SETTING_TEXT:
        text_printf(t, "text of %lld to %lld bytes", (long long)row->min, (long long)row->max);
        return;
    case SETTING_CHOICE:
        require(choice);
        text_printf(t, "one of %.*s", (int)strcspn(choice + 1, "]"), choice + 1);
        return;
    case SETTING_COUNT:
    case SETTING_BYTES:
    case SETTING_SPAN:
        put_number(t, row->kind, row->min);
        text_str(t, " to ");
        put_number(t, row->kind, row->max);
        if (row->kind == SETTING_SPAN)
            text_str(t, " with a unit: ms s min h d");
        return;
    }
}

void
settings_value(struct text *t, const struct settings *s, enum setting_id which)
{
    const struct setting_row *row = setting_table(which);
    const void *field = (const char *)s + row->offset;

    if (row->kind == SETTING_TEXT || row->kind == SETTING_CHOICE)
        text_str(t, *(const char *const *)field);
    else
        put_number(t, row->kind, *(const int64_t *)field);
}

static bool
same(const struct settings *a, const struct settings *b, const struct setting_row *row)
{
    const void *x = (const char *)a + row->offset, *y = (const char *)b + row->offset;

    if (row->kind == SETTING_TEXT || row->kind == SETTING_CHOICE)
        return strcmp(*(const char *const *)x, *(const char *const *)y) == 0;
    return *(const int64_t *)x == *(const int64_t *)y;
}

void
settings_reload(struct settings *s, const struct settings *fresh, struct text *later)
{
    for (enum setting_id i = 0; i < N_SETTING; i++) {
        const struct setting_row *row = setting_table(i);
        const bool text = row->kind == SETTING_TEXT || row->kind == SETTING_CHOICE;
        void *field = (char *)s + row->offset;

        if (same(s, fresh, row))
            continue;
        if (!row->reload) {
            text_printf(later, "%s.%s\n", row->section, row->key);
            continue;
        }
        memcpy(field, (const char *)fresh + row->offset,
               text ? sizeof(const char *) : sizeof(int64_t));
        s->source[i] = fresh->source[i];
    }
}

static void
begin_section(struct text *t, enum setting_id i)
{
    if (i == 0 || strcmp(table[i].section, table[i - 1].section) != 0)
        text_printf(t, "%s[%s]\n", i ? "\n" : "", table[i].section);
}

void
settings_print(struct text *t, const struct settings *s)
{
    static const char *const source[] = {"default", "file", "environment", "option"};

    for (enum setting_id i = 0; i < N_SETTING; i++) {
        begin_section(t, i);
        text_printf(t, "# %s\n%s = ", source[s->source[i]], table[i].key);
        if (i == SETTING_database_conninfo && strstr(s->database_conninfo, "password"))
            text_str(t, "(hidden: it holds a password)");
        else if (i == SETTING_database_conninfo && strstr(s->database_conninfo, "://"))
            text_str(t, "(hidden: an address may hold a password)");
        else
            settings_value(t, s, i);
        text_char(t, '\n');
    }
}

void
settings_sample(struct text *t)
{
    text_str(t, "# The settings of onestop with their defaults; made from\n"
                "# engine/base/settings.def by `make sample`.  Each may also be given as\n"
                "# ONESTOP_SECTION_KEY in the environment, which wins over this file.\n"
                "# Times have a unit (ms s min h d), sizes may have one (KB MB GB).\n"
                "# [reload]: `systemctl reload onestop` takes a new value.\n\n");
    for (enum setting_id i = 0; i < N_SETTING; i++) {
        struct arena a = {0};
        struct text range = text_new(&a);

        begin_section(t, i);
        setting_range(&range, &table[i]);
        text_printf(t, "# %s\n# %s; %s%s\n#%s =%s%s\n", table[i].doc[LANGUAGE_ZH],
                    table[i].doc[LANGUAGE_EN], range.at, table[i].reload ? " [reload]" : "",
                    table[i].key, *table[i].preset ? " " : "", table[i].preset);
        arena_release(&a);
    }
}

void
settings_manual(struct text *t, enum language lang)
{
    text_str(t, lang == LANGUAGE_ZH ? "| 设置 | 默认值 | 取值 | 可重载 | 含义 |\n"
                                    : "| setting | default | may be | reload | meaning |\n");
    text_str(t, "|---|---|---|---|---|\n");
    for (enum setting_id i = 0; i < N_SETTING; i++) {
        text_printf(t, "| `%s.%s` | `%s` | ", table[i].section, table[i].key, table[i].preset);
        setting_range(t, &table[i]);
        text_printf(t, " | %s | %s |\n",
                    table[i].reload ? (lang == LANGUAGE_ZH ? "是" : "yes") : "",
                    table[i].doc[lang]);
    }
}
