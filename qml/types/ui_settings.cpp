// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui_settings.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QJSEngine>
#include <QPalette>
#include <QStandardPaths>

namespace muster::qml {

namespace {

QString firstFamilyOf(const QStringList &wanted, QFontDatabase::SystemFont otherwise)
{
    const QStringList there = QFontDatabase::families();
    for (const QString &family : wanted) {
        if (there.contains(family)) {
            return family;
        }
    }
    return QFontDatabase::systemFont(otherwise).family();
}

// Qt 6.4 cannot say which colour scheme the system has; its palette shows it.
bool paletteIsDark()
{
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

QString expanded(const QString &path)
{
    const QString trimmed = path.trimmed();
    return trimmed.startsWith(QLatin1String("~/")) ? QDir::homePath() + trimmed.mid(1) : trimmed;
}

bool isTheme(const QString &theme)
{
    return theme == QLatin1String("dark") || theme == QLatin1String("light") ||
           theme == QLatin1String("system");
}

} // namespace

UiSettings *UiSettings::instance()
{
    static UiSettings settings;
    return &settings;
}

UiSettings *UiSettings::create(QQmlEngine *, QJSEngine *)
{
    QJSEngine::setObjectOwnership(instance(), QJSEngine::CppOwnership);
    return instance();
}

UiSettings::UiSettings()
    : m_settings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("muster"),
                 QStringLiteral("window")),
      m_theme(m_settings.value(QStringLiteral("theme"), QStringLiteral("dark")).toString()),
      m_sans(
          firstFamilyOf({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")},
                        QFontDatabase::GeneralFont)),
      m_mono(firstFamilyOf({QStringLiteral("JetBrains Mono"), QStringLiteral("Noto Sans Mono"),
                            QStringLiteral("DejaVu Sans Mono")},
                           QFontDatabase::FixedFont)),
      m_systemDark(paletteIsDark()),
      m_reducedMotion(m_settings.value(QStringLiteral("reducedMotion"), false).toBool())
{
    if (!isTheme(m_theme)) {
        m_theme = QStringLiteral("dark");
    }
    qGuiApp->installEventFilter(this);
}

QString UiSettings::theme() const
{
    return m_theme;
}

void UiSettings::setTheme(const QString &theme)
{
    if (isTheme(theme)) {
        m_settings.setValue(QStringLiteral("theme"), theme);
        useTheme(theme);
    }
}

void UiSettings::overrideTheme(const QString &theme)
{
    if (isTheme(theme)) {
        useTheme(theme);
    }
}

void UiSettings::useTheme(const QString &theme)
{
    if (m_theme != theme) {
        m_theme = theme;
        Q_EMIT themeChanged();
    }
}

bool UiSettings::isDark() const
{
    return m_theme == QLatin1String("system") ? m_systemDark : m_theme == QLatin1String("dark");
}

bool UiSettings::reducedMotion() const
{
    return m_reducedMotion;
}

void UiSettings::setReducedMotion(bool reduced)
{
    if (m_reducedMotion != reduced) {
        m_reducedMotion = reduced;
        m_settings.setValue(QStringLiteral("reducedMotion"), reduced);
        Q_EMIT reducedMotionChanged();
    }
}

bool UiSettings::isRightToLeft() const
{
    return QGuiApplication::isRightToLeft();
}

QString UiSettings::sansFamily() const
{
    return m_sans;
}

QString UiSettings::monoFamily() const
{
    return m_mono;
}

QString UiSettings::version() const
{
    return QCoreApplication::applicationVersion();
}

QVariant UiSettings::value(const QString &key, const QVariant &fallback) const
{
    return m_settings.value(key, fallback);
}

void UiSettings::setValue(const QString &key, const QVariant &value)
{
    m_settings.setValue(key, value);
}

void UiSettings::copyText(const QString &text) const
{
    QGuiApplication::clipboard()->setText(text);
}

QString UiSettings::suggestedFile(const QString &stem, const QString &suffix) const
{
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    QString folder = m_settings.value(QStringLiteral("exportFolder")).toString();
    if (!QFileInfo(folder).isDir()) {
        folder = QFileInfo(documents).isDir() ? documents : QDir::homePath();
    }
    const QString time = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    return QStringLiteral("%1/%2-%3.%4").arg(folder, stem, time, suffix);
}

void UiSettings::rememberFolderOf(const QString &path)
{
    m_settings.setValue(QStringLiteral("exportFolder"), QFileInfo(expanded(path)).absolutePath());
}

QString UiSettings::cannotWrite(const QString &path) const
{
    const QFileInfo file(expanded(path));
    if (path.trimmed().isEmpty()) {
        return tr("Say which file to write.");
    }
    if (file.isDir()) {
        return tr("%1 is a folder. Add the name of a file.").arg(file.absoluteFilePath());
    }
    const QFileInfo folder(file.absolutePath());
    if (!folder.isDir()) {
        return tr("There is no folder %1.").arg(folder.absoluteFilePath());
    }
    if (!folder.isWritable()) {
        return tr("You may not write to %1.").arg(folder.absoluteFilePath());
    }
    return {};
}

bool UiSettings::fileExists(const QString &path) const
{
    return QFileInfo::exists(expanded(path));
}

QUrl UiSettings::fileUrl(const QString &path) const
{
    return QUrl::fromLocalFile(QFileInfo(expanded(path)).absoluteFilePath());
}

QString UiSettings::filePath(const QUrl &url) const
{
    return url.toLocalFile();
}

bool UiSettings::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange) {
        const bool systemDark = paletteIsDark();
        if (systemDark != m_systemDark) {
            m_systemDark = systemDark;
            Q_EMIT themeChanged();
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace muster::qml
