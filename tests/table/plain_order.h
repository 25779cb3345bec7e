// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "random_table.h"
#include "table/columns.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

/// The order of texts in words of its own: nothing here asks the table how it compares, so that a mistake of
/// the table's is seen.
namespace muster::table {

/// A text read once as what the filter language's README says a number and a version are.
struct PlainText {
    static const PlainText &of(std::string_view text)
    {
        static std::unordered_map<std::string, PlainText> known;
        const auto [entry, isNew] = known.try_emplace(std::string(text));
        if (isNew)
            entry->second = PlainText(entry->first);
        return entry->second;
    }

    PlainText() = default;
    explicit PlainText(const std::string &text)
    {
        readNumber(text);
        readVersion(text);
    }

    std::optional<long double> number; ///< wide enough for every int64 and every double
    bool isVersion = false;
    std::vector<std::string> numbers; ///< of the version, without zeros before them
    int rank = 0;                     ///< -1 before the release, 1 after it
    std::vector<std::string> suffix;  ///< in runs of digits and of others

private:
    static bool isDigit(char c) { return c >= '0' && c <= '9'; }
    static std::string digitsAt(const std::string &text, std::size_t at)
    {
        std::size_t end = at;
        while (end < text.size() && isDigit(text[end]))
            ++end;
        return text.substr(at, end - at);
    }
    static std::string withoutZeros(const std::string &digits)
    {
        const std::size_t first = digits.find_first_not_of('0');
        return first == std::string::npos ? std::string() : digits.substr(first);
    }

    void readNumber(const std::string &text)
    {
        std::size_t at = text.starts_with('-') ? 1 : 0;
        const std::string whole = digitsAt(text, at);
        at += whole.size();
        bool isWhole = true;
        if (at < text.size() && text[at] == '.' && !digitsAt(text, at + 1).empty()) {
            at += 1 + digitsAt(text, at + 1).size();
            isWhole = false;
        }
        if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
            std::size_t digits = at + 1;
            if (digits < text.size() && (text[digits] == '-' || text[digits] == '+'))
                ++digits;
            if (digitsAt(text, digits).empty())
                return;
            at = digits + digitsAt(text, digits).size();
            isWhole = false;
        }
        if (whole.empty() || at != text.size())
            return;
        errno = 0;
        const long long integer = std::strtoll(text.c_str(), nullptr, 10);
        if (isWhole && errno == 0) {
            number = static_cast<long double>(integer);
            return;
        }
        const double real = std::strtod(text.c_str(), nullptr);
        if (!std::isinf(real))
            number = static_cast<long double>(real);
    }

    void readVersion(const std::string &text)
    {
        std::size_t at = text.starts_with('v') || text.starts_with('V') ? 1 : 0;
        for (;;) {
            const std::string digits = digitsAt(text, at);
            if (digits.empty())
                return;
            numbers.push_back(withoutZeros(digits));
            at += digits.size();
            if (at >= text.size() || text[at] != '.')
                break;
            ++at;
        }
        if (numbers.size() < 2)
            return;
        while (!numbers.empty() && numbers.back().empty()) // "1.0" and "1.0.0" are alike
            numbers.pop_back();
        const std::string rest = text.substr(at);
        if (!rest.empty()) {
            const auto isLetter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
            const auto fits = [&](char c) {
                return isDigit(c) || isLetter(c) || std::string_view(".-+~_").find(c) != std::string::npos;
            };
            if (std::string_view("-+~").find(rest[0]) == std::string::npos || rest.size() < 2 ||
                !(isDigit(rest[1]) || isLetter(rest[1])) || !std::all_of(rest.begin(), rest.end(), fits))
                return;
            if (rest[0] != '+') {
                rank = rest[0] == '-' && isDigit(rest[1]) ? 1 : -1;
                for (const char c : rest.substr(1, rest.find('+') - 1)) {
                    if (suffix.empty() || isDigit(suffix.back().back()) != isDigit(c))
                        suffix.emplace_back();
                    suffix.back() += c;
                }
            }
        }
        isVersion = true;
    }

public:
    static int compareDigits(const std::string &a, const std::string &b)
    {
        if (a.size() != b.size())
            return a.size() < b.size() ? -1 : 1;
        return a.compare(b);
    }
    static int compareVersions(const PlainText &a, const PlainText &b)
    {
        for (std::size_t i = 0; i < std::max(a.numbers.size(), b.numbers.size()); ++i) {
            const std::string none;
            const int order = compareDigits(i < a.numbers.size() ? a.numbers[i] : none,
                                            i < b.numbers.size() ? b.numbers[i] : none);
            if (order != 0)
                return order;
        }
        if (a.rank != b.rank)
            return a.rank - b.rank;
        for (std::size_t i = 0; i < std::min(a.suffix.size(), b.suffix.size()); ++i) {
            const bool aDigits = isDigit(a.suffix[i][0]);
            const bool bDigits = isDigit(b.suffix[i][0]);
            if (aDigits != bDigits)
                return aDigits ? -1 : 1;
            const int order = aDigits ? compareDigits(withoutZeros(a.suffix[i]), withoutZeros(b.suffix[i]))
                                      : a.suffix[i].compare(b.suffix[i]);
            if (order != 0)
                return order;
        }
        return static_cast<int>(a.suffix.size()) - static_cast<int>(b.suffix.size());
    }
};

/// What the texts of a column began with.
enum class Beginning { Others, Versions, Numbers };

inline int comparePlainTexts(std::string_view left, std::string_view right, Beginning beginning)
{
    if (beginning != Beginning::Others) {
        const PlainText &a = PlainText::of(left);
        const PlainText &b = PlainText::of(right);
        const auto kind = [beginning](const PlainText &text) {
            return beginning == Beginning::Numbers && text.number ? 0 : text.isVersion ? 1 : 2;
        };
        if (kind(a) != kind(b))
            return kind(a) - kind(b);
        if (kind(a) == 0 && *a.number != *b.number)
            return *a.number < *b.number ? -1 : 1;
        if (const int order = kind(a) == 1 ? PlainText::compareVersions(a, b) : 0; order != 0)
            return order;
    }
    return left.compare(right);
}

/// What each column began with, from what the batches gave.
class Beginnings {
public:
    /// After each batch, with what the table should hold then.
    void note(const PlainTable &plain, const Snapshot &snapshot)
    {
        for (const Column &column : snapshot.columns) {
            bool goesOn = false;
            bool hasNumbers = false;
            bool hasVersions = false;
            std::map<std::string, bool> have;
            for (const auto &[key, row] : plain) {
                const auto value = row.find(column.name);
                if (value == row.end() || std::holds_alternative<std::monostate>(value->second))
                    continue;
                goesOn = goesOn || m_had[column.name].contains(key);
                have[key] = true;
                const auto *text = std::get_if<std::string>(&value->second);
                hasNumbers = hasNumbers || std::holds_alternative<std::int64_t>(value->second) ||
                             std::holds_alternative<double>(value->second);
                hasVersions = hasVersions || (text && PlainText::of(*text).isVersion);
            }
            Beginning &beginning = m_beginnings[column.name];
            // Both at once, or all of it gone and new at once: which was first is only the table's to say.
            const bool isOpen = beginning == Beginning::Others && hasNumbers && hasVersions;
            if (isOpen || (!goesOn && !m_had[column.name].empty()))
                beginning = column.order == TextOrder::Smart      ? Beginning::Numbers
                            : column.order == TextOrder::Versions ? Beginning::Versions
                                                                  : Beginning::Others;
            else if (beginning == Beginning::Others && hasNumbers)
                beginning = Beginning::Numbers;
            else if (beginning == Beginning::Others && hasVersions)
                beginning = Beginning::Versions;
            m_had[column.name] = std::move(have);
        }
    }
    Beginning of(std::string_view column) const
    {
        const auto found = m_beginnings.find(std::string(column));
        return found == m_beginnings.end() ? Beginning::Others : found->second;
    }

private:
    std::map<std::string, Beginning> m_beginnings;
    std::map<std::string, std::map<std::string, bool>> m_had; ///< by column: the keys that had a value
};

} // namespace muster::table
