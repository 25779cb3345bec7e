// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/machine_facts.h"

#include <QtTest>

using namespace muster;

namespace {

std::optional<Value> find(const device::Row &row, std::string_view name)
{
    const auto it = std::find_if(row.begin(), row.end(), [&](const auto &f) { return f.name == name; });
    return it == row.end() ? std::nullopt : std::optional(it->value);
}

QString text(const device::Row &row, std::string_view name)
{
    const auto value = find(row, name);
    return value ? QString::fromStdString(toText(view(*value))) : QStringLiteral("absent");
}

/// A machine made of files.
class Machine {
public:
    void write(const char *path, const QByteArray &content)
    {
        const QFileInfo file(m_dir.filePath(QString::fromLatin1(path)));
        QVERIFY(QDir().mkpath(file.path()));
        QFile f(file.filePath());
        QVERIFY(f.open(QIODevice::WriteOnly));
        QCOMPARE(f.write(content), content.size());
    }
    std::string root() const { return m_dir.path().toStdString(); }
    device::MachineFacts facts(std::vector<protocol::Label> labels = {}, std::string firmware = {}) const
    {
        return device::MachineFacts({root(), std::move(firmware), std::move(labels)});
    }

private:
    QTemporaryDir m_dir;
};

void writeWholeMachine(Machine &machine)
{
    machine.write("proc/sys/kernel/hostname", "pump station.7\n");
    machine.write("proc/sys/kernel/osrelease", "6.1.0-18-arm64\n");
    machine.write("etc/os-release",
                  "PRETTY_NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\nIMAGE_VERSION=2.1.0\n");
    machine.write("proc/device-tree/model", QByteArray("Raspberry Pi 4\0", 15));
    machine.write("proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3 4\ncpu1 1 2 3 4\nintr 5\n");
    machine.write("proc/meminfo",
                  "MemTotal:    1000 kB\nMemFree:  10 kB\nMemAvailable:  400 kB\nSwapTotal: 8 kB\n"
                  "SwapFree: 6 kB\n");
    machine.write("proc/net/dev",
                  "Inter-| Receive\n face |bytes\n  lo: 9 0 0 0 0 0 0 0 9 0\n"
                  "  eth0: 5000 1 0 0 0 0 0 0 700 1 0\n docker0: 100 1 0 0 0 0 0 0 100 1 0\n");
    machine.write("sys/class/net/eth0/device/vendor", "0x1\n");
    machine.write("proc/loadavg", "0.21 0.10 0.03 1/93 12384\n");
    machine.write("proc/uptime", "1445.81 2777.98\n");
    machine.write("proc/1/stat", "");
    machine.write("proc/42/stat", "");
    machine.write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
    machine.write("sys/class/thermal/thermal_zone0/temp", "48312\n");
    machine.write("sys/class/hwmon/hwmon0/name", "nvme\n");
    machine.write("sys/class/hwmon/hwmon0/temp1_input", "61000\n");
    machine.write("sys/class/hwmon/hwmon0/temp1_label", "Composite\n");
    machine.write("sys/class/hwmon/hwmon0/temp2_input", "-273150\n");
}

} // namespace

class TestMachineFacts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void identity()
    {
        Machine machine;
        writeWholeMachine(machine);
        auto facts = machine.facts({{"site", "ams-01"}, {"os", "of our own"}});
        const device::Row row = facts.row();
        QCOMPARE(text(row, "hostname"), QStringLiteral("pump station.7"));
        QCOMPARE(text(row, "os"), QStringLiteral("of our own"));
        QCOMPARE(text(row, "site"), QStringLiteral("ams-01"));
        QCOMPARE(text(row, "distro"), QStringLiteral("debian"));
        QCOMPARE(text(row, "os_version"), QStringLiteral("12"));
        QCOMPARE(text(row, "kernel"), QStringLiteral("6.1.0-18-arm64"));
        QCOMPARE(text(row, "model"), QStringLiteral("Raspberry Pi 4"));
        QCOMPARE(text(row, "fw"), QStringLiteral("2.1.0"));
        const auto labels = facts.labels();
        QVERIFY(std::is_sorted(labels.begin(), labels.end(),
                               [](const auto &l, const auto &r) { return l.key < r.key; }));
        QCOMPARE(device::MachineFacts::suggestedId(machine.root()), std::string("pump-station-7"));
        QCOMPARE(machine.facts({}, "9.9").firmware(), std::string("9.9"));
    }

    void measurements()
    {
        Machine machine;
        writeWholeMachine(machine);
        auto facts = machine.facts();
        device::Row row = facts.telemetry();
        QCOMPARE(text(row, "cpu.pct"), QStringLiteral("absent")); // needs a second reading
        QCOMPARE(text(row, "cpu.count"), QStringLiteral("2"));
        QCOMPARE(text(row, "mem.total"), QString::number(1000 * 1024));
        QCOMPARE(text(row, "mem.free"), QString::number(400 * 1024));
        QCOMPARE(text(row, "mem.used"), QString::number(600 * 1024));
        QCOMPARE(text(row, "swap.used"), QString::number(2 * 1024));
        QCOMPARE(text(row, "net.rx_bytes"), QStringLiteral("5000")); // the bridge carries the same again
        QCOMPARE(text(row, "net.tx_bytes"), QStringLiteral("700"));
        QCOMPARE(text(row, "load.5"), QStringLiteral("0.1"));
        QCOMPARE(text(row, "uptime"), QStringLiteral("1445"));
        QCOMPARE(text(row, "proc.count"), QStringLiteral("2"));
        QCOMPARE(text(row, "temp.cpu_thermal"), QStringLiteral("48.3"));
        QCOMPARE(text(row, "temp.nvme_composite"), QStringLiteral("61"));
        QCOMPARE(text(row, "temp.nvme_temp2"), QStringLiteral("absent"));
        QCOMPARE(text(row, "temp.soc"), QStringLiteral("48.3")); // the processor's, not the hottest
        QVERIFY(find(row, "disk.root.total").has_value());

        // 1000 ticks more, a quarter of them busy; 4 kB more received.
        machine.write("proc/stat", "cpu  225 0 225 1350 200 0 0 0 0 0\ncpu0 1 2 3 4\n");
        machine.write("proc/net/dev", " eth0: 9000 1 0 0 0 0 0 0 700 1 0\n");
        QTRY_COMPARE_WITH_TIMEOUT(text(facts.telemetry(), "cpu.pct"), QStringLiteral("25"), 5000);
        row = facts.telemetry();
        QVERIFY(std::get<double>(*find(row, "net.rx_rate")) > 0);
        QCOMPARE(text(row, "net.tx_rate"), QStringLiteral("0"));
    }

    void whatIsMissingIsAbsent()
    {
        const Machine machine;
        auto facts = machine.facts();
        for (const device::OwnedField &field : facts.telemetry())
            QVERIFY2(field.name.starts_with("disk.root."), field.name.c_str());
        QCOMPARE(facts.firmware(), std::string());
        QCOMPARE(device::MachineFacts::suggestedId(machine.root()), std::string("this-computer"));
    }

    void nonsenseIsAbsent()
    {
        Machine machine;
        machine.write("proc/stat", QByteArray(5000, 'c'));
        machine.write("proc/meminfo", "MemTotal: many kB\nMemAvailable:\n:::\n");
        machine.write("proc/net/dev", "eth0: -\n:\neth1\n../../x: 1 2 3 4 5 6 7 8 9\n");
        machine.write("proc/loadavg", "high\n");
        machine.write("proc/uptime", "inf nan\n");
        machine.write("proc/self/mounts", "/dev/a\n/dev/b \\0\n\n/dev/c /\\400\n");
        machine.write("sys/class/thermal/thermal_zone0/type", "\xff\xfe\n");
        machine.write("sys/class/thermal/thermal_zone0/temp", "9999999\n");
        auto facts = machine.facts();
        for (const device::OwnedField &field : facts.telemetry())
            QVERIFY2(field.name.starts_with("disk.root."), field.name.c_str());
    }

    void thisComputer()
    {
        device::MachineFacts facts{{}};
        const device::Row row = facts.row();
        for (const char *name : {"hostname", "os", "kernel", "arch", "cpu.count", "mem.total", "mem.free",
                                 "uptime", "load.1", "disk.root.total", "disk.root.free", "proc.count"})
            QVERIFY2(find(row, name).has_value(), name);
        QVERIFY(std::get<std::int64_t>(*find(row, "mem.total")) >
                std::get<std::int64_t>(*find(row, "mem.free")));
    }
};

QTEST_GUILESS_MAIN(TestMachineFacts)
#include "tst_machine_facts.moc"
