/* SPDX-License-Identifier: Apache-2.0 */
/* Moments, dates in UTC+8, and their texts.  No clock is read here. */
#include "base/instant.h"

#include <stdio.h>

#define ZONE (8 * SPAN_HOUR)

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

day
instant_day(instant t)
{
    return (day)floor_div(t + ZONE, SPAN_DAY);
}

instant
day_start(day d)
{
    return (instant)d * SPAN_DAY - ZONE;
}

instant
day_end(day d)
{
    const instant end = day_start(d + 1);

    return end < INSTANT_MAX ? end : INSTANT_MAX;
}

/* Howard Hinnant's days_from_civil, for years after 0. */
day
day_from_civil(int year, int month, int dom)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dom - 1;
    const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void
day_to_civil(day d, int *year, int *month, int *dom)
{
    const int z = d + 719468;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const int doe = z - era * 146097;
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;

    *dom = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

int
day_weekday(day d)
{
    const int w = (d + 3) % 7; /* 1970-01-01 was a Thursday */

    return w < 0 ? w + 7 : w;
}

int
month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads @n digits at @text into @out. */
static bool
digits(const char *text, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

bool
day_read(const char *text, size_t len, day *d)
{
    int y, m, dom;

    if (len != 10 || text[4] != '-' || text[7] != '-')
        return false;
    if (!digits(text, 4, &y) || !digits(text + 5, 2, &m) || !digits(text + 8, 2, &dom))
        return false;
    if (y < 1900 || m < 1 || m > 12 || dom < 1 || dom > month_days(y, m))
        return false;
    *d = day_from_civil(y, m, dom);
    return true;
}

/* Reads what follows the seconds: fraction and offset, up to the end. */
static bool
read_tail(const char *at, const char *end, int64_t *fraction, int64_t *offset)
{
    int h, m;

    *fraction = 0;
    if (at < end && *at == '.') {
        int64_t unit = SPAN_SECOND / 10;
        int n = 0;

        for (at++; at < end && *at >= '0' && *at <= '9'; at++, n++, unit /= 10)
            *fraction += (*at - '0') * unit;
        if (n < 1 || n > 9)
            return false;
    }
    if (end - at == 1 && (*at == 'Z' || *at == 'z')) {
        *offset = 0;
        return true;
    }
    if (end - at != 6 || (*at != '+' && *at != '-') || at[3] != ':')
        return false;
    if (!digits(at + 1, 2, &h) || !digits(at + 4, 2, &m) || h > 23 || m > 59)
        return false;
    *offset = (h * SPAN_HOUR + m * SPAN_MINUTE) * (*at == '-' ? -1 : 1);
    return true;
}

bool
instant_read(const char *text, size_t len, instant *t)
{
    int64_t fraction, offset;
    int h, m, s;
    day d;

    if (len < 20 || !day_read(text, 10, &d) || (text[10] != 'T' && text[10] != 't'))
        return false;
    if (!digits(text + 11, 2, &h) || !digits(text + 14, 2, &m) || !digits(text + 17, 2, &s))
        return false;
    if (text[13] != ':' || text[16] != ':' || h > 23 || m > 59 || s > 59)
        return false;
    if (!read_tail(text + 19, text + len, &fraction, &offset))
        return false;
    *t = (int64_t)d * SPAN_DAY + h * SPAN_HOUR + m * SPAN_MINUTE + s * SPAN_SECOND + fraction -
         offset;
    return *t >= INSTANT_MIN && *t <= INSTANT_MAX;
}

char *
day_write(day d, char text[DAY_TEXT])
{
    int y, m, dom;

    day_to_civil(d, &y, &m, &dom);
    text[0] = (char)('0' + y / 1000 % 10);
    text[1] = (char)('0' + y / 100 % 10);
    text[2] = (char)('0' + y / 10 % 10);
    text[3] = (char)('0' + y % 10);
    text[4] = text[7] = '-';
    text[5] = (char)('0' + m / 10);
    text[6] = (char)('0' + m % 10);
    text[8] = (char)('0' + dom / 10);
    text[9] = (char)('0' + dom % 10);
    text[10] = 0;
    return text;
}

/* Writes ".123" or ".123456" when @micro is not 0; returns the end. */
static char *
write_fraction(char *at, int64_t micro)
{
    const int n = micro % 1000 ? 6 : 3;

    if (micro == 0)
        return at;
    if (n == 3)
        micro /= 1000;
    *at++ = '.';
    for (int i = n - 1; i >= 0; i--, micro /= 10)
        at[i] = (char)('0' + micro % 10);
    return at + n;
}

char *
instant_write(instant t, char text[INSTANT_TEXT])
{
    const day d = instant_day(t);
    const int64_t in_day = t - day_start(d);
    const int s = (int)(in_day / SPAN_SECOND);
    const int part[] = {s / 3600, s / 60 % 60, s % 60};
    char *at = text + 10;

    day_write(d, text);
    for (int i = 0; i < 3; i++) {
        *at++ = i == 0 ? 'T' : ':';
        *at++ = (char)('0' + part[i] / 10);
        *at++ = (char)('0' + part[i] % 10);
    }
    at = write_fraction(at, in_day % SPAN_SECOND);
    for (const char *zone = "+08:00"; *zone; zone++)
        *at++ = *zone;
    *at = 0;
    return text;
}

char *
span_write(span s, char text[INSTANT_TEXT])
{
    const uint64_t u = s < 0 ? (uint64_t)0 - (uint64_t)s : (uint64_t)s;
    const uint64_t h = u / SPAN_HOUR, m = u / SPAN_MINUTE % 60, sec = u / SPAN_SECOND % 60;
    const int64_t micro = (int64_t)(u % SPAN_SECOND);
    size_t n = (size_t)snprintf(text, INSTANT_TEXT, "%sPT", s < 0 ? "-" : "");
    char fraction[8] = "";

    if (h)
        n += (size_t)snprintf(text + n, INSTANT_TEXT - n, "%lluH", (unsigned long long)h);
    if (m)
        n += (size_t)snprintf(text + n, INSTANT_TEXT - n, "%lluM", (unsigned long long)m);
    *write_fraction(fraction, micro) = 0;
    if (sec || micro || !(h || m))
        (void)snprintf(text + n, INSTANT_TEXT - n, "%llu%sS", (unsigned long long)sec, fraction);
    return text;
}
