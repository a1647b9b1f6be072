/* SPDX-License-Identifier: Apache-2.0 */
/* Chinese code formats: check digits, dates and regions, so that a slip of the pen is seen at once.
 */
#include <string.h>

#include "base/instant.h"
#include "definition/format.h"

static bool
all_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static int
number(const char *text, size_t len)
{
    int n = 0;

    for (size_t i = 0; i < len; i++)
        n = n * 10 + (text[i] - '0');
    return n;
}

/*
 * Six digits that begin with a province.  The county is not looked up: codes
 * of abolished counties stay on documents, and development zones have codes
 * of their own outside of GB/T 2260.
 */
static bool
is_region(const char *text)
{
    static const unsigned char province[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                             35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                             53, 54, 61, 62, 63, 64, 65, 71, 81, 82};

    return all_digits(text, 6) && memchr(province, number(text, 2), sizeof(province));
}

/* The place of @c in @alphabet, -1 when it is not there. */
static int
place_in(const char *alphabet, char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;

    return at ? (int)(at - alphabet) : -1;
}

/* GB 11714: the ninth character of an organisation code checks the eight before. */
static bool
organisation_checks(const char *code)
{
    static const int weight[] = {3, 7, 9, 10, 5, 8, 4, 2};
    static const char base36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    int sum = 0;

    for (int i = 0; i < 8; i++)
        sum += place_in(base36, code[i]) * weight[i];
    return code[8] == "0X987654321"[sum % 11];
}

bool
format_cn_uscc(const char *text, size_t len)
{
    static const char symbol[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int sum = 0, weight = 1;

    if (len != 18 || !all_digits(text + 2, 6))
        return false;
    for (int i = 0; i < 18; i++)
        if (place_in(symbol, text[i]) < 0)
            return false;
    for (int i = 0; i < 17; i++, weight = weight * 3 % 31)
        sum += place_in(symbol, text[i]) * weight;
    /* The outer remainder matters: a sum divisible by 31 has the check character 0. */
    return place_in(symbol, text[17]) == (31 - sum % 31) % 31 && organisation_checks(text + 8);
}

bool
format_cn_id(const char *text, size_t len)
{
    char date[] = "yyyy-mm-dd";
    int sum = 0, weight = 1;
    day born;

    if (len != 18 || !all_digits(text, 17) || !is_region(text))
        return false;
    memcpy(date, text + 6, 4);
    memcpy(date + 5, text + 10, 2);
    memcpy(date + 8, text + 12, 2);
    if (!day_read(date, 10, &born))
        return false;
    /* Weights are 2^(18-i) mod 11 for the i-th digit. */
    for (int i = 16; i >= 0; i--) {
        weight = weight * 2 % 11;
        sum += (text[i] - '0') * weight;
    }
    return text[17] == "10X98765432"[sum % 11];
}

bool
format_cn_mobile(const char *text, size_t len)
{
    return len == 11 && all_digits(text, 11) && text[0] == '1' && text[1] >= '3';
}

bool
format_cn_region(const char *text, size_t len)
{
    return len == 6 && is_region(text);
}

bool
format_cn_project(const char *text, size_t len)
{
    int first, month;

    if (len != 24 || text[4] != '-' || text[11] != '-' || text[14] != '-' || text[17] != '-')
        return false;
    if (!all_digits(text, 4) || !is_region(text + 5) || !all_digits(text + 12, 2) ||
        !all_digits(text + 15, 2) || !all_digits(text + 18, 6))
        return false;
    /* Year and month; or the year alone, in codes given before GB/T 40058-2021. */
    first = number(text, 4);
    month = first % 100;
    return (month >= 1 && month <= 12) || (first >= 2013 && first <= 2020);
}

bool
format_cn_real_estate(const char *text, size_t len)
{
    if (len != 28 || !is_region(text) || !all_digits(text + 6, 6))
        return false;
    /* Ownership of the land: state, collective, undetermined; then its kind. */
    if (place_in("GJZ", text[12]) < 0 || text[13] < 'A' || text[13] > 'Z')
        return false;
    if (!all_digits(text + 14, 5) || place_in("FLQW", text[19]) < 0 || !all_digits(text + 20, 8))
        return false;
    /* W says that nothing stands on the parcel, hence no number. */
    return text[19] != 'W' || memcmp(text + 20, "00000000", 8) == 0;
}
