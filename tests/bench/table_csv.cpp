// SPDX-License-Identifier: GPL-3.0-or-later
#include "cases.h"
#include "fleet_data.h"
#include "rivals.h"
#include "table/writer.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

namespace muster::bench {

QJsonObject tableCsv(const Options &options)
{
    const std::vector<Device> fleet = makeFleet(options.rows);
    const table::Table table = makeTable(fleet);
    const SqliteFleet sqlite(fleet);
    table::WriteOptions writing;
    writing.columns.assign(columnNames.begin(), columnNames.end());

    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("ours.csv"));
    const auto writeOurs = [&] {
        const auto snapshot = table.snapshot();
        const table::View view = *table::evaluate(*snapshot, {});
        if (!table::writeFile(*snapshot, view, {}, writing, path.toStdString()))
            qFatal("the table could not be written to %s", qPrintable(path));
    };
    writeOurs();
    QFile ours(path);
    if (!ours.open(QIODevice::ReadOnly))
        qFatal("%s could not be read", qPrintable(path));
    const QByteArray bytes = ours.readAll();
    ours.close();

    Contest contest;
    contest.ours(writeOurs);
    contest.floor([&] {
        QFile file(folder.filePath(QStringLiteral("floor.csv")));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("%s could not be written", qPrintable(file.fileName()));
    });
    contest.rival(QStringLiteral("sqlite"), [&] {
        QFile file(folder.filePath(QStringLiteral("sqlite.csv")));
        if (!file.open(QIODevice::WriteOnly) || sqlite.writeCsv(file) == 0)
            qFatal("%s could not be written", qPrintable(file.fileName()));
    });
    const QString program = QStandardPaths::findExecutable(QStringLiteral("sqlite3"));
    const QString database = folder.filePath(QStringLiteral("fleet.db"));
    if (!program.isEmpty()) {
        sqlite.saveAs(database.toStdString());
        contest.rival(QStringLiteral("sqlite3_cli"), [&] {
            QProcess process;
            process.setStandardOutputFile(folder.filePath(QStringLiteral("cli.csv")));
            process.start(program, {QStringLiteral("-readonly"), QStringLiteral("-header"),
                                    QStringLiteral("-csv"), database, QStringLiteral("select * from fleet")});
            if (!process.waitForFinished(-1) || process.exitCode() != 0)
                qFatal("sqlite3 did not write: %s", process.readAllStandardError().constData());
        });
    }
    QJsonObject result = contest.run(options.runs);
    if (program.isEmpty())
        addMissing(result, QStringLiteral("sqlite3_cli"),
                   QStringLiteral("sqlite3 is not installed: package sqlite3"));
    result.insert(QStringLiteral("n"), static_cast<qint64>(options.rows));
    result.insert(QStringLiteral("file_bytes"), static_cast<qint64>(bytes.size()));
    result.insert(QStringLiteral("megabytes_per_second"),
                  static_cast<double>(bytes.size()) / 1e3 /
                      result.value(QStringLiteral("ours_ms")).toDouble());
    return result;
}

} // namespace muster::bench
