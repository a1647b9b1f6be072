/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the front door of the tests and talks to it. */
#include "tests/support/door.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/http/tls.h"
#include "base/require.h"
#include "tests/support/door_server.h"

enum { PATIENCE_MS = 120000, READ_PIECE = 64 * 1024 };

static const char *
in_folder(const struct door *d, const char *name, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", d->folder, name);
    return path;
}

/* A P-256 key and a certificate signed with it, good for a day. */
static void
make_certificate(struct door *d)
{
    EVP_PKEY *const key = EVP_EC_gen("P-256");
    X509 *const x = X509_new();
    X509_NAME *const name = X509_get_subject_name(x);
    char path[128];
    FILE *f;

    (void)snprintf(d->folder, sizeof(d->folder), "/tmp/onestop-door-XXXXXX");
    require(mkdtemp(d->folder) && key && x);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1,
                               0);
    X509_set_issuer_name(x, name);
    require(X509_sign(x, key, EVP_sha256()) > 0);
    f = fopen(in_folder(d, "key.pem", path), "w");
    require(f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1);
    (void)fclose(f);
    f = fopen(in_folder(d, "certificate.pem", path), "w");
    require(f && PEM_write_X509(f, x) == 1);
    (void)fclose(f);
    X509_free(x);
    EVP_PKEY_free(key);
}

static void
serve(const struct door *d, const struct door_options *options, int fd)
{
    static const char *const proxies[] = {"127.0.0.1", NULL};
    struct http_config config = {.limits = options->limits};
    char certificate[128], key[128];
    struct error e;

    if (options->descriptors > 0) {
        const struct rlimit limit = {options->descriptors, options->descriptors};

        require(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    }
    if (options->proxied)
        config.proxies = proxies;
    if (options->tls)
        require(http_tls_new(in_folder(d, "certificate.pem", certificate),
                             in_folder(d, "key.pem", key), &config.tls, &e));
    door_run(fd, &config);
}

struct door
door_open(const struct door_options *options)
{
    struct door d = {.pid = -1};
    struct sockaddr_in name;
    socklen_t len = sizeof(name);
    struct error e;
    int fd;

    (void)signal(SIGPIPE, SIG_IGN);
    if (options->tls) {
        make_certificate(&d);
        d.client = SSL_CTX_new(TLS_client_method());
        require(d.client);
    }
    require(http_listen("127.0.0.1:0", &fd, &e));
    require(getsockname(fd, (struct sockaddr *)&name, &len) == 0);
    d.port = ntohs(name.sin_port);
    (void)fflush(NULL); /* else the child would print it once more */
    d.pid = fork();
    require(d.pid >= 0);
    if (d.pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* an aborted test leaves nothing behind */
        SSL_CTX_free(d.client);
        serve(&d, options, fd);
        exit(0);
    }
    (void)close(fd);
    return d;
}

int
door_wait(struct door *d)
{
    char path[128];
    int status = 0;

    while (waitpid(d->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (d->folder[0]) {
        (void)unlink(in_folder(d, "certificate.pem", path));
        (void)unlink(in_folder(d, "key.pem", path));
        (void)rmdir(d->folder);
    }
    SSL_CTX_free(d->client);
    return status;
}

int
door_close(struct door *d)
{
    (void)kill(d->pid, SIGTERM);
    return door_wait(d);
}

static long
status_line(const struct door *d, const char *name)
{
    char path[64], line[256];
    long kib = -1;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)d->pid);
    f = fopen(path, "r");
    require(f);
    while (fgets(line, sizeof(line), f)) {
        if (strncmp(line, name, strlen(name)) == 0)
            kib = strtol(line + strlen(name), NULL, 10);
    }
    (void)fclose(f);
    return kib;
}

long
door_memory_kib(const struct door *d)
{
    return status_line(d, "VmRSS:");
}

long
door_peak_kib(const struct door *d)
{
    return status_line(d, "VmHWM:");
}

long
door_cpu_ms(const struct door *d)
{
    char path[64], line[1024] = "", *at;
    long ticks = 0;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)d->pid);
    f = fopen(path, "r");
    require(f && fgets(line, sizeof(line), f));
    (void)fclose(f);
    at = strrchr(line, ')');
    require(at);
    /* Fields 14 and 15; ')' ends the second. */
    for (int field = 2; field < 15; field++) {
        at = strchr(at, ' ') + 1;
        if (field >= 13)
            ticks += strtol(at, NULL, 10);
    }
    return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

struct wire
wire_open(const struct door *d)
{
    const struct sockaddr_in name = {.sin_family = AF_INET,
                                     .sin_port = htons((uint16_t)d->port),
                                     .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct wire w = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const int on = 1;

    require(w.fd >= 0 && connect(w.fd, (const struct sockaddr *)&name, sizeof(name)) == 0);
    (void)setsockopt(w.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    w.in = malloc(READ_PIECE);
    require(w.in);
    if (d->client) {
        w.ssl = SSL_new(d->client);
        require(w.ssl && SSL_set_fd(w.ssl, w.fd) == 1 && SSL_connect(w.ssl) == 1);
    }
    return w;
}

void
wire_close(struct wire *w)
{
    SSL_free(w->ssl);
    (void)close(w->fd);
    free(w->in);
    *w = (struct wire){.fd = -1};
}

void
wire_reset(struct wire *w)
{
    const struct linger at_once = {1, 0};

    (void)setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    wire_close(w);
}

bool
wire_send(struct wire *w, const char *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t n =
            w->ssl ? SSL_write(w->ssl, bytes, (int)len) : send(w->fd, bytes, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

bool
wire_say(struct wire *w, const char *text)
{
    return wire_send(w, text, strlen(text));
}

void
wire_half_close(struct wire *w)
{
    if (w->ssl)
        (void)SSL_shutdown(w->ssl);
    (void)shutdown(w->fd, SHUT_WR);
}

/* Reads what there is.  @return false at the end of the connection. */
static bool
more(struct wire *w)
{
    struct pollfd p = {.fd = w->fd, .events = POLLIN};
    ssize_t n;

    require(w->in_len < READ_PIECE);
    if (!w->ssl || SSL_pending(w->ssl) == 0) {
        if (poll(&p, 1, PATIENCE_MS) == 0) {
            w->silent = true;
            return false;
        }
    }
    n = w->ssl ? SSL_read(w->ssl, w->in + w->in_len, (int)(READ_PIECE - w->in_len))
               : recv(w->fd, w->in + w->in_len, READ_PIECE - w->in_len, 0);
    if (n <= 0)
        return false;
    w->in_len += (size_t)n;
    return true;
}

static void
taken(struct wire *w, size_t n)
{
    memmove(w->in, w->in + n, w->in_len - n);
    w->in_len -= n;
}

size_t
wire_some(struct wire *w, char *to, size_t len)
{
    if (w->in_len == 0 && !more(w))
        return 0;
    if (len > w->in_len)
        len = w->in_len;
    memcpy(to, w->in, len);
    taken(w, len);
    return len;
}

/* Takes a line with its end into @line; false when the connection ends before. */
static bool
take_line(struct wire *w, char *line, size_t size)
{
    char *end;

    while (!(end = memmem(w->in, w->in_len, "\r\n", 2))) {
        if (!more(w))
            return false;
    }
    end += 2;
    require((size_t)(end - w->in) < size);
    memcpy(line, w->in, (size_t)(end - w->in));
    line[end - w->in] = '\0';
    taken(w, (size_t)(end - w->in));
    return true;
}

static bool
take_body(struct wire *w, size_t len, struct wire_reply *r)
{
    while (len > 0) {
        size_t n, kept = r->body_len < sizeof(r->body) - 1 ? sizeof(r->body) - 1 - r->body_len : 0;

        if (w->in_len == 0 && !more(w))
            return false;
        n = len < w->in_len ? len : w->in_len;
        if (kept > n)
            kept = n;
        memcpy(r->body + (r->body_len < sizeof(r->body) ? r->body_len : 0), w->in, kept);
        r->body_len += n;
        len -= n;
        taken(w, n);
    }
    return true;
}

static bool
take_chunks(struct wire *w, struct wire_reply *r)
{
    char line[64];

    for (;;) {
        size_t size;

        if (!take_line(w, line, sizeof(line)))
            return false;
        size = strtoul(line, NULL, 16);
        if (!take_body(w, size, r) || !take_line(w, line, sizeof(line)))
            return false;
        require(strcmp(line, "\r\n") == 0);
        if (size == 0)
            return true;
    }
}

bool
wire_read(struct wire *w, bool head_only, struct wire_reply *r)
{
    size_t len = 0;
    const char *length;

    *r = (struct wire_reply){0};
    do {
        if (!take_line(w, r->head + len, sizeof(r->head) - len))
            return false;
        len += strlen(r->head + len);
    } while (strcmp(r->head + len - 2, "\r\n") == 0 &&
             (len < 4 || strcmp(r->head + len - 4, "\r\n\r\n") != 0));
    require(strncmp(r->head, "HTTP/1.1 ", 9) == 0);
    r->status = (int)strtol(r->head + 9, NULL, 10);
    length = strstr(r->head, "\r\nContent-Length: ");
    if (head_only || r->status == 100 || r->status == 204 || r->status == 304)
        return true;
    if (strstr(r->head, "\r\nTransfer-Encoding: chunked\r\n"))
        r->cut = !take_chunks(w, r);
    else
        r->cut = !take_body(w, length ? strtoul(length + 18, NULL, 10) : SIZE_MAX, r);
    return true;
}

bool
wire_ended(struct wire *w)
{
    return w->in_len == 0 && !more(w) && !w->silent;
}

struct wire_reply
door_ask(const struct door *d, const char *request)
{
    struct wire w = wire_open(d);
    struct wire_reply r;

    if (!wire_say(&w, request) || !wire_read(&w, false, &r))
        r = (struct wire_reply){0};
    wire_close(&w);
    return r;
}

long
door_count(const struct door *d, const char *name)
{
    const struct wire_reply r = door_ask(d, "GET /counts HTTP/1.1\r\nHost: a\r\n\r\n");
    char key[64];
    const char *at;

    (void)snprintf(key, sizeof(key), " %s=", name);
    at = strstr(r.body, key);
    return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

bool
door_count_becomes(const struct door *d, const char *name, long wanted)
{
    for (int i = 0; i < PATIENCE_MS / 10; i++) {
        if (door_count(d, name) == wanted)
            return true;
        (void)poll(NULL, 0, 10);
    }
    return false;
}
