// SPDX-License-Identifier: GPL-3.0-or-later
#include "translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace muster {

namespace {

bool install(QCoreApplication &application, const QLocale &locale, const QString &name, const QString &folder)
{
    auto *const translator = new QTranslator(&application);
    if (translator->load(locale, name, QStringLiteral("_"), folder) &&
        application.installTranslator(translator))
        return true;
    delete translator;
    return false;
}

} // namespace

void installTranslations(QCoreApplication &application, const QLocale &locale)
{
    const QString ours = QStringLiteral(":/i18n");
    if (install(application, locale, QStringLiteral("muster"), ours)) {
        // The file dialog's texts; without the package qt6-translations-l10n they stay English.
        install(application, locale, QStringLiteral("qt"),
                QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    } else {
        install(application, QLocale(QLocale::English), QStringLiteral("muster"), ours);
    }
}

} // namespace muster
