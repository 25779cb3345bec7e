// SPDX-License-Identifier: GPL-3.0-or-later
#include "dashed_frame.h"

#include <QPainter>
#include <QPen>

namespace muster::qml {

DashedFrame::DashedFrame(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &DashedFrame::looksChanged, this, [this] { update(); });
}

void DashedFrame::paint(QPainter *painter)
{
    QPen pen(m_color, 1);
    pen.setDashPattern({3, 2});
    painter->setPen(pen);
    painter->drawRoundedRect(QRectF(0.5, 0.5, width() - 1, height() - 1), m_radius, m_radius);
}

} // namespace muster::qml
