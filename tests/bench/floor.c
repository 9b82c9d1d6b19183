/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What no check of this kind can do without, and nothing else:
 *   floor                    a program that starts and ends
 *   floor ask PATH QUESTION  a question to a UNIX socket, and its answer
 *   floor load LIBRARY       a library, loaded as the doors of the collectors load theirs
 *   floor get URL            libcurl, loaded so, and one request */
#include <curl/curl.h>
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int ask(const char *path, const char *question)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char answer[65536];
    ssize_t got = -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        dprintf(fd, "%s\n", question) > 0)
        do
            got = read(fd, answer, sizeof answer);
        while (got > 0);
    if (fd >= 0)
        (void)close(fd);
    return got == 0 ? 0 : 3;
}

/* The largest dependencies first: see collectors/http.c. */
static void *load(const char *name)
{
    (void)dlopen("libcrypto.so.3", RTLD_LAZY | RTLD_LOCAL);
    if (strncmp(name, "libcurl", 7) == 0)
        (void)dlopen("libgnutls.so.30", RTLD_LAZY | RTLD_LOCAL);
    return dlopen(name, RTLD_LAZY | RTLD_LOCAL);
}

static size_t drop(char *bytes, size_t size, size_t count, void *owner)
{
    (void)bytes;
    (void)owner;
    return size * count;
}

#define FIND(handle, name)                                                                                   \
    __typeof__(&(name)) name##_found;                                                                        \
    *(void **)&name##_found = dlsym(handle, #name)

static int get(const char *url)
{
    void *handle = load("libcurl.so.4");
    if (!handle)
        return 3;
    FIND(handle, curl_global_init);
    FIND(handle, curl_easy_init);
    FIND(handle, curl_easy_setopt);
    FIND(handle, curl_easy_perform);
    (void)curl_global_init_found(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init_found();
    (void)curl_easy_setopt_found(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt_found(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt_found(curl, CURLOPT_WRITEFUNCTION, drop);
    return curl_easy_perform_found(curl) == CURLE_OK ? 0 : 3;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        return 0;
    if (argc == 4 && strcmp(argv[1], "ask") == 0)
        return ask(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "load") == 0)
        return load(argv[2]) ? 0 : 3;
    if (argc == 3 && strcmp(argv[1], "get") == 0)
        return get(argv[2]);
    return 3;
}
