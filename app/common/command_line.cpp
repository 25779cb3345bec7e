// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/command_line.h"

#include "core/display_text.h"
#include "core/value.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace muster::app {

namespace {

constexpr std::size_t lineWidth = 110; // of the help

template <typename T>
std::optional<T> parsed(const std::string &text)
{
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size())
        return {};
    return value;
}

template <typename T>
CommandLine::Take takeNumber(std::string name, T &target, T low, T high)
{
    return [name = std::move(name), &target, low, high](const std::string &text) -> Status {
        const auto value = parsed<T>(text);
        if (value && *value >= low && *value <= high) {
            target = *value;
            return {};
        }
        return Error{"cli.value", "--" + name + " cannot be \"" + text + "\"",
                     "Give a number from " + toText(ValueView(low)) + " to " + toText(ValueView(high)) + "."};
    };
}

} // namespace

void printError(const std::string &program, const Error &error)
{
    std::string text = program + ": " + error.message;
    if (text.back() != '.')
        text += '.';
    if (!error.remedy.empty())
        text += ' ' + error.remedy;
    std::fprintf(stderr, "%s\n", displayText(text).c_str());
}

CommandLine::CommandLine(std::string program, std::string about)
    : m_program(std::move(program)),
      m_about(std::move(about))
{
}

std::string CommandLine::version()
{
    return MUSTER_VERSION;
}

void CommandLine::option(std::string name, std::string value, std::string help, Take take)
{
    m_options.push_back({std::move(name), std::move(value), std::move(help), std::move(take)});
}

void CommandLine::flag(std::string name, std::string help, std::function<void()> take)
{
    option(std::move(name), {}, std::move(help), [take = std::move(take)](const std::string &) {
        take();
        return Status();
    });
}

void CommandLine::text(std::string name, std::string value, std::string help, std::string &target)
{
    option(std::move(name), std::move(value), std::move(help), [&target](const std::string &text) {
        target = text;
        return Status();
    });
}

void CommandLine::number(std::string name, std::string value, std::string help, int &target, int low,
                         int high)
{
    auto take = takeNumber<int>(name, target, low, high);
    option(std::move(name), std::move(value), std::move(help), std::move(take));
}

void CommandLine::real(std::string name, std::string value, std::string help, double &target, double low,
                       double high)
{
    auto take = takeNumber<double>(name, target, low, high);
    option(std::move(name), std::move(value), std::move(help), std::move(take));
}

const CommandLine::Option *CommandLine::find(std::string_view name) const
{
    const auto it =
        std::find_if(m_options.begin(), m_options.end(), [&](const Option &o) { return o.name == name; });
    return it == m_options.end() ? nullptr : &*it;
}

CommandLine::Outcome CommandLine::refuse(const Error &error) const
{
    printError(m_program, error);
    return Outcome::Wrong;
}

CommandLine::Outcome CommandLine::parse(int argc, char *argv[]) const
{
    const std::string seeHelp = m_program + " --help lists the options.";
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--help" || word == "-h") {
            std::fputs(help().c_str(), stdout);
            return Outcome::Done;
        }
        if (word == "--version") {
            std::printf("%s %s\n", m_program.c_str(), version().c_str());
            return Outcome::Done;
        }
        const std::size_t equals = word.find('=');
        const Option *const known = word.starts_with("--") ? find(word.substr(2, equals - 2)) : nullptr;
        if (!known)
            return refuse({"cli.unknown", "\"" + std::string(word) + "\" is not an option", seeHelp});
        std::string value;
        if (known->value.empty()) {
            if (equals != std::string_view::npos)
                return refuse({"cli.value", "--" + known->name + " takes no value", seeHelp});
        } else if (equals != std::string_view::npos) {
            value = word.substr(equals + 1);
        } else if (++i < argc) {
            value = argv[i];
        } else {
            return refuse({"cli.value", "--" + known->name + " needs a value: " + known->value, seeHelp});
        }
        if (Status s = known->take(value); !s)
            return refuse(s.error());
    }
    return Outcome::Go;
}

std::string CommandLine::help() const
{
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Option &o : m_options)
        lines.emplace_back("--" + o.name + (o.value.empty() ? "" : " " + o.value), o.help);
    lines.emplace_back("--help", "print this and exit");
    lines.emplace_back("--version", "print the version and exit");
    std::size_t width = 0;
    for (const auto &line : lines)
        width = std::max(width, line.first.size());
    std::string text = "Usage: " + m_program + " [options]\n" + m_about + "\n\n";
    const std::size_t indent = width + 4;
    for (const auto &[left, right] : lines) {
        text.append("  ").append(left).append(width - left.size() + 2, ' ');
        std::string_view rest = right;
        while (indent + rest.size() > lineWidth) {
            const std::size_t space = rest.rfind(' ', lineWidth - std::min(indent, lineWidth - 20));
            if (space == std::string_view::npos)
                break;
            text.append(rest.substr(0, space)).append("\n").append(indent, ' ');
            rest.remove_prefix(space + 1);
        }
        text.append(rest).append("\n");
    }
    return text;
}

} // namespace muster::app
