// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ulid.h"
#include "nats/jetstream.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace muster::nats {

namespace {

constexpr const char *wrongLastSequence = "jetstream.10071";

bool isPlain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

Error badKey(std::string_view key)
{
    return {"kv.bad-key", "\"" + std::string(key) + "\" cannot be a key.",
            "A key is words of letters, digits, -, _, / and =, joined by dots."};
}

Error notFound(std::string_view bucket, std::string_view key)
{
    return {"kv.not-found",
            "The bucket \"" + std::string(bucket) + "\" has no key \"" + std::string(key) + "\".",
            {}};
}

bool isRemoval(const Message &message)
{
    return !message.header("KV-Operation").empty() || !message.header("Nats-Marker-Reason").empty();
}

} // namespace

KeyValue::KeyValue(JetStream jetStream, std::string bucket)
    : m_jetStream(std::move(jetStream)),
      m_bucket(std::move(bucket))
{
}

bool KeyValue::isBucket(std::string_view name)
{
    return !name.empty() && std::all_of(name.begin(), name.end(), isPlain);
}

bool KeyValue::isKey(std::string_view key)
{
    const auto fits = [](char c) { return isPlain(c) || c == '/' || c == '=' || c == '.'; };
    return !key.empty() && key.front() != '.' && key.back() != '.' &&
           key.find("..") == std::string_view::npos && key.substr(0, 3) != "_kv" &&
           std::all_of(key.begin(), key.end(), fits);
}

std::string KeyValue::subject(std::string_view key) const
{
    return "$KV." + m_bucket + "." + std::string(key);
}

Result<KeyValue::Entry> KeyValue::get(std::string_view key)
{
    if (!isKey(key))
        return badKey(key);
    auto record = m_jetStream.lastMessage(streamName(), subject(key));
    if (!record)
        return record.error().code == "jetstream.not-found" ? notFound(m_bucket, key) : record.error();
    if (isRemoval(record->message))
        return notFound(m_bucket, key);
    return Entry{std::string(key), std::move(record->message.data), record->sequence, false};
}

Result<std::uint64_t> KeyValue::put(std::string_view key, std::string_view value)
{
    if (!isKey(key))
        return badKey(key);
    const auto ack = m_jetStream.publish(subject(key), value, newUlid());
    if (!ack)
        return ack.error();
    return ack->sequence;
}

Result<std::uint64_t> KeyValue::update(std::string_view key, std::string_view value,
                                       std::uint64_t expectedRevision)
{
    if (!isKey(key))
        return badKey(key);
    const auto attempt = [&](std::uint64_t revision) {
        return m_jetStream.publish(subject(key), value, newUlid(),
                                   {{"Nats-Expected-Last-Subject-Sequence", std::to_string(revision)}});
    };
    auto ack = attempt(expectedRevision);
    if (!ack && ack.error().code == wrongLastSequence && expectedRevision == 0) {
        // A removed key is there as its removal.
        const auto last = m_jetStream.lastMessage(streamName(), subject(key));
        if (last && isRemoval(last->message))
            ack = attempt(last->sequence);
    }
    if (ack)
        return ack->sequence;
    if (ack.error().code == wrongLastSequence)
        return Error{"kv.conflict",
                     "\"" + std::string(key) + "\" was changed by somebody else in the meantime.",
                     "Read it again, then decide what to write."};
    return ack.error();
}

Status KeyValue::remove(std::string_view key)
{
    if (!isKey(key))
        return badKey(key);
    const auto ack = m_jetStream.publish(subject(key), {}, newUlid(), {{"KV-Operation", "DEL"}});
    return ack ? Status() : Status(ack.error());
}

Result<std::vector<std::string>> KeyValue::keys()
{
    std::mutex mutex;
    std::condition_variable done;
    bool complete = false;
    std::vector<std::string> keys;
    const std::size_t skip = subject("").size();
    OrderedConsumer::Options options;
    options.stream = streamName();
    options.filter = subject(">");
    options.domain = m_jetStream.domain();
    options.lastPerSubject = true;
    auto consumer = OrderedConsumer::start(
        m_jetStream.connection(), options,
        [&](const StoredMessage &m) {
            if (!m.deleted && m.subject.size() > skip)
                keys.emplace_back(m.subject.substr(skip));
        },
        [&] {
            const std::lock_guard lock(mutex);
            complete = true;
            done.notify_all();
        });
    if (!consumer)
        return consumer.error();
    {
        std::unique_lock lock(mutex);
        if (!done.wait_for(lock, std::chrono::seconds(10), [&] { return complete; }))
            return Error{"nats.timeout", "Reading the keys of \"" + m_bucket + "\" took more than 10 s.",
                         "Check the connection, then try again."};
    }
    consumer->reset(); // no handler runs past this line
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

} // namespace muster::nats
