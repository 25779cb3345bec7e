// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/completion.h"
#include "query/plan.h"
#include "support/fleet.h"

#include <thread>

using namespace muster;
using namespace muster::test;
using query::Scope;

namespace {

filter::Expression parsed(const std::string &text)
{
    auto filter = filter::Expression::parse(text);
    return filter ? *filter : filter::Expression();
}

Scope label(const std::string &key, const std::string &value)
{
    if (key == "site")
        return {Scope::Kind::Site, key, value, {}};
    return {key == "group" ? Scope::Kind::Group : Scope::Kind::Label, key, value, {}};
}

std::vector<std::string> inserts(const std::vector<query::Completion> &completions)
{
    std::vector<std::string> out;
    for (const query::Completion &completion : completions)
        out.push_back(completion.insert);
    return out;
}

} // namespace

class PlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void sharesOutTheFilter();
    void freezesTheRoster();
    void countsBeforeAsking();
    void choosesSubjects_data();
    void choosesSubjects();
    void groupsAreLists();
    void picturesStay();
    void sharesWhatIsKnown();
    void everyThreadPlansTheSame();
    void namedButNeverSeen();
    void nobody();
    void completes_data();
    void completes();
    void slipsOfThePen();
    void magnitudesOfNumbers();
    void quotesValues();

private:
    query::Planner planner() const { return {m_devices, {"site", "group", "region"}}; }
    table::Table m_devices{"device"};
};

/// 40 devices: 10 a site and a group, half of them eu; each tenth is offline.
void PlanTest::initTestCase()
{
    table::Batch batch;
    for (int i = 0; i < 40; ++i) {
        const std::string site = "site-" + std::to_string(i / 10);
        const std::string group = "g" + std::to_string(i % 4);
        const std::vector<protocol::Field> fields{{"presence", std::string_view(i % 10 == 9   ? "offline"
                                                                                : i % 10 == 8 ? "late"
                                                                                              : "online")},
                                                  {"site", std::string_view(site)},
                                                  {"group", std::string_view(group)},
                                                  {"region", std::string_view(i % 2 ? "eu" : "us")},
                                                  {"fw", std::string_view(i < 20 ? "1.4.2" : "1.5.0")}};
        batch.upsert("d" + std::to_string(i), fields);
    }
    m_devices.apply(batch);
}

void PlanTest::sharesOutTheFilter()
{
    const query::Parts parts = query::split(
        parsed("region = \"eu\" and mem.free < 200MB and fw < \"1.5\" and presence = \"online\" and "
               "(presence = \"late\" or cpu.pct > 90)"),
        {"region"});
    QCOMPARE(parts.known.fields(), (std::vector<std::string>{"fw", "presence", "region"}));
    QCOMPARE(parts.asked.fields(), (std::vector<std::string>{"cpu.pct", "mem.free", "presence"}));
    QCOMPARE(parts.pushable.fields(), std::vector<std::string>{"mem.free"});
    QVERIFY(!parts.knownIsLabels);
    QVERIFY(query::split({}, {}).known.isEmpty());
}

void PlanTest::freezesTheRoster()
{
    query::Question question;
    question.scopes = {label("region", "eu")};
    question.where = parsed("fw < \"1.5\" and mem.free < 1GB");
    question.select = {"cpu.pct"};
    question.groupBy = {"group"};
    const Result<query::Plan> plan = planner().plan(question, Subjects());
    QVERIFY(plan.ok());
    QCOMPARE(plan->roster.size(), std::size_t(10));
    for (const query::Expected &expected : plan->roster) {
        QCOMPARE(textAt(m_devices, expected.device, "region"), std::string("eu"));
        QCOMPARE(expected.online, textAt(m_devices, expected.device, "presence") != "offline");
        QCOMPARE(expected.known.size(), plan->known.size());
    }
    QCOMPARE(plan->select, (std::vector<std::string>{"cpu.pct", "group"}));
    QCOMPARE(plan->known.front(), std::string("site"));
    QVERIFY(plan->pushed.has_value());

    question.scopes = {label("region", "us")};
    question.where = {};
    const Result<query::Plan> half = planner().plan(question, Subjects());
    QVERIFY(half.ok());
    QCOMPARE(half->roster.size() + half->bystanders.size(), std::size_t(40));
}

void PlanTest::countsBeforeAsking()
{
    query::Question question;
    question.where = parsed("mem.free < 1GB");
    const query::Reach all = planner().reach(question, Subjects());
    QCOMPARE(all.matching, 40);
    QCOMPARE(all.online, 32);
    QCOMPARE(all.unsure, 4); // late ones are asked
    QCOMPARE(all.asked(), 36);
    QCOMPARE(all.offline, 4);
    QCOMPARE(all.messages, 1);
    QCOMPARE(all.answers, 36);
    QCOMPARE(planner().count({label("region", "eu")}), 20);
    QCOMPARE(planner().count({label("region", "eu"), label("region", "us")}), 40);
    QCOMPARE(planner().count({label("region", "eu"), label("site", "site-1")}), 5);
}

void PlanTest::choosesSubjects_data()
{
    QTest::addColumn<QString>("scopes");
    QTest::addColumn<QString>("where");
    QTest::addColumn<QString>("subjects");
    QTest::newRow("all") << ""
                         << ""
                         << "fleet.query.all";
    QTest::newRow("one site") << "site=site-1"
                              << ""
                              << "fleet.query.site.site-1";
    QTest::newRow("two sites") << "site=site-1 site=site-2"
                               << ""
                               << "fleet.query.site.site-1 fleet.query.site.site-2";
    QTest::newRow("group") << "group=g1"
                           << ""
                           << "fleet.query.group.g1";
    QTest::newRow("group and region") << "group=g1 region=eu"
                                      << ""
                                      << "fleet.query.group.g1.eu";
    QTest::newRow("half of all by label") << "region=us"
                                          << ""
                                          << "fleet.query.all";
    QTest::newRow("few of all") << ""
                                << "fw < \"1.5\" and region = \"us\""
                                << "";
    QTest::newRow("one by name") << "device=d1"
                                 << ""
                                 << "";
    QTest::newRow("what only we know") << ""
                                       << "presence = \"online\""
                                       << "";
    QTest::newRow("not a token") << "site=a.b"
                                 << ""
                                 << "nobody";
}

void PlanTest::choosesSubjects()
{
    QFETCH(QString, scopes);
    QFETCH(QString, where);
    QFETCH(QString, subjects);
    query::Question question;
    for (const QString &scope : scopes.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const std::string key = scope.section(QLatin1Char('='), 0, 0).toStdString();
        const std::string value = scope.section(QLatin1Char('='), 1).toStdString();
        question.scopes.push_back(key == "device" ? Scope{Scope::Kind::Devices, {}, {}, {value}}
                                                  : label(key, value));
    }
    question.where = parsed(where.toStdString());
    const Result<query::Plan> plan = planner().plan(question, Subjects());
    if (subjects == QLatin1String("nobody")) {
        QVERIFY(!plan.ok());
        return;
    }
    QVERIFY(plan.ok());
    QStringList chosen;
    for (const std::string &subject : plan->subjects)
        chosen.append(QString::fromStdString(subject));
    QCOMPARE(chosen.join(QLatin1Char(' ')), subjects);
}

void PlanTest::groupsAreLists()
{
    table::Table devices("device");
    table::Batch batch;
    const auto add = [&batch](const std::string &device, std::string_view group) {
        batch.set(device, "presence", std::string_view("online"));
        batch.set(device, "group", group);
    };
    add("a", "canary,lab");
    add("b", "lab");
    add("c", "lab,canary,x");
    add("d", "canary2");
    add("e", "canary");
    devices.apply(batch);
    const query::Planner planner(devices, {"group"});
    QCOMPARE(planner.count({label("group", "canary")}), 3);
    QCOMPARE(planner.count({label("group", "lab")}), 3);
}

void PlanTest::picturesStay()
{
    table::Table devices("device");
    table::Batch batch;
    batch.set("a", "presence", std::string_view("online"));
    batch.set("b", "presence", std::string_view("online"));
    devices.apply(batch);
    const query::Planner before(devices.snapshot(), {});
    batch.set("a", "presence", std::string_view("offline"));
    batch.set("c", "presence", std::string_view("late"));
    batch.remove("b");
    devices.apply(batch);

    const query::Planner copy = before;
    const query::Reach then = copy.reach({}, Subjects());
    QCOMPARE(then.matching, 2);
    QCOMPARE(then.online, 2);
    const Result<query::Plan> plan = copy.plan({}, Subjects());
    QVERIFY(plan.ok());
    QCOMPARE(plan->roster.size(), std::size_t(2));
    QCOMPARE(plan->roster[0].device, std::string("a"));
    QCOMPARE(plan->roster[1].device, std::string("b"));
    QVERIFY(plan->roster[0].online);
    const query::Reach now = query::Planner(devices.snapshot(), {}).reach({}, Subjects());
    QCOMPARE(now.matching, 2);
    QCOMPARE(now.online, 0);
    QCOMPARE(now.unsure, 1);
    QCOMPARE(now.offline, 1);
}

/// Every device has what is its own, however the values are kept.
void PlanTest::sharesWhatIsKnown()
{
    constexpr int count = 20'000;
    table::Table devices("device");
    table::Batch batch;
    for (int i = 0; i < count; ++i) {
        const std::string site = "site-" + std::to_string(i % 7);
        const std::string device = "d" + std::to_string(i);
        std::vector<protocol::Field> fields{{"presence", std::string_view(i % 3 ? "online" : "never")},
                                            {"site", std::string_view(site)},
                                            {"last_seen", UtcTime{1'700'000'000'000'000 + i}},
                                            {"rack", std::int64_t{i % 5}},
                                            {"spare", i % 2 == 0}};
        if (i % 11 == 0)
            fields.erase(fields.begin() + 3);
        batch.append(device, fields);
    }
    devices.apply(batch);
    const query::Planner planner(devices, {"site", "rack", "spare"});
    for (const bool withTimes : {false, true}) {
        query::Question question;
        question.describe = {"rack", "spare", "region"};
        if (withTimes)
            question.describe.push_back("last_seen");
        const Result<query::Plan> plan = planner.plan(question, Subjects());
        QVERIFY(plan.ok());
        QCOMPARE(plan->roster.size(), std::size_t(count));
        for (const query::Expected &expected : plan->roster) {
            QCOMPARE(expected.online, textAt(devices, expected.device, "presence") == "online");
            QCOMPARE(expected.known.size(), plan->known.size());
            for (std::size_t i = 0; i < plan->known.size(); ++i)
                QCOMPARE(toText(view(expected.known[i])), textAt(devices, expected.device, plan->known[i]));
        }
    }
}

void PlanTest::everyThreadPlansTheSame()
{
    query::Question question;
    question.scopes = {label("region", "eu")};
    question.groupBy = {"group"};
    const query::Planner shared = planner();
    const Result<query::Plan> expected = shared.plan(question, Subjects());
    QVERIFY(expected.ok());
    std::array<bool, 4> same{};
    std::vector<std::thread> threads;
    for (bool &result : same) {
        threads.emplace_back([&, copy = shared] {
            result = true;
            for (int round = 0; round < 50; ++round) {
                const Result<query::Plan> plan = copy.plan(question, Subjects());
                result = result && plan.ok() && plan->roster.size() == expected->roster.size() &&
                         plan->subjects == expected->subjects && plan->bystanders == expected->bystanders &&
                         copy.reach(question, Subjects()).matching == 20;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(std::all_of(same.begin(), same.end(), [](bool result) { return result; }));
}

/// Who is named is accounted for, seen or not.
void PlanTest::namedButNeverSeen()
{
    const Scope named{Scope::Kind::Devices, {}, {}, {"nope", "d1", "d9", "nope", "d1"}};
    query::Question question;
    question.scopes = {named};
    question.describe = {"presence", "region"};
    QCOMPARE(planner().neverSeen({named}), std::vector<std::string>{"nope"});
    QCOMPARE(planner().count({named}), 3);
    const query::Reach reach = planner().reach(question, Subjects());
    QCOMPARE(reach.matching, 3);
    QCOMPARE(reach.online, 1);
    QCOMPARE(reach.offline, 2); // d9 is
    Result<query::Plan> plan = planner().plan(question, Subjects());
    QVERIFY(plan.ok());
    QCOMPARE(plan->roster.size(), std::size_t(3));
    const query::Expected &last = plan->roster.back();
    QCOMPARE(last.device, std::string("nope"));
    QVERIFY(!last.online);
    QCOMPARE(last.known.size(), plan->known.size());
    for (std::size_t i = 0; i < plan->known.size(); ++i)
        QCOMPARE(toText(view(last.known[i])),
                 std::string(plan->known[i] == "presence" ? "never" : std::string_view()));

    // It has no labels that another scope or the filter could take in.
    question.scopes = {named, label("region", "eu")};
    QCOMPARE(planner().plan(question, Subjects())->roster.size(), std::size_t(2));
    question.scopes = {named};
    question.where = parsed("presence = \"never\" and mem.free < 1GB");
    plan = planner().plan(question, Subjects());
    QVERIFY(plan.ok());
    QCOMPARE(plan->roster.size(), std::size_t(1));
    QCOMPARE(plan->roster.front().device, std::string("nope"));
    question.where = parsed("region = \"mars\"");
    QCOMPARE(planner().plan(question, Subjects()).error().code, std::string("query.nobody"));
    QVERIFY(planner().neverSeen({label("region", "eu")}).empty());
}

void PlanTest::nobody()
{
    query::Question question;
    question.where = parsed("region = \"mars\"");
    const Result<query::Plan> plan = planner().plan(question, Subjects());
    QVERIFY(!plan.ok());
    QCOMPARE(plan.error().code, std::string("query.nobody"));
}

void PlanTest::completes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("start") << ""
                           << "mem.free,mem.total,os,`my field`,not,has";
    QTest::newRow("field") << "me"
                           << "mem.free,mem.total";
    QTest::newRow("operator") << "os "
                              << "=,!=,<,<=,>,>=,in,matches,contains";
    QTest::newRow("value") << "os = "
                           << "\"linux\",\"qnx\"";
    QTest::newRow("value, typed") << "os = l"
                                  << "\"linux\"";
    QTest::newRow("value, in quotes") << "os = \"q"
                                      << "\"qnx\"";
    QTest::newRow("number") << "mem.total < "
                            << "200MB,2GB,3";
    QTest::newRow("number, typed") << "mem.total < 2"
                                   << "200MB,2GB";
    QTest::newRow("joint") << "os = \"linux\" "
                           << "and,or";
    QTest::newRow("whole condition") << "os = \"linux\""
                                     << "";
    QTest::newRow("joint, typed") << "os = \"linux\" a"
                                  << "and";
    QTest::newRow("next field") << "os = \"linux\" and m"
                                << "mem.free,mem.total";
    QTest::newRow("list") << "os in ("
                          << "\"linux\",\"qnx\"";
    QTest::newRow("after list") << "os in (\"linux\", \"qnx\") "
                                << "and,or";
    QTest::newRow("has") << "has o"
                         << "os";
    QTest::newRow("after has") << "has os "
                               << "and,or";
    QTest::newRow("unclosed nonsense") << "((((= <"
                                       << "mem.free,mem.total,os,`my field`,not,has";
}

void PlanTest::completes()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const std::string typed = text.toStdString();
    const auto found = query::complete(
        typed, typed.size(), {"mem.free", "mem.total", "os", "my field"}, [](const std::string &field) {
            if (field == "mem.total")
                return query::Offer({"200MB", "2GB", "3"}, true);
            return query::Offer(field == "os" ? std::vector<std::string>{"linux", "qnx"}
                                              : std::vector<std::string>());
        });
    QStringList list;
    for (const std::string &insert : inserts(found))
        list.append(QString::fromStdString(insert));
    QCOMPARE(list.join(QLatin1Char(',')), expected);
}

void PlanTest::slipsOfThePen()
{
    const std::vector<std::string> fields{"region", "fw", "os", "mem.free", "mem.total", "site"};
    const auto likeliest = [&fields](const char *typed) {
        return QString::fromStdString(query::likeliest(typed, fields));
    };
    QCOMPARE(likeliest("regon"), QStringLiteral("region"));
    QCOMPARE(likeliest("reigon"), QStringLiteral("region"));
    QCOMPARE(likeliest("Region"), QStringLiteral("region"));
    QCOMPARE(likeliest("memfree"), QStringLiteral("mem.free"));
    QCOMPARE(likeliest("FW"), QStringLiteral("fw"));
    QCOMPARE(likeliest("hw"), QString()); // of two letters one is half of it
    QCOMPARE(likeliest("sort"), QString());
    QCOMPARE(likeliest("temperature"), QString());
    QCOMPARE(likeliest(""), QString());
    QCOMPARE(QString::fromStdString(query::likeliest(std::string(100'000, 'x'), fields)), QString());
}

void PlanTest::magnitudesOfNumbers()
{
    using Texts = std::vector<std::string>;
    QCOMPARE(query::magnitudes({"21549056", "23025664", "104857600", "494799872", "1610612736"}, true),
             (Texts{"22MB", "23MB", "100MB", "490MB"}));
    QCOMPARE(query::magnitudes({"0", "0.123", "7", "1234567", "-45.6"}, false),
             (Texts{"-46", "0", "0.12", "7"}));
    QCOMPARE(query::magnitudes({"3", "3"}, false), Texts{"3"});
    QVERIFY(query::magnitudes({"3", "x"}, false).empty());
    QVERIFY(query::magnitudes({}, false).empty());
    for (const std::string &text : query::magnitudes({"1", "1e300", "999999", "-3e12", "5e-7"}, true))
        QVERIFY2(filter::Expression::parse("x < " + text).ok(), text.c_str());
}

void PlanTest::quotesValues()
{
    QCOMPARE(query::quoted("12.5"), std::string("12.5"));
    QCOMPARE(query::quoted("true"), std::string("true"));
    QCOMPARE(query::quoted("1.4.2"), std::string("\"1.4.2\""));
    for (const std::string hostile : {"a\"b", "back\\slash", "", " or 1 = 1", "\n"}) {
        const auto filter = filter::Expression::parse("x = " + query::quoted(hostile));
        QVERIFY(filter.ok());
        QVERIFY(filter->matches([&](std::string_view) { return ValueView(std::string_view(hostile)); }));
    }
}

QTEST_GUILESS_MAIN(PlanTest)
#include "tst_plan.moc"
