// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <memory>

namespace muster {

/// When a question is asked again, and what came of it: each so many seconds from the first round on, without
/// those that would overlap. Does not ask by itself. GUI thread.
class QueryWatch : public QObject {
    Q_OBJECT
    Q_PROPERTY(bool active READ active NOTIFY changed)
    Q_PROPERTY(bool paused READ paused NOTIFY changed) ///< the link is down: it goes on when it is back
    Q_PROPERTY(int round READ round NOTIFY changed)    ///< from 1
    Q_PROPERTY(int changedCells READ changedCells NOTIFY changed)
    Q_PROPERTY(
        QString text READ text NOTIFY changed) ///< "Round 7, 12 cells changed in 5 rows, ..., next in 4 s"

public:
    /// What a round changed against the one before.
    struct Changes {
        qint64 cells = 0, rows = 0, added = 0, gone = 0;
    };

    explicit QueryWatch(QObject *parent = nullptr);
    ~QueryWatch() override;

    bool active() const;
    bool paused() const;
    int round() const;
    int changedCells() const;
    QString text() const;

    void start(int seconds); ///< with the first round, which begins now
    void stop();
    void beginRound(); ///< another than the first
    void endRound(const Changes &changes);
    void setLinkUp(bool up);

Q_SIGNALS:
    void changed();
    void due(); ///< time for another round

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace muster
