// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/nats_error.h"

#include <algorithm>

namespace muster::nats {

namespace {

bool contains(std::string_view text, std::string_view what)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::search(text.begin(), text.end(), what.begin(), what.end(),
                       [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

} // namespace

std::string lastNatsText()
{
    natsStatus status = NATS_OK;
    const char *text = nats_GetLastError(&status);
    if (!text)
        return {};
    std::string_view said(text);
    if (said.substr(0, 1) == "(") {
        if (const auto end = said.find("): "); end != std::string_view::npos)
            said.remove_prefix(end + 3);
    }
    return std::string(said);
}

Error natsError(natsStatus status, std::string_view doing, std::string_view detail)
{
    Error e;
    std::string why(detail.empty() ? std::string_view(natsStatus_GetText(status)) : detail);
    while (!why.empty() && (why.back() == '.' || why.back() == '\n' || why.back() == ' '))
        why.pop_back();
    e.message = std::string(doing) + " failed: " + why + ".";

    // A server that refuses to let us in says so in words; nats.c has one status for it on connect and others
    // later.
    if (status == NATS_CONNECTION_AUTH_FAILED || contains(detail, "authorization violation") ||
        contains(detail, "authentication expired") || contains(detail, "authentication revoked") ||
        contains(detail, "authentication timeout")) {
        e.code = "nats.auth";
        e.remedy =
            "Check user and password, token, credentials file or nkey, and that the server knows them.";
        return e;
    }
    switch (status) {
    case NATS_NOT_PERMITTED:
        e.code = "nats.permission";
        e.remedy = "Ask whoever runs the server to allow this user the subject.";
        break;
    case NATS_SSL_ERROR:
        e.code = "nats.tls";
        e.remedy =
            contains(detail, "verify failed")
                ? "Name the CA that signed the server's certificate, and check that the certificate is valid "
                  "for "
                  "this host and not expired."
                : "Check the CA file, and the client's certificate and key if the server asks for them.";
        break;
    case NATS_SECURE_CONNECTION_WANTED:
        e.code = "nats.tls";
        e.remedy = "The server does not offer TLS: switch it on there, or connect without it.";
        break;
    case NATS_SECURE_CONNECTION_REQUIRED:
        e.code = "nats.tls";
        e.remedy = "The server takes only encrypted connections: allow TLS.";
        break;
    case NATS_TIMEOUT:
        e.code = "nats.timeout";
        e.remedy = "Check that the other side runs and that the network between is sound, then try again.";
        break;
    case NATS_NO_SERVER:
        e.code = "nats.unreachable";
        e.remedy = "Check the address, and that the server runs.";
        break;
    case NATS_NO_RESPONDERS:
        e.code = "nats.no-responders";
        e.remedy = "Nobody listens on this subject: check that the other side runs, and in the same account.";
        break;
    case NATS_MAX_PAYLOAD:
        e.code = "nats.too-large";
        e.remedy = "Send less, or raise max_payload in the server's configuration.";
        break;
    case NATS_IO_ERROR:
    case NATS_CONNECTION_CLOSED:
    case NATS_CONNECTION_DISCONNECTED:
    case NATS_STALE_CONNECTION:
    case NATS_NOT_YET_CONNECTED:
    case NATS_INSUFFICIENT_BUFFER:
        e.code = "nats.disconnected";
        e.remedy = "It is tried again by itself; if it lasts, check the server and the network.";
        break;
    default:
        e.code = "nats.error";
        e.remedy = "Try again; if it lasts, look into the server's log.";
        break;
    }
    return e;
}

} // namespace muster::nats
