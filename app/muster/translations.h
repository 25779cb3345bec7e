// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCoreApplication;
class QLocale;

namespace muster {

/// Installs the dashboard's and Qt's own texts in the first of the locale's languages that there is; English
/// otherwise, which is the language of the sources but needs a translation for its plurals. Before the first
/// window.
void installTranslations(QCoreApplication &application, const QLocale &locale);

} // namespace muster
