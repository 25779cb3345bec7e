// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/utc_time.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace muster {

namespace {

using namespace std::chrono;
using Micros = sys_time<microseconds>;

constexpr Micros earliest = sys_days{year{1} / 1 / 1};
constexpr Micros latest = sys_days{year{10000} / 1 / 1} - microseconds{1};

/// Takes exactly `count` digits off the head; -1 when they are not there.
int takeDigits(std::string_view &text, std::size_t count)
{
    if (text.size() < count)
        return -1;
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view &text, char upper)
{
    if (text.empty() || (text.front() != upper && text.front() != (upper | 0x20)))
        return false;
    text.remove_prefix(1);
    return true;
}

void putDigits(char *out, unsigned number, int count)
{
    for (int i = count - 1; i >= 0; --i, number /= 10)
        out[i] = static_cast<char>('0' + number % 10);
}

} // namespace

UtcTime UtcTime::now()
{
    return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

std::optional<UtcTime> UtcTime::parse(std::string_view text)
{
    const int y = takeDigits(text, 4);
    if (y < 1 || !take(text, '-'))
        return {};
    const int mon = takeDigits(text, 2);
    if (mon < 1 || !take(text, '-'))
        return {};
    const int d = takeDigits(text, 2);
    if (d < 1 || !take(text, 'T'))
        return {};
    const int hour = takeDigits(text, 2);
    if (hour < 0 || hour > 23 || !take(text, ':'))
        return {};
    const int min = takeDigits(text, 2);
    if (min < 0 || min > 59 || !take(text, ':'))
        return {};
    const int sec = takeDigits(text, 2);
    if (sec < 0 || sec > 60) // 60: a leap second is the first moment of the next minute
        return {};

    std::int64_t fraction = 0;
    if (take(text, '.')) {
        int digits = 0;
        for (std::int64_t scale = 100000; !text.empty() && text.front() >= '0' && text.front() <= '9';
             text.remove_prefix(1), ++digits, scale /= 10)
            fraction += scale * (text.front() - '0');
        if (digits == 0)
            return {};
    }

    int offsetMinutes = 0;
    if (!take(text, 'Z')) {
        const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
        const int offsetHour = sign != 0 ? takeDigits(text, 2) : -1;
        if (offsetHour < 0 || offsetHour > 23 || !take(text, ':'))
            return {};
        const int offsetMin = takeDigits(text, 2);
        if (offsetMin < 0 || offsetMin > 59)
            return {};
        offsetMinutes = sign * (offsetHour * 60 + offsetMin);
    }
    if (!text.empty())
        return {};

    const year_month_day date{year{y}, month{static_cast<unsigned>(mon)}, day{static_cast<unsigned>(d)}};
    if (!date.ok())
        return {};
    const Micros moment =
        sys_days{date} + hours{hour} + minutes{min - offsetMinutes} + seconds{sec} + microseconds{fraction};
    if (moment < earliest || moment > latest)
        return {};
    return UtcTime{moment.time_since_epoch().count()};
}

std::string UtcTime::toString() const
{
    const Micros moment = std::clamp(Micros{microseconds{micros}}, earliest, latest);
    const sys_days midnight = floor<days>(moment);
    const year_month_day date{midnight};
    const hh_mm_ss<milliseconds> time{floor<milliseconds>(moment - midnight)};

    std::string text = "0000-00-00T00:00:00.000Z";
    putDigits(&text[0], static_cast<unsigned>(static_cast<int>(date.year())), 4);
    putDigits(&text[5], static_cast<unsigned>(date.month()), 2);
    putDigits(&text[8], static_cast<unsigned>(date.day()), 2);
    putDigits(&text[11], static_cast<unsigned>(time.hours().count()), 2);
    putDigits(&text[14], static_cast<unsigned>(time.minutes().count()), 2);
    putDigits(&text[17], static_cast<unsigned>(time.seconds().count()), 2);
    putDigits(&text[20], static_cast<unsigned>(time.subseconds().count()), 3);
    return text;
}

std::int64_t steadyMillis()
{
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace muster
