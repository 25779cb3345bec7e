// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/json_dom.h"
#include "core/ulid.h"
#include "nats/jetstream.h"
#include "nats/provision.h"
#include "query/saved_queries.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

namespace muster::query {

namespace {

constexpr std::int64_t entryVersion = 1;
constexpr std::size_t maxEntryBytes = std::size_t{1} << 20;
constexpr std::size_t maxEntries = 2'000;
constexpr std::size_t maxTotalBytes = std::size_t{16} << 20;
constexpr std::size_t maxByBytes = 256;

std::string encodeEntry(const SavedQuery &query)
{
    std::string out;
    JsonWriter w(out);
    w.beginObject().member("v", entryVersion).member("name", std::string_view(query.name));
    w.member("by", std::string_view(query.by)).member("at", query.at);
    w.key("query").raw(encode(query.composition)).endObject();
    return out;
}

std::optional<SavedQuery> decodeEntry(std::string_view id, std::string_view data, std::uint64_t revision)
{
    if (!isUlid(id) || data.size() > maxEntryBytes)
        return {};
    simdjson::dom::parser parser(maxEntryBytes + 1);
    simdjson::dom::object object;
    std::int64_t version = 0;
    if (parser.parse(data.data(), data.size()).get(object) != simdjson::SUCCESS ||
        object["v"].get(version) != simdjson::SUCCESS || version != entryVersion)
        return {};
    std::string_view name;
    simdjson::dom::element question;
    if (object["name"].get(name) != simdjson::SUCCESS || object["query"].get(question) != simdjson::SUCCESS)
        return {};
    Result<std::string> clean = cleanName(name);
    if (!clean)
        return {};
    std::string json;
    JsonWriter w(json);
    json::write(w, question);
    Result<Composition> composition = decodeComposition(json);
    if (!composition)
        return {};

    SavedQuery query;
    query.id = id;
    query.name = std::move(*clean);
    query.composition = std::move(*composition);
    query.shared = true;
    query.revision = revision;
    std::string_view text;
    if (object["by"].get(text) == simdjson::SUCCESS && text.size() <= maxByBytes)
        query.by = text;
    if (object["at"].get(text) == simdjson::SUCCESS)
        query.at = UtcTime::parse(text).value_or(UtcTime());
    return query;
}

Error notPrepared(const std::string &bucket)
{
    return {"query.not-prepared",
            "The account is not prepared for shared queries: it has no bucket \"" + bucket + "\".",
            "Somebody who may create streams runs `musterctl setup` once; it creates what is missing."};
}

} // namespace

struct SharedQueries::Private {
    Private(std::shared_ptr<nats::Connection> connection, const std::string &domain, std::string bucketName)
        : bucket(std::move(bucketName)),
          jetStream(std::move(connection), domain),
          keyValue(jetStream, bucket)
    {
    }

    struct Entry {
        std::optional<SavedQuery> query; // none: what stands there is no saved query
        std::size_t bytes = 0;
    };

    const std::string bucket;
    nats::JetStream jetStream;
    nats::KeyValue keyValue;
    std::function<void()> onChanged;

    mutable std::mutex mutex;
    std::condition_variable wasRead;
    bool isRead = false;
    std::map<std::string, Entry, std::less<>> entries;
    std::size_t bytes = 0;
    std::int64_t notHeld = 0; // past the limits
    std::uint64_t lastSequence = 0;

    std::unique_ptr<nats::OrderedConsumer> consumer; // last: its handlers use all above

    void handle(const nats::StoredMessage &message);
    void endSnapshot();
    void erase(std::string_view id);
    void remember(const SavedQuery &query);
    void forget(const std::string &id, std::uint64_t sequence);
    Error translated(const Error &error) const;
    Result<Written> theirs(const std::string &id);
};

void SharedQueries::Private::erase(std::string_view id)
{
    const auto at = entries.find(id);
    if (at == entries.end())
        return;
    bytes -= at->second.bytes;
    entries.erase(at);
}

void SharedQueries::Private::handle(const nats::StoredMessage &message)
{
    const std::size_t prefix = keyValue.subject("").size();
    if (message.subject.size() <= prefix)
        return;
    const std::string_view id = message.subject.substr(prefix);
    std::optional<SavedQuery> query;
    if (!message.deleted)
        query = decodeEntry(id, message.data, message.streamSequence);
    bool tell = false;
    {
        const std::lock_guard lock(mutex);
        if (message.streamSequence <= lastSequence) { // the bucket was made anew
            entries.clear();
            bytes = 0;
            notHeld = 0;
        }
        lastSequence = message.streamSequence;
        erase(id);
        const std::size_t size = id.size() + message.data.size();
        if (!message.deleted) {
            if (entries.size() < maxEntries && bytes + size <= maxTotalBytes) {
                // What is no query is counted, not kept.
                const std::size_t held = query ? size : id.size();
                bytes += held;
                entries.emplace(id, Entry{std::move(query), held});
            } else {
                ++notHeld;
            }
        }
        tell = isRead;
    }
    if (tell && onChanged)
        onChanged();
}

void SharedQueries::Private::endSnapshot()
{
    {
        const std::lock_guard lock(mutex);
        isRead = true;
    }
    wasRead.notify_all();
    if (onChanged)
        onChanged();
}

/// Does not wait for our own write to come back, unless it already has.
void SharedQueries::Private::remember(const SavedQuery &query)
{
    const std::lock_guard lock(mutex);
    if (query.revision <= lastSequence)
        return;
    erase(query.id);
    const std::size_t size = query.id.size() + encode(query.composition).size();
    bytes += size;
    entries.emplace(query.id, Entry{query, size});
}

void SharedQueries::Private::forget(const std::string &id, std::uint64_t sequence)
{
    const std::lock_guard lock(mutex);
    if (sequence > lastSequence)
        erase(id);
}

Error SharedQueries::Private::translated(const Error &error) const
{
    if (error.code == "jetstream.not-found" || error.code == "jetstream.no-stream")
        return notPrepared(bucket);
    if (error.code == "nats.too-large")
        return {"query.too-large", "The query is too large to be shared: " + error.message,
                "Save it on this computer, or take devices out of its scope."};
    return error;
}

Result<Written> SharedQueries::Private::theirs(const std::string &id)
{
    const Result<nats::KeyValue::Entry> entry = keyValue.get(id);
    if (!entry && entry.error().code == "kv.not-found")
        return Written{{}, true};
    if (!entry)
        return translated(entry.error());
    std::optional<SavedQuery> query = decodeEntry(id, entry->value, entry->revision);
    if (!query)
        return Error{"query.document",
                     "Somebody else changed this query, in a way that this Muster cannot read.",
                     "Save yours under another name."};
    remember(*query);
    return Written{std::move(*query), true};
}

SharedQueries::SharedQueries() = default;
SharedQueries::~SharedQueries() = default;

Result<std::unique_ptr<SharedQueries>> SharedQueries::follow(std::shared_ptr<nats::Connection> connection,
                                                             const Subjects &subjects,
                                                             const std::string &domain,
                                                             std::function<void()> onChanged)
{
    std::unique_ptr<SharedQueries> queries(new SharedQueries());
    queries->d = std::make_unique<Private>(connection, domain, nats::fleetBucket(subjects, "queries"));
    Private *const p = queries->d.get();
    p->onChanged = std::move(onChanged);
    nats::OrderedConsumer::Options options;
    options.stream = p->keyValue.streamName();
    options.filter = p->keyValue.subject(">");
    options.domain = domain;
    options.lastPerSubject = true;
    auto consumer = nats::OrderedConsumer::start(
        std::move(connection), std::move(options), [p](const nats::StoredMessage &m) { p->handle(m); },
        [p] { p->endSnapshot(); });
    if (!consumer)
        return p->translated(consumer.error());
    p->consumer = std::move(*consumer);
    return queries;
}

bool SharedQueries::waitRead(int milliseconds)
{
    std::unique_lock lock(d->mutex);
    return d->wasRead.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return d->isRead; });
}

bool SharedQueries::isRead() const
{
    const std::lock_guard lock(d->mutex);
    return d->isRead;
}

std::vector<SavedQuery> SharedQueries::list() const
{
    const std::lock_guard lock(d->mutex);
    std::vector<SavedQuery> all;
    for (const auto &[id, entry] : d->entries) {
        if (entry.query)
            all.push_back(*entry.query);
    }
    return all;
}

std::int64_t SharedQueries::skipped() const
{
    const std::lock_guard lock(d->mutex);
    std::int64_t count = d->notHeld;
    for (const auto &[id, entry] : d->entries)
        count += entry.query ? 0 : 1;
    return count;
}

Result<Written> SharedQueries::put(SavedQuery query)
{
    Result<std::string> name = cleanName(query.name);
    if (!name)
        return name.error();
    const std::uint64_t before = query.revision;
    query.name = std::move(*name);
    query.shared = true;
    query.at = UtcTime{UtcTime::now().millis() * 1000}; // as it will be read again
    if (query.id.empty())
        query.id = newUlid();
    const std::string document = encodeEntry(query);
    if (document.size() > maxEntryBytes)
        return d->translated({"nats.too-large", "it has " + std::to_string(document.size()) + " bytes.", {}});

    const Result<std::uint64_t> revision = d->keyValue.update(query.id, document, before);
    if (revision) {
        query.revision = *revision;
        d->remember(query);
        return Written{std::move(query), false};
    }
    if (revision.error().code == "kv.conflict")
        return d->theirs(query.id);
    if (revision.error().code == "nats.timeout") {
        // It may have been stored all the same.
        const Result<nats::KeyValue::Entry> entry = d->keyValue.get(query.id);
        if (entry && entry->value == document) {
            query.revision = entry->revision;
            d->remember(query);
            return Written{std::move(query), false};
        }
    }
    return d->translated(revision.error());
}

Result<Written> SharedQueries::remove(const std::string &id, std::uint64_t revision)
{
    const Result<nats::PublishAck> ack = d->jetStream.publish(
        d->keyValue.subject(id), {}, newUlid(),
        {{"KV-Operation", "DEL"}, {"Nats-Expected-Last-Subject-Sequence", std::to_string(revision)}});
    if (ack) {
        d->forget(id, ack->sequence);
        return Written{};
    }
    constexpr const char *wrongLastSequence = "jetstream.10071";
    if (ack.error().code != wrongLastSequence)
        return d->translated(ack.error());
    Result<Written> theirs = d->theirs(id);
    if (theirs && theirs->query.id.empty())
        theirs->conflict = false; // somebody else removed it: that is what was wanted
    return theirs;
}

} // namespace muster::query
