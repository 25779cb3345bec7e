// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/context.h"
#include "nats_test.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace muster;
using namespace muster::nats;

class TestContext : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::string m_root;

    void put(const std::string &file, const std::string &text) const
    {
        std::filesystem::create_directories(std::filesystem::path(m_root + "/" + file).parent_path());
        std::string json = text; // written with ' for ": moc loses its way in raw strings that hold "//"
        std::replace(json.begin(), json.end(), '\'', '"');
        std::ofstream(m_root + "/" + file) << json;
    }
    QJsonObject file(const std::string &name) const
    {
        QFile f(QString::fromStdString(m_root + "/context/" + name + ".json"));
        return f.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(f.readAll()).object() : QJsonObject();
    }

private Q_SLOTS:
    void init() { m_root = m_dir.filePath(QString::fromLatin1(QTest::currentTestFunction())).toStdString(); }

    void findsTheRoot()
    {
        qputenv("XDG_CONFIG_HOME", "/some/where");
        QCOMPARE(contextRoot(), std::string("/some/where/nats"));
        qunsetenv("XDG_CONFIG_HOME");
        QCOMPARE(contextRoot(), QDir::homePath().toStdString() + "/.config/nats");
    }

    void hasNoneWithoutAFolder()
    {
        QVERIFY(contextNames(m_root).empty());
        QVERIFY(selectedContext(m_root).empty());
        COMPARE_CODE(readContext("x", m_root), "context.not-found");
    }

    void listsAndReads()
    {
        put("context/b.json", "{'url':'nats://b:1'}");
        put("context/a.json",
            "{'description':'Hub','url':'nats://one:4222, tls://two:4222','user':'u','password':'p',"
            "'creds':'~/x.creds','ca':'$HOME/ca.pem','jetstream_domain':'hub','inbox_prefix':'_INBOX_u'}");
        put("context/.hidden.json", "{}");
        put("context/notes.txt", "{}");
        put("context.txt", "a\n");
        QCOMPARE(contextNames(m_root), (std::vector<std::string>{"a", "b"}));
        QCOMPARE(selectedContext(m_root), std::string("a"));
        auto c = readContext("a", m_root);
        VERIFY_OK(c);
        QCOMPARE(c->name, std::string("a"));
        QCOMPARE(c->description, std::string("Hub"));
        QCOMPARE(c->options.servers, (std::vector<std::string>{"nats://one:4222", "tls://two:4222"}));
        QCOMPARE(c->options.user, std::string("u"));
        QCOMPARE(c->options.password, std::string("p"));
        QCOMPARE(c->options.credentialsFile, std::string("~/x.creds"));
        QCOMPARE(c->options.caFile, std::string("$HOME/ca.pem"));
        QCOMPARE(c->options.inboxPrefix, std::string("_INBOX_u"));
        QCOMPARE(c->jetStreamDomain, std::string("hub"));
        QVERIFY(c->unsupported.empty());
    }

    void namesWhatItCannotDo()
    {
        put("context/x.json",
            "{'creds':'op://vault/item','nkey':'file:///k','socks_proxy':'socks5://h','tls_first':true,"
            "'user_jwt':'secret','jetstream_api_prefix':'$JS.leaf.API'}");
        auto c = readContext("x", m_root);
        VERIFY_OK(c);
        QCOMPARE(c->unsupported,
                 (std::vector<std::string>{"creds (op:)", "user_jwt", "socks_proxy", "tls_first"}));
        QCOMPARE(c->options.nkeySeedFile, std::string("/k"));
        QCOMPARE(c->options.credentialsFile, std::string());
        QCOMPARE(c->jetStreamDomain, std::string("leaf"));
        QCOMPARE(c->options.servers, (std::vector<std::string>{"nats://127.0.0.1:4222"}));
    }

    void keepsWhatItDoesNotKnow()
    {
        put("context/x.json",
            "{'url':'nats://h:1','color_scheme':'blue','creds':'op://v/i','future':{'a':[1,2.5,null]},"
            "'user':'old'}");
        auto c = readContext("x", m_root);
        VERIFY_OK(c);
        c->options.user = "new";
        c->description = "with \"quotes\"";
        VERIFY_OK(writeContext(*c, m_root));
        const QJsonObject o = file("x");
        QCOMPARE(o[QLatin1String("user")].toString(), QStringLiteral("new"));
        QCOMPARE(o[QLatin1String("description")].toString(), QStringLiteral("with \"quotes\""));
        QCOMPARE(o[QLatin1String("color_scheme")].toString(), QStringLiteral("blue"));
        QCOMPARE(o[QLatin1String("creds")].toString(), QStringLiteral("op://v/i"));
        QCOMPARE(o[QLatin1String("url")].toString(), QStringLiteral("nats://h:1"));
        QCOMPARE(QJsonDocument(o[QLatin1String("future")].toObject()).toJson(QJsonDocument::Compact),
                 QByteArray("{\"a\":[1,2.5,null]}"));
        QCOMPARE(o.size(), 6);
    }

    void writesANewOnePrivately()
    {
        Context c;
        c.name = "mine";
        c.options.servers = {"nats://a:1", "nats://b:2"};
        c.options.token = "t";
        VERIFY_OK(writeContext(c, m_root));
        struct stat st {};
        QCOMPARE(::stat((m_root + "/context/mine.json").c_str(), &st), 0);
        QCOMPARE(st.st_mode & 0777U, 0600U);
        QCOMPARE(::stat((m_root + "/context").c_str(), &st), 0);
        QCOMPARE(st.st_mode & 0777U, 0700U);
        QCOMPARE(contextNames(m_root), (std::vector<std::string>{"mine"})); // and nothing left beside it
        auto again = readContext("mine", m_root);
        VERIFY_OK(again);
        QCOMPARE(again->options.servers, c.options.servers);
        QCOMPARE(again->options.token, std::string("t"));
    }

    void refusesBadNamesAndFiles()
    {
        for (const char *name : {"", "../x", "a/b", "a\\b", ".x", "a\nb"}) {
            COMPARE_CODE(readContext(name, m_root), "context.bad-name");
            Context c;
            c.name = name;
            COMPARE_CODE(writeContext(c, m_root), "context.bad-name");
        }
        put("context/broken.json", "{\"url\": ");
        COMPARE_CODE(readContext("broken", m_root), "context.malformed");
        put("context/list.json", "[1]");
        COMPARE_CODE(readContext("list", m_root), "context.malformed");
        put("context.txt", "../../etc/passwd");
        QVERIFY(selectedContext(m_root).empty());
        put("context/odd.json", "{'url':7,'user':null,'tls_first':'yes'}");
        VERIFY_OK(readContext("odd", m_root));
    }
};

QTEST_GUILESS_MAIN(TestContext)
#include "tst_context.moc"
