// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device_id.h"
#include "core/display_text.h"
#include "core/json_dom.h"
#include "core/protocol/plain_messages.h"
#include "core/ulid.h"

#include <algorithm>

namespace muster::protocol {

namespace {

namespace dom = simdjson::dom;

constexpr std::int64_t maxWaitMs = 3'600'000;
constexpr std::size_t usualPayloadBytes = std::size_t{16} << 10;

/// A value in a sentence: the whole would only make a long sentence longer.
std::string shown(std::string_view text)
{
    return "\"" + std::string(text.substr(0, 80)) + (text.size() > 80 ? "\u2026\"" : "\"");
}

Reject badMember(std::string_view member, std::string_view rule)
{
    return {Rejection::BadMember, "\"" + std::string(member) + "\" " + std::string(rule)};
}

std::string kindOf(const dom::element &element)
{
    switch (element.type()) {
    case dom::element_type::OBJECT:
        return "an object";
    case dom::element_type::ARRAY:
        return "an array";
    case dom::element_type::STRING:
        return "a text";
    case dom::element_type::BOOL:
        return "true or false";
    case dom::element_type::NULL_VALUE:
        return "null";
    default:
        return "a number";
    }
}

Reject wrongKind(std::string_view member, const dom::element &element, std::string_view wanted)
{
    return badMember(member, "is " + kindOf(element) + "; it must be " + std::string(wanted));
}

Reject badId(std::string_view what, std::string_view text)
{
    return {Rejection::BadId, notAToken(what, text).message};
}

/// A reply subject that a device may publish to: no wildcards, nothing that breaks the NATS protocol.
bool isSubject(std::string_view text)
{
    const auto fits = [](char c) { return c > ' ' && c < 0x7F && c != '*' && c != '>'; };
    return !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), fits) &&
           text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos;
}

} // namespace

std::string_view name(Rejection rejection)
{
    switch (rejection) {
    case Rejection::Malformed:
        return "malformed";
    case Rejection::Version:
        return "version";
    case Rejection::BadId:
        return "bad-id";
    case Rejection::WrongDevice:
        return "wrong-device";
    case Rejection::Oversize:
        return "oversize";
    case Rejection::TooManyLabels:
        return "too-many-labels";
    case Rejection::BadLabel:
        return "bad-label";
    case Rejection::TooManyFields:
        return "too-many-fields";
    case Rejection::BadMember:
        return "bad-member";
    }
    return "malformed";
}

struct Decoder::Private {
    dom::parser parser{maxPayloadBytes};
    bool allocated = false;
    std::vector<char> copy; // of a message: what is handed on outlives the payload
    std::vector<Field> fields;
    TextArena arena;

    using Failure = std::optional<Reject>; ///< nothing: all is well

    /// As a plain message is read; empty when it is too large for that.
    std::string_view copied(std::string_view payload)
    {
        constexpr std::size_t slack = 16;
        if (payload.size() > maxPayloadBytes)
            payload = {};
        if (copy.size() < payload.size() + slack)
            copy.resize(std::max(payload.size() + slack, usualPayloadBytes));
        std::copy(payload.begin(), payload.end(), copy.begin());
        copy[payload.size()] = '\0';
        return {copy.data(), payload.size()};
    }

    Failure load(std::string_view payload, dom::object &object)
    {
        fields.clear();
        arena.clear();
        if (payload.size() > maxPayloadBytes)
            return Reject{Rejection::Oversize, "the message has " + std::to_string(payload.size()) +
                                                   " bytes; " + std::to_string(maxPayloadBytes) +
                                                   " is the most"};
        if (payload.empty()) // simdjson would copy from its null pointer
            return Reject{Rejection::Malformed, describe(simdjson::EMPTY)};
        if (!allocated) {
            // Depth is set once here: the parser keeps it when a larger message makes it grow.
            if (parser.allocate(usualPayloadBytes, json::maxNesting) != simdjson::SUCCESS)
                return Reject{Rejection::Malformed, "there is no memory to read the message"};
            allocated = true;
        }
        dom::element root;
        const auto error = parser.parse(payload.data(), payload.size(), true).get(root);
        if (error != simdjson::SUCCESS)
            return Reject{Rejection::Malformed, describe(error)};
        if (root.get(object) != simdjson::SUCCESS)
            return Reject{Rejection::Malformed,
                          "the message is " + kindOf(root) + "; it must be a JSON object"};
        return {};
    }

    static std::string describe(simdjson::error_code error)
    {
        switch (error) {
        case simdjson::UTF8_ERROR:
            return "the message is not valid UTF-8";
        case simdjson::EMPTY:
            return "the message is empty";
        case simdjson::DEPTH_ERROR:
            return "the message is nested more than " + std::to_string(json::maxNesting) + " levels deep";
        case simdjson::NUMBER_ERROR:
            return "the message holds a number that is malformed or too large";
        case simdjson::MEMALLOC:
            return "there is no memory to read the message";
        default:
            return std::string("the message is not JSON: ") + simdjson::error_message(error);
        }
    }

    /// Every message of the protocol begins here: "v" decides whether anything else of it can be read.
    static Failure checkVersion(const dom::object &object)
    {
        dom::element member;
        if (object.at_key("v").get(member) != simdjson::SUCCESS)
            return Reject{Rejection::Malformed, "\"v\", the protocol's version, is missing"};
        const ValueView v = json::scalar(member);
        double number = 0;
        if (const auto *integer = std::get_if<std::int64_t>(&v))
            number = static_cast<double>(*integer);
        else if (const auto *real = std::get_if<double>(&v))
            number = *real;
        else
            return Reject{Rejection::Malformed,
                          "\"v\", the protocol's version, is " + kindOf(member) + "; it must be a number"};
        if (number > version)
            return Reject{Rejection::Version, "the message has version " + toText(v) + " of the protocol; " +
                                                  std::to_string(version) + " is supported"};
        if (number != version)
            return Reject{Rejection::Malformed,
                          "\"v\" is " + toText(v) + "; there is no such version of the protocol"};
        return {};
    }

    static Failure readText(std::string_view member, const dom::element &element, std::size_t maxBytes,
                            std::string_view &out)
    {
        if (element.get(out) != simdjson::SUCCESS)
            return wrongKind(member, element, "a text");
        if (out.size() > maxBytes)
            return badMember(member, "has " + std::to_string(out.size()) + " bytes; " +
                                         std::to_string(maxBytes) + " is the most");
        return {};
    }

    static Failure readInteger(std::string_view member, const dom::element &element, std::int64_t low,
                               std::int64_t high, std::int64_t &out)
    {
        double real = 0;
        if (element.get(out) != simdjson::SUCCESS) {
            // 10.0 is how some languages write 10.
            if (element.get(real) != simdjson::SUCCESS)
                return wrongKind(member, element, "a whole number");
            if (!(real > -0x1p53 && real < 0x1p53) ||
                real != static_cast<double>(static_cast<std::int64_t>(real)))
                return badMember(member, "is " + toText(real) + "; it must be a whole number");
            out = static_cast<std::int64_t>(real);
        }
        if (out < low || out > high)
            return badMember(member, "is " + std::to_string(out) + "; it must lie between " +
                                         std::to_string(low) + " and " + std::to_string(high));
        return {};
    }

    static Failure readBool(std::string_view member, const dom::element &element, bool &out)
    {
        if (element.get(out) != simdjson::SUCCESS)
            return wrongKind(member, element, "true or false");
        return {};
    }

    static Failure readDevice(const dom::element &element, std::string_view &out)
    {
        if (element.get(out) != simdjson::SUCCESS)
            return Reject{Rejection::BadId, "\"device\" is " + kindOf(element) + "; it must be a text"};
        if (!isToken(out))
            return badId("device id", out);
        return {};
    }

    static Failure checkSpeaker(std::string_view device, const dom::element &element)
    {
        std::string_view named;
        if (Failure failure = readDevice(element, named))
            return failure;
        if (named != device)
            return Reject{Rejection::WrongDevice, "the message on the subject of " + shown(device) +
                                                      " says that it comes from " + shown(named)};
        return {};
    }

    /// Appends the members of `object` to `fields`, those of objects within it by joined names.
    Failure flatten(const dom::object &object, std::string_view prefix, int depth)
    {
        for (const dom::key_value_pair member : object) {
            if (member.key.empty())
                return Reject{Rejection::BadMember, "a field of the row has an empty name"};
            if (prefix.size() + 1 + member.key.size() > maxFieldNameBytes)
                return Reject{Rejection::BadMember, "the name of the field " + shown(member.key) +
                                                        " has more than " +
                                                        std::to_string(maxFieldNameBytes) + " bytes"};
            const std::string_view name = prefix.empty() ? member.key : arena.join(prefix, member.key);
            dom::object inner;
            dom::array array;
            if (member.value.get(inner) == simdjson::SUCCESS) {
                if (depth == maxDepth)
                    return Reject{Rejection::TooManyFields, "the field " + shown(name) + " lies more than " +
                                                                std::to_string(maxDepth) + " objects deep"};
                if (Failure failure = flatten(inner, name, depth + 1))
                    return failure;
                continue;
            }
            if (fields.size() == maxFields)
                return Reject{Rejection::TooManyFields,
                              "the row has more than " + std::to_string(maxFields) + " fields"};
            if (member.value.get(array) == simdjson::SUCCESS) {
                std::string &text = arena.text();
                JsonWriter json(text);
                json::write(json, member.value);
                fields.push_back({name, std::string_view(text)});
            } else {
                fields.push_back({name, json::scalar(member.value)});
            }
        }
        return {};
    }

    static Failure readLabels(const dom::element &element, std::vector<Label> &labels)
    {
        dom::object object;
        if (element.get(object) != simdjson::SUCCESS)
            return Reject{Rejection::BadLabel, "\"labels\" is " + kindOf(element) + "; it must be an object"};
        for (const dom::key_value_pair member : object) {
            if (labels.size() == maxLabels)
                return Reject{Rejection::TooManyLabels,
                              "the device has more than " + std::to_string(maxLabels) + " labels"};
            std::string_view value;
            if (member.key.empty())
                return Reject{Rejection::BadLabel, "a label has an empty name"};
            if (member.value.get(value) != simdjson::SUCCESS)
                return Reject{Rejection::BadLabel, "the label " + shown(member.key) + " is " +
                                                       kindOf(member.value) + "; it must be a text"};
            if (member.key.size() > maxLabelBytes || value.size() > maxLabelBytes)
                return Reject{Rejection::BadLabel, "the label " + shown(member.key) +
                                                       " has a name or value of more than " +
                                                       std::to_string(maxLabelBytes) + " bytes"};
            if (Failure failure = checkAddress(member.key, value))
                return failure;
            labels.push_back({std::string(member.key), std::string(value)});
        }
        std::stable_sort(labels.begin(), labels.end(),
                         [](const Label &a, const Label &b) { return a.key < b.key; });
        const auto last = std::unique(labels.rbegin(), labels.rend(),
                                      [](const Label &a, const Label &b) { return a.key == b.key; });
        labels.erase(labels.begin(), last.base()); // of labels with one name the last counts
        return {};
    }

    /// Sites and groups become tokens of subjects and keys; a device may be in several groups: "lab,canary".
    static Failure checkAddress(std::string_view key, std::string_view value)
    {
        if (value.empty() || (key != "site" && key != "group"))
            return {};
        for (std::string_view rest = value;;) {
            const std::size_t comma = key == "group" ? rest.find(',') : std::string_view::npos;
            if (const std::string_view token = rest.substr(0, comma); !isToken(token))
                return Reject{Rejection::BadLabel, notAToken(key, token).message};
            if (comma == std::string_view::npos)
                return {};
            rest.remove_prefix(comma + 1);
        }
    }

    Failure readPresence(std::string_view device, std::string_view payload, Presence &out);
    Failure readTelemetry(std::string_view device, std::string_view payload, Telemetry &out);
    Failure readRequest(std::string_view payload, QueryRequest &out);
    Failure readReply(std::string_view payload, QueryReply &out);
};

using Failure = std::optional<Reject>;

Failure Decoder::Private::readPresence(std::string_view device, std::string_view payload, Presence &out)
{
    if (!isToken(device))
        return badId("device id", device);
    dom::object object;
    if (Failure failure = load(payload, object))
        return failure;
    if (Failure failure = checkVersion(object))
        return failure;
    out.device = std::string(device);
    for (const dom::key_value_pair member : object) {
        const std::string_view key = member.key;
        const dom::element &value = member.value;
        Failure failure;
        std::string_view text;
        std::int64_t number = 0;
        if (key == "interval") {
            failure = readInteger(key, value, 1, 86400, number);
            out.intervalSeconds = static_cast<int>(number);
        } else if (key == "seq") {
            failure = readInteger(key, value, 0, INT64_MAX, out.seq);
        } else if (key == "boot") {
            failure = readText(key, value, maxLabelBytes, text);
            if (!failure && !text.empty() && !isUlid(text))
                failure = badMember(key, "is " + shown(text) + "; it must be a ULID");
            out.boot = std::string(text);
        } else if (key == "state") {
            failure = readText(key, value, maxLabelBytes, text);
            if (!failure && text != "online" && text != "closing")
                failure = badMember(key, "is " + shown(text) + "; it must be \"online\" or \"closing\"");
            out.state = text == "closing" ? DeviceState::Closing : DeviceState::Online;
        } else if (key == "fw") {
            failure = readText(key, value, maxLabelBytes, text);
            out.firmware = std::string(text);
        } else if (key == "labels") {
            out.labels.clear();
            failure = readLabels(value, out.labels);
        } else if (key == "device") {
            failure = checkSpeaker(device, value);
        } else if (key == "config") {
            dom::element revision;
            out.configRevision.reset();
            if (!value.is_object())
                failure = wrongKind(key, value, "an object");
            else if (value.at_key("rev").get(revision) == simdjson::SUCCESS) {
                failure = readInteger("config.rev", revision, 0, INT64_MAX, number);
                out.configRevision = number;
            }
        }
        if (failure)
            return failure;
    }
    return {};
}

Failure Decoder::Private::readTelemetry(std::string_view device, std::string_view payload, Telemetry &out)
{
    if (!isToken(device))
        return badId("device id", device);
    dom::object object;
    if (Failure failure = load(payload, object))
        return failure;
    if (Failure failure = checkVersion(object))
        return failure;
    out.device = device;
    bool hasValues = false;
    for (const dom::key_value_pair member : object) {
        const std::string_view key = member.key;
        const dom::element &value = member.value;
        Failure failure;
        std::string_view text;
        if (key == "at") {
            failure = readText(key, value, maxLabelBytes, text);
            if (!failure && !(out.at = UtcTime::parse(text)))
                failure = badMember(key, "is " + shown(text) + "; it must be an RFC 3339 time");
        } else if (key == "seq") {
            failure = readInteger(key, value, 0, INT64_MAX, out.seq);
        } else if (key == "device") {
            failure = checkSpeaker(device, value);
        } else if (key == "values") {
            dom::object values;
            fields.clear();
            hasValues = true;
            if (value.get(values) != simdjson::SUCCESS)
                failure = wrongKind(key, value, "an object");
            else
                failure = flatten(values, {}, 1);
        }
        if (failure)
            return failure;
    }
    if (!hasValues)
        return badMember("values", "is missing; it must be an object");
    out.values = &fields;
    return {};
}

Failure Decoder::Private::readRequest(std::string_view payload, QueryRequest &out)
{
    dom::object object;
    if (Failure failure = load(payload, object))
        return failure;
    if (Failure failure = checkVersion(object))
        return failure;
    for (const dom::key_value_pair member : object) {
        const std::string_view key = member.key;
        const dom::element &value = member.value;
        Failure failure;
        std::string_view text;
        std::int64_t number = 0;
        if (key == "id") {
            if (value.get(text) != simdjson::SUCCESS)
                failure = Reject{Rejection::BadId, "\"id\" is " + kindOf(value) + "; it must be a text"};
            out.id = std::string(text);
        } else if (key == "deadline_ms") {
            failure = readInteger(key, value, 1, maxWaitMs, number);
            out.deadlineMs = static_cast<int>(number);
        } else if (key == "spread_ms") {
            failure = readInteger(key, value, 0, maxWaitMs, number);
            out.spreadMs = static_cast<int>(number);
        } else if (key == "reply_empty") {
            failure = readBool(key, value, out.replyEmpty);
        } else if (key == "reply") {
            failure = readText(key, value, maxLabelBytes, text);
            if (!failure && !isSubject(text))
                failure = badMember(key, "is " + shown(text) + "; it must be a subject without wildcards");
            out.reply = std::string(text);
        } else if (key == "where") {
            out.where.clear();
            if (value.is_object()) {
                JsonWriter json(out.where);
                json::write(json, value);
            } else if (!value.is_null()) {
                failure = wrongKind(key, value, "a JsonLogic object");
            }
        } else if (key == "select") {
            dom::array array;
            out.select.clear();
            if (value.get(array) != simdjson::SUCCESS)
                return wrongKind(key, value, "an array of field names");
            for (const dom::element item : array) {
                if (out.select.size() == maxFields)
                    return Reject{Rejection::TooManyFields,
                                  "\"select\" names more than " + std::to_string(maxFields) + " fields"};
                if (Failure bad = readText(key, item, maxFieldNameBytes, text))
                    return bad;
                out.select.emplace_back(text);
            }
        }
        if (failure)
            return failure;
    }
    if (!isUlid(out.id))
        return Reject{Rejection::BadId, "\"id\" is " + shown(out.id) + "; it must be a ULID"};
    return {};
}

Failure Decoder::Private::readReply(std::string_view payload, QueryReply &out)
{
    dom::object object;
    if (Failure failure = load(payload, object))
        return failure;
    if (Failure failure = checkVersion(object))
        return failure;
    bool hasRow = false;
    bool hasError = false;
    bool isEmpty = false;
    for (const dom::key_value_pair member : object) {
        const std::string_view key = member.key;
        const dom::element &value = member.value;
        Failure failure;
        if (key == "device") {
            failure = readDevice(value, out.device);
        } else if (key == "row") {
            dom::object row;
            fields.clear();
            hasRow = true;
            if (value.get(row) != simdjson::SUCCESS)
                failure = wrongKind(key, value, "an object");
            else
                failure = flatten(row, {}, 1);
        } else if (key == "empty") {
            failure = readBool(key, value, isEmpty);
        } else if (key == "error") {
            hasError = true;
            dom::element part;
            if (!value.is_object())
                return wrongKind(key, value, "an object with code and message");
            if (value.at_key("code").get(part) == simdjson::SUCCESS)
                failure = readText("error.code", part, maxPayloadBytes, out.errorCode);
            if (!failure && value.at_key("message").get(part) == simdjson::SUCCESS)
                failure = readText("error.message", part, maxPayloadBytes, out.errorMessage);
        }
        if (failure)
            return failure;
    }
    if (out.device.empty())
        return Reject{Rejection::BadId, "\"device\" is missing: nobody can tell whose answer this is"};
    if (hasError) {
        out.kind = QueryReply::Kind::Error;
    } else if (hasRow) {
        out.kind = QueryReply::Kind::Row;
        out.row = &fields;
    } else if (isEmpty) {
        out.kind = QueryReply::Kind::Empty;
    } else {
        return badMember("row", "is missing, and so are \"empty\" and \"error\"");
    }
    return {};
}

Decoder::Decoder() : d(std::make_unique<Private>()) {}
Decoder::~Decoder() = default;

Result<Presence, Reject> Decoder::presence(std::string_view device, std::string_view payload)
{
    if (Presence presence; isToken(device) && plain::readPresence(device, d->copied(payload), presence))
        return presence;
    Presence presence;
    if (Failure failure = d->readPresence(device, payload, presence))
        return std::move(*failure);
    return presence;
}

Result<Telemetry, Reject> Decoder::telemetry(std::string_view device, std::string_view payload)
{
    d->arena.clear();
    if (Telemetry telemetry;
        isToken(device) && plain::readTelemetry(device, d->copied(payload), telemetry, d->fields, d->arena))
        return telemetry;
    Telemetry telemetry;
    if (Failure failure = d->readTelemetry(device, payload, telemetry))
        return std::move(*failure);
    return telemetry;
}

Result<QueryRequest, Reject> Decoder::queryRequest(std::string_view payload)
{
    QueryRequest request;
    if (Failure failure = d->readRequest(payload, request))
        return std::move(*failure);
    return request;
}

Result<QueryReply, Reject> Decoder::queryReply(std::string_view payload)
{
    d->arena.clear();
    if (QueryReply reply; plain::readReply(d->copied(payload), reply, d->fields, d->arena))
        return reply;
    QueryReply reply;
    if (Failure failure = d->readReply(payload, reply))
        return std::move(*failure);
    return reply;
}

Result<const std::vector<Field> *, Reject> Decoder::object(std::string_view payload)
{
    dom::object object;
    if (Failure failure = d->load(payload, object))
        return std::move(*failure);
    if (Failure failure = d->flatten(object, {}, 1))
        return std::move(*failure);
    return &d->fields;
}

} // namespace muster::protocol
