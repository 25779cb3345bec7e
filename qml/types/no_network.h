// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkAccessManager>
#include <QQmlNetworkAccessManagerFactory>

#include <atomic>

namespace muster::qml {

/// The picture never fetches anything by itself: whatever QML asks for over the network is refused and
/// counted.
class NoNetwork : public QQmlNetworkAccessManagerFactory {
public:
    QNetworkAccessManager *create(QObject *parent) override; ///< any thread
    int refused() const { return m_refused; }

private:
    std::atomic<int> m_refused{0};
};

} // namespace muster::qml
