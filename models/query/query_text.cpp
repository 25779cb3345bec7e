// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/query_text.h"

#include "core/display_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace muster {
namespace {

/// What the codes of errors stand for, where an operator of the Query page meets them.
class ErrorText {
    Q_DECLARE_TR_FUNCTIONS(muster::ErrorText)

public:
    /// Empty when there is no translation: the engine's own words are English.
    static QString of(std::string_view code)
    {
        struct Known {
            std::string_view code;
            const char *text;
        };
        static constexpr std::array known = {
            Known{"nats.disconnected", QT_TR_NOOP("There is no connection to the server.")},
            Known{"nats.unreachable", QT_TR_NOOP("The server cannot be reached.")},
            Known{"nats.timeout", QT_TR_NOOP("The server did not answer in time.")},
            Known{"nats.no-responders", QT_TR_NOOP("Nobody listens there.")},
            Known{"nats.permission", QT_TR_NOOP("This user may not do that.")},
            Known{"nats.auth", QT_TR_NOOP("The server refuses this user.")},
            Known{"nats.tls", QT_TR_NOOP("The encrypted connection cannot be made.")},
            Known{"nats.too-large", QT_TR_NOOP("That is more than the server takes.")},
            Known{"nats.bad-subject", QT_TR_NOOP("That cannot be a subject.")},
            Known{"nats.error", QT_TR_NOOP("The server reported an error.")},
            Known{"kv.bad-key", QT_TR_NOOP("That cannot be a key.")},
            Known{"kv.conflict", QT_TR_NOOP("Somebody else changed it meanwhile.")},
            Known{"kv.not-found", QT_TR_NOOP("It is not there any more.")},
            Known{"query.nobody", QT_TR_NOOP("No device is in this scope and matches what is known of it.")},
            Known{"query.deadline", QT_TR_NOOP("This deadline is out of range.")},
            Known{"query.running", QT_TR_NOOP("The query is still under way.")},
            Known{"query.subject", QT_TR_NOOP("This subject cannot be asked on.")},
            Known{"query.service", QT_TR_NOOP("That cannot be the name of a service.")},
            Known{"query.site", QT_TR_NOOP("That cannot be a site.")},
            Known{"query.group", QT_TR_NOOP("That cannot be a group.")},
            Known{"query.device", QT_TR_NOOP("That cannot be a device.")},
            Known{"query.count", QT_TR_NOOP("That many replies cannot be expected.")},
            Known{"query.quiet", QT_TR_NOOP("This gap is out of range.")},
            Known{"query.unaddressed", QT_TR_NOOP("A subject does not tell who is silent.")},
            Known{"query.name", QT_TR_NOOP("A saved query cannot have this name.")},
            Known{"query.unknown", QT_TR_NOOP("No saved query has this name.")},
            Known{"query.document", QT_TR_NOOP("The saved question cannot be read.")},
            Known{"query.not-prepared", QT_TR_NOOP("The account is not prepared for shared queries.")},
            Known{"query.too-large", QT_TR_NOOP("The query is too large to be shared.")},
            Known{"filter.syntax", QT_TR_NOOP("The filter is not complete.")},
            Known{"filter.jsonlogic", QT_TR_NOOP("The filter cannot be read.")},
            Known{"history.unknown", QT_TR_NOOP("The run is not in the history.")},
            Known{"history.no-results",
                  QT_TR_NOOP("The results of this run are gone: only its question was kept.")},
            Known{"history.damaged", QT_TR_NOOP("The results of this run are damaged.")},
            Known{"store.busy", QT_TR_NOOP("The file of queries and runs is in use by another program.")},
            Known{"store.full", QT_TR_NOOP("The disk that holds the file of queries and runs is full.")},
            Known{"store.damaged", QT_TR_NOOP("The file of queries and runs was damaged.")},
            Known{"store.denied", QT_TR_NOOP("The file of queries and runs cannot be opened for writing.")},
            Known{"store.foreign", QT_TR_NOOP("The file of queries and runs is one of another program.")},
            Known{"store.newer", QT_TR_NOOP("The file of queries and runs was written by a later Muster.")},
            Known{"store.failed", QT_TR_NOOP("The file of queries and runs could not be read or written.")},
            Known{"run.link-lost",
                  QT_TR_NOOP("The connection was lost: answers sent meanwhile did not arrive, so those "
                             "who count as silent may have answered. Ask the silent again.")},
            Known{"run.link-down",
                  QT_TR_NOOP("The connection was lost: answers sent meanwhile do not arrive.")},
            Known{"run.nobody-listens",
                  QT_TR_NOOP("Nobody listens for this question. Check what it is put to, that the other side "
                             "runs, and the account of this connection.")},
            Known{"run.not-listening",
                  QT_TR_NOOP("Devices are online but do not listen for queries. Check their permissions and "
                             "their firmware.")},
            Known{"run.no-answer",
                  QT_TR_NOOP("No answer came in time. Who was asked may not answer, or need more time.")},
            Known{"run.too-many-services", QT_TR_NOOP("More answered than can be shown. Ask one service.")},
            Known{"run.too-many-replies", QT_TR_NOOP("More replies came than are kept: the others are only "
                                                     "counted.")},
            Known{"run.some-not-asked", QT_TR_NOOP("Not all of those who are silent were asked.")},
            Known{"run.nobody-asked", QT_TR_NOOP("This user may not ask, or may not hear what is answered.")},
        };
        const auto *const found =
            std::find_if(known.begin(), known.end(), [code](const Known &each) { return each.code == code; });
        if (found == known.end())
            return {};
        const QString text = tr(found->text);
        return text == QLatin1String(found->text) ? QString() : text;
    }
};

} // namespace
} // namespace muster

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
    const QString known = ErrorText::of(error.code);
    if (known.isEmpty() || text.isEmpty())
        return known.isEmpty() ? text : known;
    return known + QStringLiteral(" (") + text + QLatin1Char(')');
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
