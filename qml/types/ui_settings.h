// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSettings>
#include <QUrl>
#include <QVariant>
#include <QtQml/qqmlregistration.h>

class QJSEngine;
class QQmlEngine;

namespace muster::qml {

/// What the window remembers (theme, geometry, pane sizes, table layouts) and what it takes from the system
/// (the palette, the fonts there are). One for the process; GUI thread.
class UiSettings : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
    Q_PROPERTY(QString theme READ theme WRITE setTheme NOTIFY themeChanged) ///< "dark", "light", "system"
    Q_PROPERTY(bool dark READ isDark NOTIFY themeChanged)
    Q_PROPERTY(bool reducedMotion READ reducedMotion WRITE setReducedMotion NOTIFY reducedMotionChanged)
    Q_PROPERTY(bool rightToLeft READ isRightToLeft CONSTANT)
    Q_PROPERTY(QString sansFamily READ sansFamily CONSTANT)
    Q_PROPERTY(QString monoFamily READ monoFamily CONSTANT)
    Q_PROPERTY(QString version READ version CONSTANT)

public:
    static UiSettings *instance();
    static UiSettings *create(QQmlEngine *engine, QJSEngine *jsEngine);

    QString theme() const;
    void setTheme(const QString &theme);
    /// For this run only (the command line).
    void overrideTheme(const QString &theme);
    bool isDark() const;
    bool reducedMotion() const;
    void setReducedMotion(bool reduced);
    bool isRightToLeft() const;
    QString sansFamily() const;
    QString monoFamily() const;
    QString version() const;

    Q_INVOKABLE QVariant value(const QString &key, const QVariant &fallback = {}) const;
    Q_INVOKABLE void setValue(const QString &key, const QVariant &value);
    Q_INVOKABLE void copyText(const QString &text) const;
    /// Where an export called `stem` is suggested to go: the folder used last, else the documents' one, and a
    /// name with the time, in local time, that is not taken.
    Q_INVOKABLE QString suggestedFile(const QString &stem, const QString &suffix) const;
    Q_INVOKABLE void rememberFolderOf(const QString &path);
    /// What is wrong with writing there; empty when nothing is known to be.
    Q_INVOKABLE QString cannotWrite(const QString &path) const;
    Q_INVOKABLE bool fileExists(const QString &path) const;
    Q_INVOKABLE QUrl fileUrl(const QString &path) const; ///< "~/" is the home folder
    Q_INVOKABLE QString filePath(const QUrl &url) const;

    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void themeChanged();
    void reducedMotionChanged();

private:
    UiSettings();
    void useTheme(const QString &theme);

    QSettings m_settings;
    QString m_theme;
    QString m_sans, m_mono;
    bool m_systemDark = false;
    bool m_reducedMotion = false;
};

} // namespace muster::qml
