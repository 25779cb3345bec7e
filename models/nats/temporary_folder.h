// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <string>

namespace muster::nats {

/// A folder of our own below the system's temporary one, for as long as this is held. It is locked meanwhile: what
/// a process left that was killed is known by its free lock, and removed when the next folder is made.
class TemporaryFolder {
public:
    TemporaryFolder() = default;
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;
    ~TemporaryFolder(); ///< with all that is in it

    /// "<temporary>/<prefix>XXXXXX". "server.failed" says why not. Blocks while it removes what was left.
    Status make(const std::string &prefix);
    const std::string &path() const { return m_path; } ///< empty until made

private:
    std::string m_path;
    int m_lock = -1;
};

} // namespace muster::nats
