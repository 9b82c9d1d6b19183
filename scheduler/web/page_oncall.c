/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is called now: of each group and urgency in their order, and by what. */
#include "scheduler/web/page_parts.h"

static void add_contacts(const struct page *page, const json_t *contacts)
{
    size_t index;
    const json_t *contact;
    json_array_foreach(contacts, index, contact) {
        text_add(page->text, index ? ", " : "");
        html_add(page->text, page_text(contact, "channel"));
        text_add_char(page->text, ' ');
        html_add(page->text, page_text(contact, "address"));
    }
}

static void add_user(const struct page *page, const json_t *user)
{
    text_add(page->text, "<li>");
    html_add(page->text, page_text(user, "name"));
    if (*page_text(user, "instead_of")) {
        text_add(page->text, ", instead of ");
        html_add(page->text, page_text(user, "instead_of"));
    }
    text_add(page->text, " <small>");
    add_contacts(page, json_object_get(user, "contacts"));
    if (page_whole(user, "after")) {
        text_add(page->text, "; after ");
        page_span(page, page_whole(user, "after"));
        text_add(page->text, " in which nobody acknowledged");
    }
    text_add(page->text, "</small></li>");
}

static void add_group(const struct page *page, const json_t *group)
{
    size_t index;
    const json_t *user;
    text_add(page->text, "<tr><td>");
    html_add(page->text, page_text(group, "group"));
    text_add(page->text, "</td><td>");
    html_add(page->text, page_text(group, "urgency"));
    text_add(page->text, "</td><td>");
    if (json_array_size(json_object_get(group, "users")) == 0)
        text_add(page->text, "<b class=\"CRITICAL\">nobody</b>");
    text_add(page->text, "<ol style=\"margin:0;padding-left:1.2rem\">");
    json_array_foreach(json_object_get(group, "users"), index, user)
        add_user(page, user);
    text_add(page->text, "</ol></td></tr>");
}

void page_oncall(const struct page *page, const json_t *answer)
{
    size_t index;
    const json_t *group;
    page_begin(page, "who is called", 0);
    text_add(page->text, "<p class=\"dim\">at ");
    page_instant(page, page_whole(answer, "at"));
    text_add(page->text, "</p><table><tr><th>group</th><th>urgency</th><th>in this order</th></tr>");
    json_array_foreach(json_object_get(answer, "oncall"), index, group)
        add_group(page, group);
    text_add(page->text, "</table>");
    page_end(page);
}
