/* SPDX-License-Identifier: Apache-2.0 */
/* onestop verify: does a certificate's file say what was signed?  Without database or network. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/command.h"
#include "daemon/commands.h"
#include "store/certificate.h"
#include "store/keys.h"

enum { FILE_MOST = 1024 * 1024 };

struct verifier {
    struct arena *a;
    const char *key, *folder;
    day on;
    bool json;
};

static bool
read_file(struct arena *a, const char *path, const char **text, size_t *len, struct error *e)
{
    FILE *f = !strcmp(path, "-") ? stdin : fopen(path, "re");
    char *bytes;

    if (!f)
        return error_set(e, ERROR_BAD_FILE, "%s: %s", path, strerrordesc_np(errno));
    bytes = arena_alloc(a, FILE_MOST + 1);
    *len = fread(bytes, 1, FILE_MOST + 1, f);
    if (f != stdin)
        (void)fclose(f);
    *text = bytes;
    return *len <= FILE_MOST ||
           error_set(e, ERROR_BAD_FILE, "%s is longer than any certificate", path);
}

/* The public key: the one given, or the one of the folder that the certificate names. */
static bool
find_key(const struct verifier *v, const char *file, size_t len, struct signing_key **key,
         struct error *e)
{
    const char *pem = NULL, *id;
    size_t n;

    if (v->key)
        return read_file(v->a, v->key, &pem, &n, e) && signing_key_public(pem, n, key, e);
    id = certificate_key(v->a, file, len);
    if (!id)
        return error_set(e, ERROR_SIGNATURE_INVALID, "this is no certificate of onestop");
    if (keys_public(v->a, v->folder, id, &pem, e))
        return signing_key_public(pem, strlen(pem), key, e);
    return e->code != ERROR_NOT_FOUND
               ? false
               : error_set(
                     e, ERROR_BAD_FILE,
                     "it is signed with key %.40s, which %s does not have; give that key with "
                     "--key, as the house that issued it shows it",
                     id, v->folder);
}

/* "valid", "expired", "not-yet" */
static const char *
state_on(const struct value *certificate, day on)
{
    const char *from = value_get_string(certificate, "validFrom");
    const char *until = value_get_string(certificate, "validUntil");
    day d;

    if (from && day_read(from, strlen(from), &d) && on < d)
        return "not-yet";
    return until && day_read(until, strlen(until), &d) && on > d ? "expired" : "valid";
}

/* A comprehensive certificate holds as a whole only while each of its parts does. */
static void
tell_parts(const struct value *parts)
{
    for (uint32_t i = 0; parts && parts->kind == VALUE_ARRAY && i < parts->n; i++) {
        const char *until = value_get_string(&parts->item[i], "validUntil");

        printf("  comprises %s  %s  .. %s\n", value_get_string(&parts->item[i], "number"),
               value_get_string(&parts->item[i], "kind"), until ? until : "without end");
    }
}

static void
tell(const struct verifier *v, const char *path, const struct value *c)
{
    const char *state = state_on(c, v->on), *until = value_get_string(c, "validUntil");
    const struct value *title = value_get(c, "title"), *holder = value_get(c, "holder");
    const char *name = value_get_string(holder, "name"), *code = value_get_string(holder, "code");
    struct text t = text_new(v->a);

    if (v->json) {
        put_open(&t, '{');
        put_member_string(&t, "file", path);
        put_member_string(&t, "signature", "valid");
        put_member_string(&t, "state", state);
        put_key(&t, "certificate");
        value_write(&t, c);
        put_close(&t, '}');
        puts(t.at);
        return;
    }
    printf("%s: the signature of key %s holds\n", path, value_get_string(c, "key"));
    printf("  %s  %s  %s\n", value_get_string(c, "number"), value_get_string(title, "zh"),
           value_get_string(title, "en"));
    if (name || code)
        printf("  %s  %s\n", name ? name : "", code ? code : "");
    printf("  %s .. %s: %s\n", value_get_string(c, "validFrom"), until ? until : "without end",
           state);
    tell_parts(value_get(c, "parts"));
    printf("  Whether it%s was revoked only the authority knows: GET /v1/certificates/NUMBER\n",
           value_get(c, "parts") ? " or one of its parts" : "");
}

/* As JSON too: a refusal is an answer. */
static void
tell_refused(const struct verifier *v, const char *path, const struct error *e)
{
    struct text t = text_new(v->a);

    if (!v->json) {
        printf("%s: %s\n", path, e->detail);
        return;
    }
    put_open(&t, '{');
    put_member_string(&t, "file", path);
    put_member_string(&t, "signature", "invalid");
    put_member_string(&t, "why", e->detail);
    put_close(&t, '}');
    puts(t.at);
}

static int
verify(const struct verifier *v, const char *path)
{
    struct signing_key *key = NULL;
    const char *file;
    struct value c;
    struct error e;
    size_t len;
    bool holds;

    if (!read_file(v->a, path, &file, &len, &e))
        return command_failed(&e);
    if (!find_key(v, file, len, &key, &e) && e.code != ERROR_SIGNATURE_INVALID)
        return command_failed(&e);
    holds = key && certificate_verify(v->a, file, len, key, &c, &e);
    signing_key_free(key);
    if (holds)
        tell(v, path, &c);
    else
        tell_refused(v, path, &e);
    return holds && !strcmp(state_on(&c, v->on), "valid") ? EXIT_SUCCESS : EXIT_PROBLEMS;
}

int
cmd_verify(int argc, char **argv)
{
    const char *on = NULL;
    struct arena a = {0};
    struct verifier v = {.a = &a, .on = instant_day((instant)time(NULL) * SPAN_SECOND)};
    const struct command_option option[] = {
        OPTION_TEXT("key", "PEM", &v.key, "公钥文件", "The public key's file"),
        OPTION_TEXT("keys", "DIR", &v.folder, "公钥目录（*.pub.pem），按证照所称的密钥选取",
                    "Folder of public keys (*.pub.pem): the one the certificate names"),
        OPTION_TEXT("on", "DATE", &on, "核对哪一天的有效性，默认今天",
                    "The day on which it is to hold; else today"),
        OPTION_FLAG("json", &v.json, "以 JSON 输出", "Print JSON"),
    };
    int operands,
        code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &operands);
    int worst = EXIT_SUCCESS;

    if (code != OPTIONS_READ)
        return code;
    if (operands == 0 || !v.key == !v.folder)
        return command_misused("verify takes files of certificates, and --key PEM or --keys DIR");
    if (on && !day_read(on, strlen(on), &v.on))
        return command_misused("--on takes a date as in 2026-03-02");
    for (int i = 0; i < operands; i++) {
        code = verify(&v, argv[i]);
        worst = code ? code : worst;
        arena_reset(&a);
    }
    arena_release(&a);
    return worst;
}
