/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_FORMAT_H
#define DEFINITION_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** The formats a form asserts. */
enum format {
    FORMAT_DATE,       /* RFC 3339 full-date, years 1900 to 9999 (the engine's civil dates) */
    FORMAT_DATE_TIME,  /* RFC 3339 date-time, the same years, seconds 00 to 59 */
    FORMAT_EMAIL,      /* RFC 5321 mailbox: dot-string of ASCII @ domain name with a dot */
    FORMAT_URI,        /* RFC 3986 URI: with a scheme */
    FORMAT_UUID,       /* RFC 4122 in text */
    FORMAT_CN_USCC,    /* 统一社会信用代码, GB 32100-2015, both check characters */
    FORMAT_CN_ID,      /* 公民身份号码, GB 11643: province, date, check character */
    FORMAT_CN_MOBILE,  /* 手机号码: 11 digits, 13 to 19 */
    FORMAT_CN_REGION,  /* 行政区划代码, GB/T 2260: 6 digits of a province that exists */
    FORMAT_CN_PROJECT, /* 投资项目统一代码, GB/T 40058-2021, or the older form by year */
    FORMAT_CN_REAL_ESTATE, /* 不动产单元代码, GB/T 37346-2019, without spaces */
    FORMAT_COUNT
};

/** Finds a format by the name a schema gives it; false when there is none. */
bool format_find(const char *name, enum format *out);

/** Is @text (@len bytes) of format @f?  Pure. */
bool format_holds(enum format f, const char *text, size_t len);

/** One sentence that tells a person how to mend a text that is not. */
const char *format_mend(enum format f, enum language lang);

/*
 * Our own formats, in format_cn.c; @text has @len bytes.
 * @source GB 32100-2015, GB 11643, GB/T 2260, GB/T 40058-2021, GB/T 37346-2019
 */
bool format_cn_uscc(const char *text, size_t len);
bool format_cn_id(const char *text, size_t len);
bool format_cn_mobile(const char *text, size_t len);
bool format_cn_region(const char *text, size_t len);
bool format_cn_project(const char *text, size_t len);
bool format_cn_real_estate(const char *text, size_t len);

/** In format_uri.c. */
bool format_uri(const char *text, size_t len);

#endif
