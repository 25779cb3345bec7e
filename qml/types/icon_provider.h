// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QQuickImageProvider>

namespace muster::qml {

/// "image://icon/<name>/<rrggbb>": an SVG of resources/icons, black parts in that colour, white parts cut
/// out. Done here because the software renderer has no shaders to tint with.
class IconProvider : public QQuickImageProvider {
public:
    IconProvider();
    QImage requestImage(const QString &id, QSize *size, const QSize &requestedSize) override;
};

} // namespace muster::qml
