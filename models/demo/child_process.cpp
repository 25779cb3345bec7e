// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>

namespace muster::demo {

namespace {

constexpr std::chrono::seconds patience{2};

/// In the child: only what is safe after fork() in a program with threads.
[[noreturn]] void become(char *const *argv, const char *output, pid_t parent, int report)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    setpgid(0, 0); // a Ctrl-C in the terminal is for the parent, which ends us in its own time
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int in = open("/dev/null", O_RDONLY);
    const int out = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    if (report != 3) {
        dup2(report, 3);
        fcntl(3, F_SETFD, FD_CLOEXEC);
    }
    close_range(4, ~0u, 0); // the parent's connections are not ours
    execv(argv[0], argv);
    const int error = errno;
    static_cast<void>(!write(3, &error, sizeof error));
    _exit(127);
}

struct Started {
    pid_t pid = -1;
    int error = 0;
};

Started spawn(const std::vector<std::string> &command, const std::string &output)
{
    std::vector<char *> argv;
    argv.reserve(command.size() + 1);
    for (const std::string &word : command)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    std::array<int, 2> report{};
    if (pipe2(report.data(), O_CLOEXEC) != 0)
        return {-1, errno};
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0)
        become(argv.data(), output.c_str(), parent, report[1]);
    const int forkError = errno;
    close(report[1]);
    int error = 0;
    ssize_t n = 0;
    do
        n = pid < 0 ? 0 : read(report[0], &error, sizeof error);
    while (n < 0 && errno == EINTR);
    close(report[0]);
    if (pid < 0)
        return {-1, forkError};
    if (n == static_cast<ssize_t>(sizeof error)) {
        waitpid(pid, nullptr, 0);
        return {-1, error};
    }
    return {pid, 0};
}

} // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(std::vector<std::string> command,
                                                          std::string output)
{
    std::unique_ptr<ChildProcess> child(new ChildProcess);
    const std::string program = command.front();
    child->m_thread =
        std::thread([self = child.get(), command = std::move(command), output = std::move(output)] {
            const Started started = spawn(command, output);
            {
                const std::lock_guard lock(self->m_mutex);
                self->m_pid = started.pid;
                self->m_startError = started.error;
                self->m_ended = started.pid < 0;
                self->m_reported = true;
                self->m_changed.notify_all();
            }
            if (started.pid < 0)
                return;
            // Seen to have ended first, reaped under the lock after: nobody signals a number that is no
            // longer its own.
            siginfo_t info;
            while (waitid(P_PID, static_cast<id_t>(started.pid), &info, WEXITED | WNOWAIT) != 0 &&
                   errno == EINTR) {
            }
            const std::lock_guard lock(self->m_mutex);
            waitpid(started.pid, nullptr, 0);
            self->m_ended = true;
            self->m_changed.notify_all();
        });
    std::unique_lock lock(child->m_mutex);
    child->m_changed.wait(lock, [&] { return child->m_reported; });
    const int error = child->m_startError;
    lock.unlock();
    if (error != 0)
        return Error{"process.start",
                     "cannot start " + program + ": " + std::generic_category().message(error),
                     "Check that the program is there and may be run."};
    return child;
}

ChildProcess::~ChildProcess()
{
    if (!m_thread.joinable())
        return;
    signal(SIGTERM);
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, patience, [this] { return m_ended; });
    }
    signal(SIGKILL);
    m_thread.join();
}

bool ChildProcess::isRunning() const
{
    const std::lock_guard lock(m_mutex);
    return !m_ended;
}

void ChildProcess::signal(int number)
{
    const std::lock_guard lock(m_mutex);
    if (!m_ended)
        kill(static_cast<pid_t>(m_pid), number);
}

} // namespace muster::demo
