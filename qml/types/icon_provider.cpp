// SPDX-License-Identifier: GPL-3.0-or-later
#include "icon_provider.h"

#include <QColor>
#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace muster::qml {

namespace {
constexpr int largestIcon = 1024;
}

IconProvider::IconProvider() : QQuickImageProvider(QQuickImageProvider::Image) {}

QImage IconProvider::requestImage(const QString &id, QSize *size, const QSize &requestedSize)
{
    const qsizetype slash = id.lastIndexOf(QLatin1Char('/'));
    const QString path = QStringLiteral(":/icons/%1.svg").arg(id.left(slash));
    const QColor colour(QLatin1Char('#') + id.mid(slash + 1));
    if (slash < 0 || !colour.isValid() || !QFile::exists(path)) {
        return {};
    }
    QSvgRenderer svg(path);
    QSize target = requestedSize.isEmpty() ? svg.defaultSize() : requestedSize;
    target = target.boundedTo(QSize(largestIcon, largestIcon));
    QImage image(target, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    {
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        svg.render(&painter);
    }
    const int red = colour.red(), green = colour.green(), blue = colour.blue();
    for (int y = 0; y < image.height(); ++y) {
        QRgb *line = reinterpret_cast<QRgb *>(image.scanLine(y)); // NOLINT: QImage's documented access
        for (int x = 0; x < image.width(); ++x) {
            const int alpha =
                qAlpha(line[x]) - qRed(line[x]); // premultiplied: white takes away what it covers
            line[x] = qRgba(red * alpha / 255, green * alpha / 255, blue * alpha / 255, alpha);
        }
    }
    if (size) {
        *size = target;
    }
    return image;
}

} // namespace muster::qml
