/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP and HTTPS: the one door to libcurl. The library is loaded on first use, because a program that is
 * linked to it pays for its loading in every run, also in those that read a socket or a file. */
#ifndef WATCHBILL_COLLECTORS_HTTP_H
#define WATCHBILL_COLLECTORS_HTTP_H

#include "collectors/source.h"
#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>
#include <stdint.h>

enum { HTTP_BODY_CAP = 16 << 20 };

/* What is asked. Zero and NULL are the defaults. */
struct http_request {
    const char *url;            /* http or https; another scheme is refused */
    const char *method;         /* NULL: GET, or POST when there is a body */
    const char *body;           /* text to send */
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    const char *user, *password; /* Basic authentication */
    const char *socket;          /* reach the host through this UNIX socket */
    const char *connect_to;      /* "ADDRESS:PORT" that is connected to instead of the URL's host */
    const char *ca_file;         /* trusted certificates; NULL: the system's */
    bool insecure;               /* neither the chain nor the name is verified */
    int family;                  /* AF_UNSPEC, AF_INET or AF_INET6 */
    int64_t follow;              /* redirects followed at most */
    int64_t deadline;            /* CLOCK_MONOTONIC, milliseconds */
    size_t body_cap;             /* bytes of body at most; 0: HTTP_BODY_CAP */
    const char *signature; /* instead of Basic: sign by user and password, such as "aws:amz:REGION:s3" */
    int upload;            /* a descriptor whose next .upload_size bytes are sent by PUT; 0: none */
    int64_t upload_size;
    /* Takes the body of a 200 as it comes, instead of the response's; false ends the reading. NULL: none. */
    bool (*take)(void *owner, const char *bytes, size_t length);
    void *taker;
};

/* Seconds; NaN for a phase that did not take place. */
struct http_times {
    double dns, connect, tls, first_byte, total;
};

/* What came. Begins zeroed by http_fetch, ends with http_release. */
struct http_response {
    int status; /* 0: none came */
    struct text body;
    struct text head; /* status line and header lines of the last response, each ended by "\n" */
    struct http_times times;
    int64_t certificate_end; /* epoch seconds at which the server's certificate ends; 0: no TLS */
    char *url;               /* the last URL, without user and password */
    int64_t redirects;
    int version; /* 10, 11, 20, 30 */
};

/* http_prepare(error): load and initialise libcurl now, so that children forked later have it. */
bool http_prepare(struct error *error);

/* http_fetch(request, response, error): one request on a connection of its own. SOURCE_READ for every answer,
 * whatever its status. The sentence of a failure names the address, never the password. Proxy
 * variables of the environment, .netrc and cookies play no part. */
enum source_end http_fetch(const struct http_request *request, struct http_response *response,
                           struct error *error);
void http_release(struct http_response *response);

/* http_header(response, name, value): the value of the first header of that name, in any case, appended to ${value};
 * false when there is none. */
bool http_header(const struct http_response *response, const char *name, struct text *value);

/* http_shown_url(url, shown): ${url} without user and password, for texts. */
void http_shown_url(const char *url, struct text *shown);

#endif
