// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/gather.h"
#include "nats_test.h"

#include <QScopeGuard>
#include <QStandardPaths>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace muster;
using namespace muster::nats;

namespace {

/// A listener that greets like no NATS server does.
class Stranger {
public:
    Stranger()
    {
        m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(a);
        if (::bind(m_fd, reinterpret_cast<sockaddr *>(&a), size) == 0 && ::listen(m_fd, 4) == 0 &&
            ::getsockname(m_fd, reinterpret_cast<sockaddr *>(&a), &size) == 0)
            m_port = ntohs(a.sin_port);
        m_thread = std::thread([this] {
            for (int client = ::accept(m_fd, nullptr, nullptr); client >= 0;
                 client = ::accept(m_fd, nullptr, nullptr)) {
                static_cast<void>(!::write(client, "SSH-2.0-x\r\n", 11));
                ::close(client);
            }
        });
    }
    ~Stranger()
    {
        ::shutdown(m_fd, SHUT_RDWR);
        m_thread.join();
        ::close(m_fd);
    }
    std::string url() const { return "nats://127.0.0.1:" + std::to_string(m_port); }

private:
    int m_fd = -1, m_port = 0;
    std::thread m_thread;
};

std::string messageOf(const Result<std::shared_ptr<Connection>> &r)
{
    return r.ok() ? std::string() : r.error().code + ": " + r.error().message + " " + r.error().remedy;
}

} // namespace

class TestConnection : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::unique_ptr<LocalServer> m_server;

    std::string path(const char *name) const
    {
        return m_dir.filePath(QString::fromLatin1(name)).toStdString();
    }

    /// Not by QProcess, whose way of forking ThreadSanitizer does not survive.
    bool openssl(const std::string &arguments) const
    {
        return std::system(
                   ("cd '" + path(".") + "' && openssl " + arguments + " >openssl.log 2>&1").c_str()) == 0;
    }

    std::unique_ptr<LocalServer> serve(const std::string &extraConfig, int port = 0)
    {
        LocalServer::Options options;
        options.extraConfig = extraConfig;
        options.jetStream = false;
        options.port = port;
        auto server = LocalServer::start(options);
        if (!server)
            qWarning("%s", why(server).c_str());
        return server ? std::move(*server) : nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = serve("max_payload: 1048576");
        QVERIFY(m_server);
    }

    void cleanupTestCase() { m_server.reset(); }

    void sendsAndReceives()
    {
        Recorder<Event> events;
        auto c = Connection::open(optionsFor(*m_server), [&](const Event &e) { events.add(e); });
        VERIFY_OK(c);
        QCOMPARE((*c)->state(), State::Connected);
        QCOMPARE(events.count(), std::size_t(1));
        QCOMPARE(events.all()[0].kind, Event::Kind::Connected);
        QCOMPARE((*c)->maxPayload(), std::int64_t(1048576));
        Recorder<Message> got;
        auto s = (*c)->subscribe("a.*", [&](const MessageView &m) { got.add(m.copy()); });
        VERIFY_OK(s);
        VERIFY_OK((*c)->publish("a.b", "data", "re.ply", {{"K", "v"}, {"K", "w"}}));
        VERIFY_OK((*c)->publish("a.c", {}));
        QTRY_COMPARE(got.count(), std::size_t(2));
        const Message m = got.all()[0];
        QCOMPARE(m.subject, std::string("a.b"));
        QCOMPARE(m.reply, std::string("re.ply"));
        QCOMPARE(m.data, std::string("data"));
        QCOMPARE(m.headers, (Headers{{"K", "v"}, {"K", "w"}}));
        QCOMPARE(m.header("K"), std::string("v"));
        QCOMPARE(m.status, 0);
        QVERIFY(got.all()[1].data.empty());
        QVERIFY((*c)->messagesIn() >= 2 && (*c)->messagesOut() >= 2 && (*c)->bytesIn() >= 4);
        s->reset();
        VERIFY_OK((*c)->publish("a.b", "unheard"));
        VERIFY_OK((*c)->flush());
        QCOMPARE(got.count(), std::size_t(2));
        (*c)->close();
        QCOMPARE((*c)->state(), State::Closed);
        QCOMPARE(events.all().back().kind, Event::Kind::Closed);
        COMPARE_CODE((*c)->publish("a.b", "x"), "nats.disconnected");
    }

    void asksAndIsAnswered()
    {
        auto c = Connection::open(optionsFor(*m_server));
        VERIFY_OK(c);
        auto s = (*c)->subscribe("echo", [&](const MessageView &m) {
            static_cast<void>((*c)->publish(m.reply, m.data, {}, {{"X", m.header("X")}}));
        });
        VERIFY_OK(s);
        auto mute = (*c)->subscribe("mute", [](const MessageView &) {});
        VERIFY_OK(mute);
        auto reply = (*c)->request("echo", "hello", milliseconds(5000), {{"X", "y"}});
        VERIFY_OK(reply);
        QCOMPARE(reply->data, std::string("hello"));
        QCOMPARE(reply->header("X"), std::string("y"));
        COMPARE_CODE((*c)->request("nobody", {}, milliseconds(5000)), "nats.no-responders");
        COMPARE_CODE((*c)->request("mute", {}, milliseconds(100)), "nats.timeout");
        s->reset();
    }

    void refusesWhatCannotBeSent()
    {
        auto c = Connection::open(optionsFor(*m_server));
        VERIFY_OK(c);
        COMPARE_CODE((*c)->publish("a", std::string(2 << 20, 'x')), "nats.too-large");
        for (const char *bad : {"", "a b", "a\r\nPUB x 0", ".a", "a.", "a..b", "a\tb"}) {
            COMPARE_CODE((*c)->publish(bad, "x"), "nats.bad-subject");
            COMPARE_CODE((*c)->subscribe(bad, [](const MessageView &) {}), "nats.bad-subject");
        }
        COMPARE_CODE((*c)->publish("a", "x", "b c"), "nats.bad-subject");
        COMPARE_CODE((*c)->publish("a", "x", {}, {{"K", "v\r\nStatus: 1"}}), "nats.bad-header");
        VERIFY_OK((*c)->roundTrip());
    }

    void namesWhatIsWrongWithAnAddress_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("code");
        QTest::newRow("empty") << QString() << QStringLiteral("nats.bad-url");
        QTest::newRow("scheme") << QStringLiteral("http://h:4222") << QStringLiteral("nats.bad-url");
        QTest::newRow("websocket") << QStringLiteral("ws://h:4222") << QStringLiteral("nats.bad-url");
        QTest::newRow("no host") << QStringLiteral("nats://:4222") << QStringLiteral("nats.bad-url");
        QTest::newRow("port") << QStringLiteral("nats://h:70000") << QStringLiteral("nats.bad-url");
        QTest::newRow("port text") << QStringLiteral("nats://h:http") << QStringLiteral("nats.bad-url");
        QTest::newRow("space") << QStringLiteral("nats://h h:1") << QStringLiteral("nats.bad-url");
        QTest::newRow("bracket") << QStringLiteral("nats://[::1:4222") << QStringLiteral("nats.bad-url");
        QTest::newRow("ipv6 bare") << QStringLiteral("nats://::1:4222") << QStringLiteral("nats.bad-url");
        QTest::newRow("refused") << QStringLiteral("nats://ann:pssst@127.0.0.1:1")
                                 << QStringLiteral("nats.unreachable");
        QTest::newRow("unknown name")
            << QStringLiteral("nats://no.such.host.invalid") << QStringLiteral("nats.unreachable");
    }
    void namesWhatIsWrongWithAnAddress()
    {
        QFETCH(QString, url);
        QFETCH(QString, code);
        ConnectOptions o;
        o.servers = {url.toStdString()};
        const auto c = Connection::open(o);
        QVERIFY(!c.ok());
        QVERIFY2(c.error().code == code.toStdString(), messageOf(c).c_str());
        QVERIFY(!c.error().message.empty() && !c.error().remedy.empty());
        QVERIFY2(messageOf(c).find("pssst") == std::string::npos, messageOf(c).c_str());
    }

    void aStrangerIsNoServer()
    {
        const Stranger stranger;
        ConnectOptions o;
        o.servers = {stranger.url()};
        const auto c = Connection::open(o);
        QVERIFY(!c.ok());
        QVERIFY2(c.error().message.find("not a NATS server") != std::string::npos, messageOf(c).c_str());
        // The next address in the list is taken instead.
        o.servers.push_back(m_server->url());
        VERIFY_OK(Connection::open(o));
    }

    void namesFilesThatCannotBeUsed()
    {
        std::ofstream(path("junk")) << "junk\n";
        const auto tryWith = [&](auto set) {
            ConnectOptions o = optionsFor(*m_server);
            set(o);
            return Connection::open(o);
        };
        for (const std::string &file : {path("junk"), path("missing")}) {
            const auto creds = tryWith([&](ConnectOptions &o) { o.credentialsFile = file; });
            COMPARE_CODE(creds, "nats.file");
            QVERIFY(creds.error().message.find(file) != std::string::npos);
            COMPARE_CODE(tryWith([&](ConnectOptions &o) { o.nkeySeedFile = file; }), "nats.file");
            COMPARE_CODE(tryWith([&](ConnectOptions &o) {
                             o.caFile = file;
                             o.tls = Tls::Required;
                             o.servers = {"nats://127.0.0.1:1"};
                         }),
                         file == path("junk") ? "nats.unreachable" : "nats.file");
        }
        COMPARE_CODE(tryWith([&](ConnectOptions &o) { o.certificateFile = path("junk"); }), "nats.file");
        qputenv("MUSTER_TEST_DIR", m_dir.path().toUtf8());
        const auto expanded =
            tryWith([&](ConnectOptions &o) { o.credentialsFile = "$MUSTER_TEST_DIR/none.creds"; });
        COMPARE_CODE(expanded, "nats.file");
        QVERIFY2(expanded.error().message.find(path("none.creds")) != std::string::npos,
                 messageOf(expanded).c_str());
    }

    void signsIn()
    {
        // The key pair of the NATS documentation.
        const std::string publicKey = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
        std::ofstream(path("user.nk")) << "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY\n";
        auto server = serve(
            "authorization { users: [ {user: ann, password: \"p:ss@1\"}, {nkey: " + publicKey + "} ] }");
        QVERIFY(server);
        ConnectOptions o = optionsFor(*server);
        COMPARE_CODE(Connection::open(o), "nats.auth");
        o.user = "ann";
        o.password = "wrong-secret";
        const auto wrong = Connection::open(o);
        COMPARE_CODE(wrong, "nats.auth");
        QVERIFY2(messageOf(wrong).find("wrong-secret") == std::string::npos, messageOf(wrong).c_str());
        o.password = "p:ss@1";
        VERIFY_OK(Connection::open(o));
        ConnectOptions inUrl;
        inUrl.servers = {"nats://ann:p%3Ass%401@127.0.0.1:" + std::to_string(server->port())};
        auto c = Connection::open(inUrl);
        QVERIFY2(c.ok(), messageOf(c).c_str());
        QCOMPARE((*c)->connectedUrl(), server->url());
        ConnectOptions nkey = optionsFor(*server);
        nkey.nkeySeedFile = path("user.nk");
        const auto signedIn = Connection::open(nkey);
        QVERIFY2(signedIn.ok(), messageOf(signedIn).c_str());

        auto tokens = serve("authorization { token: \"t0ken\" }");
        QVERIFY(tokens);
        ConnectOptions t = optionsFor(*tokens);
        t.token = "other";
        COMPARE_CODE(Connection::open(t), "nats.auth");
        t.token = "t0ken";
        VERIFY_OK(Connection::open(t));
    }

    void encrypts()
    {
        QVERIFY2(!QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty(), "install openssl");
        QVERIFY(openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem"));
        QVERIFY(openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout o.key -out other.pem"));
        QVERIFY(
            openssl("req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr"));
        std::ofstream(path("san")) << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
        QVERIFY(openssl("x509 -req -days 2 -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile "
                        "san -out server.pem"));
        auto server = serve("tls { cert_file: \"" + path("server.pem") + "\", key_file: \"" +
                            path("server.key") + "\" }");
        QVERIFY(server);
        ConnectOptions o = optionsFor(*server);
        o.caFile = path("ca.pem");
        for (const Tls tls : {Tls::WhenAsked, Tls::Required}) {
            o.tls = tls;
            auto c = Connection::open(o);
            QVERIFY2(c.ok(), messageOf(c).c_str());
            VERIFY_OK((*c)->roundTrip());
        }
        o.tls = Tls::Off;
        COMPARE_CODE(Connection::open(o), "nats.tls");
        o.tls = Tls::WhenAsked;
        o.caFile = path("other.pem");
        const auto wrongCa = Connection::open(o);
        COMPARE_CODE(wrongCa, "nats.tls");
        QVERIFY2(wrongCa.error().message.find("certificate") != std::string::npos,
                 messageOf(wrongCa).c_str());
        o.caFile.clear();
        COMPARE_CODE(Connection::open(o), "nats.tls"); // not signed by anybody this computer knows
        std::ofstream(path("junk.pem")) << "junk\n";
        o.caFile = path("junk.pem");
        COMPARE_CODE(Connection::open(o), "nats.file");
        o.caFile = path("ca.pem");
        o.servers = {"tls://localhost:" + std::to_string(server->port())};
        auto byScheme = Connection::open(o);
        QVERIFY2(byScheme.ok(), messageOf(byScheme).c_str());

        ConnectOptions plain = optionsFor(*m_server);
        plain.tls = Tls::Required;
        COMPARE_CODE(Connection::open(plain), "nats.tls");

        // Encrypted connections come back as well.
        server->kill();
        QTRY_COMPARE((*byScheme)->state(), State::Reconnecting);
        VERIFY_OK(server->restart());
        QTRY_COMPARE((*byScheme)->state(), State::Connected);
    }

    void saysWhatIsNotPermitted()
    {
        auto server =
            serve("authorization { users: [ {user: u, password: p, permissions: {"
                  " publish: { allow: [\"ok\", \"_INBOX.>\"] }, subscribe: { deny: \"secret.>\" } } } ] }");
        QVERIFY(server);
        ConnectOptions o = optionsFor(*server);
        o.user = "u";
        o.password = "p";
        Recorder<Event> events;
        auto c = Connection::open(o, [&](const Event &e) { events.add(e); });
        VERIFY_OK(c);
        const auto begin = std::chrono::steady_clock::now();
        const auto denied = (*c)->request("forbidden.subject", "x", milliseconds(10000));
        COMPARE_CODE(denied, "nats.permission");
        QVERIFY(denied.error().message.find("forbidden.subject") != std::string::npos);
        QVERIFY(millisSince(begin) < 5000); // not by waiting
        auto s = (*c)->subscribe("secret.x", [](const MessageView &) {});
        QTRY_COMPARE((*c)->asyncErrors().size(), std::size_t(2));
        QCOMPARE((*c)->asyncErrors()[1].code, std::string("nats.permission"));
        QTRY_COMPARE(events.count(), std::size_t(3));
        QCOMPARE(events.all()[2].kind, Event::Kind::Error);
        QCOMPARE((*c)->state(), State::Connected);
        s->reset();
    }

    void comesBackAfterACrash()
    {
        auto server = serve({});
        QVERIFY(server);
        Recorder<Event> events;
        auto c = Connection::open(optionsFor(*server), [&](const Event &e) { events.add(e); });
        VERIFY_OK(c);
        Recorder<Message> got;
        auto s = (*c)->subscribe("a.>", [&](const MessageView &m) { got.add(m.copy()); });
        VERIFY_OK(s);
        auto mute = (*c)->subscribe("mute", [](const MessageView &) {});
        VERIFY_OK((*c)->flush());
        std::atomic<bool> asked = false;
        std::string outcome;
        std::thread asking([&] {
            asked = true;
            const auto r = (*c)->request("mute", {}, milliseconds(20000));
            outcome = r.ok() ? "ok" : r.error().code;
        });
        QTRY_VERIFY(asked.load());
        server->kill();
        QTRY_COMPARE((*c)->state(), State::Reconnecting);
        asking.join(); // fails at once instead of waiting its 20 s
        QCOMPARE(outcome, std::string("nats.disconnected"));
        QVERIFY((*c)->connectedUrl().empty());
        for (int i = 0; i < 100; ++i)
            COMPARE_CODE((*c)->publish("a.down", "must never arrive"), "nats.disconnected");
        COMPARE_CODE((*c)->request("a.down", {}, milliseconds(5000)), "nats.disconnected");
        auto during = (*c)->subscribe("b", [&](const MessageView &m) { got.add(m.copy()); });
        VERIFY_OK(during);

        VERIFY_OK(server->restart());
        const auto up = std::chrono::steady_clock::now();
        QTRY_COMPARE_WITH_TIMEOUT((*c)->state(), State::Connected, 10000);
        QVERIFY(millisSince(up) < 3000);
        QTRY_COMPARE(events.count(), std::size_t(3));
        QCOMPARE(events.all()[1].kind, Event::Kind::Disconnected);
        QVERIFY(!events.all()[1].error.message.empty());
        QCOMPARE(events.all()[2].kind, Event::Kind::Reconnected);
        QCOMPARE(events.all()[2].attempts, 1);
        VERIFY_OK((*c)->publish("a.up", "1"));
        VERIFY_OK((*c)->publish("b", "2"));
        QTRY_COMPARE(got.count(), std::size_t(2)); // both interests are there, and nothing sent while down
        std::vector<std::string> subjects{got.all()[0].subject, got.all()[1].subject};
        std::sort(subjects.begin(), subjects.end());
        QCOMPARE(subjects, (std::vector<std::string>{"a.up", "b"}));
    }

    void goesOnWhereTheLibraryGivesUp()
    {
        auto server = serve("authorization { user: a, password: a }");
        QVERIFY(server);
        const int port = server->port();
        ConnectOptions o = optionsFor(*server);
        o.user = o.password = "a";
        Recorder<Event> events;
        auto c = Connection::open(o, [&](const Event &e) { events.add(e); });
        VERIFY_OK(c);
        std::atomic<int> got = 0;
        auto s = (*c)->subscribe("x", [&](const MessageView &) { ++got; });
        VERIFY_OK(s);
        server.reset();
        auto strict = serve("authorization { user: b, password: b }", port);
        QVERIFY(strict);
        const auto refusals = [&] {
            const auto all = events.all();
            return std::count_if(all.begin(), all.end(),
                                 [](const Event &e) { return e.error.code == "nats.auth"; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(refusals() >= 1, 15000);
        QCOMPARE((*c)->state(), State::Reconnecting);
        COMPARE_CODE((*c)->publish("x", "y"), "nats.disconnected");
        strict.reset();
        server = serve("authorization { user: a, password: a }", port);
        QVERIFY(server);
        QTRY_COMPARE_WITH_TIMEOUT((*c)->state(), State::Connected, 20000);
        QTRY_COMPARE(events.all().back().kind, Event::Kind::Reconnected);
        VERIFY_OK((*c)->publish("x", "y"));
        QTRY_COMPARE(got.load(), 1);
    }

    void waitsForTheFirstServer()
    {
        auto server = serve({});
        QVERIFY(server);
        const int port = server->port();
        ConnectOptions o = optionsFor(*server);
        o.retryFirstConnect = true;
        server.reset();
        Recorder<Event> events;
        auto c = Connection::open(o, [&](const Event &e) { events.add(e); });
        VERIFY_OK(c);
        QCOMPARE((*c)->state(), State::Connecting);
        std::atomic<int> got = 0;
        auto s = (*c)->subscribe("x", [&](const MessageView &) { ++got; });
        VERIFY_OK(s);
        COMPARE_CODE((*c)->publish("x", "y"), "nats.disconnected");
        QTRY_COMPARE(events.count(), std::size_t(1)); // told once, however often it is tried
        QCOMPARE(events.all()[0].error.code, std::string("nats.unreachable"));
        server = serve({}, port);
        QVERIFY(server);
        QTRY_COMPARE_WITH_TIMEOUT((*c)->state(), State::Connected, 10000);
        QTRY_COMPARE(events.all().back().kind, Event::Kind::Connected);
        VERIFY_OK((*c)->publish("x", "y"));
        QTRY_COMPARE(got.load(), 1);

        o.servers = {"nats://127.0.0.1:1"};
        auto hopeless = Connection::open(o);
        VERIFY_OK(hopeless);
        const auto begin = std::chrono::steady_clock::now();
        hopeless->reset();
        QVERIFY(millisSince(begin) < 4000);
    }

    void gathersEveryReply()
    {
        constexpr int replies = 10000;
        std::vector<std::shared_ptr<Connection>> devices;
        std::vector<Subscription> interests;
        for (int d = 0; d < 4; ++d) {
            auto c = Connection::open(optionsFor(*m_server));
            VERIFY_OK(c);
            Connection *const device = c->get();
            auto s = device->subscribe("roll.call", [device, d](const MessageView &m) {
                for (int i = 0; i < replies / 4; ++i)
                    static_cast<void>(device->publish(m.reply, std::to_string(d * (replies / 4) + i)));
            });
            VERIFY_OK(s);
            VERIFY_OK(device->flush());
            devices.push_back(std::move(*c));
            interests.push_back(std::move(*s));
        }
        auto c = Connection::open(optionsFor(*m_server));
        VERIFY_OK(c);
        std::vector<std::atomic<int>> answered(replies);
        std::atomic<int> count = 0;
        auto gather = Gather::listen(*c, [&](const MessageView &m) {
            const std::size_t i = std::stoul(std::string(m.data));
            ++answered.at(i);
            ++count;
        });
        VERIFY_OK(gather);
        VERIFY_OK((*gather)->ask("roll.call", "who is there"));
        QTRY_COMPARE_WITH_TIMEOUT(count.load(), replies, 20000);
        QVERIFY(std::all_of(answered.begin(), answered.end(), [](const auto &n) { return n == 1; }));
        VERIFY_OK((*gather)->ask("roll.call", "again"));
        QTRY_COMPARE_WITH_TIMEOUT(count.load(), 2 * replies, 20000);

        std::atomic<int> nobody = 0;
        auto lonely = Gather::listen(*c, [&](const MessageView &m) { nobody = m.status; });
        VERIFY_OK(lonely);
        VERIFY_OK((*lonely)->ask("empty.room", "anyone?"));
        QTRY_COMPARE(nobody.load(), 503);
        interests.clear();
    }

    void bulkIsInOrderAndWhole()
    {
        constexpr int messages = 20'000;
        auto sender = Connection::open(optionsFor(*m_server));
        auto taker = Connection::open(optionsFor(*m_server));
        VERIFY_OK(sender);
        VERIFY_OK(taker);
        std::atomic<int> next = 0, outOfOrder = 0, tooMany = 0;
        auto bulk = (*taker)->subscribeInBulk("bulk", [&](std::span<const MessageView> some) {
            tooMany += some.empty() || some.size() > 64 ? 1 : 0;
            std::size_t bytes = 0;
            for (const MessageView &message : some) {
                outOfOrder += message.data.starts_with(std::to_string(next.load()) + ' ') ? 0 : 1;
                ++next;
                tooMany += bytes > 64 * 1024 ? 1 : 0; // it was over before this one
                bytes += message.data.size();
            }
        });
        VERIFY_OK(bulk);
        VERIFY_OK((*taker)->flush());
        for (int i = 0; i < messages; ++i) {
            const std::size_t size = i % 1000 == 0 ? 100'000 : 10;
            VERIFY_OK((*sender)->publish("bulk", std::to_string(i) + ' ' + std::string(size, 'x')));
        }
        QTRY_COMPARE_WITH_TIMEOUT(next.load(), messages, 20000);
        QCOMPARE(outOfOrder.load(), 0);
        QCOMPARE(tooMany.load(), 0);
        // One alone waits for no other.
        VERIFY_OK((*sender)->publish("bulk", std::to_string(messages) + " x"));
        QTRY_COMPARE_WITH_TIMEOUT(next.load(), messages + 1, 5000);
        bulk->reset();
        VERIFY_OK((*sender)->publish("bulk", "late"));
        VERIFY_OK((*sender)->flush());
        VERIFY_OK((*taker)->flush());
        QCOMPARE(next.load(), messages + 1);
    }

    void nothingRunsAfterItsEnd()
    {
        auto flood = Connection::open(optionsFor(*m_server));
        VERIFY_OK(flood);
        std::atomic<bool> stop = false;
        std::thread sender([&] {
            while (!stop) {
                for (int i = 0; i < 200; ++i)
                    static_cast<void>((*flood)->publish("flood", "x"));
                static_cast<void>((*flood)->flush());
            }
        });
        const auto ended = qScopeGuard([&] {
            stop = true;
            sender.join();
        });
        for (int round = 0; round < 20; ++round) {
            auto c = Connection::open(optionsFor(*m_server), [](const Event &) {});
            auto alive = std::make_unique<std::atomic<int>>(0);
            auto s = (*c)->subscribe("flood", [n = alive.get()](const MessageView &) { ++*n; });
            QTRY_VERIFY(*alive > 0);
            if (round % 2 == 0)
                s->reset(); // the interest first
            else
                c->reset(); // the connection first
            const int then = *alive;
            if (round % 2 == 0)
                VERIFY_OK((*c)->flush(milliseconds(20000)));
            QCOMPARE(alive->load(), then);
            alive.reset(); // whoever still ran would touch freed memory
        }
    }

    void theServerStopsAfterAMaximum()
    {
        auto c = Connection::open(optionsFor(*m_server));
        VERIFY_OK(c);
        std::atomic<int> limited = 0, all = 0;
        auto one = (*c)->subscribe("m", [&](const MessageView &) { ++limited; });
        one->autoUnsubscribe(3);
        auto two = (*c)->subscribe("m", [&](const MessageView &) { ++all; });
        for (int i = 0; i < 10; ++i)
            VERIFY_OK((*c)->publish("m", "x"));
        QTRY_COMPARE(all.load(), 10);
        QCOMPARE(limited.load(), 3);
    }

    void manyThreadsThroughARestart()
    {
        auto server = serve({});
        QVERIFY(server);
        auto c = Connection::open(optionsFor(*server), [](const Event &) {});
        VERIFY_OK(c);
        auto echo = (*c)->subscribe(
            "echo", [&](const MessageView &m) { static_cast<void>((*c)->publish(m.reply, m.data)); });
        VERIFY_OK(echo);
        std::atomic<bool> stop = false;
        std::atomic<int> answers = 0;
        std::vector<std::thread> threads;
        threads.reserve(4);
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                while (!stop) {
                    const std::string text = std::to_string(t);
                    auto s = (*c)->subscribe("own." + text, [](const MessageView &) {});
                    static_cast<void>((*c)->publish("own." + text, text));
                    const auto r = (*c)->request("echo", text, milliseconds(500));
                    if (r && r->data == text)
                        ++answers;
                    auto listener = (*c)->addListener([](const Event &) {});
                    static_cast<void>((*c)->state());
                    static_cast<void>((*c)->asyncErrors());
                    if (!r)
                        std::this_thread::yield();
                }
            });
        }
        const auto ended = qScopeGuard([&] {
            stop = true;
            for (std::thread &t : threads)
                t.join();
            echo->reset();
        });
        QTRY_VERIFY(answers > 20);
        for (int round = 0; round < 2; ++round) {
            server->kill();
            QTRY_COMPARE((*c)->state(), State::Reconnecting);
            VERIFY_OK(server->restart());
            const int before = answers;
            QTRY_VERIFY_WITH_TIMEOUT(answers > before + 20, 20000);
        }
    }
};

QTEST_GUILESS_MAIN(TestConnection)
#include "tst_connection.moc"
