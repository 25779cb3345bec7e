// SPDX-License-Identifier: GPL-3.0-or-later
#include "nats/local_server.h"

#include "nats/server_probe.h"
#include "nats/temporary_folder.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <mutex>
#include <random>
#include <system_error>
#include <thread>
#include <vector>

namespace muster::nats {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto startTimeout = 30s;
constexpr int portAttempts = 5;

std::string reasonOf(int error)
{
    return std::generic_category().message(error);
}

/// Starts programs from one thread that lives as long as this process: PR_SET_PDEATHSIG fires when the thread
/// that started the child ends, not the process.
class Spawner {
public:
    struct Outcome {
        pid_t pid = -1;
        int error = 0;
    };

    static Outcome start(const std::vector<std::string> &command, const std::string &output)
    {
        std::promise<Outcome> promise;
        auto future = promise.get_future();
        queue().push([&] { promise.set_value(spawn(command, output)); });
        return future.get();
    }

private:
    struct Queue {
        std::mutex mutex;
        std::condition_variable wake;
        std::deque<std::function<void()>> jobs;

        void push(std::function<void()> job)
        {
            const std::lock_guard lock(mutex);
            jobs.push_back(std::move(job));
            wake.notify_one();
        }
        [[noreturn]] void run()
        {
            std::unique_lock lock(mutex);
            for (;;) {
                wake.wait(lock, [this] { return !jobs.empty(); });
                const auto job = std::move(jobs.front());
                jobs.pop_front();
                lock.unlock();
                job();
                lock.lock();
            }
        }
    };

    static Queue &queue()
    {
        // Never destroyed: its thread waits in it until the process is gone.
        static Queue *const only = [] {
            auto *q = new Queue;
            std::thread([q] { q->run(); }).detach();
            return q;
        }();
        return *only;
    }

    static Outcome spawn(const std::vector<std::string> &command, const std::string &output)
    {
        std::vector<char *> argv;
        argv.reserve(command.size() + 1);
        for (const std::string &word : command)
            argv.push_back(const_cast<char *>(word.c_str()));
        argv.push_back(nullptr);
        std::array<int, 2> report{};
        if (::pipe2(report.data(), O_CLOEXEC) != 0)
            return {-1, errno};
        const pid_t parent = ::getpid();
        const pid_t pid = ::fork();
        if (pid == 0)
            become(argv.data(), output.c_str(), parent, report[1]);
        const int forkError = errno;
        ::close(report[1]);
        int error = 0;
        ssize_t n = 0;
        do
            n = pid < 0 ? 0 : ::read(report[0], &error, sizeof(error));
        while (n < 0 && errno == EINTR);
        ::close(report[0]);
        if (pid < 0)
            return {-1, forkError};
        if (n == static_cast<ssize_t>(sizeof(error))) {
            ::waitpid(pid, nullptr, 0);
            return {-1, error};
        }
        return {pid, 0};
    }

    /// In the child: nothing here but what is safe after fork() with threads.
    [[noreturn]] static void become(char *const argv[], const char *output, pid_t parent, int report)
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(1);
        ::setpgid(0, 0); // a Ctrl-C in the terminal is for us; we end the server in our own time
        for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
            ::signal(signal, SIG_DFL);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        const int in = ::open("/dev/null", O_RDONLY);
        const int out = ::open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(in, 0);
        ::dup2(out, 1);
        ::dup2(out, 2);
        const int kept = ::fcntl(report, F_DUPFD_CLOEXEC, 3);
        if (kept != 3) {
            ::dup3(kept, 3, O_CLOEXEC);
        }
        ::close_range(4, ~0U, 0); // the sockets of nats.c and SQLite's files are not the server's
        ::execv(argv[0], argv);
        const int error = errno;
        static_cast<void>(!::write(3, &error, sizeof(error)));
        ::_exit(127);
    }
};

/// `wanted` if it can be listened on just now, any such port for 0; 0 when there is none.
int freePort(int wanted)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(wanted));
    socklen_t size = sizeof(address);
    int port = 0;
    if (::bind(fd, reinterpret_cast<sockaddr *>(&address), size) == 0 && ::listen(fd, 1) == 0 &&
        ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size) == 0)
        port = ntohs(address.sin_port);
    ::close(fd);
    return port;
}

std::string quoted(const std::string &text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

std::string findExecutable(const std::string &asked)
{
    const auto runs = [](const std::string &path) { return ::access(path.c_str(), X_OK) == 0; };
    if (!asked.empty())
        return runs(asked) ? asked : std::string();
    const char *path = std::getenv("PATH");
    std::string all = path ? path : "";
    all += ":/usr/sbin:/usr/local/bin";
    for (std::size_t from = 0; from < all.size();) {
        const auto to = std::min(all.find(':', from), all.size());
        if (to > from) {
            std::string candidate = all.substr(from, to - from) + "/nats-server";
            if (runs(candidate))
                return candidate;
        }
        from = to + 1;
    }
    return {};
}

std::string lastLines(const std::string &file, std::size_t lines)
{
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (!in)
        return {};
    constexpr std::streamoff most = 8192;
    const std::streamoff size = in.tellg();
    in.seekg(std::max<std::streamoff>(0, size - most));
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    std::size_t from = text.size();
    for (std::size_t i = 0; i < lines && from != std::string::npos && from > 0; ++i)
        from = text.rfind('\n', from - 1);
    return from == std::string::npos || from == 0 ? text : text.substr(from + 1);
}

} // namespace

struct LocalServer::Private {
    Options options;
    std::string executable, name, directory;
    TemporaryFolder folder; // when none was given
    int port = 0, mqttPort = 0;

    mutable std::mutex mutex;
    mutable pid_t pid = -1;

    std::string file(const char *leaf) const { return directory + "/" + leaf; }
    Status writeConfig() const;
    Status launch();
    bool running() const;
    void stop(int signal, std::chrono::milliseconds patience);
    Error failed(const std::string &why) const;
};

Error LocalServer::Private::failed(const std::string &why) const
{
    const std::string log = lastLines(file("nats-server.log"), 5) + lastLines(file("nats-server.out"), 5);
    return {"server.failed", "nats-server " + why + (log.empty() ? "." : ". Its log ends with:\n" + log),
            "Look at the log, or start it by hand: " + executable + " -c " + file("nats-server.conf")};
}

Status LocalServer::Private::writeConfig() const
{
    std::string text = "# Written by Muster, and written anew at each start.\n";
    text += "server_name: " + quoted(name) + "\n";
    text += "listen: \"127.0.0.1:" + std::to_string(port) + "\"\n";
    text += "log_file: " + quoted(file("nats-server.log")) + "\n";
    if (options.jetStream)
        text += "jetstream { store_dir: " + quoted(file("jetstream")) + " }\n";
    if (options.mqtt)
        text += "mqtt { listen: \"127.0.0.1:" + std::to_string(mqttPort) + "\" }\n";
    text += options.extraConfig + "\n";
    std::ofstream out(file("nats-server.conf"), std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out)
        return Error{"server.failed",
                     "The configuration \"" + file("nats-server.conf") + "\" cannot be written.",
                     "Check the permissions and the free space of the folder."};
    return {};
}

bool LocalServer::Private::running() const
{
    const std::lock_guard lock(mutex);
    if (pid > 0 && ::waitpid(pid, nullptr, WNOHANG) == pid)
        pid = -1;
    return pid > 0;
}

void LocalServer::Private::stop(int signal, std::chrono::milliseconds patience)
{
    const std::lock_guard lock(mutex);
    if (pid <= 0)
        return;
    ::kill(pid, signal);
    if (signal != SIGKILL) {
        const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
        pollfd p{fd, POLLIN, 0};
        int n = 0;
        do
            n = fd < 0 ? 0 : ::poll(&p, 1, static_cast<int>(patience.count()));
        while (n < 0 && errno == EINTR);
        if (fd >= 0)
            ::close(fd);
        if (n <= 0)
            ::kill(pid, SIGKILL);
    }
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid = -1;
}

Status LocalServer::Private::launch()
{
    const ServerAddress address{"127.0.0.1", static_cast<std::uint16_t>(port), false, {}, {}, {}};
    const Error taken{"server.port", "Port " + std::to_string(port) + " of this computer is taken.",
                      "Stop the program that listens there, or choose another port."};
    if (freePort(port) == 0)
        return taken;
    std::error_code ec;
    std::filesystem::remove(file("nats-server.log"), ec);
    std::filesystem::remove(file("nats-server.out"), ec);
    const Spawner::Outcome child =
        Spawner::start({executable, "-c", file("nats-server.conf")}, file("nats-server.out"));
    if (child.pid < 0)
        return Error{"server.failed",
                     "\"" + executable + "\" cannot be started: " + reasonOf(child.error) + ".",
                     "Check the program and its permissions."};
    {
        const std::lock_guard lock(mutex);
        pid = child.pid;
    }
    const auto deadline = Clock::now() + startTimeout;
    auto pause = 2ms;
    while (Clock::now() < deadline) {
        if (!running()) {
            const std::string log =
                lastLines(file("nats-server.log"), 5) + lastLines(file("nats-server.out"), 5);
            if (log.find("address already in use") != std::string::npos)
                return taken;
            return failed("ended as soon as it was started");
        }
        // A server says INFO when it takes clients, which is after its JetStream is up; the name tells that
        // it is ours.
        if (auto info = probeServer(address, 1000ms); info && info->name == name)
            return {};
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds(50));
    }
    Error e = failed("did not take connections within 30 s");
    stop(SIGKILL, {});
    return e;
}

LocalServer::LocalServer() : d(std::make_unique<Private>()) {}

Result<std::unique_ptr<LocalServer>> LocalServer::start(Options options)
{
    std::unique_ptr<LocalServer> server(new LocalServer());
    Private &d = *server->d;
    d.executable = findExecutable(options.executable);
    if (d.executable.empty())
        return Error{"server.missing",
                     options.executable.empty() ? "nats-server is not installed."
                                                : "There is no program \"" + options.executable + "\".",
                     "Install it: sudo apt install nats-server"};
    std::error_code ec;
    if (options.directory.empty()) {
        if (Status made = d.folder.make("muster-nats-"); !made)
            return made.error();
        d.directory = d.folder.path();
    } else {
        d.directory = std::filesystem::absolute(options.directory, ec).string();
        std::filesystem::create_directories(d.directory, ec);
        if (ec)
            return Error{"server.failed",
                         "The folder \"" + d.directory + "\" cannot be made: " + ec.message() + ".",
                         "Choose another folder, or correct its permissions."};
    }
    d.options = std::move(options);
    std::random_device random;
    d.name = "muster-" + std::to_string(::getpid()) + "-" + std::to_string(random());

    Status launched;
    for (int attempt = 0; attempt < portAttempts; ++attempt) {
        d.port = d.options.port > 0 ? d.options.port : freePort(0);
        d.mqttPort = d.options.mqtt ? freePort(0) : 0;
        if (Status written = d.writeConfig(); !written)
            return written.error();
        launched = d.launch();
        if (launched)
            return server;
        if (launched.error().code != "server.port" || d.options.port > 0)
            break;
    }
    return launched.error();
}

LocalServer::~LocalServer()
{
    d->stop(SIGTERM, 3s);
}

std::string LocalServer::url() const
{
    return "nats://127.0.0.1:" + std::to_string(d->port);
}

int LocalServer::port() const
{
    return d->port;
}

int LocalServer::mqttPort() const
{
    return d->mqttPort;
}

std::int64_t LocalServer::pid() const
{
    const std::lock_guard lock(d->mutex);
    return d->pid;
}

bool LocalServer::isRunning() const
{
    return d->running();
}

const std::string &LocalServer::directory() const
{
    return d->directory;
}

std::string LocalServer::configFile() const
{
    return d->file("nats-server.conf");
}

std::string LocalServer::logFile() const
{
    return d->file("nats-server.log");
}

void LocalServer::kill()
{
    d->stop(SIGKILL, {});
}

Status LocalServer::restart()
{
    d->stop(SIGTERM, 3s);
    return d->launch();
}

} // namespace muster::nats
