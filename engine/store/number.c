/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of cases and the codes applicants ask with. */
#include "store/number.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/digest.h"

enum { BASE = 31, PLAIN = 25, CHECKED = 24, WHICH_AT = 18, WHICH = 6 };

static const char letter[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int
letter_value(char c)
{
    const char *at = c ? strchr(letter, toupper((unsigned char)c)) : NULL;

    return at ? (int)(at - letter) : -1;
}

static void
spell(char *to, int width, uint64_t n)
{
    while (width-- > 0) {
        to[width] = letter[n % BASE];
        n /= BASE;
    }
}

/* @source GB 32100-2015, 5: weights are powers of 3 modulo 31 */
static char
check_letter(const char *plain, int n)
{
    int sum = 0, weight = 1;

    for (int i = 0; i < n; i++) {
        sum += weight * letter_value(plain[i]);
        weight = weight * 3 % BASE;
    }
    return letter[(BASE - sum % BASE) % BASE];
}

static void
punctuate(char number[NUMBER_TEXT], const char plain[PLAIN])
{
    (void)snprintf(number, NUMBER_TEXT, "%.6s-%.4s-%.8s-%.6s-%c", plain, plain + 6, plain + 10,
                   plain + WHICH_AT, plain[CHECKED]);
}

static bool
is_spelt(const char *text, size_t len)
{
    if (strlen(text) != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (letter_value(text[i]) < 0)
            return false;
    return true;
}

bool
number_received_in(const char *number, const char *district)
{
    return strlen(district) == 6 && !strncmp(number, district, 6) && number[6] == '-';
}

void
number_write(char number[NUMBER_TEXT], const char *district, const char *workflow, day received,
             int64_t id)
{
    char plain[PLAIN + 8];
    uint8_t hash[HASH_SIZE];
    uint64_t kind = 0;
    int year, month, dom;

    digest(workflow, strlen(workflow), hash);
    for (int i = 0; i < 7; i++)
        kind = kind << 8 | hash[i];
    day_to_civil(received, &year, &month, &dom);
    memcpy(plain, is_spelt(district, 6) ? district : "000000", 6);
    spell(plain + 6, 4, kind);
    (void)snprintf(plain + 10, sizeof(plain) - 10, "%04d%02d%02d", year, month, dom);
    spell(plain + WHICH_AT, WHICH, (uint64_t)id);
    plain[CHECKED] = check_letter(plain, CHECKED);
    punctuate(number, plain);
}

/* What a number looks like, for who typed something else. */
static bool
no_number(struct error *e)
{
    error_set(e, ERROR_NOT_FOUND,
              "this is no case number: one is 24 digits and letters, none of them I O S V Z, and a "
              "check character, as in 371502-8KQ1-20260213-00001X-E");
    return error_zh(e, "这不是办件编号：编号为 24 位数字和字母（不含 I、O、S、V、Z）加 1 位校验码，"
                       "形如 371502-8KQ1-20260213-00001X-E");
}

static bool
no_certificate(struct error *e)
{
    error_set(
        e, ERROR_NOT_FOUND,
        "this is no number of a certificate: one is a prefix of 1 to 8 letters and digits, 24 "
        "of its case, 2 for which of the case's it is and a check character, as in "
        "JY-370202-8KQ1-20260213-00001X-01M");
    return error_zh(e, "这不是证照编号：编号由 1 至 8 位前缀、所属办件编号的前 24 位、2 位序号和 1 "
                       "位校验码组成，形如 JY-370202-8KQ1-20260213-00001X-01M");
}

static bool
mistyped(struct error *e, const char *what, const char *zh)
{
    error_set(
        e, ERROR_NOT_FOUND,
        "the %s is mistyped: its check character does not fit; one character is wrong, or two "
        "have changed places",
        what);
    return error_zh(e, "%s录入有误：末位校验码不符，有一位错误或两位颠倒", zh);
}

bool
number_read(const char *typed, char number[NUMBER_TEXT], int64_t *least, struct error *e)
{
    char plain[PLAIN];
    int n = 0;

    for (; *typed; typed++) {
        const int v = letter_value(*typed);

        if (*typed == '-' || *typed == ' ')
            continue;
        if (v < 0 || n == PLAIN)
            return no_number(e);
        plain[n++] = letter[v];
    }
    if (n != PLAIN)
        return no_number(e);
    if (plain[CHECKED] != check_letter(plain, CHECKED))
        return mistyped(e, "case number", "办件编号");
    *least = 0;
    for (int i = WHICH_AT; i < WHICH_AT + WHICH; i++)
        *least = *least * BASE + letter_value(plain[i]);
    punctuate(number, plain);
    return true;
}

/* Letters of a certificate's number behind its prefix: those of the case, two, a check letter. */
enum { CERTIFIED = CHECKED + 2, CERTIFICATE_PLAIN };

void
certificate_number_write(char text[CERTIFICATE_TEXT], const char *prefix, const char *number,
                         int32_t nth)
{
    char plain[CERTIFICATE_PLAIN + 1];
    int n = 0;

    for (; *number && n < CHECKED; number++)
        if (*number != '-')
            plain[n++] = *number;
    spell(plain + CHECKED, 2, (uint64_t)nth);
    plain[CERTIFIED] = check_letter(plain, CERTIFIED);
    (void)snprintf(text, CERTIFICATE_TEXT, "%.8s-%.6s-%.4s-%.8s-%.6s-%.3s", prefix, plain,
                   plain + 6, plain + 10, plain + WHICH_AT, plain + CHECKED);
}

bool
certificate_number_read(const char *typed, char text[CERTIFICATE_TEXT], int64_t *least,
                        int32_t *nth, struct error *e)
{
    char letters[8 + CERTIFICATE_PLAIN + 1], *plain;
    int n = 0;

    for (; *typed; typed++) {
        if (*typed == '-' || *typed == ' ')
            continue;
        if (!isascii((unsigned char)*typed) || !isalnum((unsigned char)*typed) ||
            n == (int)sizeof(letters) - 1)
            return no_certificate(e);
        letters[n++] = (char)toupper((unsigned char)*typed);
    }
    letters[n] = 0;
    plain = letters + n - CERTIFICATE_PLAIN;
    if (n <= CERTIFICATE_PLAIN || !is_spelt(plain, CERTIFICATE_PLAIN))
        return no_certificate(e);
    if (plain[CERTIFIED] != check_letter(plain, CERTIFIED))
        return mistyped(e, "number of the certificate", "证照编号");
    *least = 0;
    for (int i = WHICH_AT; i < WHICH_AT + WHICH; i++)
        *least = *least * BASE + letter_value(plain[i]);
    *nth = letter_value(plain[CHECKED]) * BASE + letter_value(plain[CHECKED + 1]);
    (void)snprintf(text, CERTIFICATE_TEXT, "%.*s-%.6s-%.4s-%.8s-%.6s-%.3s", n - CERTIFICATE_PLAIN,
                   letters, plain, plain + 6, plain + 10, plain + WHICH_AT, plain + CHECKED);
    return true;
}

void
certificate_code_write(char code[CERTIFICATE_CODE], const void *signature, size_t len)
{
    uint8_t hash[HASH_SIZE];

    digest(signature, len, hash);
    for (int i = 0; i < CERTIFICATE_CODE - 1; i++)
        code[i] = crockford[hash[i] & 31];
    code[CERTIFICATE_CODE - 1] = 0;
}

void
query_code_new(char code[QUERY_CODE_TEXT])
{
    unsigned char drawn[QUERY_CODE_TEXT - 1];

    arc4random_buf(drawn, sizeof(drawn)); /* at once: each draw is a call of the system */
    for (size_t i = 0; i < sizeof(drawn); i++)
        code[i] = crockford[drawn[i] & 31];
    code[QUERY_CODE_TEXT - 1] = 0;
}

/* What people read wrongly is read rightly. */
static char
code_letter(char c)
{
    c = (char)toupper((unsigned char)c);
    if (c == 'O')
        return '0';
    return c == 'I' || c == 'L' ? '1' : c;
}

void
query_code_hash(const char *number, const char *code, unsigned char hash[32])
{
    char salted[NUMBER_TEXT + 64];
    size_t n = (size_t)snprintf(salted, NUMBER_TEXT, "%s", number);

    for (; *code && n < sizeof(salted) - 1; code++)
        if (*code != '-' && *code != ' ')
            salted[n++] = code_letter(*code);
    digest(salted, n, hash);
}
