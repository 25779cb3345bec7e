// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/connect_settings.h"

#include "nats/nats_error.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

namespace muster::nats {

namespace {

constexpr std::size_t maxFileBytes = 1U << 20U;

Error fileError(std::string_view what, const std::string &path, const std::string &why,
                std::string_view remedy)
{
    return {"nats.file", "The " + std::string(what) + " \"" + path + "\" " + why + ".", std::string(remedy)};
}

/// Expands in place and reads; an empty path is fine.
Result<std::string> openNamed(std::string_view what, std::string &path)
{
    if (path.empty())
        return std::string();
    path = expandPath(path);
    return readSmallFile(what, path);
}

std::uint16_t crc16(const unsigned char *data, std::size_t size)
{
    std::uint32_t crc = 0; // CRC-16/XMODEM, as nkeys use it
    for (std::size_t i = 0; i < size; ++i) {
        crc ^= static_cast<std::uint32_t>(data[i]) << 8U;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    }
    return static_cast<std::uint16_t>(crc & 0xFFFFU);
}

constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The public key ("U...") of a user's seed ("SU..."); nothing when it is not one.
std::optional<std::string> publicKeyOf(std::string_view seed)
{
    std::array<unsigned char, 36> raw{}; // two of prefix, 32 of seed, two of checksum
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t n = 0;
    for (const char c : seed) {
        const auto digit = base32.find(c);
        if (digit == std::string_view::npos)
            return {};
        bits = (bits << 5U) | static_cast<std::uint32_t>(digit);
        count += 5;
        if (count >= 8) {
            count -= 8;
            if (n == raw.size())
                return {};
            raw[n++] = static_cast<unsigned char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
        }
    }
    constexpr unsigned seedPrefix = 18U << 3U;
    constexpr unsigned userPrefix = 20U << 3U;
    if (n != raw.size() || (raw[0] & 0xF8U) != seedPrefix ||
        (((raw[0] & 7U) << 5U) | ((raw[1] & 0xF8U) >> 3U)) != userPrefix)
        return {};
    if (crc16(raw.data(), 34) != (static_cast<unsigned>(raw[34]) | (static_cast<unsigned>(raw[35]) << 8U)))
        return {};

    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw.data() + 2, 32), &EVP_PKEY_free);
    std::array<unsigned char, 35> out{};
    std::size_t size = 32;
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), out.data() + 1, &size) != 1 || size != 32)
        return {};
    out[0] = static_cast<unsigned char>(userPrefix);
    const std::uint16_t crc = crc16(out.data(), 33);
    out[33] = static_cast<unsigned char>(crc & 0xFFU);
    out[34] = static_cast<unsigned char>(crc >> 8U);

    std::string text;
    bits = 0;
    count = 0;
    for (const unsigned char byte : out) {
        bits = (bits << 8U) | byte;
        count += 8;
        while (count >= 5) {
            count -= 5;
            text += base32[(bits >> static_cast<unsigned>(count)) & 31U];
        }
    }
    return text;
}

/// The first line of a seed file that holds a seed: nk writes it bare, nsc between dashes.
std::string_view seedIn(std::string_view text)
{
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        const std::string_view line = text.substr(0, end);
        if (line.substr(0, 2) == "SU")
            return line;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return {};
}

Status checkFiles(ConnectOptions &o)
{
    auto creds = openNamed("credentials file", o.credentialsFile);
    if (!creds)
        return creds.error();
    if (!o.credentialsFile.empty() && (creds->find("BEGIN NATS USER JWT") == std::string::npos ||
                                       creds->find("BEGIN USER NKEY SEED") == std::string::npos))
        return fileError("credentials file", o.credentialsFile, "does not hold a user's JWT and seed",
                         "Name a .creds file, as nsc or your administrator makes it.");
    auto nkey = openNamed("nkey seed file", o.nkeySeedFile);
    if (!nkey)
        return nkey.error();
    if (!o.nkeySeedFile.empty() && !publicKeyOf(seedIn(*nkey)))
        return fileError("nkey seed file", o.nkeySeedFile, "does not hold the seed of a user (\"SU...\")",
                         "Name the file with the private half of the user's nkey.");
    if (auto ca = openNamed("CA file", o.caFile); !ca)
        return ca.error();
    if (auto certificate = openNamed("client certificate", o.certificateFile); !certificate)
        return certificate.error();
    if (auto key = openNamed("client key", o.keyFile); !key)
        return key.error();
    if (o.certificateFile.empty() != o.keyFile.empty())
        return Error{"nats.file",
                     o.keyFile.empty() ? "A client certificate is given without its key."
                                       : "A client key is given without its certificate.",
                     "Give both files, or none."};
    return {};
}

bool isNameByte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

} // namespace

Result<std::string> readSmallFile(std::string_view what, const std::string &path)
{
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0)
        return fileError(what, path, "cannot be read: " + std::generic_category().message(errno),
                         "Correct the path, or the permissions of the file.");
    if (!S_ISREG(st.st_mode))
        return fileError(what, path, "is not a file", "Name a file.");
    if (static_cast<std::uint64_t>(st.st_size) > maxFileBytes)
        return fileError(what, path, "is too large to be one", "Name the right file.");
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad())
        return fileError(what, path,
                         "cannot be read: " + std::generic_category().message(errno ? errno : EIO),
                         "Correct the permissions of the file.");
    return text;
}

std::string expandPath(std::string_view path)
{
    const auto variable = [](const std::string &name) {
        const char *value = std::getenv(name.c_str());
        return value ? std::string(value) : std::string();
    };
    std::string out;
    std::size_t i = 0;
    if (path == "~" || path.substr(0, 2) == "~/") {
        out = variable("HOME");
        i = 1;
    }
    while (i < path.size()) {
        if (path[i] != '$') {
            out += path[i++];
            continue;
        }
        const bool braced = i + 1 < path.size() && path[i + 1] == '{';
        std::size_t end = i + (braced ? 2 : 1);
        const std::size_t start = end;
        while (end < path.size() && isNameByte(path[end]))
            ++end;
        const bool closed = !braced || (end < path.size() && path[end] == '}');
        if (end == start || !closed) {
            out += path[i++];
            continue;
        }
        out += variable(std::string(path.substr(start, end - start)));
        i = end + (braced ? 1 : 0);
    }
    return out;
}

Result<ConnectSettings> checkOptions(ConnectOptions options)
{
    ConnectSettings s;
    if (options.servers.empty())
        return Error{"nats.bad-url", "No server address is given.", "Give one, as nats://host:4222."};
    const ServerAddress *named = nullptr;
    s.addresses.reserve(options.servers.size());
    for (const std::string &url : options.servers) {
        auto parsed = parseAddress(url);
        if (!parsed)
            return parsed.error();
        const ServerAddress &address = s.addresses.emplace_back(std::move(*parsed));
        s.secure = s.secure || address.tls;
        if (address.user.empty() && address.token.empty())
            continue;
        if (named && (address.user != named->user || address.password != named->password ||
                      address.token != named->token))
            return Error{"nats.bad-url", "The server addresses name different users.",
                         "Give the user and the password once, apart from the addresses."};
        named = &address;
    }
    if (options.tls == Tls::Off && s.secure)
        return Error{"nats.bad-url", "A tls:// address is given while TLS is switched off.",
                     "Allow TLS, or write the address as nats://."};
    s.secure = s.secure || options.tls == Tls::Required;
    if (named && options.user.empty() && options.token.empty()) {
        options.user = named->user;
        options.password = named->password;
        options.token = named->token;
    }
    if (auto files = checkFiles(options); !files)
        return files.error();
    s.options = std::move(options);
    return s;
}

Result<NatsOptionsPtr> makeNatsOptions(const ConnectSettings &settings, bool secure)
{
    const ConnectOptions &o = settings.options;
    natsOptions *raw = nullptr;
    natsStatus s = natsOptions_Create(&raw);
    NatsOptionsPtr opts(raw, &natsOptions_Destroy);
    std::vector<std::string> urls;
    std::vector<const char *> pointers;
    for (const ServerAddress &a : settings.addresses)
        urls.push_back(a.url());
    pointers.reserve(urls.size());
    for (const std::string &url : urls)
        pointers.push_back(url.c_str());

    const auto also = [&s](natsStatus next) { s = s == NATS_OK ? next : s; };
    if (s == NATS_OK) {
        also(natsOptions_SetServers(raw, pointers.data(), static_cast<int>(pointers.size())));
        also(natsOptions_SetNoRandomize(raw, true));
        also(natsOptions_SetName(raw, o.name.c_str()));
        also(natsOptions_SetTimeout(raw, o.connectTimeout.count()));
        also(natsOptions_SetPingInterval(raw, o.pingInterval.count()));
        also(natsOptions_SetMaxPingsOut(raw, 2));
        also(natsOptions_SetAllowReconnect(raw, true));
        also(natsOptions_SetMaxReconnect(raw, -1));
        also(natsOptions_SetReconnectWait(raw, o.reconnectWait.count()));
        also(natsOptions_SetReconnectJitter(raw, 100, 250));
        // As near to "keep nothing for later" as it goes: 0 means the default of 8 MiB.
        also(natsOptions_SetReconnectBufSize(raw, 1));
        also(natsOptions_SetFailRequestsOnDisconnect(raw, true));
        if (!o.inboxPrefix.empty())
            also(natsOptions_SetCustomInboxPrefix(raw, o.inboxPrefix.c_str()));
    }
    if (s == NATS_OK && !o.user.empty()) {
        also(natsOptions_SetUserInfo(raw, o.user.c_str(), o.password.c_str()));
    } else if (s == NATS_OK && !o.credentialsFile.empty()) {
        also(natsOptions_SetUserCredentialsFromFiles(raw, o.credentialsFile.c_str(), nullptr));
    } else if (s == NATS_OK && !o.nkeySeedFile.empty()) {
        auto text = readSmallFile("nkey seed file", o.nkeySeedFile);
        if (!text)
            return text.error();
        const auto key = publicKeyOf(seedIn(*text));
        if (!key)
            return fileError("nkey seed file", o.nkeySeedFile, "no longer holds the seed of a user",
                             "Restore it.");
        also(natsOptions_SetNKeyFromSeed(raw, key->c_str(), o.nkeySeedFile.c_str()));
    } else if (s == NATS_OK && !o.token.empty()) {
        also(natsOptions_SetToken(raw, o.token.c_str()));
    }
    if (s != NATS_OK)
        return natsError(s, "Preparing the connection", lastNatsText());

    if (secure) {
        s = natsOptions_SetSecure(raw, true);
        if (s != NATS_OK)
            return natsError(NATS_SSL_ERROR, "Switching TLS on", lastNatsText());
        if (!o.caFile.empty() && natsOptions_LoadCATrustedCertificates(raw, o.caFile.c_str()) != NATS_OK)
            return fileError("CA file", o.caFile, "holds no usable certificate (" + lastNatsText() + ")",
                             "Name a file of CA certificates in PEM form.");
        if (!o.certificateFile.empty() &&
            natsOptions_LoadCertificatesChain(raw, o.certificateFile.c_str(), o.keyFile.c_str()) != NATS_OK)
            return fileError(
                "client certificate", o.certificateFile,
                "and the key \"" + o.keyFile + "\" cannot be used (" + lastNatsText() + ")",
                "Name a certificate chain and its own key, both in PEM form, the key without a password.");
    }
    return opts;
}

} // namespace muster::nats
