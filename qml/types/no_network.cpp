// SPDX-License-Identifier: GPL-3.0-or-later
#include "no_network.h"

#include <QNetworkReply>
#include <QTimer>

namespace muster::qml {

namespace {

class RefusedReply : public QNetworkReply {
public:
    RefusedReply(const QNetworkRequest &request, QNetworkAccessManager::Operation operation, QObject *parent)
        : QNetworkReply(parent)
    {
        setRequest(request);
        setUrl(request.url());
        setOperation(operation);
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
        setError(QNetworkReply::ContentAccessDenied,
                 QStringLiteral("the window loads nothing over the network"));
        QTimer::singleShot(0, this, [this] {
            setFinished(true);
            Q_EMIT errorOccurred(error());
            Q_EMIT finished();
        });
    }
    void abort() override {}
    qint64 readData(char *, qint64) override { return -1; }
};

class RefusingManager : public QNetworkAccessManager {
public:
    RefusingManager(std::atomic<int> &refused, QObject *parent)
        : QNetworkAccessManager(parent),
          m_refused(refused)
    {
    }

protected:
    QNetworkReply *createRequest(Operation operation, const QNetworkRequest &request, QIODevice *) override
    {
        ++m_refused;
        return new RefusedReply(request, operation, this);
    }

private:
    std::atomic<int> &m_refused;
};

} // namespace

QNetworkAccessManager *NoNetwork::create(QObject *parent)
{
    return new RefusingManager(m_refused, parent);
}

} // namespace muster::qml
