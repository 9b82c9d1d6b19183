/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/starttls.h"

enum { REPLY_CAP = 65536, STEPS = 3 };

const char *const starttls_names[] = {
    [STARTTLS_NONE] = "none",   [STARTTLS_SMTP] = "smtp",
    [STARTTLS_IMAP] = "imap",   [STARTTLS_POP3] = "pop3",
    [STARTTLS_FTP] = "ftp",     [STARTTLS_XMPP] = "xmpp",
    [STARTTLS_LDAP] = "ldap",   [STARTTLS_POSTGRES] = "postgres",
    [STARTTLS_MYSQL] = "mysql", NULL,
};

int64_t starttls_port(enum starttls protocol)
{
    static const int64_t ports[] = {
        [STARTTLS_NONE] = 443, [STARTTLS_SMTP] = 25,       [STARTTLS_IMAP] = 143,
        [STARTTLS_POP3] = 110, [STARTTLS_FTP] = 21,        [STARTTLS_XMPP] = 5222,
        [STARTTLS_LDAP] = 389, [STARTTLS_POSTGRES] = 5432, [STARTTLS_MYSQL] = 3306,
    };
    return ports[protocol];
}

/* A conversation, and what came of the other side's turn that was not taken yet. */
struct talk {
    struct run *run;
    const struct socket_link *link;
    struct text came;
    const char *name;
};

static enum source_end refused(const struct talk *talk, const char *said, size_t length, struct error *error)
{
    (void)error_set(error, "\"%s\" does not start TLS, it says \"%.*s\"", talk->link->place,
                    (int)(length > 100 ? 100 : length), said);
    return SOURCE_FAULT;
}

/* More of what the other side says; its end and too much of it are faults. */
static enum source_end hear(struct talk *talk, struct error *error)
{
    bool closed = false;
    enum source_end end = socket_receive(talk->run, talk->link, &talk->came, &closed, error);
    if (end == SOURCE_READ && closed) {
        (void)error_set(error, "connection closed without TLS by \"%s\"", talk->link->place);
        end = SOURCE_FAULT;
    } else if (end == SOURCE_READ && talk->came.length > REPLY_CAP) {
        (void)error_set(error, "\"%s\" says too much ahead of TLS", talk->link->place);
        end = SOURCE_FAULT;
    }
    return end;
}

static enum source_end hear_bytes(struct talk *talk, size_t count, struct error *error)
{
    enum source_end end = SOURCE_READ;
    while (end == SOURCE_READ && talk->came.length < count)
        end = hear(talk, error);
    return end;
}

static void drop(struct talk *talk, size_t count)
{
    size_t rest = talk->came.length - count;
    memmove(talk->came.bytes, talk->came.bytes + count, rest + 1);
    talk->came.length = rest;
}

/* Protocols of lines. A reply goes on until a line that `is_last`; that one must begin with .wanted. */
struct step {
    const char *say; /* NULL: the greeting */
    const char *wanted;
};

struct lines {
    bool (*is_last)(const char *line, size_t length);
    struct step steps[STEPS]; /* ended by one without .wanted */
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "250-SIZE" and free text go on, "250 HELP" ends. */
static bool is_last_of_code(const char *line, size_t length)
{
    return length >= 3 && is_digit(line[0]) && is_digit(line[1]) && is_digit(line[2]) &&
           (length == 3 || line[3] == ' ');
}

/* "* CAPABILITY" goes on, but the greeting is such a line. */
static bool is_last_of_imap(const char *line, size_t length)
{
    return length < 2 || memcmp(line, "* ", 2) != 0 || (length >= 4 && memcmp(line, "* OK", 4) == 0) ||
           (length >= 5 && memcmp(line, "* BYE", 5) == 0);
}

static bool is_last_of_pop3(const char *line, size_t length)
{
    (void)line;
    (void)length;
    return true;
}

static const struct lines smtp = {
    is_last_of_code, {{NULL, "220"}, {"EHLO watchbill.invalid\r\n", "250"}, {"STARTTLS\r\n", "220"}}};
static const struct lines ftp = {is_last_of_code, {{NULL, "220"}, {"AUTH TLS\r\n", "234"}}};
static const struct lines imap = {is_last_of_imap, {{NULL, "* OK"}, {"a STARTTLS\r\n", "a OK"}}};
static const struct lines pop3 = {is_last_of_pop3, {{NULL, "+OK"}, {"STLS\r\n", "+OK"}}};

static enum source_end take_reply(struct talk *talk, const struct lines *lines, const char *wanted,
                                  struct error *error)
{
    for (;;) {
        const char *line = talk->came.bytes;
        const char *end = memchr(line, '\n', talk->came.length);
        enum source_end heard = end ? SOURCE_READ : hear(talk, error);
        if (heard != SOURCE_READ)
            return heard;
        if (!end)
            continue;
        size_t length = (size_t)(end - line);
        size_t shown = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        bool last = lines->is_last(line, shown);
        if (last && (shown < strlen(wanted) || memcmp(line, wanted, strlen(wanted)) != 0))
            return refused(talk, line, shown, error);
        drop(talk, length + 1);
        if (last)
            return SOURCE_READ;
    }
}

static enum source_end say(struct talk *talk, const void *bytes, size_t length, struct error *error)
{
    return socket_send(talk->run, talk->link, bytes, length, error);
}

static enum source_end talk_lines(struct talk *talk, const struct lines *lines, struct error *error)
{
    enum source_end end = SOURCE_READ;
    for (size_t i = 0; end == SOURCE_READ && i < STEPS && lines->steps[i].wanted; i++) {
        const struct step *step = &lines->steps[i];
        if (step->say)
            end = say(talk, step->say, strlen(step->say), error);
        if (end == SOURCE_READ)
            end = take_reply(talk, lines, step->wanted, error);
    }
    return end;
}

static enum source_end hear_until(struct talk *talk, const char *mark, struct error *error)
{
    enum source_end end = SOURCE_READ;
    while (end == SOURCE_READ && !memmem(talk->came.bytes, talk->came.length, mark, strlen(mark)))
        end = hear(talk, error);
    return end;
}

static enum source_end talk_xmpp(struct talk *talk, struct error *error)
{
    static const char ask[] = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";
    struct text opening = TEXT_INIT;
    if (strspn(talk->name, allowed) != strlen(talk->name)) {
        (void)error_set(error, "not a name for XMPP: \"%s\"", talk->name);
        return SOURCE_UNREADABLE;
    }
    text_format(&opening,
                "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "
                "xmlns:stream='http://etherx.jabber.org/streams'>",
                talk->name);
    enum source_end end = say(talk, opening.bytes, opening.length, error);
    text_release(&opening);
    if (end == SOURCE_READ)
        end = hear_until(talk, "</stream:features>", error);
    if (end == SOURCE_READ && !memmem(talk->came.bytes, talk->came.length, "<starttls", 9))
        end = refused(talk, "no <starttls/>", 14, error);
    text_clear(&talk->came);
    if (end == SOURCE_READ)
        end = say(talk, ask, sizeof ask - 1, error);
    if (end == SOURCE_READ)
        end = hear_until(talk, ">", error);
    if (end == SOURCE_READ && !memmem(talk->came.bytes, talk->came.length, "<proceed", 8))
        end = refused(talk, talk->came.bytes, talk->came.length, error);
    text_clear(&talk->came);
    return end;
}

/* An ExtendedRequest for the object 1.3.6.1.4.1.1466.20037; its answer has one byte of result, 0 for success. */
static enum source_end talk_ldap(struct talk *talk, struct error *error)
{
    static const char ask[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
                              "1.3.6.1.4.1.1466.20037";
    enum source_end end = say(talk, ask, sizeof ask - 1, error);
    if (end == SOURCE_READ)
        end = hear_bytes(talk, 2, error);
    if (end != SOURCE_READ)
        return end;
    const uint8_t *bytes = (const uint8_t *)talk->came.bytes;
    size_t head = bytes[1] & 0x80 ? 2 + (size_t)(bytes[1] & 0x7f) : 2, length = bytes[1];
    if (bytes[0] != 0x30 || head > 4)
        return refused(talk, "something else than LDAP", 24, error);
    end = hear_bytes(talk, head, error);
    bytes = (const uint8_t *)talk->came.bytes;
    for (size_t i = 2; end == SOURCE_READ && i < head; i++)
        length = (i == 2 ? 0 : length << 8) | bytes[i];
    if (end == SOURCE_READ)
        end = hear_bytes(talk, head + length, error);
    if (end != SOURCE_READ)
        return end;
    bytes = (const uint8_t *)talk->came.bytes + head;
    size_t at =
        length > 5 && bytes[4] & 0x80 ? 5 + (size_t)(bytes[4] & 0x7f) : 5; /* behind id, 0x78, length */
    if (length < at + 3 || bytes[3] != 0x78 || bytes[at] != 0x0a || bytes[at + 2] != 0)
        return refused(talk, "an error of LDAP", 16, error);
    drop(talk, head + length);
    return SOURCE_READ;
}

static enum source_end talk_postgres(struct talk *talk, struct error *error)
{
    static const char ask[] = {0, 0, 0, 8, 0x04, (char)0xd2, 0x16, 0x2f};
    enum source_end end = say(talk, ask, sizeof ask, error);
    if (end == SOURCE_READ)
        end = hear_bytes(talk, 1, error);
    if (end == SOURCE_READ && talk->came.bytes[0] != 'S')
        end = refused(talk, talk->came.bytes, talk->came.length, error);
    if (end == SOURCE_READ)
        drop(talk, 1);
    return end;
}

/* The greeting's capabilities stand behind the version, the thread and 8 bytes of salt and a filler. */
static enum source_end talk_mysql(struct talk *talk, struct error *error)
{
    enum { SSL = 0x0800, PROTOCOL_41 = 0x0200, SECURE = 0x8000 };
    char ask[36] = {32, 0, 0, 1, 0, (char)((SSL | PROTOCOL_41 | SECURE) >> 8), 0, 0, 0, 0, 0, 1, 45};
    enum source_end end = hear_bytes(talk, 4, error);
    if (end != SOURCE_READ)
        return end;
    const uint8_t *bytes = (const uint8_t *)talk->came.bytes;
    size_t length = (size_t)(bytes[0] | bytes[1] << 8 | bytes[2] << 16);
    end = length > REPLY_CAP - 4 ? refused(talk, "something else than MySQL", 25, error)
                                 : hear_bytes(talk, 4 + length, error);
    if (end != SOURCE_READ)
        return end;
    const char *packet = talk->came.bytes + 4;
    const char *version_end = length > 0 ? memchr(packet + 1, '\0', length - 1) : NULL;
    size_t at = version_end ? (size_t)(version_end - packet) + 1 + 4 + 8 + 1 : length;
    if (length > 3 && (uint8_t)packet[0] == 0xff)
        return refused(talk, packet + 3, length - 3, error);
    if (length < at + 2 || ((uint8_t)packet[at + 1] << 8 & SSL) == 0)
        return refused(talk, "no TLS among its capabilities", 29, error);
    drop(talk, 4 + length);
    return say(talk, ask, sizeof ask, error);
}

enum source_end starttls_ask(enum starttls protocol, const char *name, struct run *run,
                             const struct socket_link *link, struct error *error)
{
    struct talk talk = {.run = run, .link = link, .came = TEXT_INIT, .name = name};
    static const struct lines *const of_lines[] = {
        [STARTTLS_SMTP] = &smtp, [STARTTLS_IMAP] = &imap, [STARTTLS_POP3] = &pop3, [STARTTLS_FTP] = &ftp};
    enum source_end end = SOURCE_READ;
    if (protocol == STARTTLS_XMPP)
        end = talk_xmpp(&talk, error);
    else if (protocol == STARTTLS_LDAP)
        end = talk_ldap(&talk, error);
    else if (protocol == STARTTLS_POSTGRES)
        end = talk_postgres(&talk, error);
    else if (protocol == STARTTLS_MYSQL)
        end = talk_mysql(&talk, error);
    else if (protocol != STARTTLS_NONE)
        end = talk_lines(&talk, of_lines[protocol], error);
    if (end == SOURCE_READ &&
        talk.came.length > 0) { /* whoever puts it there wants it taken for what TLS protects */
        (void)error_set(error, "\"%s\" says more than it should ahead of TLS", link->place);
        end = SOURCE_FAULT;
    }
    text_release(&talk.came);
    return end;
}
