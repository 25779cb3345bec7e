// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/json_writer.h"
#include "core/protocol/messages.h"

namespace muster::protocol {

namespace {

void writeFields(JsonWriter &json, std::string_view name, const std::vector<Field> &fields)
{
    json.key(name).beginObject();
    for (const Field &field : fields)
        json.member(field.name, field.value);
    json.endObject();
}

} // namespace

std::string encode(const Presence &presence)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().member("v", version).member("device", presence.device);
    json.member("interval", presence.intervalSeconds);
    if (!presence.boot.empty())
        json.member("boot", presence.boot);
    json.member("seq", presence.seq);
    json.member("state", presence.state == DeviceState::Online ? "online" : "closing");
    if (!presence.firmware.empty())
        json.member("fw", presence.firmware);
    json.key("labels").beginObject();
    for (const Label &label : presence.labels)
        json.member(label.key, label.value);
    json.endObject();
    if (presence.configRevision)
        json.key("config").beginObject().member("rev", *presence.configRevision).endObject();
    json.endObject();
    return out;
}

std::string encode(const QueryRequest &request)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().member("v", version).member("id", request.id);
    json.member("deadline_ms", request.deadlineMs).member("spread_ms", request.spreadMs);
    if (!request.select.empty()) {
        json.key("select").beginArray();
        for (const std::string &field : request.select)
            json.value(field);
        json.endArray();
    }
    if (!request.where.empty())
        json.key("where").raw(request.where);
    json.member("reply_empty", request.replyEmpty);
    if (!request.reply.empty())
        json.member("reply", request.reply);
    json.endObject();
    return out;
}

std::string encodeTelemetry(std::string_view device, UtcTime at, std::int64_t seq,
                            const std::vector<Field> &values)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().member("v", version).member("device", device).member("at", at).member("seq", seq);
    writeFields(json, "values", values);
    json.endObject();
    return out;
}

std::string encodeRow(std::string_view device, const std::vector<Field> &row)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().member("v", version).member("device", device);
    writeFields(json, "row", row);
    json.endObject();
    return out;
}

std::string encodeEmpty(std::string_view device)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().member("v", version).member("device", device).member("empty", true).endObject();
    return out;
}

std::string encodeError(std::string_view device, std::string_view code, std::string_view message)
{
    std::string out;
    JsonWriter json(out);
    json.beginObject().member("v", version).member("device", device);
    json.key("error").beginObject().member("code", code).member("message", message).endObject();
    json.endObject();
    return out;
}

} // namespace muster::protocol
