// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/server_probe.h"

#include <netdb.h>
#include <poll.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>

namespace muster::nats {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t maxInfoBytes = 1U << 18U; // a cluster of a thousand servers stays below

class Socket {
public:
    explicit Socket(int fd) : m_fd(fd) {}
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;
    ~Socket()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    int fd() const { return m_fd; }

private:
    int m_fd;
};

bool waitFor(int fd, short events, Clock::time_point deadline)
{
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0)
            return false;
        pollfd p{fd, events, 0};
        const int n = ::poll(&p, 1, static_cast<int>(std::min<std::int64_t>(left, 60000)));
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
}

std::string hostAndPort(const ServerAddress &a)
{
    const bool v6 = a.host.find(':') != std::string::npos;
    return (v6 ? "[" + a.host + "]" : a.host) + ":" + std::to_string(a.port);
}

Error unreachable(const ServerAddress &a, const std::string &why, std::string remedy)
{
    return {"nats.unreachable", "Cannot reach " + hostAndPort(a) + ": " + why + ".", std::move(remedy)};
}

Error silent(const ServerAddress &a, std::chrono::milliseconds timeout, const char *what)
{
    return {"nats.timeout",
            "No " + std::string(what) + " from " + hostAndPort(a) + " within " +
                std::to_string(timeout.count()) + " ms.",
            "Check the host and the port, and that no firewall on the way drops the connection."};
}

int connectTo(const addrinfo &ai, Clock::time_point deadline, int &error)
{
    const int fd = ::socket(ai.ai_family, ai.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, ai.ai_protocol);
    if (fd < 0) {
        error = errno;
        return -1;
    }
    if (::connect(fd, ai.ai_addr, ai.ai_addrlen) == 0)
        return fd;
    error = errno;
    if (error == EINPROGRESS) {
        error = ETIMEDOUT;
        if (waitFor(fd, POLLOUT, deadline)) {
            socklen_t size = sizeof(error);
            if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
                error = errno;
            if (error == 0)
                return fd;
        }
    }
    ::close(fd);
    return -1;
}

std::optional<ServerInfo> parseInfo(std::string_view line)
{
    if (line.substr(0, 5) != "INFO " && line.substr(0, 5) != "info ")
        return {};
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    const simdjson::padded_string json(line.substr(5));
    if (parser.parse(json).get(object) != simdjson::SUCCESS)
        return {};
    const auto text = [&](const char *key) {
        std::string_view v;
        return object[key].get(v) == simdjson::SUCCESS ? std::string(v) : std::string();
    };
    const auto flag = [&](const char *key) {
        bool v = false;
        return object[key].get(v) == simdjson::SUCCESS && v;
    };
    return ServerInfo{text("server_name"), text("version"), flag("tls_required"), flag("tls_available"),
                      flag("jetstream")};
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percentDecoded(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

} // namespace

std::string ServerAddress::url() const
{
    return (tls ? "tls://" : "nats://") + hostAndPort(*this);
}

Result<ServerAddress> parseAddress(std::string_view url)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!url.empty() && isSpace(url.front()))
        url.remove_prefix(1);
    while (!url.empty() && isSpace(url.back()))
        url.remove_suffix(1);

    ServerAddress a;
    std::string_view rest = url;
    std::string scheme = "nats";
    if (const auto at = rest.find("://"); at != std::string_view::npos) {
        scheme = std::string(rest.substr(0, at));
        std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
        rest.remove_prefix(at + 3);
    }
    std::string_view userInfo;
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        userInfo = rest.substr(0, at);
        rest.remove_prefix(at + 1);
    }
    const std::string shown = scheme + "://" + std::string(rest);
    const auto bad = [&](const std::string &why) {
        return Error{"nats.bad-url",
                     "The server address \"" + (url.empty() ? std::string() : shown) + "\" " + why + ".",
                     "Write it as nats://host:4222, or tls://host:4222 for an encrypted connection."};
    };
    if (url.empty())
        return bad("is empty");
    if (scheme == "ws" || scheme == "wss")
        return bad(
            "is a WebSocket address, which this program cannot use: name the server's plain NATS port");
    if (scheme != "nats" && scheme != "tls")
        return bad("has the scheme \"" + scheme + "\", which is not one of NATS");
    a.tls = scheme == "tls";

    while (!rest.empty() && rest.back() == '/')
        rest.remove_suffix(1);
    std::string_view port;
    if (!rest.empty() && rest.front() == '[') {
        const auto end = rest.find(']');
        if (end == std::string_view::npos)
            return bad("lacks the closing bracket of its IPv6 address");
        a.host = std::string(rest.substr(1, end - 1));
        rest.remove_prefix(end + 1);
        if (!rest.empty() && rest.front() != ':')
            return bad("has something other than a port after its IPv6 address");
        port = rest;
    } else {
        const auto colon = rest.find(':');
        a.host = std::string(rest.substr(0, colon));
        port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
        if (port.find(':', 1) != std::string_view::npos)
            return bad("has more than one port; an IPv6 address goes in brackets");
    }
    if (a.host.empty())
        return bad("names no host");
    const bool strange = std::any_of(a.host.begin(), a.host.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '?' || c == '#' || c == 0x7f;
    });
    if (strange)
        return bad("has a character in its host that cannot be there");
    if (!port.empty()) {
        port.remove_prefix(1);
        unsigned number = 0;
        const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), number);
        if (ec != std::errc() || end != port.data() + port.size() || number < 1 || number > 65535)
            return bad("has a port that is not a number from 1 to 65535");
        a.port = static_cast<std::uint16_t>(number);
    }
    if (!userInfo.empty()) {
        const auto colon = userInfo.find(':');
        if (colon == std::string_view::npos) {
            a.token = percentDecoded(userInfo);
        } else {
            a.user = percentDecoded(userInfo.substr(0, colon));
            a.password = percentDecoded(userInfo.substr(colon + 1));
        }
    }
    return a;
}

Result<ServerInfo> probeServer(const ServerAddress &address, std::chrono::milliseconds timeout)
{
    const auto deadline = Clock::now() + timeout;
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    const int rc = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
    if (rc != 0)
        return unreachable(address, std::string("the name cannot be resolved (") + ::gai_strerror(rc) + ")",
                           "Check the spelling of the host, and that this computer's name service knows it.");
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);

    int fd = -1;
    int error = 0;
    for (const addrinfo *ai = found; ai != nullptr && fd < 0; ai = ai->ai_next)
        fd = connectTo(*ai, deadline, error);
    const Socket socket(fd);
    if (fd < 0) {
        if (error == ETIMEDOUT)
            return silent(address, timeout, "answer");
        if (error == ECONNREFUSED)
            return unreachable(address, "the connection was refused, nothing listens there",
                               "Start the NATS server, or correct the port.");
        return unreachable(address, std::generic_category().message(error),
                           "Check the network, the host and the port.");
    }

    std::string line;
    char buffer[4096];
    while (line.find('\n') == std::string::npos) {
        const std::size_t compare = std::min<std::size_t>(line.size(), 4);
        const bool foreign = line.compare(0, compare, "INFO", compare) != 0 || line.size() > maxInfoBytes;
        if (foreign)
            return unreachable(address, "what listens there is not a NATS server",
                               "Correct the port: 4222 is the usual one of NATS clients.");
        if (!waitFor(fd, POLLIN, deadline)) {
            Error e = silent(address, timeout, "greeting");
            e.remedy = "Check that the port is that of a NATS server. One that wants TLS before its greeting "
                       "(handshake_first) cannot be used.";
            return e;
        }
        const auto n = ::recv(fd, buffer, sizeof(buffer), 0);
        if (n == 0)
            return unreachable(
                address, "it closed the connection without a greeting",
                "Check that the port is that of a NATS server, and that it has room for connections.");
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return unreachable(address, std::generic_category().message(errno),
                               "Check the network and the server.");
        if (n > 0)
            line.append(buffer, static_cast<std::size_t>(n));
    }
    line.resize(line.find('\n'));
    if (auto info = parseInfo(line))
        return std::move(*info);
    return unreachable(address, "what listens there is not a NATS server",
                       "Correct the port: 4222 is the usual one of NATS clients.");
}

} // namespace muster::nats
