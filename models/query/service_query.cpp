// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/service_query.h"

#include "query/gathered_core.h"
#include "query/service_answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

namespace muster::query {
namespace {

using std::chrono::milliseconds;
using Verb = ServiceAnswer::Verb;

constexpr std::size_t maxInstances = 100'000;
constexpr std::size_t maxRows = 1'000'000;

const Value *factOf(const Facts &facts, std::string_view name)
{
    const auto found =
        std::find_if(facts.begin(), facts.end(), [name](const auto &fact) { return fact.first == name; });
    return found == facts.end() ? nullptr : &found->second;
}

} // namespace

struct ServiceQuery::Private final : GatheredRun::Core {
    struct Instance {
        std::string id, service;
        Outcome outcome = Outcome::Waiting;
        Facts facts;
        std::vector<Endpoint> endpoints;
        std::size_t endpointCount = 0;
        // Of INFO and STATS: how often asked for, answers, and what the instance said instead of one.
        struct {
            int asked = 1, answers = 0;
            std::string error;
            bool isOver() const { return answers > 0 || !error.empty(); }
        } info, stats;
        bool pinged = false, isGone = false, isLate = false, wasAskedById = false;
        double replyMs = -1;           // when the latest of its answers came
        std::vector<std::string> keys; // of its rows
    };

    std::string service;
    int quietMs = 0;
    ServiceReader reader;
    NameIndex ids; // in the order of `instances`
    std::deque<Instance> instances;
    std::size_t rowCount = 0;
    Clock::time_point quietUntil{};
    bool nobodyListens = false, wasPrompted = false;

    std::string subject(std::string_view verb) const
    {
        return "$SRV." + std::string(verb) + (service.empty() ? "" : "." + service);
    }

    Clock::time_point endsAt() const override
    {
        if (counts.of(Outcome::Waiting) > 0 || instances.empty())
            return deadline;
        return std::min(deadline, quietUntil);
    }

    Clock::time_point halfTime() const { return times.askedAt() + milliseconds(deadlineMs / 2); }

    Clock::time_point promptsAt() const override
    {
        return wasPrompted || counts.of(Outcome::Waiting) == 0 ? Clock::time_point::max() : halfTime();
    }

    void prompt() override
    {
        wasPrompted = true;
        for (std::size_t i = 0; i < instances.size(); ++i) {
            if (instances[i].outcome == Outcome::Waiting && !instances[i].wasAskedById)
                askById(i);
        }
    }

    void askById(std::size_t number)
    {
        Instance &instance = instances[number];
        instance.wasAskedById = true;
        const std::string tail = "." + instance.service + "." + instance.id;
        if (!instance.stats.isOver()) {
            ++instance.stats.asked;
            toAsk.push_back({"$SRV.STATS" + tail, {}, "s" + std::to_string(number)});
        }
        if (!instance.info.isOver()) {
            ++instance.info.asked;
            toAsk.push_back({"$SRV.INFO" + tail, {}, "i" + std::to_string(number)});
        }
    }

    /// Without PING nobody is found.
    Refusal refusal(std::string_view subject) const override
    {
        if (subject.starts_with("$SRV.PING"))
            return Refusal::Final;
        return subject.starts_with("$SRV.") ? Refusal::Partial : Refusal::Foreign;
    }

    void move(Instance &instance, Outcome to)
    {
        --counts.counts[static_cast<std::size_t>(instance.outcome)];
        ++counts.counts[static_cast<std::size_t>(to)];
        instance.outcome = to;
    }

    void silenceWaiting() override
    {
        for (Instance &instance : instances) {
            if (instance.outcome != Outcome::Waiting)
                continue;
            if (instance.info.isOver() || instance.stats.isOver()) {
                settle(instance);
            } else {
                move(instance, Outcome::Silent);
                writeRows(instance);
            }
        }
    }

    Error verdict() const override
    {
        const std::string seconds = toText(ValueView(deadlineMs / 1000.0));
        if (nobodyListens)
            return {"run.nobody-listens",
                    "Nobody listens on " + subject("PING") + ": no " +
                        (service.empty() ? "NATS service" : "service \"" + service + "\"") +
                        " runs in this account. Check the name, and the account of this connection.",
                    {}};
        if (linkWasDown && (counts.sum() == 0 || counts.of(Outcome::Silent) > 0))
            return answersWereLost();
        if (counts.sum() == 0 && !isCancelled)
            return {"run.no-answer",
                    "No service answered on " + subject("PING") + " within " + seconds +
                        " s. Check that this user may publish to $SRV.> and that services may answer to " +
                        inbox + ", or give it more time.",
                    {}};
        return {};
    }

    void take(const nats::MessageView &message, std::string_view token, Clock::time_point now) override
    {
        std::optional<std::size_t> number;
        std::size_t given = 0;
        if (token.size() > 1 &&
            std::from_chars(token.data() + 1, token.data() + token.size(), given).ec == std::errc() &&
            given < instances.size())
            number = given;
        if (message.status == 503) {
            takeNobody(token.front(), number);
            return;
        }
        if (message.status != 0) {
            reject(protocol::Rejection::Malformed,
                   "a status instead of an answer: " + std::to_string(message.status));
            return;
        }
        const std::string code = message.header("Nats-Service-Error-Code");
        const std::string words = message.header("Nats-Service-Error");
        if (!code.empty() || !words.empty()) {
            takeError(message, token.front(), number, errorText(code, words), now);
            return;
        }
        Result<ServiceAnswer, protocol::Reject> read = reader.read(message.data);
        if (!read) {
            reject(read.error());
            return;
        }
        if (number && instances[*number].id != read->id) {
            reject(protocol::Rejection::WrongDevice,
                   "asked was " + instances[*number].id + ", the answer is from " + read->id);
            return;
        }
        takeAnswer(*read, now);
    }

    void takeNobody(char verb, std::optional<std::size_t> number)
    {
        if (!number) {
            if (verb == 'p' && instances.empty() && !isFinished) {
                nobodyListens = true;
                finish();
            }
            return;
        }
        Instance &instance = instances[*number];
        if (instance.outcome != Outcome::Waiting)
            return;
        if (instance.info.isOver() || instance.stats.isOver()) {
            (verb == 's' ? instance.stats : instance.info).error = "nobody listens for it";
            settleWhenComplete(instance);
        } else {
            instance.isGone = true;
            move(instance, Outcome::Silent);
            writeRows(instance);
        }
    }

    /// An error has no type; whose it is says the inbox it came to, or the answer in its body.
    void takeError(const nats::MessageView &message, char verb, std::optional<std::size_t> number,
                   const std::string &words, Clock::time_point now)
    {
        if (!number) {
            const Result<ServiceAnswer, protocol::Reject> read = reader.read(message.data);
            const std::uint32_t known = read ? ids.find(read->id) : NameIndex::none;
            if (known == NameIndex::none) {
                reject(protocol::Rejection::Malformed,
                       "an error that does not say which instance it is from: " + words);
                return;
            }
            number = known;
        }
        Instance &instance = instances[*number];
        auto &part = verb == 's' ? instance.stats : instance.info;
        if (part.isOver()) {
            ++counts.duplicates;
            return;
        }
        part.error = words;
        instance.replyMs = times.sinceAsked(now);
        settleWhenComplete(instance);
    }

    void takeAnswer(ServiceAnswer &answer, Clock::time_point now)
    {
        bool added = false;
        std::uint32_t number = ids.find(answer.id);
        if (number == NameIndex::none) {
            if (instances.size() >= maxInstances) {
                ++counts.rejected;
                trouble = {"run.too-many-services",
                           "More than 100,000 instances answered: the others are not shown. Ask one service.",
                           {}};
                return;
            }
            number = ids.insert(answer.id, added);
            instances.emplace_back();
            instances.back().id = answer.id;
            instances.back().service = answer.service;
            if (isFinished) // too late to be asked; an answer moves it on, and is late
                instances.back().outcome = Outcome::Silent;
            ++counts.counts[static_cast<std::size_t>(instances.back().outcome)];
        }
        Instance &instance = instances[number];
        if (instance.service != answer.service) {
            reject(protocol::Rejection::WrongDevice, "the instance " + answer.id + " of " + answer.service +
                                                         " has the id of one of " + instance.service);
            return;
        }
        merge(instance, answer, now);
        if (added && instance.outcome == Outcome::Silent)
            writeRows(instance);
        if (!added || instance.outcome != Outcome::Waiting)
            return;
        const double took = std::max(times.sinceAsked(now), static_cast<double>(quietMs));
        quietUntil = now + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double, std::milli>(took));
        if (now >= halfTime())
            askById(number);
    }

    void merge(Instance &instance, ServiceAnswer &answer, Clock::time_point now)
    {
        if (answer.verb == Verb::Ping) {
            if (instance.pinged)
                ++counts.duplicates;
            else if (instance.info.answers + instance.stats.answers == 0)
                instance.facts = std::move(answer.facts);
            instance.pinged = true;
            return;
        }
        auto &part = answer.verb == Verb::Info ? instance.info : instance.stats;
        if (part.isOver()) {
            // Asked twice, it may well answer twice.
            if (++part.answers > part.asked)
                ++counts.duplicates;
            return;
        }
        ++part.answers;
        instance.replyMs = times.sinceAsked(now);
        for (auto &[name, value] : answer.facts)
            setFact(instance.facts, name, std::move(value));
        for (Endpoint &endpoint : answer.endpoints) {
            const auto same =
                std::find_if(instance.endpoints.begin(), instance.endpoints.end(), [&](const Endpoint &e) {
                    return e.name == endpoint.name &&
                           (e.subject == endpoint.subject || e.subject.empty() || endpoint.subject.empty());
                });
            if (same == instance.endpoints.end()) {
                if (instance.endpoints.size() < maxEndpoints)
                    instance.endpoints.push_back(std::move(endpoint));
                continue;
            }
            if (same->subject.empty())
                same->subject = endpoint.subject;
            for (auto &[name, value] : endpoint.facts)
                setFact(same->facts, name, std::move(value));
        }
        instance.endpointCount = std::max(instance.endpointCount, answer.endpointCount);
        settleWhenComplete(instance);
    }

    /// Who is settled already, or silent, is so anew with what came late.
    void settleWhenComplete(Instance &instance)
    {
        if (instance.outcome != Outcome::Waiting || isFinished ||
            (instance.info.isOver() && instance.stats.isOver()))
            settle(instance);
    }

    void settle(Instance &instance)
    {
        if (instance.outcome == Outcome::Waiting || instance.outcome == Outcome::Silent) {
            times.add(instance.replyMs);
            instance.isLate = instance.outcome == Outcome::Silent;
            counts.late += instance.isLate ? 1 : 0;
        }
        if (!instance.stats.error.empty() || instance.info.answers + instance.stats.answers == 0) {
            move(instance, Outcome::Error);
        } else {
            const bool matches = instance.endpoints.empty()
                                     ? isMatch(instance, nullptr)
                                     : std::any_of(instance.endpoints.begin(), instance.endpoints.end(),
                                                   [&](const Endpoint &e) { return isMatch(instance, &e); });
            move(instance, matches ? Outcome::Answered : Outcome::Empty);
        }
        writeRows(instance);
        if (instance.info.isOver() && instance.stats.isOver()) { // nothing more is taken from it
            instance.facts = {};
            instance.endpoints = {};
        }
    }

    bool isMatch(const Instance &instance, const Endpoint *endpoint) const
    {
        if (where.isEmpty())
            return true;
        return where.matches([&instance, endpoint](std::string_view field) -> ValueView {
            if (const Value *value = endpoint ? factOf(endpoint->facts, field) : nullptr)
                return view(*value);
            if (const Value *value = factOf(instance.facts, field))
                return view(*value);
            return field == "device" ? ValueView(std::string_view(instance.id)) : ValueView();
        });
    }

    /// What an instance has to tell beside its rows, or instead of them.
    std::string errorOf(const Instance &instance) const
    {
        std::string text;
        const auto add = [&text](const std::string &sentence) {
            text += (text.empty() ? "" : "; ") + sentence;
        };
        if (instance.isGone)
            add("nobody listens on its subjects any more: it has gone");
        if (instance.outcome == Outcome::Silent || instance.outcome == Outcome::Waiting)
            return text;
        const auto addPart = [&add](const auto &part, const std::string &verb) {
            if (!part.error.empty())
                add(verb + ": " + part.error);
            else if (part.answers == 0)
                add("gave no " + verb);
        };
        addPart(instance.stats, "STATS");
        addPart(instance.info, "INFO");
        if (instance.endpointCount > instance.endpoints.size())
            add(std::to_string(instance.endpointCount) + " endpoints, of which " +
                std::to_string(instance.endpoints.size()) + " are shown");
        return text;
    }

    std::string keyOf(const Instance &instance, const Endpoint &endpoint) const
    {
        if (instance.endpoints.size() <= 1)
            return instance.id;
        const auto named = std::count_if(instance.endpoints.begin(), instance.endpoints.end(),
                                         [&](const Endpoint &other) { return other.name == endpoint.name; });
        return instance.id + "/" +
               std::string(cut(named > 1 || endpoint.name.empty() ? endpoint.subject : endpoint.name, 256));
    }

    /// In place of the rows that it had.
    void writeRows(Instance &instance)
    {
        const std::vector<std::string> before = std::exchange(instance.keys, {});
        rowCount -= before.size();
        const std::string error = errorOf(instance);
        if (instance.outcome != Outcome::Answered || instance.endpoints.empty()) {
            // The only endpoint of an instance is a part of its row.
            writeRow(instance, instance.endpoints.size() == 1 ? &instance.endpoints.front() : nullptr, error,
                     instance.id);
        } else {
            for (const Endpoint &endpoint : instance.endpoints) {
                if (isMatch(instance, &endpoint))
                    writeRow(instance, &endpoint, error, keyOf(instance, endpoint));
            }
        }
        for (const std::string &key : before) {
            if (std::find(instance.keys.begin(), instance.keys.end(), key) == instance.keys.end())
                batch.remove(key);
        }
    }

    void writeRow(Instance &instance, const Endpoint *endpoint, const std::string &error, std::string key)
    {
        if (rowCount >= maxRows) {
            trouble = {"run.too-many-services",
                       "More than 1,000,000 endpoints: the others are not shown. Ask one service.",
                       {}};
            return;
        }
        std::vector<protocol::Field> fields;
        fields.push_back({"outcome", name(instance.outcome)});
        if (instance.replyMs >= 0)
            fields.push_back({"reply_ms", std::round(instance.replyMs * 10) / 10});
        if (instance.isLate)
            fields.push_back({"late", true});
        if (!error.empty())
            fields.push_back({"error", std::string_view(error)});
        const auto addFacts = [this, &fields](const Facts &facts) {
            for (const auto &[fact, value] : facts) {
                std::string_view column;
                if (columns.keeps(fact, select, column))
                    fields.push_back({column, view(value)});
            }
        };
        addFacts(instance.facts);
        if (endpoint && instance.outcome != Outcome::Empty)
            addFacts(endpoint->facts);
        batch.replace(key, fields);
        instance.keys.push_back(std::move(key));
        ++rowCount;
    }

    Status askAgain()
    {
        const std::lock_guard lock(mutex);
        if (!isFinished)
            return Error{"query.running", "the query is still under way", "Wait for its end, or cancel it."};
        if (counts.of(Outcome::Silent) == 0)
            return {};
        if (!subscription) {
            if (Status listening = listen(); !listening)
                return listening;
        }
        isFinished = isCancelled = linkWasDown = nobodyListens = false;
        wasPrompted = true;
        trouble = {};
        hindrance = Hindrance::None;
        beginRound();
        for (std::size_t i = 0; i < instances.size(); ++i) {
            Instance &instance = instances[i];
            if (instance.outcome != Outcome::Silent)
                continue;
            instance.isGone = false;
            move(instance, Outcome::Waiting);
            writeRows(instance);
            askById(i);
        }
        return {};
    }
};

ServiceQuery::ServiceQuery(std::unique_ptr<Private> p)
    : GatheredRun(std::move(p)),
      d(static_cast<Private *>(m_core.get()))
{
}

ServiceQuery::~ServiceQuery() = default;

Result<std::unique_ptr<ServiceQuery>> ServiceQuery::start(std::shared_ptr<nats::Connection> connection,
                                                          ServiceQuestion question,
                                                          std::function<void()> onProgress)
{
    if (Status inRange = checkDeadline(question.deadlineMs); !inRange)
        return inRange.error();
    if (!question.service.empty() && !isServiceName(question.service))
        return Error{"query.service",
                     "\"" + std::string(cut(question.service, 80)) + "\" cannot be the name of a service",
                     "A name has letters, digits, - and _; leave it empty to ask every service."};
    auto made = std::make_unique<Private>();
    made->connection = std::move(connection);
    made->notifier.set(std::move(onProgress));
    made->service = std::move(question.service);
    made->where = std::move(question.where);
    made->select = std::move(question.select);
    made->deadlineMs = question.deadlineMs;
    made->quietMs = std::clamp(question.quietMs, 0, question.deadlineMs);
    made->lateMs = std::max(question.lateMs, 0);
    std::unique_ptr<ServiceQuery> query(new ServiceQuery(std::move(made)));
    Private &p = *query->d;
    if (Status begun = p.begin(
            {{p.subject("PING"), {}, "p"}, {p.subject("STATS"), {}, "s"}, {p.subject("INFO"), {}, "i"}});
        !begun)
        return begun.error();
    return query;
}

Status ServiceQuery::askSilentAgain()
{
    if (d->connection->state() != nats::State::Connected)
        return Error{"nats.disconnected", "the silent instances cannot be asked while the link is down",
                     "Ask again when the connection is back."};
    if (Status asked = d->askAgain(); !asked)
        return asked;
    d->wake.notify_all();
    d->notifier.notify();
    return {};
}

} // namespace muster::query
