// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/cell_text.h"

#include "core/display_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace muster {

using table::Kind;

namespace {

class CellText {
    Q_DECLARE_TR_FUNCTIONS(muster::CellText)

public:
    static QString decimals(double number, int places) { return QLocale().toString(number, 'f', places); }

    /// Four significant digits or so, without zeros at the end.
    static QString number(double number)
    {
        const double size = std::abs(number);
        if (!std::isfinite(number) || size >= 1e15 || (size > 0 && size < 1e-4))
            return QLocale().toString(number, 'g', 4);
        int places = size >= 1000 ? 1 : size >= 100 ? 2 : size >= 1 ? 3 : 5;
        for (double scale = std::pow(10, places - 1); places > 0; --places, scale /= 10) {
            if (std::abs(number * scale - std::round(number * scale)) > 1e-9 * scale)
                break;
        }
        return decimals(number, places);
    }

    static QString bytes(double number)
    {
        static constexpr std::array<const char *, 6> units = {"B", "kB", "MB", "GB", "TB", "PB"};
        std::size_t unit = 0;
        while (std::abs(number) >= 999.95 && unit + 1 < units.size()) {
            number /= 1000;
            ++unit;
        }
        return decimals(number, unit == 0 ? 0 : 1) + u' ' + QLatin1String(units[unit]);
    }

    /// Seconds, in its two largest units.
    static QString duration(double seconds)
    {
        if (!std::isfinite(seconds) || std::abs(seconds) >= 1e15)
            return number(seconds);
        if (seconds < 0)
            return QLocale().negativeSign() + duration(-seconds);
        if (seconds < 60)
            return tr("%1 s").arg(decimals(seconds, seconds < 10 ? 1 : 0));
        const auto whole = static_cast<qint64>(seconds);
        const auto padded = [](qint64 value) {
            return QStringLiteral("%1").arg(value, 2, 10, QLatin1Char('0'));
        };
        if (whole < 3600)
            return tr("%1m %2s", "minutes and seconds").arg(whole / 60).arg(padded(whole % 60));
        if (whole < 86400)
            return tr("%1h %2m", "hours and minutes").arg(whole / 3600).arg(padded(whole % 3600 / 60));
        return tr("%1d %2h", "days and hours")
            .arg(QLocale().toString(whole / 86400), padded(whole % 86400 / 3600));
    }

    static QString age(UtcTime time, UtcTime now)
    {
        const double seconds = std::max<double>(0, static_cast<double>(now.micros - time.micros) / 1e6);
        if (seconds < 10)
            return tr("%1 s").arg(decimals(seconds, 1));
        if (seconds < 60)
            return tr("%1 s").arg(decimals(std::floor(seconds), 0));
        if (seconds < 3600)
            return tr("%1 min").arg(decimals(std::floor(seconds / 60), 0));
        if (seconds < 48 * 3600)
            return tr("%1 h").arg(decimals(std::floor(seconds / 3600), 0));
        return tr("%1 d", "days").arg(decimals(std::floor(seconds / 86400), 0));
    }

    /// Answers come in hundreds of them, the work of a service takes a small part of one.
    static int digitsOfMilliseconds(double ms) { return ms >= 9.95 ? 0 : ms >= 0.095 || ms <= 0 ? 1 : 3; }
    static QString milliseconds(double ms)
    {
        return decimals(ms, digitsOfMilliseconds(std::abs(ms))) + QStringLiteral(" ms");
    }

    static QString time(UtcTime time)
    {
        const QDateTime local = QDateTime::fromMSecsSinceEpoch(time.millis());
        return QLocale().toString(local.date(), QLocale::ShortFormat) + u' ' +
               local.time().toString(QStringLiteral("HH:mm:ss"));
    }

    /// Numbers of a kind that are further apart than this never read as one; the larger says how finely.
    static double coarsest(Kind kind, double largest)
    {
        double step = 0.1; // the last digit that is shown
        if (largest >= 1e15 || !std::isfinite(largest))
            step = largest;
        else if (kind == Kind::Duration)
            step = largest < 10 ? 0.1 : largest < 3600 ? 1 : largest < 86400 ? 60 : 3600;
        else if (kind == Kind::Milliseconds)
            step = std::pow(10, -digitsOfMilliseconds(largest));
        else if (kind == Kind::Bytes && largest < 999.95)
            step = 1;
        else if (kind == Kind::Bytes)
            step = std::pow(1000, std::floor(std::log10(largest * 1.0001) / 3)) / 10; // 999.95 B is 1 kB
        return 2 * step;
    }

    static QString flag(bool value) { return value ? tr("yes") : tr("no"); }
    static QString never() { return tr("never"); }

    static QString state(std::string_view word)
    {
        struct Word {
            std::string_view word;
            const char *text;
        };
        static constexpr std::array words = {
            Word{"online", QT_TR_NOOP("online")},         Word{"late", QT_TR_NOOP("late")},
            Word{"offline", QT_TR_NOOP("offline")},       Word{"never", QT_TR_NOOP("never")},
            Word{"unknown", QT_TR_NOOP("unknown")},       Word{"answered", QT_TR_NOOP("answered")},
            Word{"empty", QT_TR_NOOP("empty")},           Word{"error", QT_TR_NOOP("error")},
            Word{"silent", QT_TR_NOOP("silent")},         Word{"waiting", QT_TR_NOOP("waiting")},
            Word{"unexpected", QT_TR_NOOP("unexpected")},
        };
        for (const Word &known : words) {
            if (known.word == word)
                return tr(known.text);
        }
        return plainText(word, 256);
    }

    static QString exactTime(UtcTime time)
    {
        const QDateTime utc = QDateTime::fromMSecsSinceEpoch(time.millis(), QTimeZone::utc());
        const QString form = QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz");
        return tr("%1 UTC\n%2 local")
            .arg(utc.toString(form), utc.toLocalTime().toString(form + QStringLiteral(" t")));
    }
    static QString exactBytes(double number) { return tr("%1 bytes").arg(decimals(number, 0)); }
    static QString exactSeconds(double number)
    {
        return tr("%1 seconds").arg(QLocale().toString(number, 'f', QLocale::FloatingPointShortest));
    }
    static QString exactNumber(double number)
    {
        return QLocale().toString(number, 'g', QLocale::FloatingPointShortest);
    }
};

std::optional<double> numberOf(const ValueView &value)
{
    if (const auto *integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto *number = std::get_if<double>(&value))
        return *number;
    return {};
}

constexpr std::size_t shownBytes = 256; ///< more than any column is wide

} // namespace

QString plainText(const ValueView &value, std::size_t maxBytes)
{
    const auto *text = std::get_if<std::string_view>(&value);
    return QString::fromStdString(text ? displayText(*text, maxBytes) : toText(value));
}

QString cellText(Kind kind, const ValueView &value, UtcTime now)
{
    if (std::holds_alternative<std::monostate>(value))
        return kind == Kind::Age ? CellText::never() : QString();
    if (const auto *flag = std::get_if<bool>(&value))
        return kind == Kind::Late && *flag ? CellText::state("late") : CellText::flag(*flag);
    if (const auto *time = std::get_if<UtcTime>(&value))
        return kind == Kind::Age ? CellText::age(*time, now) : CellText::time(*time);
    if (const auto *text = std::get_if<std::string_view>(&value))
        return kind == Kind::Presence || kind == Kind::Outcome ? CellText::state(*text)
                                                               : plainText(value, shownBytes);

    const double number = numberOf(value).value_or(0);
    switch (kind) {
    case Kind::Bytes:
        return CellText::bytes(number);
    case Kind::Percent:
        return CellText::decimals(number, 1);
    case Kind::Duration:
        return CellText::duration(number);
    case Kind::Celsius:
        return CellText::decimals(number, 1) + QStringLiteral(" °C");
    case Kind::Milliseconds:
        return CellText::milliseconds(number);
    case Kind::Identifier:
        return plainText(value, shownBytes);
    case Kind::Text:
    case Kind::Number:
    case Kind::Time:
    case Kind::Age:
    case Kind::Version:
    case Kind::Flag:
    case Kind::Late:
    case Kind::Presence:
    case Kind::Outcome:
        break;
    }
    if (const auto *integer = std::get_if<std::int64_t>(&value))
        return QLocale().toString(static_cast<qlonglong>(*integer));
    return CellText::number(number);
}

bool looksTheSame(Kind kind, const ValueView &one, const ValueView &other)
{
    if (std::holds_alternative<std::string_view>(one) && std::holds_alternative<std::string_view>(other))
        return one == other; // also where they differ behind what is shown of them: that they go on is seen
    const auto *time = std::get_if<UtcTime>(&one);
    const auto *otherTime = std::get_if<UtcTime>(&other);
    if (time && otherTime) {
        constexpr double microsPerSecond = 1e6;
        return std::floor(static_cast<double>(time->micros) / microsPerSecond) ==
               std::floor(static_cast<double>(otherTime->micros) / microsPerSecond);
    }
    const auto a = numberOf(one);
    const auto b = numberOf(other);
    if (a && b && std::abs(*a - *b) > CellText::coarsest(kind, std::max(std::abs(*a), std::abs(*b))))
        return false;
    return cellText(kind, one, {}) == cellText(kind, other, {});
}

QString cellToolTip(Kind kind, const ValueView &value, std::size_t mostBytes)
{
    if (const auto *time = std::get_if<UtcTime>(&value))
        return CellText::exactTime(*time);
    if (std::holds_alternative<std::string_view>(value))
        return plainText(value, mostBytes);
    const auto number = numberOf(value);
    if (!number)
        return {};
    if (kind == Kind::Bytes)
        return CellText::exactBytes(*number);
    if (kind == Kind::Duration)
        return CellText::exactSeconds(*number);
    return std::holds_alternative<double>(value) ? CellText::exactNumber(*number) : cellText(kind, value, {});
}

} // namespace muster
