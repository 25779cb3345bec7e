// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/preflight.h"

#include "query/query_text.h"
#include "query/service_answer.h"

#include <QLocale>
#include <QStringList>

#include <algorithm>

namespace muster {
namespace {

QString seconds(int ms)
{
    return QLocale().toString(ms / 1000.0, 'f', ms % 1000 == 0 ? 0 : 1);
}

QString grouped(std::int64_t n)
{
    return QLocale().toString(static_cast<qlonglong>(n));
}

} // namespace

QString Preflight::fleet(const query::Reach &reach)
{
    if (reach.matching == 0)
        return {};
    if (reach.asked() == 0)
        return tr("Nobody of these is online: they are listed, and nobody is asked.");
    const QString replies = tr("at most %n replies", nullptr, static_cast<int>(reach.answers))
                                .replace(QString::number(reach.answers), grouped(reach.answers));
    QString text = reach.messages == 1 ? tr("One request, %1.").arg(replies)
                                       : tr("%1 requests, %2.").arg(grouped(reach.messages), replies);
    if (reach.unsure > 0)
        text += QLatin1Char(' ') +
                tr("%n late or unknown are asked as well.", nullptr, static_cast<int>(reach.unsure));
    if (reach.offline > 0)
        text += QLatin1Char(' ') + tr("Offline devices are listed, not asked.");
    return text;
}

QString Preflight::services(const query::Composition &question)
{
    const QString of =
        question.service.empty() ? QString() : QLatin1Char('.') + query::shown(question.service);
    return tr("One request each on %1, %2 and %3.")
               .arg(QStringLiteral("$SRV.PING") + of, QStringLiteral("$SRV.INFO") + of,
                    QStringLiteral("$SRV.STATS") + of) +
           QLatin1Char(' ') +
           tr("Ends when no other service answers, or after %1 s.").arg(seconds(question.deadlineMs));
}

QString Preflight::subject(const query::Composition &question, const Subjects &subjects)
{
    QStringList ends;
    if (question.expected > 0)
        ends.append(tr("after %n replies", nullptr, question.expected));
    if (question.quietMs > 0)
        ends.append(tr("%1 ms after the latest reply").arg(grouped(question.quietMs)));
    ends.append(tr("after %1 s").arg(seconds(question.deadlineMs)));
    const QString subject = query::shown(question.subject);
    const auto bytes = static_cast<int>(question.payload.size());
    QString text = bytes > 0 ? tr("One request of %n bytes on %1.", nullptr, bytes).arg(subject)
                             : tr("One empty request on %1.").arg(subject);
    text +=
        QLatin1Char(' ') + tr("Ends %1.").arg(ends.join(tr(" or ", "between ways in which a query ends")));
    for (const char *kind : {"run", "cancel", "command"}) {
        if (question.subject.starts_with(subjects.root() + '.' + kind + '.'))
            text += QLatin1Char(' ') + tr("Careful: commands go there, and a device may do what it says.");
    }
    return text;
}

QString Preflight::serviceError(const QString &name)
{
    if (name.isEmpty() || query::isServiceName(name.toStdString()))
        return {};
    return tr("The name of a service has letters, digits, - and _ alone.");
}

QString Preflight::subjectError(const QString &subject)
{
    if (subject.isEmpty())
        return tr("Say on which subject to ask.");
    const bool hasBlank =
        std::any_of(subject.begin(), subject.end(), [](QChar c) { return c.isSpace() || !c.isPrint(); });
    if (hasBlank)
        return tr("A subject has no blanks.");
    for (const QString &token : subject.split(QLatin1Char('.'))) {
        if (token.isEmpty())
            return tr("A subject has no empty part between its dots.");
        if (token == QLatin1String("*") || token == QLatin1String(">"))
            return tr("A question goes to one subject: it has no wildcards.");
    }
    return {};
}

} // namespace muster
