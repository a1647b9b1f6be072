/* SPDX-License-Identifier: Apache-2.0 */
/* Named formats of form fields: finding, asserting, and telling how to mend. */
#include "definition/format.h"

#include <string.h>

#include "base/instant.h"

static bool
is_date(const char *text, size_t len)
{
    day d;

    return day_read(text, len, &d);
}

static bool
is_date_time(const char *text, size_t len)
{
    instant t;

    return instant_read(text, len, &t);
}

static bool
is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Labels of letters, digits and inner hyphens, two at least, the last one not a number. */
static bool
is_domain(const char *at, const char *end)
{
    int labels = 0;
    bool letters = false;

    if (end - at > 253)
        return false;
    for (;; at++) {
        const char *from = at;

        letters = false;
        for (; at < end && (is_alphanumeric(*at) || *at == '-'); at++)
            letters = letters || *at > '9';
        if (at == from || at - from > 63 || *from == '-' || at[-1] == '-')
            return false;
        labels++;
        if (at == end)
            return labels > 1 && letters;
        if (*at != '.')
            return false;
    }
}

/* Quoted strings, address literals and comments are left out: in a form they are slips. */
static bool
is_email(const char *text, size_t len)
{
    const char *at = len ? memchr(text, '@', len) : NULL;

    if (!at || at == text || at - text > 64 || len > 254 || text[0] == '.' || at[-1] == '.')
        return false;
    for (const char *c = text; c < at; c++) {
        if (*c == '.' ? c[1] == '.'
                      : !*c || (!is_alphanumeric(*c) && !strchr("!#$%&'*+-/=?^_`{|}~", *c)))
            return false;
    }
    return is_domain(at + 1, text + len);
}

static bool
is_uuid(const char *text, size_t len)
{
    if (len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];

        if (hyphen ? c != '-' : !((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f')))
            return false;
    }
    return true;
}

static const struct {
    const char *name;
    bool (*holds)(const char *text, size_t len);
    const char *mend[2]; /* by enum language */
} format_table[FORMAT_COUNT] = {
    [FORMAT_DATE] = {"date",
                     is_date,
                     {"请填写真实的日期，如 2022-06-01",
                      "Give a date that exists, like 2022-06-01"}},
    [FORMAT_DATE_TIME] = {"date-time",
                          is_date_time,
                          {"请填写日期、时间和时区，如 2022-06-01T09:00:00+08:00",
                           "Give date, time and offset, like 2022-06-01T09:00:00+08:00"}},
    [FORMAT_EMAIL] = {"email",
                      is_email,
                      {"请填写电子邮箱，如 name@example.cn",
                       "Give an e-mail address, like name@example.cn"}},
    [FORMAT_URI] = {"uri",
                    format_uri,
                    {"请填写完整的网址，如 https://example.cn/",
                     "Give a complete address, like https://example.cn/"}},
    [FORMAT_UUID] = {"uuid",
                     is_uuid,
                     {"请填写 UUID，如 123e4567-e89b-12d3-a456-426614174000",
                      "Give a UUID, like 123e4567-e89b-12d3-a456-426614174000"}},
    [FORMAT_CN_USCC] = {"cn-uscc",
                        format_cn_uscc,
                        {"请对照营业执照核对 18 位统一社会信用代码（大写字母）",
                         "Check the 18 characters of the unified social credit code against the "
                         "licence (capital letters)"}},
    [FORMAT_CN_ID] = {"cn-id",
                      format_cn_id,
                      {"请对照身份证核对 18 位公民身份号码（末位可为大写 X）",
                       "Check the 18 characters of the resident ID against the card (the last may "
                       "be a capital X)"}},
    [FORMAT_CN_MOBILE] = {"cn-mobile",
                          format_cn_mobile,
                          {"请填写 11 位手机号码，不加空格和国家代码",
                           "Give the 11 digits of a mobile number without spaces or country code"}},
    [FORMAT_CN_REGION] = {"cn-region",
                          format_cn_region,
                          {"请填写 6 位行政区划代码，如 371502",
                           "Give the 6 digits of a region code, like 371502"}},
    [FORMAT_CN_PROJECT] = {"cn-project",
                           format_cn_project,
                           {"请核对 24 位投资项目统一代码，如 2204-371502-04-01-123456",
                            "Check the 24 characters of the project code, like "
                            "2204-371502-04-01-123456"}},
    [FORMAT_CN_REAL_ESTATE] = {"cn-real-estate",
                               format_cn_real_estate,
                               {"请核对 28 位不动产单元代码（不含空格），如 "
                                "371502003005GB00023F00010001",
                                "Check the 28 characters of the real-estate unit code (without "
                                "spaces), like 371502003005GB00023F00010001"}},
};

bool
format_find(const char *name, enum format *out)
{
    for (int f = 0; f < FORMAT_COUNT; f++) {
        if (strcmp(format_table[f].name, name) == 0) {
            *out = (enum format)f;
            return true;
        }
    }
    return false;
}

bool
format_holds(enum format f, const char *text, size_t len)
{
    return format_table[f].holds(text, len);
}

const char *
format_mend(enum format f, enum language lang)
{
    return format_table[f].mend[lang];
}
