// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_text.h"

#include "core/display_text.h"

namespace muster::query {

QString shown(std::string_view raw)
{
    const std::string text = displayText(raw, 512);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString sentence(const Error &error)
{
    QString text = shown(error.message);
    if (!text.isEmpty() && !text.endsWith(QLatin1Char('.')))
        text += QLatin1Char('.');
    if (!error.remedy.empty())
        text += QLatin1Char(' ') + shown(error.remedy);
    return text;
}

std::vector<std::string> plain(const QStringList &list)
{
    std::vector<std::string> out;
    for (const QString &text : list)
        out.push_back(text.toStdString());
    return out;
}

QStringList strings(const std::vector<std::string> &list)
{
    QStringList out;
    for (const std::string &text : list)
        out.append(QString::fromStdString(text));
    return out;
}

} // namespace muster::query
