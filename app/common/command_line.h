// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::app {

/// The options of one program: `--name value`, `--name=value` and flags. Adds --help and --version.
class CommandLine {
public:
    /// `about` is one sentence on what the program does.
    CommandLine(std::string program, std::string about);

    using Take = std::function<Status(const std::string &value)>;
    /// An option with a value, shown in the help as `--name VALUE  help`.
    void option(std::string name, std::string value, std::string help, Take take);
    void flag(std::string name, std::string help, std::function<void()> take);
    void text(std::string name, std::string value, std::string help, std::string &target);
    void number(std::string name, std::string value, std::string help, int &target, int low, int high);
    void real(std::string name, std::string value, std::string help, double &target, double low, double high);

    enum class Outcome { Go, Done, Wrong };
    /// Done: the help or the version was asked for and printed. Wrong: the reason is on the standard error.
    Outcome parse(int argc, char *argv[]) const;

    std::string help() const;
    static std::string version();

private:
    struct Option {
        std::string name, value, help; ///< no `value`: a flag
        Take take;
    };
    const Option *find(std::string_view name) const;
    Outcome refuse(const Error &error) const;

    std::string m_program, m_about;
    std::vector<Option> m_options;
};

/// "program: message. remedy" on the standard error, as one line: what others wrote cannot steer a terminal.
void printError(const std::string &program, const Error &error);

} // namespace muster::app
