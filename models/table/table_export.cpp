// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/table_model_p.h"

#include <algorithm>
#include <iterator>

namespace muster {

namespace {

table::Format formatOf(const QString &file)
{
    if (file.endsWith(QLatin1String(".tsv"), Qt::CaseInsensitive))
        return table::Format::Tsv;
    if (file.endsWith(QLatin1String(".jsonl"), Qt::CaseInsensitive))
        return table::Format::JsonLines;
    return table::Format::Csv;
}

} // namespace

int TableModel::exportProgress() const
{
    return d->exporting.percent;
}

bool TableModel::showsOnlyGroups() const
{
    return !d->groupBy.isEmpty() && !d->lines.empty() &&
           std::all_of(d->lines.begin(), d->lines.end(), Lines::isHeading);
}

int TableModel::groupTotal() const
{
    return static_cast<int>(d->view.groups.size());
}

void TableModel::exportTo(const QUrl &file, bool raw, ExportAs as)
{
    const QString path = file.isLocalFile() ? file.toLocalFile() : file.toString();
    if (d->exporting.percent >= 0) {
        Q_EMIT exportFailed(path, tr("Another export is running. Wait for it to end, or cancel it."));
        return;
    }
    if (!file.isLocalFile() || path.isEmpty()) {
        Q_EMIT exportFailed(path,
                            tr("“%1” is not a file on this computer. Choose a local folder.").arg(path));
        return;
    }
    table::WriteOptions options;
    options.format = formatOf(path);
    options.neutraliseFormulas = !raw;
    for (const Private::Shown &column : d->shown)
        options.columns.push_back(d->layout[column.layout].name.toStdString());
    options.groupsOnly = as == ExportGroups && !d->groupBy.isEmpty();
    table::ViewSpec spec = d->spec();
    if (options.groupsOnly) {
        spec.aggregates.clear(); // those of the columns that are seen, in their order
        for (const std::string &column : options.columns)
            std::copy_if(d->aggregates.begin(), d->aggregates.end(), std::back_inserter(spec.aggregates),
                         [&column](const auto &aggregate) { return aggregate.column == column; });
    } else {
        const auto missing = [&options](const QString &column) {
            return std::find(options.columns.begin(), options.columns.end(), column.toStdString()) ==
                   options.columns.end();
        };
        std::vector<std::string> headings; // what is seen there is not left out because its column is hidden
        for (const QString &column : d->groupBy) {
            if (missing(column))
                headings.push_back(column.toStdString());
        }
        options.columns.insert(options.columns.begin(), headings.begin(), headings.end());
        for (const QString &column : d->exportedToo) {
            if (missing(column))
                options.columns.push_back(column.toStdString());
        }
    }
    d->exporting = {std::make_shared<table::CancelFlag>(false), 0};
    Q_EMIT exportProgressChanged();

    d->pool.start([this, path, options, spec, snapshot = d->picture(), cancel = d->exporting.cancel] {
        Status status;
        std::size_t rows = 0;
        if (const auto view = table::evaluate(*snapshot, spec, cancel.get())) {
            int announced = 0;
            const std::size_t all =
                std::max<std::size_t>(options.groupsOnly ? view->groups.size() : view->rows.size(), 1);
            const auto progress = [&](std::size_t lines) {
                rows = lines;
                const auto percent = static_cast<int>(std::min<std::size_t>(lines * 100 / all, 100));
                if (percent == announced)
                    return;
                announced = percent;
                QMetaObject::invokeMethod(
                    this,
                    [this, percent] {
                        if (d->exporting.percent < 0)
                            return;
                        d->exporting.percent = percent;
                        Q_EMIT exportProgressChanged();
                    },
                    Qt::QueuedConnection);
            };
            status =
                table::writeFile(*snapshot, *view, spec, options, path.toStdString(), cancel.get(), progress);
        } else {
            status = Error{"export.cancelled", "The export was cancelled.", ""};
        }
        QMetaObject::invokeMethod(
            this,
            [this, path, status, rows] {
                d->exporting = {};
                Q_EMIT exportProgressChanged();
                if (status)
                    Q_EMIT exportFinished(path, static_cast<int>(rows));
                else if (status.error().code == "export.cancelled")
                    Q_EMIT exportFailed(path, tr("The export was cancelled; no file was written."));
                else
                    Q_EMIT exportFailed(
                        path, QString::fromStdString(status.error().message + ' ' + status.error().remedy));
            },
            Qt::QueuedConnection);
    });
}

void TableModel::setExportedToo(const QStringList &columns)
{
    d->exportedToo = columns;
}

void TableModel::cancelExport()
{
    if (d->exporting.cancel)
        d->exporting.cancel->store(true);
}

} // namespace muster
