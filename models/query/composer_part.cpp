// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/composer_part.h"

#include "table/syntax_text.h"

namespace muster {
namespace {

QStringList list(std::initializer_list<const char *> texts)
{
    QStringList out;
    for (const char *text : texts)
        out.append(QString::fromLatin1(text));
    return out;
}

} // namespace

ComposerPart ComposerPart::startingFor(query::Source source)
{
    ComposerPart part;
    switch (source) {
    case query::Source::Fleet:
        part.select = list({"fw", "cpu.pct", "mem.free", "mem.total", "uptime", "temp.soc"});
        part.groupBy = list({"region", "fw"});
        part.aggregates = list({"avg cpu.pct", "min mem.free", "max temp.soc"});
        break;
    case query::Source::Services:
        part.groupBy = list({"service"});
        part.aggregates = list({"sum num_requests", "sum num_errors", "max average_processing_time_ms"});
        break;
    case query::Source::Subject:
        break;
    }
    return part;
}

void ComposerPart::parse()
{
    const Result<filter::Expression, filter::SyntaxError> parsed =
        filter::Expression::parse(where.toStdString());
    whereError.clear();
    if (parsed) {
        filter = *parsed;
        return;
    }
    whereError = syntaxText(parsed.error());
}

QStringList serviceFields()
{
    return list({"service", "version", "description", "instance", "started", "endpoint", "subject",
                 "queue_group", "num_requests", "num_errors", "last_error", "processing_time_ms",
                 "average_processing_time_ms"});
}

} // namespace muster
