// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection/connection_controller.h"
#include "presence/fleet_controller.h"
#include "query/query_controller.h"
#include "table/format.h"
#include "table/table_model.h"

#include <QJSEngine>
#include <QObject>
#include <QtQml/qqml.h>
#include <QtQml/qqmlregistration.h>

class QQmlEngine;

// What QML sees of models/: the types there carry no QML macros of their own.
namespace muster::qml {

/// The controllers that QML's singletons stand for. Set by the program before the engine loads; not owned.
struct Instances {
    static inline ConnectionController *connection = nullptr;
    static inline FleetController *fleet = nullptr;
    static inline QueryController *query = nullptr;
};

template <typename T>
T *ownedByProgram(T *object)
{
    QJSEngine::setObjectOwnership(object, QJSEngine::CppOwnership);
    return object;
}

struct ConnectionForeign {
    Q_GADGET
    QML_FOREIGN(muster::ConnectionController)
    QML_NAMED_ELEMENT(Connection)
    QML_SINGLETON

public:
    static ConnectionController *create(QQmlEngine *, QJSEngine *)
    {
        return ownedByProgram(Instances::connection);
    }
};

struct FleetForeign {
    Q_GADGET
    QML_FOREIGN(muster::FleetController)
    QML_NAMED_ELEMENT(Fleet)
    QML_SINGLETON

public:
    static FleetController *create(QQmlEngine *, QJSEngine *) { return ownedByProgram(Instances::fleet); }
};

struct QueryForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryController)
    QML_NAMED_ELEMENT(Query)
    QML_SINGLETON

public:
    static QueryController *create(QQmlEngine *, QJSEngine *) { return ownedByProgram(Instances::query); }
};

// The base classes, for the tools that check QML: they only follow chains of types they know.
struct AbstractTableModelForeign {
    Q_GADGET
    QML_FOREIGN(QAbstractTableModel)
    QML_ANONYMOUS
};

struct AbstractListModelForeign {
    Q_GADGET
    QML_FOREIGN(QAbstractListModel)
    QML_ANONYMOUS
};

struct QueryComposerForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryComposer)
    QML_NAMED_ELEMENT(QueryComposer)
    QML_UNCREATABLE("Belongs to Query")
};

struct QueryDocumentForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryDocument)
    QML_NAMED_ELEMENT(QueryDocument)
    QML_UNCREATABLE("Belongs to Query")
};

struct QueryResultsForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryResults)
    QML_NAMED_ELEMENT(QueryResults)
    QML_UNCREATABLE("Belongs to Query")
};

struct QueryWatchForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryWatch)
    QML_NAMED_ELEMENT(QueryWatch)
    QML_UNCREATABLE("Belongs to Query")
};

struct QueryComparisonForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryComparison)
    QML_NAMED_ELEMENT(QueryComparison)
    QML_UNCREATABLE("Belongs to Query")
};

struct QueryLibraryForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryLibrary)
    QML_NAMED_ELEMENT(QueryLibrary)
    QML_UNCREATABLE("Belongs to Query")
};

struct QueryHistoryForeign {
    Q_GADGET
    QML_FOREIGN(muster::QueryHistory)
    QML_NAMED_ELEMENT(QueryHistory)
    QML_UNCREATABLE("Belongs to Query")
};

struct TableModelForeign {
    Q_GADGET
    QML_FOREIGN(muster::TableModel)
    QML_NAMED_ELEMENT(TableModel)
    QML_UNCREATABLE("Tables belong to their controllers")
};

struct ColumnListModelForeign {
    Q_GADGET
    QML_FOREIGN(muster::ColumnListModel)
    QML_NAMED_ELEMENT(ColumnListModel)
    QML_UNCREATABLE("Belongs to a TableModel")
};

struct ProfileListModelForeign {
    Q_GADGET
    QML_FOREIGN(muster::ProfileListModel)
    QML_NAMED_ELEMENT(ProfileListModel)
    QML_UNCREATABLE("Belongs to Connection")
};

struct ContextListModelForeign {
    Q_GADGET
    QML_FOREIGN(muster::ContextListModel)
    QML_NAMED_ELEMENT(ContextListModel)
    QML_UNCREATABLE("Belongs to Connection")
};

struct TestStepModelForeign {
    Q_GADGET
    QML_FOREIGN(muster::TestStepModel)
    QML_NAMED_ELEMENT(TestStepModel)
    QML_UNCREATABLE("Belongs to Connection")
};

struct RejectedListModelForeign {
    Q_GADGET
    QML_FOREIGN(muster::RejectedListModel)
    QML_NAMED_ELEMENT(RejectedListModel)
    QML_UNCREATABLE("Belongs to Fleet")
};

/// table::Kind, for delegates to compare TableModel's KindRole with.
class CellKind : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Only its enumeration is of use")

public:
    enum Kind {
        Text = static_cast<int>(table::Kind::Text),
        Number = static_cast<int>(table::Kind::Number),
        Bytes = static_cast<int>(table::Kind::Bytes),
        Percent = static_cast<int>(table::Kind::Percent),
        Duration = static_cast<int>(table::Kind::Duration),
        Celsius = static_cast<int>(table::Kind::Celsius),
        Time = static_cast<int>(table::Kind::Time),
        Age = static_cast<int>(table::Kind::Age),
        Milliseconds = static_cast<int>(table::Kind::Milliseconds),
        Version = static_cast<int>(table::Kind::Version),
        Flag = static_cast<int>(table::Kind::Flag),
        Late = static_cast<int>(table::Kind::Late),
        Presence = static_cast<int>(table::Kind::Presence),
        Outcome = static_cast<int>(table::Kind::Outcome),
        Identifier = static_cast<int>(table::Kind::Identifier)
    };
    Q_ENUM(Kind)
};

} // namespace muster::qml
