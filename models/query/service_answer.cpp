// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/service_answer.h"

#include "core/json_dom.h"
#include "query/gathered_core.h"

#include <algorithm>
#include <optional>

namespace muster::query {
namespace {

namespace dom = simdjson::dom;
using protocol::Reject;
using protocol::Rejection;

constexpr std::size_t usualPayloadBytes = std::size_t{16} << 10;
constexpr std::size_t maxIdBytes = 128;
constexpr std::size_t maxMetadata = 64;
constexpr std::size_t maxNameBytes = 200; // of an endpoint, and of a key of metadata

std::string_view textOf(const dom::object &object, std::string_view member)
{
    std::string_view text;
    return object.at_key(member).get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// An id is one token of a subject.
bool isId(std::string_view text)
{
    return !text.empty() && text.size() <= maxIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '.' && c != '*' && c != '>';
    });
}

void addText(Facts &facts, std::string_view column, std::string_view text)
{
    if (!text.empty())
        setFact(facts, column, std::string(cut(text)));
}

void addScalar(Facts &facts, std::string_view column, const dom::object &object, std::string_view member)
{
    dom::element element;
    if (object.at_key(member).get(element) != simdjson::SUCCESS)
        return;
    const ValueView value = json::scalar(element);
    if (const auto *text = std::get_if<std::string_view>(&value))
        addText(facts, column, *text);
    else if (!std::holds_alternative<std::monostate>(value))
        setFact(facts, column, own(value));
}

void addMilliseconds(Facts &facts, std::string_view column, const dom::object &object,
                     std::string_view member)
{
    double nanoseconds = 0;
    dom::element element;
    // A whole number is read as a double, too.
    if (object.at_key(member).get(element) == simdjson::SUCCESS &&
        element.get(nanoseconds) == simdjson::SUCCESS)
        setFact(facts, column, nanoseconds / 1e6);
}

void addMetadata(Facts &facts, std::string_view prefix, const dom::object &object)
{
    dom::object metadata;
    if (object.at_key("metadata").get(metadata) != simdjson::SUCCESS)
        return;
    std::size_t count = 0;
    for (const dom::key_value_pair entry : metadata) {
        if (entry.key.empty() || entry.key.size() > maxNameBytes)
            continue;
        if (++count > maxMetadata)
            return;
        const ValueView value = json::scalar(entry.value);
        const std::string name = std::string(prefix) + std::string(entry.key);
        if (const auto *text = std::get_if<std::string_view>(&value))
            setFact(facts, name, std::string(cut(*text))); // an empty one is there all the same
        else if (!std::holds_alternative<std::monostate>(value))
            setFact(facts, name, own(value));
    }
}

} // namespace

void setFact(Facts &facts, std::string_view name, Value value)
{
    const auto same =
        std::find_if(facts.begin(), facts.end(), [name](const auto &fact) { return fact.first == name; });
    if (same == facts.end())
        facts.emplace_back(name, std::move(value));
    else
        same->second = std::move(value);
}

bool isServiceName(std::string_view text)
{
    return !text.empty() && text.size() <= maxNameBytes && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

struct ServiceReader::Private {
    dom::parser parser{protocol::maxPayloadBytes};
    bool allocated = false;
    protocol::Decoder decoder; // flattens what an endpoint says beside its numbers

    std::optional<Reject> load(std::string_view payload, dom::object &object)
    {
        if (payload.size() > protocol::maxPayloadBytes)
            return Reject{Rejection::Oversize, "the message has " + std::to_string(payload.size()) +
                                                   " bytes; " + std::to_string(protocol::maxPayloadBytes) +
                                                   " is the most"};
        if (payload.empty())
            return Reject{Rejection::Malformed, "the message is empty"};
        if (!allocated) {
            if (parser.allocate(usualPayloadBytes, json::maxNesting) != simdjson::SUCCESS)
                return Reject{Rejection::Malformed, "there is no memory to read the message"};
            allocated = true;
        }
        dom::element root;
        const auto error = parser.parse(payload.data(), payload.size(), true).get(root);
        if (error != simdjson::SUCCESS)
            return Reject{Rejection::Malformed,
                          std::string("the message is not JSON: ") + simdjson::error_message(error)};
        if (root.get(object) != simdjson::SUCCESS)
            return Reject{Rejection::Malformed, "the message is no JSON object"};
        return {};
    }

    void addData(Facts &facts, const dom::object &endpoint)
    {
        dom::element data;
        if (endpoint.at_key("data").get(data) != simdjson::SUCCESS || data.is_null())
            return;
        const ValueView value = json::scalar(data);
        if (!std::holds_alternative<std::monostate>(value)) {
            addScalar(facts, "data", endpoint, "data");
            return;
        }
        std::string text;
        JsonWriter writer(text);
        json::write(writer, data);
        const auto flat = decoder.object(text);
        if (!flat) { // an array, or past what a row may have
            addText(facts, "data", text);
            return;
        }
        for (const protocol::Field &field : **flat) {
            const auto *fieldText = std::get_if<std::string_view>(&field.value);
            setFact(facts, "data." + std::string(field.name),
                    fieldText ? Value(std::string(cut(*fieldText))) : own(field.value));
        }
    }

    Endpoint endpointOf(const dom::object &object, ServiceAnswer::Verb verb)
    {
        Endpoint endpoint;
        endpoint.name = std::string(cut(textOf(object, "name"), maxNameBytes));
        endpoint.subject = std::string(cut(textOf(object, "subject"), maxCellBytes));
        Facts &facts = endpoint.facts;
        addText(facts, "endpoint", endpoint.name);
        addText(facts, "subject", endpoint.subject);
        addText(facts, "queue_group", textOf(object, "queue_group"));
        if (verb == ServiceAnswer::Verb::Info) {
            addMetadata(facts, "endpoint_metadata.", object);
            return endpoint;
        }
        addScalar(facts, "num_requests", object, "num_requests");
        addScalar(facts, "num_errors", object, "num_errors");
        addText(facts, "last_error", textOf(object, "last_error"));
        addMilliseconds(facts, "processing_time_ms", object, "processing_time");
        addMilliseconds(facts, "average_processing_time_ms", object, "average_processing_time");
        addData(facts, object);
        return endpoint;
    }

    void readEndpoints(const dom::object &object, ServiceAnswer &answer)
    {
        dom::array endpoints;
        if (object.at_key("endpoints").get(endpoints) != simdjson::SUCCESS)
            return;
        for (const dom::element element : endpoints) {
            dom::object each;
            if (element.get(each) != simdjson::SUCCESS)
                continue;
            ++answer.endpointCount;
            if (answer.endpoints.size() == maxEndpoints)
                continue;
            Endpoint endpoint = endpointOf(each, answer.verb);
            const auto same = [&endpoint](const Endpoint &other) {
                return other.name == endpoint.name && other.subject == endpoint.subject;
            };
            if (std::none_of(answer.endpoints.begin(), answer.endpoints.end(), same))
                answer.endpoints.push_back(std::move(endpoint));
        }
    }
};

ServiceReader::ServiceReader() : d(std::make_unique<Private>()) {}
ServiceReader::~ServiceReader() = default;

Result<ServiceAnswer, Reject> ServiceReader::read(std::string_view payload)
{
    dom::object object;
    if (std::optional<Reject> failure = d->load(payload, object))
        return std::move(*failure);

    ServiceAnswer answer;
    const std::string_view type = textOf(object, "type");
    if (type == "io.nats.micro.v1.ping_response")
        answer.verb = ServiceAnswer::Verb::Ping;
    else if (type == "io.nats.micro.v1.info_response")
        answer.verb = ServiceAnswer::Verb::Info;
    else if (type == "io.nats.micro.v1.stats_response")
        answer.verb = ServiceAnswer::Verb::Stats;
    else
        return Reject{Rejection::BadMember, "\"type\" is \"" + std::string(cut(type, 80)) +
                                                "\"; it must be io.nats.micro.v1.ping_response, "
                                                "info_response or stats_response"};
    const std::string_view id = textOf(object, "id");
    if (!isId(id))
        return Reject{Rejection::BadId,
                      "\"id\" is \"" + std::string(cut(id, 80)) + "\"; it must be one token of a subject"};
    const std::string_view service = textOf(object, "name");
    if (!isServiceName(service))
        return Reject{Rejection::BadId, "\"name\" is \"" + std::string(cut(service, 80)) +
                                            "\"; the name of a service has letters, digits, - and _"};
    answer.id = std::string(id);
    answer.service = std::string(service);

    Facts &facts = answer.facts;
    addText(facts, "service", service);
    addText(facts, "version", textOf(object, "version"));
    addText(facts, "instance", id);
    addText(facts, "description", textOf(object, "description"));
    const std::string_view started = textOf(object, "started");
    if (const std::optional<UtcTime> time = UtcTime::parse(started))
        setFact(facts, "started", *time);
    else
        addText(facts, "started", started);
    addMetadata(facts, "metadata.", object);
    if (answer.verb != ServiceAnswer::Verb::Ping)
        d->readEndpoints(object, answer);
    return answer;
}

} // namespace muster::query
