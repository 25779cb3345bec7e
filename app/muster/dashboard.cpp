// SPDX-License-Identifier: GPL-3.0-or-later
#include "dashboard.h"

#include "qml/types/icon_provider.h"
#include "qml/types/models.h"
#include "qml/types/ui_settings.h"

#include <QDir>
#include <QFont>
#include <QGuiApplication>
#include <QQuickStyle>
#include <QSGRendererInterface>
#include <QStandardPaths>
#include <QtQml/qqmlextensionplugin.h>

Q_IMPORT_QML_PLUGIN(MusterPlugin)

namespace muster {

namespace {

/// Without a graphics card, OpenGL is emulated and takes two to three times as long for a frame as Qt Quick's own
/// software renderer, and 100 MB more (muster-bench frames). QT_QUICK_BACKEND and QSG_RHI_BACKEND have the last word.
void chooseRenderer()
{
#ifdef Q_OS_LINUX
    if (qEnvironmentVariableIsSet("QT_QUICK_BACKEND") || qEnvironmentVariableIsSet("QSG_RHI_BACKEND"))
        return;
    const QDir devices(QStringLiteral("/dev/dri"));
    if (devices.entryList({QStringLiteral("renderD*")}, QDir::System).isEmpty())
        QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
#endif
}

/// Where what must outlive the window is kept.
QString databaseFile()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    QDir().mkpath(folder);
    return folder + QStringLiteral("/muster.db");
}

} // namespace

Dashboard::Dashboard() : m_query(&m_fleet, databaseFile())
{
    QObject::connect(&m_connection, &ConnectionController::linkOpened, &m_fleet, [this] {
        m_fleet.follow(m_connection.link(), m_connection.subjects(), m_connection.domain());
        m_query.setLink(m_connection.link(), m_connection.subjects(), m_connection.domain(),
                        m_connection.currentName(), m_connection.userName());
        m_query.setReadOnly(m_connection.readOnly());
    });
    QObject::connect(&m_connection, &ConnectionController::linkUpChanged, &m_fleet, [this](bool up) {
        m_fleet.setLinkUp(up);
        m_query.setLinkUp(up);
    });
    QObject::connect(&m_connection, &ConnectionController::linkClosed, &m_fleet, [this] {
        m_query.setLink(nullptr, m_connection.subjects());
        m_fleet.stop();
    });
    qml::Instances::connection = &m_connection;
    qml::Instances::fleet = &m_fleet;
    qml::Instances::query = &m_query;
}

QQuickWindow *Dashboard::show(const QVariantMap &initialProperties)
{
    chooseRenderer();
    QQuickStyle::setStyle(QStringLiteral("Basic"));
    QQuickWindow::setTextRenderType(QQuickWindow::NativeTextRendering);
    QFont font(qml::UiSettings::instance()->sansFamily());
    font.setPixelSize(13);
    QGuiApplication::setFont(font);

    m_engine.setNetworkAccessManagerFactory(&m_noNetwork);
    m_engine.addImageProvider(QStringLiteral("icon"), new qml::IconProvider);
    m_engine.addImportPath(QStringLiteral("qrc:/"));
    m_engine.setInitialProperties(initialProperties);
    m_engine.load(QUrl(QStringLiteral("qrc:/Muster/Main.qml")));
    return m_engine.rootObjects().isEmpty()
               ? nullptr
               : qobject_cast<QQuickWindow *>(m_engine.rootObjects().constFirst());
}

} // namespace muster
