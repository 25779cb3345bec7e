// SPDX-License-Identifier: GPL-3.0-or-later
#include "expression_highlighter.h"

#include <QSet>
#include <QSyntaxHighlighter>

namespace muster::qml {

namespace {

bool isWordStart(QChar c)
{
    return c.isLetter() || c == QLatin1Char('_');
}

bool isWordPart(QChar c)
{
    return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char('.') || c == QLatin1Char('-') ||
           c == QLatin1Char('%');
}

const QSet<QString> &keywords()
{
    static const QSet<QString> words{QStringLiteral("and"),      QStringLiteral("or"),
                                     QStringLiteral("not"),      QStringLiteral("in"),
                                     QStringLiteral("has"),      QStringLiteral("matches"),
                                     QStringLiteral("contains"), QStringLiteral("true"),
                                     QStringLiteral("false"),    QStringLiteral("null")};
    return words;
}

} // namespace

class ExpressionHighlighter::Lexer : public QSyntaxHighlighter {
public:
    explicit Lexer(ExpressionHighlighter *owner) : QSyntaxHighlighter(static_cast<QObject *>(owner)), q(owner)
    {
    }

protected:
    void highlightBlock(const QString &text) override;

private:
    ExpressionHighlighter *q;
};

ExpressionHighlighter::ExpressionHighlighter(QObject *parent) : QObject(parent), m_lexer(new Lexer(this))
{
    connect(this, &ExpressionHighlighter::colorsChanged, m_lexer, &QSyntaxHighlighter::rehighlight);
}

QQuickTextDocument *ExpressionHighlighter::target() const
{
    return m_target;
}

void ExpressionHighlighter::setTarget(QQuickTextDocument *target)
{
    if (m_target != target) {
        m_target = target;
        m_lexer->setDocument(target ? target->textDocument() : nullptr);
        Q_EMIT targetChanged();
    }
}

void ExpressionHighlighter::Lexer::highlightBlock(const QString &text)
{
    const int size = static_cast<int>(text.size());
    int at = 0;
    while (at < size) {
        const QChar c = text.at(at);
        const int from = at++;
        if (c == QLatin1Char('"') || c == QLatin1Char('\'')) {
            while (at < size && text.at(at) != c) {
                at += text.at(at) == QLatin1Char('\\') ? 2 : 1;
            }
            at = qMin(at + 1, size);
            setFormat(from, at - from, q->m_string);
        } else if (c.isDigit()) {
            while (at < size && isWordPart(text.at(at))) {
                ++at;
            }
            setFormat(from, at - from, q->m_number);
        } else if (isWordStart(c)) {
            while (at < size && isWordPart(text.at(at))) {
                ++at;
            }
            if (keywords().contains(text.mid(from, at - from).toLower())) {
                setFormat(from, at - from, q->m_keyword);
            }
        } else if (QStringLiteral("=!<>(),[]").contains(c)) {
            setFormat(from, 1, q->m_sign);
        }
    }
}

} // namespace muster::qml
