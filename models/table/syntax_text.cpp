// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/syntax_text.h"

#include <QCoreApplication>

namespace muster {
namespace {

QString translated(std::string_view words)
{
    // They are literals, and so end with a zero.
    return words.empty() ? QString() : QCoreApplication::translate("muster::filter", words.data());
}

} // namespace

QVariantMap syntaxText(const filter::SyntaxError &error)
{
    QString message = translated(filter::words(error.fault));
    const auto argument = [&error](std::size_t i) { return QString::fromStdString(error.arguments[i]); };
    switch (error.arguments.size()) {
    case 0:
        break;
    case 1:
        message = message.arg(argument(0));
        break;
    default:
        message = message.arg(argument(0), argument(1)); // at once: what was typed may hold a "%2"
    }
    return {{QStringLiteral("column"), error.column},
            {QStringLiteral("length"), error.length},
            {QStringLiteral("message"), message},
            {QStringLiteral("expected"), translated(filter::words(error.wanted))},
            {QStringLiteral("unfinished"), error.isUnfinished()}};
}

} // namespace muster
