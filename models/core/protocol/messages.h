// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "core/utc_time.h"
#include "core/value.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The wire protocol, v1: README.md in this folder is the contract. Reading never throws and never trusts;
/// what is not fit is refused with a Reject that says which rule was broken.
namespace muster::protocol {

constexpr int version = 1;
constexpr std::size_t maxPayloadBytes = std::size_t{1} << 20; ///< larger messages are refused unread
constexpr std::size_t maxLabels = 32;
constexpr std::size_t maxLabelBytes = 256;     ///< of a label's key and of its value, each
constexpr std::size_t maxFields = 512;         ///< of one row, flattened
constexpr int maxDepth = 8;                    ///< of objects within a row
constexpr std::size_t maxFieldNameBytes = 256; ///< of a field's joined name

enum class Rejection {
    Malformed,
    Version,
    BadId,
    WrongDevice,
    Oversize,
    TooManyLabels,
    BadLabel,
    TooManyFields,
    BadMember
};
constexpr int rejectionCount = 9;
std::string_view name(Rejection rejection); ///< "malformed", "version", "bad-id", ...

struct Reject {
    Rejection why = Rejection::Malformed;
    std::string
        detail; ///< a sentence that names the member and the value; device text in it is not yet display-safe
};

struct Label {
    std::string key, value;
};

enum class DeviceState { Online, Closing };

struct Presence {
    std::string device;
    int intervalSeconds = 10; ///< 1 to 86400
    std::string boot;         ///< ULID of this start of the device; may be empty
    std::int64_t seq = 0;     ///< of this boot
    DeviceState state = DeviceState::Online;
    std::string firmware;
    std::vector<Label> labels; ///< sorted by key
    std::optional<std::int64_t> configRevision;
};

/// A field of a row, alive as long as the message it was read from.
struct Field {
    std::string_view name; ///< nested objects are joined by dots: "mem.free"
    ValueView value;       ///< arrays arrive as their JSON text
};

struct Telemetry {
    std::string_view device;
    std::optional<UtcTime> at; ///< when the device measured
    std::int64_t seq = 0;
    const std::vector<Field> *values = nullptr; ///< valid until the decoder's next call
};

struct QueryRequest {
    std::string id; ///< ULID
    int deadlineMs = 5000;
    int spreadMs = 0;
    std::vector<std::string> select; ///< empty: everything the device has
    std::string where;               ///< JsonLogic; empty: every device
    bool replyEmpty = true;
    std::string reply; ///< the reply subject, for MQTT devices that have no other way to learn it
};

struct QueryReply {
    enum class Kind { Row, Empty, Error };
    std::string_view device;
    Kind kind = Kind::Row;
    const std::vector<Field> *row = nullptr;  ///< Kind::Row; valid until the decoder's next call
    std::string_view errorCode, errorMessage; ///< Kind::Error
};

std::string encode(const Presence &presence);
std::string encode(const QueryRequest &request);
std::string encodeTelemetry(std::string_view device, UtcTime at, std::int64_t seq,
                            const std::vector<Field> &values);
std::string encodeRow(std::string_view device, const std::vector<Field> &row);
std::string encodeEmpty(std::string_view device);
std::string encodeError(std::string_view device, std::string_view code, std::string_view message);

/// Reads messages; keeps its buffers between calls. One per thread. The views in what it returns last until
/// its next call.
class Decoder {
public:
    Decoder();
    ~Decoder();
    Decoder(const Decoder &) = delete;
    Decoder &operator=(const Decoder &) = delete;

    /// `device` is the one the subject names; a payload that speaks for another is refused.
    Result<Presence, Reject> presence(std::string_view device, std::string_view payload);
    Result<Telemetry, Reject> telemetry(std::string_view device, std::string_view payload);
    Result<QueryRequest, Reject> queryRequest(std::string_view payload);
    Result<QueryReply, Reject> queryReply(std::string_view payload);
    /// Any JSON object, flattened as a row is: for sources that do not speak the fleet protocol.
    Result<const std::vector<Field> *, Reject> object(std::string_view payload);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster::protocol
