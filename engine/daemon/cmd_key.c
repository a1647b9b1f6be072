/* SPDX-License-Identifier: Apache-2.0 */
/* onestop key: the keys certificates are signed with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "daemon/command.h"
#include "daemon/commands.h"
#include "store/keys.h"

struct keeper {
    struct arena *a;
    const char *folder;
    const char *configured; /* the key of the settings, which signs instead of the folder's; "" */
    enum signature_algorithm algorithm;
    bool json;
};

/* A key that is there is rotated, not made: who types `make` twice means no change. */
static int
add(const struct keeper *k, bool rotate)
{
    struct signing_key *key;
    const char *current;
    struct error e;
    bool done;

    if (!keys_current(k->a, k->folder, &current, &e))
        return command_failed(&e);
    if (current && !rotate) {
        (void)fprintf(stderr, "onestop: key %s is there; onestop key rotate makes another\n",
                      current);
        return EXIT_CONFLICT;
    }
    if (!signing_key_new(k->algorithm, &key, &e))
        return command_failed(&e);
    done = keys_add(k->a, k->folder, key, &e);
    if (done)
        puts(signing_key_id(key));
    signing_key_free(key);
    return done ? EXIT_SUCCESS : command_failed(&e);
}

static int
list(const struct keeper *k)
{
    struct text t = text_new(k->a);
    const char **id, *current;
    struct error e;
    size_t n;

    if (!keys_list(k->a, k->folder, &id, &n, &e) || !keys_current(k->a, k->folder, &current, &e))
        return command_failed(&e);
    put_open(&t, '[');
    for (size_t i = 0; i < n; i++) {
        const bool signs = current && !strcmp(current, id[i]);

        if (!k->json) {
            printf("%-28s %s\n", id[i], signs ? "current" : "retired");
            continue;
        }
        put_open(&t, '{');
        put_member_string(&t, "id", id[i]);
        put_member_bool(&t, "current", signs);
        put_close(&t, '}');
    }
    put_close(&t, ']');
    if (k->json)
        puts(t.at);
    return EXIT_SUCCESS;
}

/* The public half of a key that lies in a token, or in a file of its own. */
static int
show_configured(const struct keeper *k)
{
    struct signing_key *key;
    struct error e;

    if (!signing_key_open(k->configured, &key, &e))
        return command_failed(&e);
    (void)fputs(signing_key_public_pem(key, k->a), stdout);
    signing_key_free(key);
    return EXIT_SUCCESS;
}

static int
show(const struct keeper *k, const char *id)
{
    const char *pem;
    struct error e;

    if (!id && *k->configured)
        return show_configured(k);
    if (!id && !keys_current(k->a, k->folder, &id, &e))
        return command_failed(&e);
    if (!id) {
        (void)fprintf(stderr, "onestop: %s has no current key; onestop key make makes one\n",
                      k->folder);
        return EXIT_NOT_FOUND;
    }
    if (!keys_public(k->a, k->folder, id, &pem, &e))
        return command_failed(&e);
    (void)fputs(pem, stdout);
    return EXIT_SUCCESS;
}

static int
obey(const struct keeper *k, int argc, char **argv)
{
    const char *verb = argc > 0 ? argv[0] : "";

    if (argc == 1 && (!strcmp(verb, "make") || !strcmp(verb, "rotate")))
        return add(k, verb[0] == 'r');
    if (argc == 1 && !strcmp(verb, "list"))
        return list(k);
    if ((argc == 1 || argc == 2) && !strcmp(verb, "public"))
        return show(k, argc == 2 ? argv[1] : NULL);
    return command_misused("key takes make, rotate, list or public [ID]");
}

int
cmd_key(int argc, char **argv)
{
    const char *config = NULL, *folder = NULL, *algorithm = "sm2";
    struct arena a = {0};
    struct keeper k = {.a = &a};
    const struct command_option option[] = {
        OPTION_TEXT("config", "FILE", &config, "设置文件", "The settings file"),
        OPTION_TEXT("folder", "DIR", &folder, "密钥目录；默认为 server.var 下的 keys",
                    "Folder of the keys; else keys below server.var"),
        OPTION_TEXT("algorithm", "sm2 | ed25519", &algorithm, "新密钥的算法，默认 sm2",
                    "Algorithm of a new key; else sm2"),
        OPTION_FLAG("json", &k.json, "以 JSON 输出", "Print JSON"),
    };
    struct settings s;
    struct error e;
    int operands;
    int code = options_read(option, sizeof(option) / sizeof(option[0]), argc, argv, &operands);

    if (code != OPTIONS_READ)
        return code;
    if (!signature_algorithm_read(algorithm, &k.algorithm))
        return command_misused("--algorithm is sm2 or ed25519");
    if (!settings_load(&a, config, &s, &e)) {
        code = command_failed(&e);
    } else {
        k.folder = folder ? folder : arena_printf(&a, "%s/keys", s.server_var);
        k.configured = folder ? "" : s.certificates_key;
        code = obey(&k, operands, argv);
    }
    arena_release(&a);
    return code;
}
