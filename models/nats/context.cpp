// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/context.h"

#include "core/json_writer.h"
#include "nats/connect_settings.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace muster::nats {

namespace dom = simdjson::dom;
namespace fs = std::filesystem;

namespace {

constexpr const char *defaultUrl = "nats://127.0.0.1:4222"; // that of the command line

/// A member of the file and where it lives in a Context.
struct Member {
    const char *key;
    std::string ConnectOptions::*option;
};
constexpr std::array members{
    Member{"token", &ConnectOptions::token},
    Member{"user", &ConnectOptions::user},
    Member{"password", &ConnectOptions::password},
    Member{"creds", &ConnectOptions::credentialsFile},
    Member{"nkey", &ConnectOptions::nkeySeedFile},
    Member{"cert", &ConnectOptions::certificateFile},
    Member{"key", &ConnectOptions::keyFile},
    Member{"ca", &ConnectOptions::caFile},
    Member{"inbox_prefix", &ConnectOptions::inboxPrefix},
};

bool isName(std::string_view name)
{
    return !name.empty() && name.size() <= 200 && name.front() != '.' &&
           std::none_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) < ' ' || c == '/' || c == '\\' || c == 0x7f;
           });
}

Error badName(std::string_view name)
{
    return {"context.bad-name", "\"" + std::string(name) + "\" cannot be the name of a context.",
            "A name has no slashes and does not begin with a dot."};
}

std::string pathOf(const std::string &root, const std::string &name)
{
    return root + "/context/" + name + ".json";
}

std::string textOf(dom::object object, std::string_view key)
{
    std::string_view v;
    return object[key].get(v) == simdjson::SUCCESS ? std::string(v) : std::string();
}

/// Newer command lines keep more than paths here: "op://vault/item", "nsc://...", "env://NAME", "data:...".
bool isForeignSecret(std::string_view text)
{
    return text.substr(0, 5) == "data:" ||
           (text.find("://") != std::string_view::npos && text.substr(0, 7) != "file://");
}

std::string joined(const std::vector<std::string> &servers)
{
    std::string text;
    for (const std::string &server : servers)
        text += (text.empty() ? "" : ",") + server;
    return text;
}

std::vector<std::string> split(std::string_view list)
{
    std::vector<std::string> all;
    while (!list.empty()) {
        std::string_view one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
        while (!one.empty() && one.front() == ' ')
            one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ')
            one.remove_suffix(1);
        if (!one.empty())
            all.emplace_back(one);
    }
    return all;
}

/// "$JS.<domain>.API" is a domain said in another way.
std::string domainOf(std::string_view apiPrefix)
{
    if (apiPrefix.size() > 8 && apiPrefix.substr(0, 4) == "$JS." &&
        apiPrefix.substr(apiPrefix.size() - 4) == ".API")
        return std::string(apiPrefix.substr(4, apiPrefix.size() - 8));
    return {};
}

Context fromObject(dom::object o)
{
    Context c;
    c.description = textOf(o, "description");
    c.options.servers = split(textOf(o, "url"));
    if (c.options.servers.empty())
        c.options.servers = {defaultUrl};
    for (const Member &m : members) {
        std::string text = textOf(o, m.key);
        const bool secret =
            m.option == &ConnectOptions::credentialsFile || m.option == &ConnectOptions::nkeySeedFile;
        if (secret && isForeignSecret(text)) {
            c.unsupported.push_back(std::string(m.key) + " (" + text.substr(0, text.find(':')) + ":)");
            continue;
        }
        if (secret && text.substr(0, 7) == "file://")
            text.erase(0, 7);
        c.options.*(m.option) = std::move(text);
    }
    c.jetStreamDomain = textOf(o, "jetstream_domain");
    if (const std::string prefix = textOf(o, "jetstream_api_prefix");
        !prefix.empty() && prefix != "$JS.API") {
        if (c.jetStreamDomain.empty() && !domainOf(prefix).empty())
            c.jetStreamDomain = domainOf(prefix);
        else if (domainOf(prefix) != c.jetStreamDomain || c.jetStreamDomain.empty())
            c.unsupported.emplace_back("jetstream_api_prefix");
    }
    for (const char *key : {"nsc", "user_jwt", "user_seed", "socks_proxy", "windows_cert_store"}) {
        if (!textOf(o, key).empty())
            c.unsupported.emplace_back(key);
    }
    bool tlsFirst = false;
    if (o["tls_first"].get(tlsFirst) == simdjson::SUCCESS && tlsFirst)
        c.unsupported.emplace_back("tls_first");
    return c;
}

Error writeError(const std::string &path, int error)
{
    return {"context.write",
            "The context \"" + path + "\" cannot be written: " + std::generic_category().message(error) + ".",
            "Check the permissions and the free space of the folder."};
}

/// To a file beside it first: whoever reads sees the old text or the new one.
Status replaceFile(const std::string &path, const std::string &text)
{
    std::string temporary = path + ".XXXXXX";
    const int fd = ::mkostemp(temporary.data(), O_CLOEXEC); // mode 0600
    if (fd < 0)
        return writeError(path, errno);
    int error = 0;
    for (std::size_t at = 0; at < text.size() && error == 0;) {
        const ssize_t n = ::write(fd, text.data() + at, text.size() - at);
        if (n >= 0)
            at += static_cast<std::size_t>(n);
        else if (errno != EINTR)
            error = errno;
    }
    if (error == 0 && ::fsync(fd) != 0)
        error = errno;
    if (::close(fd) != 0 && error == 0)
        error = errno;
    if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0)
        error = errno;
    if (error == 0)
        return {};
    ::unlink(temporary.c_str());
    return writeError(path, error);
}

} // namespace

std::string contextRoot()
{
    const char *config = std::getenv("XDG_CONFIG_HOME");
    return config && *config ? std::string(config) + "/nats" : expandPath("~/.config/nats");
}

std::vector<std::string> contextNames(const std::string &root)
{
    std::vector<std::string> names;
    std::error_code ec;
    for (fs::directory_iterator it(root + "/context", ec), end; !ec && it != end; it.increment(ec)) {
        std::error_code ignored;
        if (it->path().extension() == ".json" && it->is_regular_file(ignored) &&
            isName(it->path().stem().string()))
            names.push_back(it->path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string selectedContext(const std::string &root)
{
    auto text = readSmallFile("selected context", root + "/context.txt");
    if (!text)
        return {};
    const auto first = text->find_first_not_of(" \t\r\n");
    if (first == std::string::npos)
        return {};
    const std::string name = text->substr(first, text->find_last_not_of(" \t\r\n") - first + 1);
    return isName(name) ? name : std::string();
}

Result<Context> readContext(const std::string &name, const std::string &root)
{
    if (!isName(name))
        return badName(name);
    std::error_code ec;
    if (!fs::exists(pathOf(root, name), ec))
        return Error{"context.not-found", "There is no context \"" + name + "\".",
                     "Choose another one; they are kept in " + root + "/context."};
    auto text = readSmallFile("context", pathOf(root, name));
    if (!text)
        return text.error();
    dom::parser parser;
    dom::object object;
    if (const auto error = parser.parse(*text).get(object); error != simdjson::SUCCESS)
        return Error{
            "context.malformed",
            "The context \"" + name + "\" is not a JSON object: " + simdjson::error_message(error) + ".",
            "Correct the file " + pathOf(root, name) + ", or write it anew with: nats context save " + name};
    Context c = fromObject(object);
    c.name = name;
    c.json = std::move(*text);
    return c;
}

Status writeContext(const Context &context, const std::string &root)
{
    if (!isName(context.name))
        return badName(context.name);
    dom::parser parser;
    dom::object before;
    const bool had = !context.json.empty() && parser.parse(context.json).get(before) == simdjson::SUCCESS;
    const Context old = had ? fromObject(before) : Context();

    // Only what was changed is written anew: a path with "~" or a secret kept elsewhere stays as it was said.
    std::map<std::string, std::string> changed;
    const auto note = [&](const char *key, const std::string &was, const std::string &is) {
        if (!had || was != is)
            changed[key] = is;
    };
    note("description", old.description, context.description);
    note("url", joined(old.options.servers), joined(context.options.servers));
    for (const Member &m : members)
        note(m.key, old.options.*(m.option), context.options.*(m.option));
    note("jetstream_domain", old.jetStreamDomain, context.jetStreamDomain);

    std::string text;
    JsonWriter w(text);
    w.beginObject();
    if (had) {
        for (const dom::key_value_pair member : before) {
            const auto it = changed.find(std::string(member.key));
            w.key(member.key);
            if (it == changed.end())
                w.raw(simdjson::minify(member.value));
            else
                w.value(it->second);
            if (it != changed.end())
                changed.erase(it);
        }
    }
    for (const auto &[key, value] : changed)
        w.member(key, value);
    w.endObject();
    text += '\n';

    const std::string folder = root + "/context";
    std::error_code ec;
    for (const std::string &made : {root, folder}) {
        if (fs::is_directory(made, ec))
            continue;
        fs::create_directories(made, ec);
        if (ec)
            return writeError(pathOf(root, context.name), ec.value());
        ::chmod(made.c_str(), 0700);
    }
    return replaceFile(pathOf(root, context.name), text);
}

} // namespace muster::nats
