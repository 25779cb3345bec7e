// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointer>
#include <QQuickTextDocument>
#include <QtQml/qqmlregistration.h>

namespace muster::qml {

/// Colours the filter language in a TextEdit, lexically: an unfinished expression is coloured as far as it
/// goes.
class ExpressionHighlighter : public QObject {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QQuickTextDocument *target READ target WRITE setTarget NOTIFY targetChanged)
    Q_PROPERTY(QColor keyword MEMBER m_keyword NOTIFY colorsChanged)
    Q_PROPERTY(QColor string MEMBER m_string NOTIFY colorsChanged)
    Q_PROPERTY(QColor number MEMBER m_number NOTIFY colorsChanged)
    Q_PROPERTY(QColor sign MEMBER m_sign NOTIFY colorsChanged)

public:
    explicit ExpressionHighlighter(QObject *parent = nullptr);

    QQuickTextDocument *target() const;
    void setTarget(QQuickTextDocument *target);

Q_SIGNALS:
    void targetChanged();
    void colorsChanged();

private:
    class Lexer;

    QPointer<QQuickTextDocument> m_target;
    QColor m_keyword, m_string, m_number, m_sign;
    Lexer *m_lexer; ///< a child
};

} // namespace muster::qml
