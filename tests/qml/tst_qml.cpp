// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixtures.h"
#include "qml/types/icon_provider.h"
#include "qml/types/models.h"
#include "qml/types/no_network.h"

#include <QQmlContext>
#include <QQmlEngine>
#include <QQuickStyle>
#include <QTemporaryDir>
#include <QtQml/qqmlextensionplugin.h>
#include <QtQuickTest/quicktest.h>

#include <memory>

Q_IMPORT_QML_PLUGIN(MusterPlugin)

namespace muster::test {

class Setup : public QObject {
    Q_OBJECT

public Q_SLOTS:
    void applicationAvailable()
    {
        for (const char *variable : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"}) {
            qputenv(variable, m_home.path().toUtf8());
        }
        QQuickStyle::setStyle(QStringLiteral("Basic"));
        m_connection = std::make_unique<ConnectionController>();
        m_fleet = std::make_unique<FleetController>();
        m_query = std::make_unique<QueryController>(m_fleet.get(), m_home.filePath(QStringLiteral("muster.db")));
        qml::Instances::connection = m_connection.get();
        qml::Instances::fleet = m_fleet.get();
        qml::Instances::query = m_query.get();
        m_fixtures = std::make_unique<Fixtures>(&m_noNetwork);
        qmlRegisterSingletonInstance("MusterTest", 1, 0, "Fixtures", m_fixtures.get());
    }

    void qmlEngineAvailable(QQmlEngine *engine)
    {
        engine->setNetworkAccessManagerFactory(&m_noNetwork);
        engine->addImageProvider(QStringLiteral("icon"), new qml::IconProvider);
        engine->addImportPath(QStringLiteral("qrc:/"));
    }

    void cleanupTestCase()
    {
        m_fixtures.reset();
        m_query.reset();
        m_fleet.reset();
        m_connection.reset();
    }

private:
    QTemporaryDir m_home;
    qml::NoNetwork m_noNetwork;
    std::unique_ptr<ConnectionController> m_connection;
    std::unique_ptr<FleetController> m_fleet;
    std::unique_ptr<QueryController> m_query;
    std::unique_ptr<Fixtures> m_fixtures;
};

} // namespace muster::test

using Setup = muster::test::Setup;
QUICK_TEST_MAIN_WITH_SETUP(qml, Setup)

#include "tst_qml.moc"
