// SPDX-License-Identifier: GPL-3.0-or-later
// The dashboard's own window, on the Devices page of a simulated fleet, scrolled for as long as it is
// measured; beside it a bare TableView with as many cells on screen that change as often.
#include "app/muster/dashboard.h"
#include "cases.h"
#include "demo/demo_fleet.h"

#include <QAbstractTableModel>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QGuiApplication>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTimer>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

namespace muster::bench {

namespace {

constexpr int fleetWaitMs = 60'000;
constexpr qreal scrollStep = 6; // pixels a frame: a brisk turn of the wheel
constexpr int bareColumns = 11; // as many as the Devices page shows

/// Runs the event loop until `condition` holds; false when the time is over.
bool waitFor(const std::function<bool()> &condition, int milliseconds)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > milliseconds)
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 50);
    }
    return true;
}

void runFor(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

QQuickItem *findTableView(QQuickItem *item)
{
    if (item->inherits("QQuickTableView") && item->isVisible() && item->height() > 200)
        return item;
    const QList<QQuickItem *> children = item->childItems();
    for (QQuickItem *child : children) {
        if (QQuickItem *found = findTableView(child))
            return found;
    }
    return nullptr;
}

/// Scrolls a view a step with every frame and notes when each frame was done.
class FrameMeter {
public:
    FrameMeter(QQuickWindow *window, QQuickItem *view)
    {
        m_clock.start();
        m_swapped = QObject::connect(
            window, &QQuickWindow::frameSwapped, window,
            [this] {
                const std::lock_guard lock(m_mutex);
                m_frames.push_back(double(m_clock.nsecsElapsed()) / 1e6);
            },
            Qt::DirectConnection);
        m_scrolled = QObject::connect(window, &QQuickWindow::afterAnimating, view, [this, window, view] {
            const qreal end = view->property("contentHeight").toReal() - view->height();
            qreal y = view->property("contentY").toReal() + m_step;
            if (y < 0 || y > end) {
                m_step = -m_step;
                y = std::clamp(y, 0.0, std::max(0.0, end));
            }
            view->setProperty("contentY", y);
            window->update();
        });
        window->update();
    }
    ~FrameMeter()
    {
        QObject::disconnect(m_swapped);
        QObject::disconnect(m_scrolled);
    }

    std::vector<double> intervals() const
    {
        const std::lock_guard lock(m_mutex);
        std::vector<double> result;
        for (std::size_t i = 1; i < m_frames.size(); ++i)
            result.push_back(m_frames[i] - m_frames[i - 1]);
        std::sort(result.begin(), result.end());
        return result;
    }

private:
    QElapsedTimer m_clock;
    mutable std::mutex m_mutex;
    std::vector<double> m_frames;
    qreal m_step = scrollStep;
    QMetaObject::Connection m_swapped, m_scrolled;
};

double at(const std::vector<double> &sorted, double share)
{
    if (sorted.empty())
        return 0;
    const auto rank = std::size_t(std::ceil(share * double(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

QJsonObject summary(const std::vector<double> &intervals)
{
    return {{QStringLiteral("frames"), qint64(intervals.size())},
            {QStringLiteral("p50_ms"), at(intervals, 0.50)},
            {QStringLiteral("p99_ms"), at(intervals, 0.99)},
            {QStringLiteral("max_ms"), intervals.empty() ? 0 : intervals.back()}};
}

double residentMegabytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> fields = file.readAll().split(' ');
    return fields.size() > 1 ? fields[1].toDouble() * double(::sysconf(_SC_PAGESIZE)) / 1e6 : 0;
}

/// The floor's model: text cells, a share of which changes with every tick.
class BareModel : public QAbstractTableModel {
public:
    explicit BareModel(int rows) : m_values(std::size_t(rows)) {}

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_values.size());
    }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : bareColumns;
    }
    QVariant data(const QModelIndex &index, int) const override
    {
        return QString::number(m_values[std::size_t(index.row())] + index.column());
    }
    void change(int rows)
    {
        for (int i = 0; i < rows; ++i) {
            m_next = (m_next + 1) % m_values.size();
            ++m_values[m_next];
        }
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, bareColumns - 1), {Qt::DisplayRole});
    }

private:
    std::vector<int> m_values;
    std::size_t m_next = 0;
};

std::vector<double> measureBare(int rows, int changesPerSecond, int milliseconds)
{
    QQmlEngine engine;
    QQmlComponent component(&engine);
    component.setData(R"(
        import QtQuick
        Window {
            id: window
            required property var table
            width: 1440; height: 900; visible: true; color: "black"
            TableView {
                anchors.fill: parent
                model: window.table
                reuseItems: true
                columnWidthProvider: () => 130
                rowHeightProvider: () => 28
                delegate: Item {
                    required property string display
                    implicitWidth: 130; implicitHeight: 28
                    Text { text: parent.display; textFormat: Text.PlainText; color: "white"; font.pixelSize: 12 }
                }
            }
        })",
                      QUrl());
    BareModel model(rows);
    const std::unique_ptr<QObject> root(
        component.createWithInitialProperties({{QStringLiteral("table"), QVariant::fromValue(&model)}}));
    auto *window = qobject_cast<QQuickWindow *>(root.get());
    if (!window)
        return {};
    waitFor([window] { return window->isExposed() && findTableView(window->contentItem()); }, fleetWaitMs);
    constexpr int ticksPerSecond = 30; // as often as the dashboard takes a batch
    QTimer ticker;
    ticker.setInterval(1000 / ticksPerSecond);
    QObject::connect(&ticker, &QTimer::timeout, window,
                     [&] { model.change(changesPerSecond / ticksPerSecond); });
    ticker.start();
    const FrameMeter meter(window, findTableView(window->contentItem()));
    runFor(milliseconds);
    return meter.intervals();
}

} // namespace

QJsonObject frames(const Options &options)
{
    const int milliseconds = options.seconds * 1000;
    QJsonObject result{{QStringLiteral("n"), options.devices},
                       {QStringLiteral("rows_per_second"), qint64(2.0 * options.devices / options.heartbeat)},
                       {QStringLiteral("platform"), QGuiApplication::platformName()}};

    demo::DemoFleet::Options demo;
    demo.sim.devices = options.devices;
    demo.sim.heartbeatSeconds = options.heartbeat;
    demo.sim.telemetrySeconds = options.heartbeat;
    demo.thisComputer = false;
    auto fleet = demo::DemoFleet::start(demo);
    if (!fleet) {
        return failure(QString::fromStdString(fleet.error().message));
    }
    {
        Dashboard dashboard;
        QQuickWindow *window = dashboard.show();
        if (!window)
            return failure(QStringLiteral("the window does not load"));
        ConnectionController &connection = dashboard.connection();
        connection.newProfile();
        connection.setField(QStringLiteral("name"), QStringLiteral("bench"));
        connection.setField(QStringLiteral("servers"), QString::fromStdString((*fleet)->url()));
        connection.connectForm();
        QQuickItem *view = nullptr;
        const bool up = waitFor(
            [&] {
                view = findTableView(window->contentItem());
                return view && dashboard.fleet().devices()->rowShown() >= options.devices;
            },
            fleetWaitMs);
        if (!up)
            return failure(QStringLiteral("the fleet did not come up in the window"));
        runFor(1000); // the first batches
        const double before = residentMegabytes();
        const FrameMeter meter(window, view);
        runFor(milliseconds);
        const QJsonObject measured = summary(meter.intervals());
        for (auto field = measured.begin(); field != measured.end(); ++field)
            result.insert(field.key(), field.value());
        result.insert(QStringLiteral("resident_before_mb"), before);
        result.insert(QStringLiteral("resident_after_mb"), residentMegabytes());
    }
    const QJsonObject floor =
        summary(measureBare(options.devices, int(2.0 * options.devices / options.heartbeat), milliseconds));
    result.insert(QStringLiteral("floor_p50_ms"), floor.value(QStringLiteral("p50_ms")));
    result.insert(QStringLiteral("floor_p99_ms"), floor.value(QStringLiteral("p99_ms")));
    result.insert(QStringLiteral("floor_max_ms"), floor.value(QStringLiteral("max_ms")));
    // The form of all cases: what one notices is the slowest frame of a hundred.
    const QJsonObject form = resultOf(result.value(QStringLiteral("p99_ms")).toDouble(),
                                      std::max(0.001, floor.value(QStringLiteral("p99_ms")).toDouble()));
    for (auto field = form.begin(); field != form.end(); ++field)
        result.insert(field.key(), field.value());
    return result;
}

} // namespace muster::bench
