// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace muster::ctl {

/// What the program ends with; `musterctl --help` lists them.
enum ExitCode : int {
    Done = 0,       ///< all that was asked for; a query accounts for every device, whatever they answered
    Failed = 1,     ///< no server, no link, no permission, a file that cannot be written: standard error says
                    ///< what and why
    Usage = 2,      ///< the command line or a filter is wrong
    Differs = 3,    ///< setup: a stream is missing or not as the fleet needs it, and was left alone
    WereSilent = 4, ///< query --fail-silent: a device that was online gave no answer
    Interrupted = 130, ///< Ctrl+C ended a query (of a watch: the first) before its time; who was waited for
                       ///< is silent
};

/// `argv` begins with the command's name.
int setup(int argc, char *argv[]);
int devices(int argc, char *argv[]);
int query(int argc, char *argv[]);

} // namespace muster::ctl
