// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nats/connection.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::nats {

enum class Retention { Limits, Interest, WorkQueue };

/// The part of a stream's configuration that Muster cares about. 0 stands for "no limit" in every limit.
struct StreamConfig {
    std::string name;
    std::vector<std::string> subjects;
    Retention retention = Retention::Limits;
    std::int64_t maxMessagesPerSubject = 0;
    std::int64_t maxMessages = 0;
    std::int64_t maxBytes = 0;
    std::chrono::nanoseconds maxAge{0};
    std::chrono::nanoseconds duplicateWindow{std::chrono::minutes(2)};
    int maxConsumers = 0;
    int replicas = 1;
    bool discardNew = false;
    bool allowRollup = false, denyDelete = false, denyPurge = false, allowDirect = true;
    std::string republishSource, republishDestination;
    bool republishHeadersOnly = false;
    std::string description;
};

struct StreamInfo {
    StreamConfig config;
    std::uint64_t messages = 0, bytes = 0, firstSequence = 0, lastSequence = 0, subjects = 0;
    int consumers = 0;
    std::string created; ///< as the server says it; tells a stream from a later one of the same name
};

struct AccountInfo {
    int streams = 0, consumers = 0;
    std::uint64_t storageBytes = 0;
    std::int64_t maxStorageBytes = -1; ///< -1: no limit
    std::string domain;
};

struct PublishAck {
    std::string stream;
    std::uint64_t sequence = 0;
    bool duplicate = false;
};

/// One stored message as an ordered consumer or a direct get delivers it.
struct StoredMessage {
    std::string_view subject, data;
    std::uint64_t streamSequence = 0;
    std::uint64_t pending = 0; ///< messages of the consumer's filter still to come when this one was sent
    std::int64_t timestampNanos = 0; ///< when the server stored it
    bool deleted = false;            ///< of a key-value bucket: the key was removed here
};

/// An ordered consumer: every message of a filter once, in order, across reconnects, restarts of the server
/// and the loss of the consumer there: it goes on after the last message delivered. A stream made anew is
/// read from its start. The destructor returns when no handler runs; not to be called from one.
class OrderedConsumer {
public:
    struct Options {
        std::string stream{}, filter{};
        std::string domain{};        ///< of JetStream; empty: the connection's own
        bool lastPerSubject = false; ///< start with the newest of each subject; else with everything
        bool newOnly = false;        ///< start with what comes after now
    };
    /// `onMessage` on a thread of its own. `onSnapshotEnd` once, on that thread or on the caller's when there
    /// is nothing to wait for: everything that was stored at the start has been delivered.
    static Result<std::unique_ptr<OrderedConsumer>>
    start(std::shared_ptr<Connection> connection, Options options,
          std::function<void(const StoredMessage &)> onMessage, std::function<void()> onSnapshotEnd);
    ~OrderedConsumer();

    /// False from a loss until messages can come again.
    bool isLive() const;

private:
    OrderedConsumer();
    struct Private;
    std::unique_ptr<Private> d;
};

/// JetStream's API as plain requests: what nats.c 3.4 lacks as a call (domains, re-publish, subject counts)
/// needs no newer library. Blocking; any thread but the GUI's. Errors: "jetstream.unavailable" (no JetStream
/// in this account), "jetstream.not-found", "jetstream.<err_code>" with the server's words.
class JetStream {
public:
    explicit JetStream(std::shared_ptr<Connection> connection, std::string domain = {},
                       milliseconds timeout = milliseconds(5000));

    Result<AccountInfo> accountInfo();
    Result<StreamInfo> streamInfo(std::string_view stream);
    Result<std::vector<std::string>> streamNames();
    Result<StreamInfo> createStream(const StreamConfig &config);
    /// What StreamConfig does not name (placement, sources) stays as it is.
    Result<StreamInfo> updateStream(const StreamConfig &config);
    Status deleteStream(std::string_view stream);
    /// Messages per subject under `filter`, all pages.
    Result<std::map<std::string, std::uint64_t>> subjectCounts(std::string_view stream,
                                                               std::string_view filter);
    /// Always with a message id, so that a repeated publish is stored once. "jetstream.no-stream" when none
    /// keeps the subject; "nats.timeout" and "nats.disconnected" leave open whether it was stored.
    Result<PublishAck> publish(std::string_view subject, std::string_view data, std::string_view messageId,
                               const Headers &headers = {});
    Result<std::uint64_t> purge(std::string_view stream, std::string_view subject);
    Status deleteMessage(std::string_view stream, std::uint64_t sequence);
    struct Record {
        Message message;
        std::uint64_t sequence = 0;
        std::string time; ///< RFC 3339, as the server says it
    };
    Result<Record> lastMessage(std::string_view stream, std::string_view subject); ///< by direct get

    /// One request to "$JS.API.<api>" and its reply, errors told apart.
    Result<std::string> call(std::string_view api, std::string_view body);

    const std::shared_ptr<Connection> &connection() const { return m_connection; }
    const std::string &domain() const { return m_domain; }
    const std::string &apiPrefix() const { return m_prefix; } ///< "$JS.API."

private:
    std::shared_ptr<Connection> m_connection;
    std::string m_domain, m_prefix;
    milliseconds m_timeout;
};

/// A key-value bucket (ADR-8) over its stream.
class KeyValue {
public:
    struct Entry {
        std::string key, value;
        std::uint64_t revision = 0;
        bool deleted = false;
    };
    KeyValue(JetStream jetStream, std::string bucket);

    /// "kv.not-found" for a key that is missing or deleted.
    Result<Entry> get(std::string_view key);
    Result<std::uint64_t> put(std::string_view key, std::string_view value);
    /// Compare and set: 0 creates; "kv.conflict" when somebody was faster.
    Result<std::uint64_t> update(std::string_view key, std::string_view value,
                                 std::uint64_t expectedRevision);
    Status remove(std::string_view key);
    Result<std::vector<std::string>> keys(); ///< sorted, without the removed

    static bool isKey(std::string_view key);
    static bool isBucket(std::string_view name);
    std::string streamName() const { return "KV_" + m_bucket; }
    std::string subject(std::string_view key) const;

private:
    JetStream m_jetStream;
    std::string m_bucket;
};

} // namespace muster::nats
