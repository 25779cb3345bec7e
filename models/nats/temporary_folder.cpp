// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/temporary_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace muster::nats {

namespace {

namespace fs = std::filesystem;

constexpr const char *lockName = "lock";

bool isOurs(const fs::path &folder)
{
    struct stat info = {};
    return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

void removeIfLeft(const fs::path &folder)
{
    const int lock = ::open((folder / lockName).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0)
        return; // just being made
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) {
        std::error_code ec;
        fs::remove_all(folder, ec);
    }
    ::close(lock);
}

void removeWhatWasLeft(const fs::path &in, const std::string &prefix)
{
    std::error_code ec;
    for (fs::directory_iterator at(in, ec), end; !ec && at != end; at.increment(ec)) {
        if (at->path().filename().string().starts_with(prefix) && isOurs(at->path()))
            removeIfLeft(at->path());
    }
}

} // namespace

Status TemporaryFolder::make(const std::string &prefix)
{
    std::error_code ec;
    fs::path in = fs::temp_directory_path(ec);
    if (ec)
        in = "/tmp";
    removeWhatWasLeft(in, prefix);
    const auto failed = [] {
        return Error{"server.failed",
                     "No temporary folder can be made: " + std::generic_category().message(errno) + ".",
                     "Check TMPDIR and the free space there."};
    };
    std::string pattern = in / (prefix + "XXXXXX");
    if (!::mkdtemp(pattern.data()))
        return failed();
    m_path = pattern;
    // Gets its name once it is locked, so that nobody finds it free before.
    const fs::path name = fs::path(m_path) / lockName;
    const fs::path unlocked = name.string() + ".new";
    m_lock = ::open(unlocked.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (m_lock < 0 || ::flock(m_lock, LOCK_EX | LOCK_NB) != 0 ||
        ::rename(unlocked.c_str(), name.c_str()) != 0)
        return failed();
    return {};
}

TemporaryFolder::~TemporaryFolder()
{
    if (!m_path.empty()) {
        std::error_code ec;
        fs::remove_all(m_path, ec);
    }
    if (m_lock >= 0)
        ::close(m_lock);
}

} // namespace muster::nats
