// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/jetstream.h"

#include "core/json_writer.h"

#include <simdjson.h>

#include <array>
#include <charconv>

namespace muster::nats {

namespace dom = simdjson::dom;

namespace {

constexpr int notEnabled = 10076, notEnabledForAccount = 10039;

Error unavailable(const std::string &domain)
{
    if (!domain.empty())
        return {"jetstream.unavailable", "There is no JetStream in the domain \"" + domain + "\".",
                "Check the name of the domain, and that the link to its server is up."};
    return {"jetstream.unavailable", "This account has no JetStream.",
            "Add \"jetstream: {}\" to the server's configuration and, where it has accounts, \"jetstream: "
            "enabled\" to "
            "this one; or sign in to an account that has it."};
}

/// The members that StreamConfig stands for; the rest of a stream's configuration is not ours to touch.
constexpr std::array ownMembers{
    "name",         "description",      "subjects",          "retention",   "max_consumers",
    "max_msgs",     "max_bytes",        "max_age",           "discard",     "max_msgs_per_subject",
    "num_replicas", "duplicate_window", "allow_rollup_hdrs", "deny_delete", "deny_purge",
    "allow_direct", "republish"};

std::string textOf(dom::object object, std::string_view key)
{
    std::string_view v;
    return object[key].get(v) == simdjson::SUCCESS ? std::string(v) : std::string();
}

std::int64_t numberOf(dom::object object, std::string_view key, std::int64_t otherwise = 0)
{
    std::int64_t v = 0;
    return object[key].get(v) == simdjson::SUCCESS ? v : otherwise;
}

std::uint64_t countOf(dom::object object, std::string_view key)
{
    std::uint64_t v = 0;
    return object[key].get(v) == simdjson::SUCCESS ? v : 0;
}

bool flagOf(dom::object object, std::string_view key)
{
    bool v = false;
    return object[key].get(v) == simdjson::SUCCESS && v;
}

int smallOf(dom::object object, std::string_view key)
{
    const std::int64_t v = numberOf(object, key);
    return v > 0 && v < 1'000'000'000 ? static_cast<int>(v) : 0;
}

dom::object objectOf(dom::object object, std::string_view key)
{
    dom::object v;
    return object[key].get(v) == simdjson::SUCCESS ? v : dom::object();
}

bool hasObject(dom::object object, std::string_view key)
{
    dom::object v;
    return object[key].get(v) == simdjson::SUCCESS;
}

/// The server says -1 where we say 0.
std::int64_t limitOf(dom::object object, std::string_view key)
{
    return std::max<std::int64_t>(0, numberOf(object, key));
}

Error malformed(std::string_view api)
{
    return {"jetstream.malformed", "The answer to " + std::string(api) + " is not one of JetStream.",
            "Check that nothing else answers on JetStream's subjects in this account."};
}

Result<dom::object> parsed(dom::parser &parser, const std::string &text, std::string_view api)
{
    dom::object object;
    if (parser.parse(text).get(object) != simdjson::SUCCESS)
        return malformed(api);
    return object;
}

StreamConfig readConfig(dom::object o)
{
    StreamConfig c;
    c.name = textOf(o, "name");
    c.description = textOf(o, "description");
    dom::array subjects;
    if (o["subjects"].get(subjects) == simdjson::SUCCESS) {
        for (const dom::element e : subjects) {
            std::string_view subject;
            if (e.get(subject) == simdjson::SUCCESS)
                c.subjects.emplace_back(subject);
        }
    }
    const std::string retention = textOf(o, "retention");
    c.retention = retention == "workqueue"  ? Retention::WorkQueue
                  : retention == "interest" ? Retention::Interest
                                            : Retention::Limits;
    c.maxMessagesPerSubject = limitOf(o, "max_msgs_per_subject");
    c.maxMessages = limitOf(o, "max_msgs");
    c.maxBytes = limitOf(o, "max_bytes");
    c.maxAge = std::chrono::nanoseconds(limitOf(o, "max_age"));
    c.duplicateWindow = std::chrono::nanoseconds(limitOf(o, "duplicate_window"));
    c.maxConsumers = smallOf(o, "max_consumers");
    c.replicas = std::max(1, smallOf(o, "num_replicas"));
    c.discardNew = textOf(o, "discard") == "new";
    c.allowRollup = flagOf(o, "allow_rollup_hdrs");
    c.denyDelete = flagOf(o, "deny_delete");
    c.denyPurge = flagOf(o, "deny_purge");
    c.allowDirect = flagOf(o, "allow_direct");
    if (hasObject(o, "republish")) {
        const dom::object r = objectOf(o, "republish");
        c.republishSource = textOf(r, "src");
        c.republishDestination = textOf(r, "dest");
        c.republishHeadersOnly = flagOf(r, "headers_only");
    }
    return c;
}

StreamInfo readInfo(dom::object o)
{
    StreamInfo i;
    if (hasObject(o, "config"))
        i.config = readConfig(objectOf(o, "config"));
    i.created = textOf(o, "created");
    if (hasObject(o, "state")) {
        const dom::object s = objectOf(o, "state");
        i.messages = countOf(s, "messages");
        i.bytes = countOf(s, "bytes");
        i.firstSequence = countOf(s, "first_seq");
        i.lastSequence = countOf(s, "last_seq");
        i.subjects = countOf(s, "num_subjects");
        i.consumers = smallOf(s, "consumer_count");
    }
    return i;
}

void writeOwnMembers(JsonWriter &w, const StreamConfig &c)
{
    const auto limit = [](std::int64_t n) { return n > 0 ? n : std::int64_t{-1}; };
    w.member("name", c.name);
    if (!c.description.empty())
        w.member("description", c.description);
    w.key("subjects").beginArray();
    for (const std::string &subject : c.subjects)
        w.value(subject);
    w.endArray();
    w.member("retention", c.retention == Retention::WorkQueue  ? "workqueue"
                          : c.retention == Retention::Interest ? "interest"
                                                               : "limits");
    w.member("max_consumers", limit(c.maxConsumers));
    w.member("max_msgs", limit(c.maxMessages));
    w.member("max_bytes", limit(c.maxBytes));
    w.member("max_age", static_cast<std::int64_t>(c.maxAge.count()));
    w.member("max_msgs_per_subject", limit(c.maxMessagesPerSubject));
    w.member("discard", c.discardNew ? "new" : "old");
    w.member("num_replicas", std::int64_t{c.replicas});
    w.member("duplicate_window", static_cast<std::int64_t>(c.duplicateWindow.count()));
    w.member("allow_rollup_hdrs", c.allowRollup);
    w.member("deny_delete", c.denyDelete);
    w.member("deny_purge", c.denyPurge);
    w.member("allow_direct", c.allowDirect);
    if (!c.republishDestination.empty()) {
        w.key("republish").beginObject();
        w.member("src", c.republishSource).member("dest", c.republishDestination);
        w.member("headers_only", c.republishHeadersOnly);
        w.endObject();
    }
}

/// A name becomes a token of the API's subject.
bool isStreamName(std::string_view name)
{
    return !name.empty() && name.find_first_of(". *>/\\\t\r\n") == std::string_view::npos;
}

Error badName(std::string_view name)
{
    return {"jetstream.bad-name", "\"" + std::string(name) + "\" cannot be the name of a stream.",
            "Leave out dots, spaces, slashes and wildcards."};
}

} // namespace

JetStream::JetStream(std::shared_ptr<Connection> connection, std::string domain, milliseconds timeout)
    : m_connection(std::move(connection)),
      m_domain(std::move(domain)),
      m_prefix(m_domain.empty() ? "$JS.API." : "$JS." + m_domain + ".API."),
      m_timeout(timeout)
{
}

Result<std::string> JetStream::call(std::string_view api, std::string_view body)
{
    auto reply = m_connection->request(m_prefix + std::string(api), body, m_timeout);
    if (!reply) {
        if (reply.error().code == "nats.no-responders")
            return unavailable(m_domain);
        return reply.error();
    }
    // An error stands near the front of its reply; a page of counts is not read twice for it.
    const std::string_view head = std::string_view(reply->data).substr(0, 512);
    if (head.find("\"error\"") != std::string_view::npos) {
        dom::parser parser;
        auto object = parsed(parser, reply->data, api);
        if (object && hasObject(*object, "error")) {
            const dom::object e = objectOf(*object, "error");
            const std::int64_t status = numberOf(e, "code");
            const std::int64_t code = numberOf(e, "err_code");
            const std::string words = textOf(e, "description");
            if (code == notEnabled || code == notEnabledForAccount)
                return unavailable(m_domain);
            if (status == 404)
                return Error{"jetstream.not-found", "The server has no such thing: " + words + ".",
                             "Prepare the streams of the fleet (musterctl setup), or check the name."};
            return Error{"jetstream." + std::to_string(code),
                         "JetStream refused " + std::string(api) + ": " + words + ".",
                         status >= 500 ? "Try again; if it lasts, look into the server's log."
                                       : "Check the limits and the permissions of the account."};
        }
    }
    return std::move(reply->data);
}

Result<AccountInfo> JetStream::accountInfo()
{
    const auto reply = call("INFO", {});
    if (!reply)
        return reply.error();
    dom::parser parser;
    const auto o = parsed(parser, *reply, "INFO");
    if (!o)
        return o.error();
    AccountInfo info;
    info.streams = smallOf(*o, "streams");
    info.consumers = smallOf(*o, "consumers");
    info.storageBytes = countOf(*o, "storage");
    info.domain = textOf(*o, "domain");
    if (hasObject(*o, "limits"))
        info.maxStorageBytes = numberOf(objectOf(*o, "limits"), "max_storage", -1);
    return info;
}

namespace {

Result<StreamInfo> streamReply(const Result<std::string> &reply, std::string_view api)
{
    if (!reply)
        return reply.error();
    dom::parser parser;
    const auto o = parsed(parser, *reply, api);
    if (!o)
        return o.error();
    return readInfo(*o);
}

} // namespace

Result<StreamInfo> JetStream::streamInfo(std::string_view stream)
{
    if (!isStreamName(stream))
        return badName(stream);
    return streamReply(call("STREAM.INFO." + std::string(stream), {}), "STREAM.INFO");
}

Result<std::vector<std::string>> JetStream::streamNames()
{
    std::vector<std::string> names;
    for (;;) {
        std::string body;
        JsonWriter(body).beginObject().member("offset", static_cast<std::int64_t>(names.size())).endObject();
        const auto reply = call("STREAM.NAMES", body);
        if (!reply)
            return reply.error();
        dom::parser parser;
        const auto o = parsed(parser, *reply, "STREAM.NAMES");
        if (!o)
            return o.error();
        dom::array page;
        std::size_t got = 0;
        if ((*o)["streams"].get(page) == simdjson::SUCCESS) {
            for (const dom::element e : page) {
                std::string_view name;
                if (e.get(name) == simdjson::SUCCESS) {
                    names.emplace_back(name);
                    ++got;
                }
            }
        }
        if (got == 0 || names.size() >= countOf(*o, "total"))
            return names;
    }
}

Result<StreamInfo> JetStream::createStream(const StreamConfig &config)
{
    if (!isStreamName(config.name))
        return badName(config.name);
    std::string body;
    JsonWriter w(body);
    w.beginObject();
    writeOwnMembers(w, config);
    w.member("storage", "file");
    w.endObject();
    return streamReply(call("STREAM.CREATE." + config.name, body), "STREAM.CREATE");
}

Result<StreamInfo> JetStream::updateStream(const StreamConfig &config)
{
    if (!isStreamName(config.name))
        return badName(config.name);
    const auto reply = call("STREAM.INFO." + config.name, {});
    if (!reply)
        return reply.error();
    dom::parser parser;
    const auto o = parsed(parser, *reply, "STREAM.INFO");
    if (!o)
        return o.error();
    if (!hasObject(*o, "config"))
        return malformed("STREAM.INFO");
    std::string body;
    JsonWriter w(body);
    w.beginObject();
    for (const dom::key_value_pair member : objectOf(*o, "config")) {
        if (std::find(ownMembers.begin(), ownMembers.end(), member.key) == ownMembers.end())
            w.key(member.key).raw(simdjson::minify(member.value));
    }
    writeOwnMembers(w, config);
    w.endObject();
    return streamReply(call("STREAM.UPDATE." + config.name, body), "STREAM.UPDATE");
}

Status JetStream::deleteStream(std::string_view stream)
{
    if (!isStreamName(stream))
        return badName(stream);
    const auto reply = call("STREAM.DELETE." + std::string(stream), {});
    return reply ? Status() : Status(reply.error());
}

Result<std::map<std::string, std::uint64_t>> JetStream::subjectCounts(std::string_view stream,
                                                                      std::string_view filter)
{
    if (!isStreamName(stream))
        return badName(stream);
    std::map<std::string, std::uint64_t> counts;
    dom::parser parser;
    for (std::uint64_t offset = 0;;) {
        std::string body;
        JsonWriter(body)
            .beginObject()
            .member("subjects_filter", filter)
            .member("offset", static_cast<std::int64_t>(offset))
            .endObject();
        const auto reply = call("STREAM.INFO." + std::string(stream), body);
        if (!reply)
            return reply.error();
        const auto o = parsed(parser, *reply, "STREAM.INFO");
        if (!o)
            return o.error();
        std::uint64_t got = 0;
        if (hasObject(*o, "state") && hasObject(objectOf(*o, "state"), "subjects")) {
            for (const dom::key_value_pair member : objectOf(objectOf(*o, "state"), "subjects")) {
                std::uint64_t n = 0;
                if (member.value.get(n) == simdjson::SUCCESS)
                    counts.emplace(member.key, n);
                ++got;
            }
        }
        offset += got;
        if (got == 0 || offset >= countOf(*o, "total"))
            return counts;
    }
}

Result<PublishAck> JetStream::publish(std::string_view subject, std::string_view data,
                                      std::string_view messageId, const Headers &headers)
{
    Headers all = headers;
    all.emplace_back("Nats-Msg-Id", messageId);
    const auto reply = m_connection->request(subject, data, m_timeout, all);
    if (!reply) {
        if (reply.error().code == "nats.no-responders")
            return Error{"jetstream.no-stream",
                         "No stream keeps the subject \"" + std::string(subject) + "\".",
                         "Prepare the streams of the fleet: musterctl setup."};
        return reply.error();
    }
    dom::parser parser;
    const auto o = parsed(parser, reply->data, subject);
    if (!o)
        return o.error();
    if (hasObject(*o, "error")) {
        const dom::object e = objectOf(*o, "error");
        return Error{"jetstream." + std::to_string(numberOf(e, "err_code")),
                     "The stream did not take \"" + std::string(subject) + "\": " + textOf(e, "description") +
                         ".",
                     "Check the limits of the stream."};
    }
    PublishAck ack{textOf(*o, "stream"), countOf(*o, "seq"), flagOf(*o, "duplicate")};
    if (ack.stream.empty() || ack.sequence == 0)
        return malformed(subject);
    return ack;
}

Result<std::uint64_t> JetStream::purge(std::string_view stream, std::string_view subject)
{
    if (!isStreamName(stream))
        return badName(stream);
    std::string body;
    JsonWriter(body).beginObject().member("filter", subject).endObject();
    const auto reply = call("STREAM.PURGE." + std::string(stream), body);
    if (!reply)
        return reply.error();
    dom::parser parser;
    const auto o = parsed(parser, *reply, "STREAM.PURGE");
    if (!o)
        return o.error();
    return countOf(*o, "purged");
}

Status JetStream::deleteMessage(std::string_view stream, std::uint64_t sequence)
{
    if (!isStreamName(stream))
        return badName(stream);
    std::string body;
    JsonWriter(body)
        .beginObject()
        .member("seq", static_cast<std::int64_t>(sequence))
        .member("no_erase", true)
        .endObject();
    const auto reply = call("STREAM.MSG.DELETE." + std::string(stream), body);
    return reply ? Status() : Status(reply.error());
}

Result<JetStream::Record> JetStream::lastMessage(std::string_view stream, std::string_view subject)
{
    if (!isStreamName(stream))
        return badName(stream);
    auto reply = m_connection->request(
        m_prefix + "DIRECT.GET." + std::string(stream) + "." + std::string(subject), {}, m_timeout);
    if (!reply) {
        // A server is silent on a stream that is not there or does not allow this.
        bool missing = reply.error().code == "nats.no-responders";
        if (reply.error().code == "nats.timeout") {
            const auto info = streamInfo(stream);
            missing = info ? !info->config.allowDirect : info.error().code == "jetstream.not-found";
        }
        if (missing)
            return Error{"jetstream.no-stream",
                         "There is no stream \"" + std::string(stream) + "\" that allows direct reads.",
                         "Prepare the streams of the fleet: musterctl setup."};
        return reply.error();
    }
    if (reply->status == 404)
        return Error{"jetstream.not-found",
                     "The stream \"" + std::string(stream) + "\" holds nothing on \"" + std::string(subject) +
                         "\".",
                     {}};
    const std::string sequence = reply->header("Nats-Sequence");
    Record record;
    const auto [end, ec] =
        std::from_chars(sequence.data(), sequence.data() + sequence.size(), record.sequence);
    if (reply->status != 0 || ec != std::errc() || end == sequence.data())
        return malformed("DIRECT.GET");
    record.time = reply->header("Nats-Time-Stamp");
    record.message = std::move(*reply);
    record.message.subject = record.message.header("Nats-Subject");
    return record;
}

} // namespace muster::nats
