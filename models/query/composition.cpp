// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/composition.h"

#include "core/json_dom.h"

#include <algorithm>
#include <array>
#include <utility>

namespace muster::query {

namespace {

constexpr std::int64_t documentVersion = 1;
constexpr std::size_t maxDocumentBytes = std::size_t{16} << 20; // a scope may list 1,000,000 devices
constexpr std::size_t maxTextBytes = std::size_t{1} << 20;      // a payload
constexpr std::size_t maxListed = 1'000;                        // fields, groups, aggregates, scopes
constexpr std::size_t maxDevices = 1'000'000;

constexpr std::array<std::pair<Source, std::string_view>, 3> sources{
    {{Source::Fleet, "fleet"}, {Source::Services, "services"}, {Source::Subject, "subject"}}};
constexpr std::array<std::pair<Scope::Kind, std::string_view>, 5> scopeKinds{
    {{Scope::Kind::All, "all"},
     {Scope::Kind::Site, "site"},
     {Scope::Kind::Group, "group"},
     {Scope::Kind::Label, "label"},
     {Scope::Kind::Devices, "devices"}}};

struct Number {
    std::string_view name;
    int Composition::*member;
    int least, most;
};
constexpr std::array<Number, 4> numbers{{{"deadline_ms", &Composition::deadlineMs, 100, 600'000},
                                         {"expected", &Composition::expected, 0, 100'000'000},
                                         {"quiet_ms", &Composition::quietMs, 0, 600'000},
                                         {"watch_seconds", &Composition::watchSeconds, 0, 86'400}}};
constexpr std::array<std::pair<std::string_view, std::string Composition::*>, 4> texts{
    {{"where", &Composition::where},
     {"service", &Composition::service},
     {"subject", &Composition::subject},
     {"payload", &Composition::payload}}};
constexpr std::array<std::pair<std::string_view, std::vector<std::string> Composition::*>, 3> lists{
    {{"select", &Composition::select},
     {"group_by", &Composition::groupBy},
     {"aggregates", &Composition::aggregates}}};

template <typename Names, typename T>
std::string_view nameOf(const Names &names, T value)
{
    for (const auto &[each, name] : names) {
        if (each == value)
            return name;
    }
    return {};
}

void writeList(JsonWriter &w, std::string_view name, const std::vector<std::string> &list)
{
    if (list.empty())
        return;
    w.key(name).beginArray();
    for (const std::string &one : list)
        w.value(std::string_view(one));
    w.endArray();
}

Error wrong(std::string_view member, std::string_view rule)
{
    return {"query.document",
            "The saved question cannot be read: \"" + std::string(member) + "\" " + std::string(rule) + ".",
            "It was changed by hand, or by another program than Muster."};
}

using Element = simdjson::dom::element;

/// False when the member is not there.
bool find(const simdjson::dom::object &object, std::string_view member, Element &out)
{
    return object[member].get(out) == simdjson::SUCCESS && !out.is_null();
}

Status readText(const simdjson::dom::object &object, std::string_view member, std::string &out)
{
    Element element;
    if (!find(object, member, element))
        return {};
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS)
        return wrong(member, "is no text");
    if (text.size() > maxTextBytes)
        return wrong(member, "is longer than 1 MiB");
    out = text;
    return {};
}

Status readList(const simdjson::dom::object &object, std::string_view member, std::size_t most,
                std::vector<std::string> &out)
{
    Element element;
    if (!find(object, member, element))
        return {};
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS)
        return wrong(member, "is no list");
    for (const Element item : array) {
        std::string_view text;
        if (item.get(text) != simdjson::SUCCESS)
            return wrong(member, "lists something that is no text");
        if (out.size() >= most)
            return wrong(member, "lists more than " + std::to_string(most));
        out.emplace_back(text);
    }
    return {};
}

template <typename Names, typename T>
Status readName(const simdjson::dom::object &object, std::string_view member, const Names &names, T &out)
{
    std::string text;
    if (Status read = readText(object, member, text); !read || text.empty())
        return read;
    for (const auto &[value, name] : names) {
        if (name == text) {
            out = value;
            return {};
        }
    }
    return wrong(member, "is none that this Muster knows");
}

Status readScopes(const simdjson::dom::object &object, std::vector<Scope> &out)
{
    Element element;
    if (!find(object, "scopes", element))
        return {};
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS)
        return wrong("scopes", "is no list");
    for (const Element item : array) {
        simdjson::dom::object members;
        if (item.get(members) != simdjson::SUCCESS)
            return wrong("scopes", "lists something that is no scope");
        if (out.size() >= maxListed)
            return wrong("scopes", "lists more than " + std::to_string(maxListed));
        Scope scope;
        for (Status read : {readName(members, "kind", scopeKinds, scope.kind),
                            readText(members, "key", scope.key), readText(members, "value", scope.value),
                            readList(members, "devices", maxDevices, scope.devices)}) {
            if (!read)
                return read;
        }
        out.push_back(std::move(scope));
    }
    return {};
}

} // namespace

std::string_view name(Source source)
{
    return nameOf(sources, source);
}

bool asksTheSame(Composition one, Composition other)
{
    for (Composition *each : {&one, &other}) {
        each->groupBy.clear();
        each->aggregates.clear();
        each->deadlineMs = each->expected = each->quietMs = each->watchSeconds = 0;
    }
    return one == other;
}

std::string encode(const Composition &composition)
{
    static const Composition defaults;
    std::string out;
    JsonWriter w(out);
    w.beginObject().member("v", documentVersion);
    if (composition.source != defaults.source)
        w.member("source", name(composition.source));
    if (!composition.scopes.empty()) {
        w.key("scopes").beginArray();
        for (const Scope &scope : composition.scopes) {
            w.beginObject().member("kind", nameOf(scopeKinds, scope.kind));
            if (!scope.key.empty())
                w.member("key", std::string_view(scope.key));
            if (!scope.value.empty())
                w.member("value", std::string_view(scope.value));
            writeList(w, "devices", scope.devices);
            w.endObject();
        }
        w.endArray();
    }
    for (const auto &[member, text] : texts) {
        if (!(composition.*text).empty())
            w.member(member, std::string_view(composition.*text));
    }
    for (const auto &[member, list] : lists)
        writeList(w, member, composition.*list);
    for (const Number &number : numbers) {
        if (composition.*number.member != defaults.*number.member)
            w.member(number.name, std::int64_t{composition.*number.member});
    }
    w.endObject();
    return out;
}

Result<Composition> decodeComposition(std::string_view json)
{
    simdjson::dom::parser parser(maxDocumentBytes);
    simdjson::dom::object object;
    if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS)
        return Error{"query.document", "The saved question cannot be read: it is no JSON object.",
                     "It was changed by hand, or by another program than Muster."};
    std::int64_t version = 0;
    if (object["v"].get(version) != simdjson::SUCCESS || version < 1)
        return wrong("v", "is no version");
    if (version > documentVersion)
        return Error{"query.document",
                     "The saved question is of version " + std::to_string(version) +
                         ", which this Muster does not know.",
                     "Update Muster."};

    Composition composition;
    if (Status read = readName(object, "source", sources, composition.source); !read)
        return read.error();
    if (Status read = readScopes(object, composition.scopes); !read)
        return read.error();
    for (const auto &[member, text] : texts) {
        if (Status read = readText(object, member, composition.*text); !read)
            return read.error();
    }
    for (const auto &[member, list] : lists) {
        if (Status read = readList(object, member, maxListed, composition.*list); !read)
            return read.error();
    }
    for (const Number &number : numbers) {
        Element element;
        if (!find(object, number.name, element))
            continue;
        std::int64_t value = 0;
        if (element.get(value) != simdjson::SUCCESS)
            return wrong(number.name, "is no whole number");
        composition.*number.member =
            static_cast<int>(std::clamp(value, std::int64_t{number.least}, std::int64_t{number.most}));
    }
    return composition;
}

} // namespace muster::query
