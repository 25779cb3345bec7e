// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection/profile_form.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

using namespace muster::connection;

/// Profiles as files and as forms.
class TestProfile : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

    QString write(const QString &name, const QByteArray &content)
    {
        const QString path = m_dir.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write(content);
        return path;
    }

    static QVariantMap goodForm()
    {
        Profile profile;
        profile.name = QStringLiteral("plant");
        profile.options.servers = {"nats://hub:4222"};
        return toForm(profile);
    }

private Q_SLOTS:
    void whatIsSavedIsReadBack()
    {
        const ProfileStore store(m_dir.filePath(QStringLiteral("config/connections.json")));
        Profile profile;
        profile.name = QStringLiteral("plant \"prod\"");
        profile.options.servers = {"tls://hub-1:4222", "tls://hub-2:4222"};
        profile.signIn = SignIn::Credentials;
        profile.options.credentialsFile = "~/keys/plant.creds";
        profile.options.tls = muster::nats::Tls::Required;
        profile.options.caFile = "/ca.pem";
        profile.subjectRoot = QStringLiteral("plant");
        profile.jetStreamDomain = QStringLiteral("hub");
        profile.readOnly = true;
        profile.lastUsed = QDateTime::fromMSecsSinceEpoch(1'750'000'000'123, QTimeZone::utc());
        QVERIFY(store.save({profile}).ok());

        const auto loaded = store.load();
        QVERIFY(loaded.ok());
        QCOMPARE(loaded->size(), 1);
        QCOMPARE(toForm(loaded->constFirst()), toForm(profile));
        QCOMPARE(loaded->constFirst().lastUsed, profile.lastUsed);
    }

    void secretsAreNotSavedAndTheFileIsTheOwnersAlone()
    {
        const QString path = m_dir.filePath(QStringLiteral("secrets.json"));
        const ProfileStore store(path);
        Profile profile;
        profile.name = QStringLiteral("p");
        profile.signIn = SignIn::Password;
        profile.options.user = "mara";
        profile.options.password = "hunter2";
        profile.options.token = "s3cr3t";
        QVERIFY(store.save({profile}).ok());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray content = file.readAll();
        QVERIFY(content.contains("mara"));
        QVERIFY(!content.contains("hunter2"));
        QVERIFY(!content.contains("s3cr3t"));
        const auto others = QFileDevice::ReadGroup | QFileDevice::ReadOther | QFileDevice::WriteGroup |
                            QFileDevice::WriteOther;
        QCOMPARE(file.permissions() & others, QFileDevice::Permissions{});
    }

    void aMissingFileIsAnEmptyListAndABrokenOneAnError()
    {
        QVERIFY(ProfileStore(m_dir.filePath(QStringLiteral("none.json"))).load().ok());
        const QString broken = write(QStringLiteral("broken.json"), "{ \"connections\": [");
        const auto loaded = ProfileStore(broken).load();
        QVERIFY(!loaded.ok());
        QVERIFY(QString::fromStdString(loaded.error().message).contains(broken));
    }

    void aGoodFormHasNoErrors()
    {
        const FormReading reading = readForm(goodForm(), {});
        QVERIFY2(reading.errors.isEmpty(),
                 qPrintable(QStringList(reading.errors.keys()).join(QLatin1Char(' '))));
        QCOMPARE(reading.profile.options.servers, std::vector<std::string>{"nats://hub:4222"});
    }

    void whatIsWrongIsNamedByField_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QString>("wrongField");
        const auto row = [](const char *name, const char *field, const QVariant &value, const char *wrong) {
            QTest::newRow(name) << QString::fromLatin1(field) << value << QString::fromLatin1(wrong);
        };
        row("no name", "name", QString(), "name");
        row("a name taken", "name", QStringLiteral("taken"), "name");
        row("no server", "servers", QStringLiteral("  "), "servers");
        row("another protocol", "servers", QStringLiteral("http://hub:80"), "servers");
        row("a port out of range", "servers", QStringLiteral("nats://hub:99999"), "servers");
        row("a password in the address", "servers", QStringLiteral("nats://mara:pw@hub"), "servers");
        row("one bad of two", "servers", QStringLiteral("nats://a:4222, nats://"), "servers");
        row("a root with a wildcard", "root", QStringLiteral("fleet.*"), "root");
        row("a domain with a dot", "domain", QStringLiteral("a.b"), "domain");
        row("a CA that is not there", "caFile", QStringLiteral("/nowhere/ca.pem"), "caFile");
        row("a key without certificate", "keyFile", QStringLiteral("/etc/hostname"), "certFile");
        row("no credentials", "signIn", QStringLiteral("creds"), "credsFile");
        row("no seed", "signIn", QStringLiteral("nkey"), "nkeyFile");
        row("no user", "signIn", QStringLiteral("password"), "user");
        row("no token", "signIn", QStringLiteral("token"), "token");
    }

    void whatIsWrongIsNamedByField()
    {
        QFETCH(QString, field);
        QFETCH(QVariant, value);
        QFETCH(QString, wrongField);
        QVariantMap form = goodForm();
        form.insert(field, value);
        const FormReading reading = readForm(form, {QStringLiteral("taken")});
        QVERIFY(reading.errors.contains(wrongField));
        QVERIFY(!reading.errors.value(wrongField).toString().isEmpty());
    }

    void severalServersMayStandInOneField()
    {
        QVariantMap form = goodForm();
        form.insert(QStringLiteral("servers"), QStringLiteral("hub-1, tls://hub-2:4333\nnats://[::1]:4222"));
        const FormReading reading = readForm(form, {});
        QVERIFY2(reading.errors.isEmpty(),
                 qPrintable(reading.errors.value(QStringLiteral("servers")).toString()));
        QCOMPARE(reading.profile.options.servers.size(), 3U);
        QCOMPARE(reading.profile.options.servers.at(0), std::string("nats://hub-1:4222"));
        QCOMPARE(reading.profile.options.servers.at(1), std::string("tls://hub-2:4333"));
    }

    void aCredentialsFileSaysWhoAndUntilWhen()
    {
        const QByteArray claims =
            QByteArray(R"({"name":"op_mara","sub":"UABC","exp":1767139200})")
                .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        const QString path =
            write(QStringLiteral("mara.creds"), "-----BEGIN NATS USER JWT-----\neyJ0eXAiOiJKV1QifQ." +
                                                    claims + ".c2ln\n------END NATS USER JWT------\n");
        const Credentials credentials = readCredentials(path);
        QCOMPARE(credentials.user, QStringLiteral("op_mara"));
        QCOMPARE(credentials.expires, QDateTime::fromSecsSinceEpoch(1'767'139'200, QTimeZone::utc()));

        QVariantMap form = goodForm();
        form.insert(QStringLiteral("signIn"), QStringLiteral("creds"));
        form.insert(QStringLiteral("credsFile"), path);
        QVERIFY(readForm(form, {}).errors.isEmpty());
        form.insert(QStringLiteral("credsFile"), write(QStringLiteral("not.creds"), "hello"));
        QVERIFY(readForm(form, {}).errors.contains(QStringLiteral("credsFile")));
    }

    void pathsAreExpandedAsAShellWould()
    {
        qputenv("MUSTER_TEST_KEYS", "/keys");
        QCOMPARE(expandPath(QStringLiteral("$MUSTER_TEST_KEYS/a")), QStringLiteral("/keys/a"));
        QCOMPARE(expandPath(QStringLiteral("${MUSTER_TEST_KEYS}/a")), QStringLiteral("/keys/a"));
        QVERIFY(expandPath(QStringLiteral("~/a")).endsWith(QStringLiteral("/a")));
        QVERIFY(!expandPath(QStringLiteral("~/a")).startsWith(QLatin1Char('~')));
    }
};

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
