/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in PKCS #11 tokens, by p11-kit. */
#include "store/token.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/require.h"

enum { PIN_MOST = 256, POINT_MOST = 64, ID_MOST = 256, SLOTS_MOST = 64 };

/* DER of an OCTET STRING of 32 bytes: how the standard has a point written. */
static const unsigned char octets[] = {0x04, TOKEN_PUBLIC};

struct token_key {
    P11KitUri *uri;
    CK_FUNCTION_LIST *one;  /* the module the URI names; or */
    CK_FUNCTION_LIST **all; /* those p11-kit knows */
    CK_FUNCTION_LIST *module;
    CK_SESSION_HANDLE session; /* CK_INVALID_HANDLE: none */
    CK_OBJECT_HANDLE key;
};

/* What the file of the PIN held, and which writing of which file that was. */
struct pin {
    char text[PIN_MOST]; /* "": none is given */
    const char *path;
    struct stat file;
};

/*
 * The writing whose PIN was refused last.  Tokens lock after a few wrong ones, not all of them say
 * that they count, and whoever signs tries again and again.  One thread of a process does.
 */
static _Thread_local struct stat refused;

bool
token_uri(const char *uri)
{
    return strncasecmp(uri, P11_KIT_URI_SCHEME ":", P11_KIT_URI_SCHEME_LEN + 1) == 0;
}

static bool
failed(struct error *e, const char *what, CK_RV rv)
{
    return error_set(e, ERROR_BAD_FILE, "%s: %s", what, p11_kit_strerror(rv));
}

static bool
load(struct token_key *k, struct error *e)
{
    const char *path = p11_kit_uri_get_module_path(k->uri);
    CK_RV rv;

    if (!path) {
        k->all = p11_kit_modules_load_and_initialize(0);
        return k->all || error_set(e, ERROR_BAD_FILE, "no module of PKCS #11 can be loaded: %s",
                                   p11_kit_message());
    }
    k->one = p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL);
    if (!k->one)
        return error_set(e, ERROR_BAD_FILE, "%s: %s", path, p11_kit_message());
    rv = p11_kit_module_initialize(k->one);
    if (rv == CKR_OK)
        return true;
    p11_kit_module_release(k->one);
    k->one = NULL;
    return failed(e, path, rv);
}

/* The module's tokens that the URI fits: their number grows by them. */
static void
look_behind(struct token_key *k, CK_FUNCTION_LIST *module, CK_SLOT_ID *slot, int *n)
{
    CK_SLOT_ID list[SLOTS_MOST];
    CK_ULONG n_slot = SLOTS_MOST;
    CK_TOKEN_INFO info;

    if (module->C_GetSlotList(CK_TRUE, list, &n_slot) != CKR_OK)
        return;
    for (CK_ULONG i = 0; i < n_slot; i++) {
        if (module->C_GetTokenInfo(list[i], &info) != CKR_OK ||
            !p11_kit_uri_match_token_info(k->uri, &info))
            continue;
        k->module = module;
        *slot = list[i];
        (*n)++;
    }
}

/* The token the URI names, which must be the only one that fits. */
static bool
find_token(struct token_key *k, CK_SLOT_ID *slot, struct error *e)
{
    int n = 0;

    if (k->one)
        look_behind(k, k->one, slot, &n);
    for (size_t i = 0; k->all && k->all[i]; i++)
        look_behind(k, k->all[i], slot, &n);
    return n == 1 || error_set(e, ERROR_BAD_FILE, "%s token fits the URI of the key",
                               n ? "more than one" : "no");
}

/* The first line of the file the URI names. */
static bool
read_pin(const struct token_key *k, struct pin *pin, struct error *e)
{
    const char *path = p11_kit_uri_get_pin_source(k->uri);
    FILE *f;
    bool read;

    *pin = (struct pin){.path = path};
    if (p11_kit_uri_get_pin_value(k->uri))
        return error_set(e, ERROR_BAD_FILE,
                         "a PIN belongs in a file: pin-source=PATH, not pin-value");
    if (!path)
        return true;
    if (!strncmp(path, "file:", 5))
        path += 5;
    f = fopen(path, "re");
    read = f && fstat(fileno(f), &pin->file) == 0 && fgets(pin->text, PIN_MOST, f);
    if (f)
        (void)fclose(f);
    pin->text[strcspn(pin->text, "\r\n")] = 0;
    pin->path = path;
    return read || error_set(e, ERROR_BAD_FILE, "%s: no PIN can be read there", path);
}

static bool
was_refused(const struct stat *file)
{
    return file->st_ino == refused.st_ino && file->st_dev == refused.st_dev &&
           file->st_size == refused.st_size && file->st_mtim.tv_sec == refused.st_mtim.tv_sec &&
           file->st_mtim.tv_nsec == refused.st_mtim.tv_nsec;
}

static bool
may_try(const struct token_key *k, CK_SLOT_ID slot, const struct pin *pin, struct error *e)
{
    CK_TOKEN_INFO info;
    CK_RV rv;

    if (was_refused(&pin->file))
        return error_set(e, ERROR_BAD_FILE,
                         "the token refused the PIN in %s, and is not given it again before the "
                         "file is written anew",
                         pin->path);
    rv = k->module->C_GetTokenInfo(slot, &info);
    if (rv != CKR_OK)
        return failed(e, "the token does not answer", rv);
    return !(info.flags &
             (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)) ||
           error_set(e, ERROR_BAD_FILE,
                     "the token was given a wrong PIN, and is not asked before somebody has given "
                     "it the right one with a tool of its own");
}

/* What another try with the same PIN cannot mend. */
static bool
is_refusal(CK_RV rv)
{
    return rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED || rv == CKR_PIN_INVALID ||
           rv == CKR_PIN_LEN_RANGE || rv == CKR_PIN_EXPIRED;
}

static bool
give(struct token_key *k, CK_SLOT_ID slot, struct pin *pin, struct error *e)
{
    CK_RV rv;

    if (!may_try(k, slot, pin, e))
        return false;
    rv = k->module->C_Login(k->session, CKU_USER, (unsigned char *)pin->text, strlen(pin->text));
    if (is_refusal(rv))
        refused = pin->file;
    return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN ||
           failed(e, "the token refuses the PIN", rv);
}

static bool
log_in(struct token_key *k, CK_SLOT_ID slot, struct error *e)
{
    struct pin pin;
    const CK_RV rv = k->module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &k->session);
    bool in;

    if (rv != CKR_OK)
        return failed(e, "the token takes no session", rv);
    in = read_pin(k, &pin, e) && (!*pin.text || give(k, slot, &pin, e));
    explicit_bzero(pin.text, sizeof(pin.text));
    return in;
}

/* How many objects fit, two at most, and the first of them. */
static bool
find(struct token_key *k, CK_ATTRIBUTE *at, CK_ULONG n_at, CK_OBJECT_HANDLE out[2], CK_ULONG *n,
     struct error *e)
{
    CK_RV rv = k->module->C_FindObjectsInit(k->session, at, n_at);

    if (rv == CKR_OK)
        rv = k->module->C_FindObjects(k->session, out, 2, n);
    (void)k->module->C_FindObjectsFinal(k->session);
    return rv == CKR_OK || failed(e, "the token finds nothing", rv);
}

/* @at gets the attributes' values; each has room, and becomes as long as its value. */
static bool
read_attributes(struct token_key *k, CK_OBJECT_HANDLE of, CK_ATTRIBUTE *at, CK_ULONG n,
                struct error *e)
{
    const CK_RV rv = k->module->C_GetAttributeValue(k->session, of, at, n);

    return rv == CKR_OK || failed(e, "the token does not tell what its key is", rv);
}

static bool
find_private(struct token_key *k, struct error *e)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE is_private = {CKA_CLASS, &class, sizeof(class)};
    CK_KEY_TYPE type = 0;
    CK_ATTRIBUTE is = {CKA_KEY_TYPE, &type, sizeof(type)};
    CK_OBJECT_HANDLE found[2];
    CK_ATTRIBUTE *at;
    CK_ULONG n_at, n = 0;

    require(p11_kit_uri_set_attribute(k->uri, &is_private) == P11_KIT_URI_OK);
    at = p11_kit_uri_get_attributes(k->uri, &n_at);
    if (!find(k, at, n_at, found, &n, e))
        return false;
    if (n != 1)
        return error_set(e, ERROR_BAD_FILE, "%s private keys fit the URI of the key",
                         n ? "several" : "no");
    k->key = found[0];
    if (!read_attributes(k, k->key, &is, 1, e))
        return false;
    return type == CKK_EC_EDWARDS || error_set(e, ERROR_BAD_FILE, "the token's key is not Ed25519");
}

/* The public half lies beside the private one, under the same id. */
static bool
find_public(struct token_key *k, unsigned char public[TOKEN_PUBLIC], struct error *e)
{
    unsigned char id[ID_MOST], point[POINT_MOST];
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof(class)}, {CKA_ID, id, sizeof(id)}};
    CK_ATTRIBUTE said = {CKA_EC_POINT, point, sizeof(point)};
    CK_OBJECT_HANDLE found[2];
    CK_ULONG n = 0, skip;

    if (!read_attributes(k, k->key, &wanted[1], 1, e) || !find(k, wanted, 2, found, &n, e))
        return false;
    if (n == 0)
        return error_set(e, ERROR_BAD_FILE, "the token has no public key beside the private one");
    if (!read_attributes(k, found[0], &said, 1, e))
        return false;
    skip = said.ulValueLen == TOKEN_PUBLIC ? 0 : sizeof(octets); /* some tell the bytes alone */
    if (said.ulValueLen != TOKEN_PUBLIC + skip || memcmp(point, octets, skip) != 0)
        return error_set(e, ERROR_BAD_FILE, "the token's key is not Ed25519");
    memcpy(public, point + skip, TOKEN_PUBLIC);
    return true;
}

bool
token_open(const char *uri, struct token_key **out, unsigned char public[TOKEN_PUBLIC],
           struct error *e)
{
    struct token_key *k = calloc(1, sizeof(*k));
    CK_SLOT_ID slot = 0;

    require(k);
    k->uri = p11_kit_uri_new();
    require(k->uri);
    if (p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, k->uri) != P11_KIT_URI_OK)
        error_set(e, ERROR_BAD_FILE, "%.*s: this is no URI of PKCS #11 (RFC 7512)",
                  (int)strcspn(uri, "?"), uri); /* what follows may be a PIN, and this is logged */
    else if (load(k, e) && find_token(k, &slot, e) && log_in(k, slot, e) && find_private(k, e) &&
             find_public(k, public, e)) {
        *out = k;
        return true;
    }
    token_close(k);
    return false;
}

bool
token_sign(struct token_key *k, const void *bytes, size_t len, unsigned char raw[TOKEN_SIGNATURE],
           struct error *e)
{
    CK_MECHANISM how = {CKM_EDDSA, NULL, 0};
    CK_ULONG n = TOKEN_SIGNATURE;
    CK_RV rv = k->module->C_SignInit(k->session, &how, k->key);

    if (rv == CKR_OK)
        rv = k->module->C_Sign(k->session, (unsigned char *)(uintptr_t)bytes, len, raw, &n);
    if (rv == CKR_OK && n == TOKEN_SIGNATURE)
        return true;
    return error_set(e, ERROR_INTERNAL, "the token does not sign: %s", p11_kit_strerror(rv));
}

void
token_close(struct token_key *k)
{
    if (!k)
        return;
    if (k->session != CK_INVALID_HANDLE)
        (void)k->module->C_CloseSession(k->session);
    if (k->all)
        p11_kit_modules_finalize_and_release(k->all);
    if (k->one) {
        (void)p11_kit_module_finalize(k->one);
        p11_kit_module_release(k->one);
    }
    p11_kit_uri_free(k->uri);
    free(k);
}
