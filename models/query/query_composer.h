// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "presence/fleet_controller.h"
#include "query/composition.h"
#include "query/plan.h"
#include "query/seen_fields.h"
#include "query/service_query.h"
#include "query/subject_query.h"

#include <QObject>
#include <QVariantList>

#include <memory>
#include <string>

namespace muster {

/// A question as it is composed: what to ask, of whom, and whom it would reach. GUI thread.
class QueryComposer : public QObject {
    Q_OBJECT
    Q_PROPERTY(QString source READ source WRITE setSource NOTIFY changed) ///< "fleet", "services", "subject"
    Q_PROPERTY(QString service READ service WRITE setService NOTIFY changed) ///< empty: all
    Q_PROPERTY(QString subject READ subject WRITE setSubject NOTIFY changed)
    Q_PROPERTY(QString payload READ payload WRITE setPayload NOTIFY changed)
    Q_PROPERTY(int expected READ expected WRITE setExpected NOTIFY changed) ///< replies; 0: not by count
    Q_PROPERTY(int quietMs READ quietMs WRITE setQuietMs NOTIFY changed)    ///< 0: not by a gap
    Q_PROPERTY(int watchSeconds READ watchSeconds WRITE setWatchSeconds NOTIFY changed) ///< 0: once
    Q_PROPERTY(
        QVariantList scopes READ scopes NOTIFY scopesChanged) ///< [{label, kind, key, value, count, on}]
    Q_PROPERTY(QString where READ where WRITE setWhere NOTIFY changed)
    Q_PROPERTY(QVariantMap whereError READ whereError NOTIFY changed) ///< {}, or as of syntaxText()
    /// A field that no device of the fleet has reported: a slip, or one that only an answer will tell of.
    Q_PROPERTY(QString whereDoubt READ whereDoubt NOTIFY counted)
    Q_PROPERTY(int whereTerms READ whereTerms NOTIFY changed)
    Q_PROPERTY(QStringList select READ select NOTIFY changed)
    Q_PROPERTY(QStringList groupBy READ groupBy NOTIFY changed)
    Q_PROPERTY(QStringList aggregates READ aggregates NOTIFY changed) ///< "avg cpu.pct"
    Q_PROPERTY(int deadlineMs READ deadlineMs WRITE setDeadlineMs NOTIFY changed)
    Q_PROPERTY(int mostSelected READ mostSelected CONSTANT) ///< in one selection; pages offer no more
    // before asking
    Q_PROPERTY(int matching READ matching NOTIFY counted)  ///< devices in scope that may match; -1: not known
    Q_PROPERTY(bool counting READ counting NOTIFY counted) ///< it takes a while
    Q_PROPERTY(int matchingOnline READ matchingOnline NOTIFY counted)
    Q_PROPERTY(int matchingOffline READ matchingOffline NOTIFY counted)
    Q_PROPERTY(
        QString preflightText READ preflightText NOTIFY counted) ///< "One request, at most 398 replies. ..."

public:
    /// `fleet` outlives it.
    explicit QueryComposer(FleetController *fleet, QObject *parent = nullptr);
    ~QueryComposer() override;

    QString source() const;
    void setSource(const QString &source);
    QString service() const;
    void setService(const QString &name);
    QString subject() const;
    void setSubject(const QString &subject);
    QString payload() const;
    void setPayload(const QString &payload);
    int expected() const;
    void setExpected(int replies);
    int quietMs() const;
    void setQuietMs(int ms);
    int watchSeconds() const;
    void setWatchSeconds(int seconds);
    QVariantList scopes() const;
    QString where() const;
    void setWhere(const QString &text);
    QVariantMap whereError() const;
    QString whereDoubt() const;
    int whereTerms() const;
    QStringList select() const;
    QStringList groupBy() const;
    QStringList aggregates() const;
    int deadlineMs() const;
    void setDeadlineMs(int ms);
    /// More would make each key typed slow, as all of them are in the draft.
    static constexpr int mostSelected() { return 10'000; }
    int matching() const;
    bool counting() const;
    int matchingOnline() const;
    int matchingOffline() const;
    QString preflightText() const;

    query::Source kind() const; ///< source() as the engine calls it
    /// What is missing before it can be asked; empty when nothing is.
    QString incomplete() const;
    query::Question question() const;
    query::ServiceQuestion serviceQuestion() const;
    query::SubjectQuestion subjectQuestion() const;
    query::Composition composition() const;
    query::Composition compositionOf(query::Source source) const;
    void
    setComposition(const query::Composition &composition); ///< of its source; the others stay as they are
    static query::Composition startingFor(query::Source source); ///< as it is before anything is typed
    /// The label that "Answered by group" counts by.
    std::string groupKey() const;

    void setSubjects(const Subjects &subjects);
    /// What answers had, to be offered besides what the fleet tells of itself.
    void addSeen(query::Source source, std::vector<query::SeenField> fields);
    void forgetSeen(); ///< they were of another fleet
    void countSoon(int milliseconds);

    Q_INVOKABLE void startAnew(); ///< of the same source
    Q_INVOKABLE void toggleScope(int index);
    Q_INVOKABLE void addScope(const QString &label,
                              const QString &value); ///< label "site", "group", "region", ...
    Q_INVOKABLE void removeScope(int index);
    Q_INVOKABLE void setSelectionScope(const QStringList &devices);
    Q_INVOKABLE void addSelect(const QString &field);
    Q_INVOKABLE void replaceSelect(int index, const QString &field);
    Q_INVOKABLE void removeSelect(int index);
    Q_INVOKABLE void addGroupBy(const QString &field);
    Q_INVOKABLE void replaceGroupBy(int index, const QString &field);
    Q_INVOKABLE void removeGroupBy(int index);
    Q_INVOKABLE void addAggregate(const QString &aggregate); ///< "avg cpu.pct"
    Q_INVOKABLE void replaceAggregate(int index, const QString &aggregate);
    Q_INVOKABLE void removeAggregate(int index);
    Q_INVOKABLE QStringList fieldNames() const;
    Q_INVOKABLE QStringList labelNames() const;
    Q_INVOKABLE QStringList valuesOf(const QString &field) const;
    /// Completions at a cursor in `where`: [{text, insert, from, kind}].
    Q_INVOKABLE QVariantList complete(const QString &text, int cursor) const;
    /// The same in a filter of the devices' table, whatever is asked.
    Q_INVOKABLE QVariantList completeForDevices(const QString &text, int cursor) const;
    /// Says which field of a filter no device of the fleet has reported; empty when there is none, or the
    /// fleet is not known.
    Q_INVOKABLE QString unknownFieldText(const QString &expression) const;

Q_SIGNALS:
    void changed();       ///< what composition() says is another
    void scopesChanged(); ///< which there are, or how many are in each
    void counted();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
