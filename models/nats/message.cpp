// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/connection_private.h"

#include <algorithm>
#include <cstdlib>

namespace muster::nats {

namespace {

/// Messages with payload are what counts; only one without can be the server's own (no responders,
/// heartbeats).
int statusOf(natsMsg *msg)
{
    const char *text = nullptr;
    if (natsMsg_GetDataLength(msg) != 0 || natsMsgHeader_Get(msg, "Status", &text) != NATS_OK || !text)
        return 0;
    return std::atoi(text);
}

/// nats.c knows no const.
natsMsg *messageOf(const MessageView &view)
{
    return static_cast<natsMsg *>(const_cast<void *>(view.handle));
}

} // namespace

Error disconnected(std::string_view doing)
{
    return {"nats.disconnected", std::string(doing) + " failed: there is no connection to the server.",
            "Wait until the connection is back; it is tried again by itself."};
}

bool isSubject(std::string_view subject)
{
    return !subject.empty() && subject.front() != '.' && subject.back() != '.' &&
           subject.find("..") == std::string_view::npos &&
           std::none_of(subject.begin(), subject.end(),
                        [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

Error badSubject(std::string_view subject)
{
    std::string shown;
    for (const char c : subject.substr(0, 200))
        shown += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? '?' : c;
    return {"nats.bad-subject", "\"" + shown + "\" cannot be a subject.",
            "A subject is words joined by dots, without spaces."};
}

std::string_view orEmpty(const char *text)
{
    return text ? std::string_view(text) : std::string_view();
}

MessageView viewOf(natsMsg *msg)
{
    MessageView v;
    v.subject = orEmpty(natsMsg_GetSubject(msg));
    v.reply = orEmpty(natsMsg_GetReply(msg));
    v.data = std::string_view(natsMsg_GetData(msg), static_cast<std::size_t>(natsMsg_GetDataLength(msg)));
    v.status = statusOf(msg);
    v.handle = msg;
    return v;
}

std::string MessageView::header(const char *name) const
{
    const char *value = nullptr;
    if (!handle || natsMsgHeader_Get(messageOf(*this), name, &value) != NATS_OK || !value)
        return {};
    return value;
}

Message MessageView::copy() const
{
    Message m{std::string(subject), std::string(reply), std::string(data), {}, status};
    const char **keys = nullptr;
    int count = 0;
    if (handle && natsMsgHeader_Keys(messageOf(*this), &keys, &count) == NATS_OK) {
        for (int i = 0; i < count; ++i) {
            const char **values = nullptr;
            int n = 0;
            if (natsMsgHeader_Values(messageOf(*this), keys[i], &values, &n) != NATS_OK)
                continue;
            for (int k = 0; k < n; ++k)
                m.headers.emplace_back(keys[i], orEmpty(values[k]));
            std::free(static_cast<void *>(values));
        }
        std::free(static_cast<void *>(keys));
    }
    return m;
}

std::string Message::header(std::string_view name) const
{
    const auto it =
        std::find_if(headers.begin(), headers.end(), [&](const auto &h) { return h.first == name; });
    return it == headers.end() ? std::string() : it->second;
}

} // namespace muster::nats
