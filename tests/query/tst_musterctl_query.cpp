// SPDX-License-Identifier: GPL-3.0-or-later
#include "musterctl_run.h"
#include "query/saved_queries.h"
#include "support/fleet.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <atomic>
#include <csignal>
#include <mutex>

using namespace muster;
using namespace muster::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

/// RFC 4180, and the same with tabs.
QList<QStringList> recordsOf(const QString &text, QChar separator)
{
    QList<QStringList> records;
    QStringList record;
    QString cell;
    bool quoted = false;
    for (int i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c == QLatin1Char('"')) {
            if (quoted && i + 1 < text.size() && text.at(i + 1) == QLatin1Char('"'))
                cell += text.at(++i);
            else
                quoted = !quoted;
        } else if (!quoted && c == separator) {
            record << cell;
            cell.clear();
        } else if (!quoted && c == QLatin1Char('\n')) {
            if (cell.endsWith(QLatin1Char('\r')))
                cell.chop(1);
            record << cell;
            cell.clear();
            records << record;
            record.clear();
        } else {
            cell += c;
        }
    }
    return records;
}

QString readAll(const QString &file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? QString::fromUtf8(in.readAll()) : QString();
}

QJsonObject objectOf(const QString &line)
{
    return QJsonDocument::fromJson(line.toUtf8()).object();
}

QStringList linesOf(const QString &text)
{
    return text.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

} // namespace

/// What a query of the built program says: each source, each format, watches and saved queries.
class MusterctlQueryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void whatDoesNotGoTogether_data();
    void whatDoesNotGoTogether();
    void formatsSayTheSame();
    void formatAndFile();
    void services();
    void subject();
    void subjectMisses();
    void savedQueries();
    void savedThatCannotBe();
    void refusedIsNotSilent_data();
    void refusedIsNotSilent();
    void namedButNeverSeen();
    void tallyIsOfTheRows();
    void wideTextsLineUp();
    void watchMarksWhatChanged();
    void longTextsKeepTheirMark();
    void watchFindsRepliesAgain();
    void watchWithGroups();
    void watchAsJson();
    void watchIntoAFile();
    void watchOnTheStandardOutput();
    void watchEndsOnInterrupt();
    void interruptShowsWhatThereIs();
    void fullOutputIsAnError();
    void linksAndPipesStay();
    void watchOutlivesTheLink();
    void watchBlamesTheLink();
    void lostLinkIsAFailure();
    void ignoredSignalsStayIgnored();
    void watchOfADemoFleet();

private:
    QStringList with(QStringList arguments) const
    {
        return arguments << QStringLiteral("--server") << QString::fromStdString(m_server->url());
    }
    Run query(QStringList arguments) const
    {
        return run(with(QStringList{QStringLiteral("query")} + arguments));
    }
    void announce(const std::string &device)
    {
        QVERIFY(publish(*m_devices, presenceOf(device, 0, 600)));
        QVERIFY(m_devices->flush().ok());
    }
    using Row = std::vector<protocol::Field>;
    /// Devices answer with what `row` says; nothing: they stay silent. Asked are the first, second, ... time.
    void devices(std::vector<std::string> ids,
                 std::function<std::optional<Row>(const std::string &, int)> row);
    void on(const std::string &subject, std::function<void(const nats::MessageView &)> handler);
    void reply(const nats::MessageView &message, const std::string &data)
    {
        QVERIFY(m_devices->publish(message.reply, data).ok());
    }

    QTemporaryDir m_folder;
    std::unique_ptr<nats::LocalServer> m_server;
    std::shared_ptr<nats::Connection> m_devices;
    std::vector<nats::Subscription> m_subscriptions;
    std::atomic<int> m_asked{0};
};

void MusterctlQueryTest::init()
{
    m_server = startServer(true);
    QVERIFY(m_server);
    m_devices = connectTo(*m_server);
    QVERIFY(m_devices);
    QVERIFY(provision(m_devices));
    m_asked = 0;
}

void MusterctlQueryTest::cleanup()
{
    m_subscriptions.clear();
    m_devices.reset();
    m_server.reset();
}

void MusterctlQueryTest::on(const std::string &subject,
                            std::function<void(const nats::MessageView &)> handler)
{
    auto subscribed = m_devices->subscribe(subject, std::move(handler));
    QVERIFY(subscribed.ok());
    m_subscriptions.push_back(std::move(*subscribed));
    QVERIFY(m_devices->flush().ok());
}

void MusterctlQueryTest::devices(std::vector<std::string> ids,
                                 std::function<std::optional<Row>(const std::string &, int)> row)
{
    for (const std::string &id : ids)
        announce(id);
    // A few devices may be asked each on its own: that is one question all the same.
    on("fleet.query.>", [this, ids, row, asked = std::string()](const nats::MessageView &message) mutable {
        protocol::Decoder decoder;
        const auto request = decoder.queryRequest(message.data);
        QVERIFY(request.ok());
        if (std::exchange(asked, request->id) != request->id)
            ++m_asked;
        for (const std::string &id : ids) {
            if (message.subject.find(".device.") != std::string_view::npos && !message.subject.ends_with(id))
                continue;
            if (const std::optional<Row> fields = row(id, m_asked))
                reply(message, protocol::encodeRow(id, *fields));
        }
    });
}

void MusterctlQueryTest::whatDoesNotGoTogether_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *line, const char *says) {
        QTest::newRow(line) << words(line) << QString::fromLatin1(says);
    };
    row("--format yaml", "--format");
    row("--format csv --json", "--json and --format csv");
    row("--format tsv --csv -", "--csv -");
    row("--json --csv -", "--csv -");
    row("--rounds 3", "--watch");
    row("--rounds 3 --watch 0", "--watch");
    row("--watch often", "--watch");
    row("--source moon", "--source");
    row("--source services --subject a", "--subject");
    row("--source fleet --service a", "--service");
    row("--source subject --subject a --scope region=eu", "--scope");
    row("--source subject", "--subject");
    row("--count 3", "--count");
    row("--payload x", "--payload");
    row("--service a --quiet 1s", "--quiet");
    row("--subject a --quiet 0.1ms", "--quiet");
    row("--subject a --count -1", "--count");
    row("--subject a --count many", "--count");
    row("--subject a --service b", "--subject");
    row("--aggregate count", "--group-by");
}

void MusterctlQueryTest::whatDoesNotGoTogether()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, says);
    const Run wrong = run(QStringList{QStringLiteral("query")} + arguments);
    QCOMPARE(wrong.code, 2);
    QVERIFY2(wrong.err.contains(says), qPrintable(wrong.err));
    QVERIFY(wrong.out.isEmpty());
}

void MusterctlQueryTest::formatsSayTheSame()
{
    devices({"d1", "d2", "d3"}, [](const std::string &id, int) -> std::optional<Row> {
        if (id == "d3")
            return {};
        return Row{
            {"fw", std::string_view("1.4.2")},
            {"load", id == "d1" ? 1.5 : 2.0},
            {"note", id == "d1" ? std::string_view("say \"hi\",\tthen\nend") : std::string_view("=1+1")}};
    });
    const QStringList asked = words("--select fw,load,note --deadline 1500ms --format");
    const Run csv = query(asked + words("csv"));
    const Run tsv = query(asked + words("tsv"));
    const Run json = query(asked + words("json"));
    const Run table = query(asked + words("table"));
    for (const Run *each : {&csv, &tsv, &json, &table})
        QVERIFY2(each->code == 0, qPrintable(each->err));
    const QString rollCall = QStringLiteral("answered 2 empty 0 error 0 silent 1 offline 0 = 3");
    QVERIFY(table.out.contains(rollCall));
    for (const Run *each : {&csv, &tsv, &json}) {
        QVERIFY(!each->out.contains(rollCall));
        QVERIFY(each->err.contains(rollCall));
    }
    QList<QStringList> comma = recordsOf(csv.out, QLatin1Char(','));
    QList<QStringList> tab = recordsOf(tsv.out, QLatin1Char('\t'));
    QCOMPARE(comma.size(), 4);
    QCOMPARE(
        comma.first(),
        QString(QStringLiteral("device outcome fw load note reply_ms late error")).split(QLatin1Char(' ')));
    for (QList<QStringList> *records : {&comma, &tab}) {
        for (QStringList &record : *records) {
            QCOMPARE(record.size(), 8);
            record[5].clear(); // how long it took differs
        }
    }
    tab[0][5] = comma[0][5];
    QCOMPARE(tab, comma);
    QCOMPARE(comma.at(1).at(4), QStringLiteral("say \"hi\",\tthen\nend"));
    QCOMPARE(comma.at(2).at(4), QStringLiteral("'=1+1"));
    QCOMPARE(comma.at(3).at(1), QStringLiteral("silent"));
    const QJsonArray rows = objectOf(json.out).value(QStringLiteral("rows")).toArray();
    QCOMPARE(rows.size(), 3);
    QCOMPARE(rows.at(0).toObject().value(QStringLiteral("note")).toString(), comma.at(1).at(4));
    QCOMPARE(rows.at(1).toObject().value(QStringLiteral("note")).toString(), QStringLiteral("=1+1"));
    QCOMPARE(rows.at(0).toObject().value(QStringLiteral("load")).toDouble(), 1.5);
    QVERIFY(table.out.contains(QRegularExpression(QStringLiteral("d2 +1\\.4\\.2 +2 +=1\\+1"))));
}

void MusterctlQueryTest::formatAndFile()
{
    devices({"d1"}, [](const std::string &, int) { return Row{{"load", 1.5}}; });
    const QString file = m_folder.filePath(QStringLiteral("beside.csv"));
    const Run json = query(QStringList{QStringLiteral("--csv"), file} + words("--format json --select load"));
    QCOMPARE(json.code, 0);
    QCOMPARE(objectOf(json.out).value(QStringLiteral("roster")).toInt(), 1);
    QVERIFY(readAll(file).startsWith(
        QStringLiteral("device,outcome,load,reply_ms,late,error\r\nd1,answered,1.5,")));
    const Run dash = query(words("--csv - --select load"));
    const Run csv = query(words("--format csv --select load"));
    QCOMPARE(recordsOf(dash.out, QLatin1Char(',')).at(1).mid(0, 3),
             recordsOf(csv.out, QLatin1Char(',')).at(1).mid(0, 3));
    const Run unwritable = query(words("--csv /nowhere/at/all.csv --watch 1 --rounds 1"));
    QCOMPARE(unwritable.code, 1);
    QVERIFY(unwritable.err.contains(QStringLiteral("/nowhere/at/all.csv")));
}

void MusterctlQueryTest::services()
{
    const auto instance = [this](const std::string &service, const std::string &id, int requests) {
        const std::string head =
            R"(_response","name":")" + service + R"(","id":")" + id + R"(","version":"1.0.0")";
        const std::string endpoint = R"(,"endpoints":[{"name":"get","subject":")" + service + R"(.get")";
        const std::vector<std::pair<std::string, std::string>> answers{
            {"PING", R"({"type":"io.nats.micro.v1.ping)" + head + "}"},
            {"INFO", R"({"type":"io.nats.micro.v1.info)" + head + endpoint + "}]}"},
            {"STATS", R"({"type":"io.nats.micro.v1.stats)" + head + endpoint + R"(,"num_requests":)" +
                          std::to_string(requests) + R"(,"num_errors":0,"processing_time":3000000}]})"}};
        for (const auto &[verb, data] : answers) {
            for (const std::string &tail : {std::string(), "." + service})
                on("$SRV." + verb + tail,
                   [this, data = data](const nats::MessageView &m) { reply(m, data); });
        }
    };
    instance("orders", "A1", 12);
    instance("orders", "A2", 30);
    instance("stock", "B1", 7);
    const Run all = query(words("--source services"));
    QCOMPARE(all.code, 0);
    QVERIFY2(all.out.contains(QStringLiteral("answered 3 empty 0 error 0 silent 0 offline 0 = 3")),
             qPrintable(all.out + all.err));
    QVERIFY2(
        linesOf(all.out).first().startsWith(QStringLiteral("device  service  version  instance  endpoint")),
        qPrintable(all.out));
    QVERIFY(all.out.contains(
        QRegularExpression(QStringLiteral("B1 +stock +1\\.0\\.0 +B1 +get +stock\\.get +7"))));
    const Run one =
        query(words("--service orders --json --where") + QStringList{QStringLiteral("num_requests > 20")});
    const QJsonObject object = objectOf(one.out);
    QCOMPARE(object.value(QStringLiteral("roster")).toInt(), 2);
    QCOMPARE(object.value(QStringLiteral("tally")).toObject().value(QStringLiteral("empty")).toInt(), 1);
    const QJsonObject row = object.value(QStringLiteral("rows")).toArray().at(1).toObject();
    QCOMPARE(row.value(QStringLiteral("device")).toString(), QStringLiteral("A2"));
    QCOMPARE(row.value(QStringLiteral("num_requests")).toInt(), 30);
    QCOMPARE(row.value(QStringLiteral("processing_time_ms")).toDouble(), 3.0);
    const Run counts = query(words("--source services --group-by service --aggregate count --json"));
    for (const QJsonValue &group : objectOf(counts.out).value(QStringLiteral("groups")).toArray())
        QCOMPARE(group.toObject().keys(),
                 (QStringList{QStringLiteral("count"), QStringLiteral("rows"), QStringLiteral("service")}));
    const Run groups = query(words("--source services --group-by service --aggregate") +
                             QStringList{QStringLiteral("sum num_requests")});
    QVERIFY2(groups.out.contains(QRegularExpression(QStringLiteral("orders +2 +42\n"))),
             qPrintable(groups.out));
    const Run none = query(words("--service nobody"));
    QCOMPARE(none.code, 0);
    QVERIFY(none.err.contains(QStringLiteral("$SRV.PING.nobody")));
    QVERIFY(none.out.contains(QStringLiteral("= 0")));
    QCOMPARE(query(words("--service a.b")).code, 1);
}

void MusterctlQueryTest::subject()
{
    on("shop.status", [this](const nats::MessageView &m) {
        for (int i = 1; i <= 11; ++i)
            reply(m, R"({"till":)" + std::to_string(i) + R"(,"said":")" + std::string(m.data) + R"("})");
        reply(m, "not json");
    });
    const Run counted =
        query(words("--source subject --subject shop.status --payload hello --count 12 --deadline 1m "
                    "--format csv"));
    QCOMPARE(counted.code, 0);
    const QList<QStringList> records = recordsOf(counted.out, QLatin1Char(','));
    QCOMPARE(records.size(), 13);
    QCOMPARE(records.first().join(QLatin1Char(' ')),
             QStringLiteral("device outcome till said reply reply_ms late error"));
    QCOMPARE(records.at(2).mid(0, 4).join(QLatin1Char(' ')), QStringLiteral("2 answered 2 hello"));
    QCOMPARE(records.at(11).at(0), QStringLiteral("11")); // in the order of arrival
    QCOMPARE(records.at(12).at(4), QStringLiteral("not json"));
    const Run quiet = query(words("--subject shop.status --quiet 100ms --deadline 1m --json --where") +
                            QStringList{QStringLiteral("till <= 3")});
    QVERIFY(quiet.ms < 30'000);
    const QJsonObject tally = objectOf(quiet.out).value(QStringLiteral("tally")).toObject();
    QCOMPARE(tally.value(QStringLiteral("answered")).toInt(), 3);
    QCOMPARE(tally.value(QStringLiteral("empty")).toInt(), 9);
}

void MusterctlQueryTest::subjectMisses()
{
    on("shop.status", [this](const nats::MessageView &m) { reply(m, "one"); });
    const Run missing = query(words("--subject shop.status --count 3 --deadline 1s --fail-silent"));
    QCOMPARE(missing.code, 4);
    QVERIFY(missing.out.contains(QStringLiteral("answered 1 empty 0 error 0 silent 2 offline 0 = 3")));
    const Run nobody = query(words("--subject shop.nobody"));
    QCOMPARE(nobody.code, 0);
    QVERIFY(nobody.err.contains(QStringLiteral("Nobody listens on shop.nobody")));
    QVERIFY(nobody.ms < 1900);
    const Run wrong = query(words("--subject shop.*"));
    QCOMPARE(wrong.code, 1);
    QVERIFY(wrong.err.contains(QStringLiteral("shop.*")));
}

void MusterctlQueryTest::savedQueries()
{
    devices({"d1", "d2"}, [](const std::string &id, int) {
        return Row{{"load", id == "d1" ? 1.5 : 9.0}, {"fw", std::string_view("1.4.2")}};
    });
    const QString database = m_folder.filePath(QStringLiteral("saved.db"));
    query::SavedQuery saved;
    saved.name = "Busy ones";
    saved.composition.where = "load > 5";
    saved.composition.select = {"load"};
    saved.composition.deadlineMs = 20'000;
    {
        auto local = query::LocalQueries::open(database.toStdString());
        QVERIFY(local.ok());
        QVERIFY((*local)->put(saved).ok());
        auto shared = query::SharedQueries::follow(m_devices, Subjects(), {});
        QVERIFY(shared.ok() && (*shared)->waitRead(5000));
        saved.name = "Grouped";
        saved.composition.where.clear();
        saved.composition.groupBy = {"fw"};
        saved.composition.aggregates = {"max load"};
        QVERIFY((*shared)->put(saved).ok());
        saved.name = "Broken";
        saved.composition.where = "load >";
        QVERIFY((*shared)->put(saved).ok());
        saved.name = "Shop";
        saved.composition = {};
        saved.composition.source = query::Source::Subject;
        saved.composition.subject = "shop.status";
        saved.composition.expected = 1;
        QVERIFY((*shared)->put(saved).ok());
    }
    const QStringList from{QStringLiteral("--database"), database, QStringLiteral("--saved")};
    const Run local = query(from + QStringList{QStringLiteral("busy ones"), QStringLiteral("--json")});
    QVERIFY2(local.code == 0, qPrintable(local.err));
    QJsonObject tally = objectOf(local.out).value(QStringLiteral("tally")).toObject();
    QCOMPARE(tally.value(QStringLiteral("answered")).toInt(), 1);
    QCOMPARE(tally.value(QStringLiteral("empty")).toInt(), 1);
    const Run replaced = query(from + QStringList{QStringLiteral("Busy ones"), QStringLiteral("--where"),
                                                  QStringLiteral("load > 1"), QStringLiteral("--json")});
    tally = objectOf(replaced.out).value(QStringLiteral("tally")).toObject();
    QCOMPARE(tally.value(QStringLiteral("answered")).toInt(), 2);
    const Run shared = query(from + QStringList{QStringLiteral("Grouped")});
    QVERIFY2(shared.out.contains(QRegularExpression(QStringLiteral("1\\.4\\.2 +2 +9\n"))),
             qPrintable(shared.out + shared.err));
    on("shop.status", [this](const nats::MessageView &m) { reply(m, std::string(m.data)); });
    const Run shop = query(from + words("Shop --payload open --format csv"));
    QVERIFY2(shop.out.contains(QStringLiteral("1,answered,open,")), qPrintable(shop.out + shop.err));

    QCOMPARE(query(from + words("Shop --scope region=eu")).code, 2);
    const Run broken = query(from + words("Broken"));
    QCOMPARE(broken.code, 2);
    QVERIFY(broken.err.contains(QStringLiteral("the filter is wrong")));
}

void MusterctlQueryTest::savedThatCannotBe()
{
    const Run unknown = query(words("--saved nothing --database /nowhere/muster.db"));
    QCOMPARE(unknown.code, 2);
    QVERIFY2(unknown.err.contains(QStringLiteral("nothing")), qPrintable(unknown.err));
    QVERIFY(unknown.out.isEmpty());
}

void MusterctlQueryTest::refusedIsNotSilent_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char *line) { QTest::newRow(line) << words(line); };
    row("");
    row("--json");
    row("--fail-silent");
    row("--watch 1");
    row("--source services");
    row("--subject shop.status --count 3");
}

void MusterctlQueryTest::refusedIsNotSilent()
{
    QFETCH(QStringList, arguments);
    const auto server = startServer(
        true, "authorization {\n users = [\n"
              " { user: a, password: p, permissions: { publish: [\"$JS.API.>\", \"_INBOX.>\"] } }\n"
              " { user: fleet, password: p }\n ]\n}\n");
    QVERIFY(server);
    nats::ConnectOptions options;
    options.servers = {server->url()};
    options.user = "fleet";
    options.password = "p";
    const auto fleet = nats::Connection::open(options);
    QVERIFY(fleet.ok() && provision(*fleet));
    auto listens = (*fleet)->subscribe(">", [](const nats::MessageView &) {});
    for (int i = 0; i < 5; ++i)
        QVERIFY(publish(**fleet, presenceOf("d" + std::to_string(i), 0, 600)));
    QVERIFY(listens.ok() && (*fleet)->flush().ok());
    const Run asked = run(QStringList{QStringLiteral("query")} + arguments +
                          words("--user a --password p --deadline 1m --server") +
                          QStringList{QString::fromStdString(server->url())});
    QVERIFY2(asked.code == 1, qPrintable(asked.out + asked.err));
    QVERIFY2(asked.err.contains(QStringLiteral("nobody could be asked")), qPrintable(asked.err));
    QVERIFY(asked.err.contains(QStringLiteral("Permissions Violation")));
    QVERIFY2(asked.out.isEmpty() && !asked.err.contains(QStringLiteral("silent")), qPrintable(asked.out));
    listens->reset();
}

void MusterctlQueryTest::namedButNeverSeen()
{
    devices({"d1", "d2"}, [](const std::string &, int) { return Row{{"load", 1.0}}; });
    const QString note = QStringLiteral("Never seen in this fleet: nope, d3\n");
    const Run some = query(words("--scope device=d1,nope,d2,d3,nope --select load,presence"));
    QCOMPARE(some.code, 0);
    QVERIFY2(some.out.contains(note), qPrintable(some.out));
    QVERIFY2(some.out.contains(QStringLiteral("answered 2 empty 0 error 0 silent 0 offline 2 = 4")),
             qPrintable(some.out));
    const Run csv = query(words("--scope device=nope,d3 --select load,presence --format csv"));
    QCOMPARE(csv.code, 0);
    const QList<QStringList> records = recordsOf(csv.out, QLatin1Char(','));
    QCOMPARE(records.size(), 3);
    QCOMPARE(records.at(1).mid(0, 4).join(QLatin1Char(' ')), QStringLiteral("d3 offline  never"));
    QVERIFY(csv.err.contains(note));
    QVERIFY(csv.err.contains(QStringLiteral("offline 2 = 2")));
    const Run json = query(words("--json --scope device=nope --where") +
                           QStringList{QStringLiteral("presence = \"online\"")});
    QCOMPARE(objectOf(json.out).value(QStringLiteral("never_seen")).toArray(),
             QJsonArray{QStringLiteral("nope")});
    QCOMPARE(objectOf(json.out).value(QStringLiteral("roster")).toInt(), 0); // it is not
    const Run all = query(words("--json"));
    QVERIFY(!objectOf(all.out).contains(QStringLiteral("never_seen")));
}

/// Answers come in all the while, past the deadline: those that are shown are those that are counted.
void MusterctlQueryTest::tallyIsOfTheRows()
{
    constexpr int count = 40'000;
    on("shop.status", [this](const nats::MessageView &m) {
        for (int i = 0; i < count; ++i)
            QVERIFY(m_devices->publish(m.reply, "{\"n\":" + std::to_string(i) + "}").ok());
    });
    for (int i = 0; i < 5; ++i) {
        const Run asked = query(words("--subject shop.status --deadline 100ms --json"));
        QCOMPARE(asked.code, 0);
        const QJsonObject object = objectOf(asked.out);
        QCOMPARE(object.value(QStringLiteral("rows")).toArray().size(),
                 object.value(QStringLiteral("roster")).toInt());
    }
}

void MusterctlQueryTest::wideTextsLineUp()
{
    devices({"d1", "d2", "d3", "d4"}, [](const std::string &id, int) {
        const std::string_view city = id == "d1"   ? "\u5927\u962a"
                                      : id == "d2" ? "\U0001F525!"
                                      : id == "d3" ? "e\u0301tretat"
                                                   : "Rome";
        return Row{{"city", city}, {"last", std::string_view("end")}};
    });
    const Run asked = query(words("--select city,last"));
    QCOMPARE(asked.code, 0);
    const QStringList lines = linesOf(asked.out);
    const auto padded = [](const char *device, const QString &city, int width) {
        return QString::fromLatin1(device) + QStringLiteral("      ") + city +
               QString(9 - width, QLatin1Char(' ')) + QStringLiteral("end");
    };
    QVERIFY2(lines.at(0).startsWith(QStringLiteral("device  city     last")), qPrintable(asked.out));
    QVERIFY2(lines.at(1).startsWith(padded("d1", QStringLiteral(u"\u5927\u962a"), 4)), qPrintable(asked.out));
    QVERIFY2(lines.at(2).startsWith(padded("d2", QStringLiteral(u"\U0001F525!"), 3)), qPrintable(asked.out));
    QVERIFY2(lines.at(3).startsWith(padded("d3", QStringLiteral(u"e\u0301tretat"), 7)),
             qPrintable(asked.out));
    QVERIFY2(lines.at(4).startsWith(padded("d4", QStringLiteral("Rome"), 4)), qPrintable(asked.out));
}

void MusterctlQueryTest::watchMarksWhatChanged()
{
    devices({"d1", "d2", "d3"}, [](const std::string &id, int time) -> std::optional<Row> {
        if ((id == "d3" && time == 1) || (id == "d1" && time == 3))
            return {};
        return Row{{"load", id == "d2" ? 10.0 * time : 1.0}, {"fw", std::string_view("1.4.2")}};
    });
    const Run watched = query(words("--select load,fw --deadline 1s --watch 1 --rounds 3"));
    QVERIFY2(watched.code == 0, qPrintable(watched.err));
    QVERIFY(watched.ms > 2000);
    const QStringList rounds = watched.out.split(QStringLiteral("Round "), Qt::SkipEmptyParts);
    QCOMPARE(rounds.size(), 3);
    QVERIFY(rounds.at(0).startsWith(QStringLiteral("1, 20")));
    QVERIFY(!rounds.at(0).contains(QLatin1Char('*')));
    QVERIFY2(rounds.at(1).contains(QStringLiteral("1 cell changed in 1 row, 1 added, 0 gone")),
             qPrintable(rounds.at(1)));
    QVERIFY(rounds.at(1).contains(QRegularExpression(QStringLiteral("d2 +20\\* +1\\.4\\.2"))));
    QVERIFY(rounds.at(1).contains(QStringLiteral("added: d3\n")));
    QVERIFY(
        rounds.at(1).contains(QRegularExpression(QStringLiteral("d3 +1 +1\\.4\\.2")))); // new, not changed
    QVERIFY(rounds.at(2).contains(QStringLiteral("1 cell changed in 1 row, 0 added, 1 gone")));
    QVERIFY(rounds.at(2).contains(QStringLiteral("gone: d1 (silent)\n")));
    QVERIFY(rounds.at(2).contains(QStringLiteral("answered 2 empty 0 error 0 silent 1 offline 0 = 3")));
    const Run failing = query(words("--select load --deadline 1s --watch 1 --rounds 1 --fail-silent"));
    QCOMPARE(failing.code, 0); // the fourth time all of them answer
}

void MusterctlQueryTest::longTextsKeepTheirMark()
{
    devices({"d1"}, [](const std::string &, int time) {
        static const std::string first(100, 'a');
        static const std::string second(100, 'b');
        return Row{{"note", std::string_view(time == 1 ? first : second)}};
    });
    const Run watched = query(words("--select note --watch 1 --rounds 2"));
    QCOMPARE(watched.code, 0);
    QVERIFY2(watched.out.contains(QString(57, QLatin1Char('b')) + QStringLiteral(u"bbb\u2026*")),
             qPrintable(watched.out));
    QVERIFY(!watched.out.contains(QStringLiteral(u"a\u2026*")));
}

/// Five who say the same each time, in another order each time; then one of them something else.
void MusterctlQueryTest::watchFindsRepliesAgain()
{
    on("shop.status", [this](const nats::MessageView &m) {
        const int time = ++m_asked;
        for (int i = 0; i < 5; ++i) {
            const int who = (i + 2 * time) % 5;
            const int stock = who == 3 && time == 3 ? 99 : 10 * who;
            reply(m, R"({"stock":)" + std::to_string(stock) + R"(,"unit":"kg"})");
        }
    });
    const Run watched = query(words("--subject shop.status --count 5 --watch 1 --rounds 3"));
    QVERIFY2(watched.code == 0, qPrintable(watched.err));
    const QStringList rounds = watched.out.split(QStringLiteral("Round "), Qt::SkipEmptyParts);
    QCOMPARE(rounds.size(), 3);
    QVERIFY2(rounds.at(1).contains(QStringLiteral("0 cells changed in 0 rows, 0 added, 0 gone")),
             qPrintable(watched.out));
    QVERIFY(!rounds.at(1).contains(QLatin1Char('*')));
    QVERIFY2(rounds.at(2).contains(QStringLiteral("1 cell changed in 1 row, 0 added, 0 gone")),
             qPrintable(watched.out));
    QVERIFY(rounds.at(2).contains(QRegularExpression(QStringLiteral("\n[1-5] +99\\* +kg"))));
    QCOMPARE(rounds.at(2).count(QLatin1Char('*')), 1);
    const auto numbers = [](const QString &round) {
        QString all;
        for (const QString &line : linesOf(round).mid(2, 5))
            all += line.at(0);
        return all;
    };
    for (const QString &round : rounds)
        QCOMPARE(numbers(round), QStringLiteral("12345"));
}

void MusterctlQueryTest::watchWithGroups()
{
    devices({"d1", "d2"}, [](const std::string &id, int time) {
        return Row{{"load", 10.0 * time}, {"fw", id == "d1" ? std::string_view("1") : std::string_view("2")}};
    });
    const Run watched = query(words("--select fw --group-by fw --aggregate") +
                              QStringList{QStringLiteral("max load")} + words("--watch 1 --rounds 2"));
    const QStringList rounds = watched.out.split(QStringLiteral("Round "), Qt::SkipEmptyParts);
    QCOMPARE(rounds.size(), 2);
    QVERIFY2(rounds.at(1).contains(QRegularExpression(QStringLiteral("1 +1 +20\\*\n2 +1 +20\\*\n"))),
             qPrintable(watched.out));
}

void MusterctlQueryTest::watchAsJson()
{
    devices({"d1", "d2"}, [](const std::string &id, int time) -> std::optional<Row> {
        if (id == "d2" && time == 2)
            return {};
        return Row{{"load", 10.0 * time}};
    });
    const Run watched = query(words("--select load --deadline 1s --watch 1 --rounds 2 --format json"));
    const QStringList lines = linesOf(watched.out);
    QCOMPARE(lines.size(), 2);
    const QJsonObject first = objectOf(lines.at(0));
    const QJsonObject second = objectOf(lines.at(1));
    QCOMPARE(first.value(QStringLiteral("round")).toInt(), 1);
    QVERIFY(!first.contains(QStringLiteral("added")));
    QCOMPARE(second.value(QStringLiteral("round")).toInt(), 2);
    QVERIFY(second.value(QStringLiteral("at")).toString() > first.value(QStringLiteral("at")).toString());
    QCOMPARE(second.value(QStringLiteral("changed_cells")).toInt(), 1);
    QCOMPARE(second.value(QStringLiteral("gone")).toArray(), QJsonArray{QStringLiteral("d2")});
    QCOMPARE(second.value(QStringLiteral("added")).toArray().size(), 0);
    QCOMPARE(second.value(QStringLiteral("rows")).toArray().size(), 2);
    QVERIFY(watched.err.contains(QStringLiteral("Round 2, ")));
}

void MusterctlQueryTest::watchIntoAFile()
{
    devices({"d1", "d2"}, [](const std::string &, int time) {
        Row row{{"note", std::string_view("a \"b\",\r\nc")}};
        if (time == 2)
            row.push_back({"extra", std::int64_t{7}});
        return row;
    });
    const QString file = m_folder.filePath(QStringLiteral("rounds.csv"));
    QFile before(file);
    QVERIFY(before.open(QIODevice::WriteOnly) && before.write("of an earlier watch\n") > 0);
    before.close();
    const Run watched = query(words("--deadline 20s --watch 1 --rounds 3 --csv") + QStringList{file});
    QVERIFY2(watched.code == 0, qPrintable(watched.err));
    QVERIFY(watched.out.contains(QStringLiteral("Round 3")));
    const QList<QStringList> records = recordsOf(readAll(file), QLatin1Char(','));
    QCOMPARE(records.size(), 7);
    QCOMPARE(records.first().join(QLatin1Char(' ')),
             QStringLiteral("round at device outcome note reply_ms late error extra"));
    for (const QStringList &record : records)
        QCOMPARE(record.size(), 9);
    QCOMPARE(records.at(1).at(0), QStringLiteral("1"));
    QCOMPARE(records.at(1).at(2), QStringLiteral("d1"));
    QCOMPARE(records.at(1).at(4), QStringLiteral("a \"b\",\r\nc"));
    QCOMPARE(records.at(2).at(8), QString());
    QCOMPARE(records.at(4).at(0), QStringLiteral("2"));
    QCOMPARE(records.at(4).at(8), QStringLiteral("7"));
    QCOMPARE(records.at(6).at(0), QStringLiteral("3"));
    QVERIFY(records.at(6).at(1) > records.at(1).at(1));
    QVERIFY(!QFile::exists(file + QStringLiteral(".part")));
}

void MusterctlQueryTest::watchOnTheStandardOutput()
{
    devices({"d1"}, [](const std::string &, int time) {
        Row row{{"load", 1.0 * time}};
        if (time == 2)
            row.push_back({"extra", std::int64_t{7}});
        return row;
    });
    const Run tsv = query(words("--watch 1 --rounds 2 --format tsv"));
    const QList<QStringList> records = recordsOf(tsv.out, QLatin1Char('\t'));
    QCOMPARE(records.size(), 3);
    QCOMPARE(records.first().mid(0, 5).join(QLatin1Char(' ')),
             QStringLiteral("round at device outcome load"));
    QCOMPARE(records.at(2).at(0), QStringLiteral("2"));
    QCOMPARE(records.at(2).at(4), QStringLiteral("2"));
    QCOMPARE(records.at(2).size(), records.at(0).size());
    QVERIFY(tsv.err.contains(QStringLiteral("The column extra came after the first round")));
}

void MusterctlQueryTest::watchEndsOnInterrupt()
{
    devices({"d1"}, [](const std::string &, int time) { return Row{{"load", 1.0 * time}}; });
    QProcess process;
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  with(words("query --select load --watch 1")));
    QByteArray out;
    QTRY_VERIFY_WITH_TIMEOUT((process.waitForReadyRead(10), out += process.readAllStandardOutput(),
                              out.contains("Round 2") && out.endsWith("= 1\n")),
                             20'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QVERIFY((out + process.readAllStandardOutput()).endsWith("= 1\n"));

    // In the middle of the first round: nothing else was shown yet.
    m_subscriptions.clear();
    on("fleet.query.>", [this](const nats::MessageView &) { ++m_asked; });
    m_asked = 0;
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  with(words("query --select load --watch 1 --deadline 10m")));
    QTRY_VERIFY_WITH_TIMEOUT(m_asked > 0, 20'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGTERM);
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    out = process.readAllStandardOutput();
    QVERIFY2(out.startsWith("Round 1, ") && out.endsWith("silent 1 offline 0 = 1\n"), out.constData());
    QVERIFY(process.readAllStandardError().contains("Cancelled"));
}

void MusterctlQueryTest::interruptShowsWhatThereIs()
{
    devices({"d1", "d2"}, [](const std::string &id, int) -> std::optional<Row> {
        return id == "d1" ? std::optional<Row>(Row{{"load", 1.0}}) : std::nullopt;
    });
    QProcess process;
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  with(words("query --select load --deadline 10m")));
    QTRY_VERIFY_WITH_TIMEOUT(m_asked > 0, 20'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    const QByteArray out = process.readAllStandardOutput();
    QVERIFY2(out.endsWith("= 2\n"), out.constData());
    QVERIFY(process.readAllStandardError().contains("Cancelled"));
}

void MusterctlQueryTest::fullOutputIsAnError()
{
    // Long enough to be written before the end, where nothing is left that could fail.
    devices({"d1"}, [](const std::string &, int) {
        static const std::string text(12'000, 'x');
        return Row{{"text", std::string_view(text)}};
    });
    for (const char *line :
         {"query", "query --json", "query --format csv", "query --watch 1 --rounds 1 --format tsv", "devices",
          "devices --json", "setup", "query --csv /dev/full", "query --csv /dev/full --watch 1 --rounds 1"}) {
        const bool isOther = QByteArray(line).contains("/dev/full");
        QProcess process;
        process.setStandardOutputFile(isOther ? QProcess::nullDevice() : QStringLiteral("/dev/full"));
        process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                      with(words(line)));
        QVERIFY(process.waitForFinished(20'000));
        QVERIFY2(process.exitCode() == 1, line);
        QVERIFY2(process.readAllStandardError().contains("written"), line);
        QVERIFY2(!QFileInfo(QStringLiteral("/dev/full")).isFile(), line);
    }
}

void MusterctlQueryTest::linksAndPipesStay()
{
    devices({"d1"}, [](const std::string &, int time) {
        return time == 1 ? Row{{"load", 1.0}} : Row{{"load", 2.0}, {"extra", 1.0}};
    });
    const QString real = m_folder.filePath(QStringLiteral("real.csv"));
    const QString link = m_folder.filePath(QStringLiteral("link.csv"));
    QVERIFY(QFile::link(real, link));
    for (const char *line : {"query --watch 1 --rounds 2", "query"}) {
        const Run written = query(words(line).mid(1) << QStringLiteral("--csv") << link);
        QCOMPARE(written.code, 0);
        QVERIFY(QFileInfo(link).isSymLink());
        QVERIFY(readAll(real).contains(QStringLiteral("extra")));
        QVERIFY(QFile::resize(real, 0));
    }
    const Run piped = query(words("--watch 1 --rounds 2 --csv /dev/stderr"));
    QCOMPARE(piped.code, 0);
    QVERIFY(QFileInfo(QStringLiteral("/dev/stderr")).isSymLink());
    QVERIFY2(piped.err.contains(QStringLiteral("round,at,device")), qPrintable(piped.err));
}

void MusterctlQueryTest::watchOutlivesTheLink()
{
    devices({"d1"}, [](const std::string &, int time) { return Row{{"load", 1.0 * time}}; });
    QProcess process;
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  with(words("query --select load --watch 1")));
    QByteArray out;
    QByteArray err;
    QTRY_VERIFY_WITH_TIMEOUT(
        (process.waitForReadyRead(10), out += process.readAllStandardOutput(), out.contains("= 1\n")),
        20'000);
    m_server->kill();
    QTRY_VERIFY_WITH_TIMEOUT((process.waitForReadyRead(10), err += process.readAllStandardError(),
                              err.contains("musterctl query: ") || err.contains("connection was lost")),
                             20'000);
    QVERIFY(m_server->restart().ok());
    out.clear();
    QTRY_VERIFY_WITH_TIMEOUT(
        (process.waitForReadyRead(10), out += process.readAllStandardOutput(), out.contains("answered 1 ")),
        30'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
}

/// It is our own link that is down: nobody is offline for it, and nobody is gone.
void MusterctlQueryTest::watchBlamesTheLink()
{
    devices({"d1"}, [](const std::string &, int) { return Row{{"load", 1.0}}; });
    QVERIFY(publish(*m_devices, presenceOf("d1", 0, 1))); // offline after three seconds of silence
    QVERIFY(m_devices->flush().ok());
    QProcess process;
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  with(words("query --select load --watch 1 --deadline 500ms --json")));
    QList<QJsonObject> rounds;
    const auto read = [&] {
        process.waitForReadyRead(10);
        while (process.canReadLine())
            rounds.append(objectOf(QString::fromUtf8(process.readLine())));
    };
    const auto isFailed = [](const QJsonObject &round) { return round.contains(QStringLiteral("failed")); };
    const auto failedRounds = [&] { return std::count_if(rounds.begin(), rounds.end(), isFailed); };
    QTRY_VERIFY_WITH_TIMEOUT((read(), !rounds.isEmpty()), 20'000);
    QCOMPARE(
        rounds.first().value(QStringLiteral("tally")).toObject().value(QStringLiteral("answered")).toInt(),
        1);
    m_server->kill();
    QTRY_VERIFY_WITH_TIMEOUT((read(), failedRounds() >= 5), 30'000);
    QVERIFY(m_server->restart().ok());
    QTRY_VERIFY_WITH_TIMEOUT((read(), !isFailed(rounds.last()) && rounds.last()
                                                                          .value(QStringLiteral("tally"))
                                                                          .toObject()
                                                                          .value(QStringLiteral("answered"))
                                                                          .toInt() == 1),
                             30'000);
    m_server->kill();
    const auto before = failedRounds();
    QTRY_VERIFY_WITH_TIMEOUT((read(), failedRounds() > before), 30'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardError().contains("the link to the server is down"));
    for (const QJsonObject &round : std::as_const(rounds)) {
        const QString line = QString::fromUtf8(QJsonDocument(round).toJson(QJsonDocument::Compact));
        const QJsonObject tally = round.value(QStringLiteral("tally")).toObject();
        QVERIFY2(tally.value(QStringLiteral("offline")).toInt() == 0, qPrintable(line));
        QVERIFY2(round.value(QStringLiteral("gone")).toArray().isEmpty(), qPrintable(line));
        QVERIFY2(!isFailed(round) || !round.contains(QStringLiteral("rows")), qPrintable(line));
        QVERIFY2(round.contains(QStringLiteral("hindrance")) ==
                     (tally.value(QStringLiteral("silent")).toInt() == 1),
                 qPrintable(line));
    }
}

void MusterctlQueryTest::lostLinkIsAFailure()
{
    devices({"d1", "d2"}, [](const std::string &id, int) -> std::optional<Row> {
        return id == "d1" ? std::optional<Row>(Row{{"load", 1.0}}) : std::nullopt;
    });
    QProcess process;
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  with(words("query --select load --deadline 3s")));
    QTRY_VERIFY_WITH_TIMEOUT(m_asked > 0, 20'000);
    m_server->kill();
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.exitCode(), 1);
    const QByteArray out = process.readAllStandardOutput();
    QVERIFY2(out.endsWith("= 2\n"), out.constData());
    QVERIFY(process.readAllStandardError().contains("connection was lost"));
}

/// As nohup and a shell's background jobs have it.
void MusterctlQueryTest::ignoredSignalsStayIgnored()
{
    devices({"d1"}, [](const std::string &, int time) { return Row{{"load", 1.0 * time}}; });
    QProcess process;
    process.setChildProcessModifier([] {
        for (const int number : {SIGHUP, SIGINT})
            std::signal(number, SIG_IGN);
    });
    process.start(qEnvironmentVariable("MUSTER_BIN_DIR") + QStringLiteral("/musterctl"),
                  with(words("query --select load --watch 1")));
    QByteArray out;
    const auto shows = [&](const char *text) {
        process.waitForReadyRead(10);
        out += process.readAllStandardOutput();
        return out.contains(text);
    };
    QTRY_VERIFY_WITH_TIMEOUT(shows("Round 1"), 20'000);
    for (const int number : {SIGHUP, SIGINT})
        ::kill(static_cast<pid_t>(process.processId()), number);
    QTRY_VERIFY_WITH_TIMEOUT(shows("Round 3"), 20'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGTERM);
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
}

void MusterctlQueryTest::watchOfADemoFleet()
{
    const Run watched = run(words("query --demo 200 --select cpu.pct --watch 1 --rounds 2 --format json"));
    QVERIFY2(watched.code == 0, qPrintable(watched.err));
    const QStringList lines = linesOf(watched.out);
    QCOMPARE(lines.size(), 2);
    for (const QString &line : lines) {
        const QJsonObject round = objectOf(line);
        int sum = 0;
        const QJsonObject tally = round.value(QStringLiteral("tally")).toObject();
        for (const QJsonValue &count : tally)
            sum += count.toInt();
        QCOMPARE(sum, round.value(QStringLiteral("roster")).toInt());
        QVERIFY(sum > 150);
    }
}

QTEST_GUILESS_MAIN(MusterctlQueryTest)
#include "tst_musterctl_query.moc"
