// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/filter/expression.h"
#include "nats/connection.h"
#include "query/gathered_run.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace muster::query {

struct SubjectQuestion {
    std::string subject;             ///< one subject, without wildcards
    std::string payload;             ///< sent as it is; may be empty
    filter::Expression where;        ///< applied here, to each reply
    std::vector<std::string> select; ///< empty: everything
    int expected = 0;                ///< replies after which it ends, at most 100,000; 0: not by count
    int quietMs = 0;       ///< ends when nothing came for so long after the latest reply; 0: not by a gap
    int deadlineMs = 2000; ///< 100 to 600,000
    int lateMs = 10'000;   ///< replies are still taken this long after the end
};

/// Any subject, any payload, replies to an inbox of its own. Ends on the count, a quiet gap after the latest
/// reply or the deadline, whichever comes first; at once when nobody listens on the subject.
///
/// Each reply is a row, keyed "1", "2", ... in the order of arrival; pairReplies() finds those of another
/// round again, whatever its order. With a count, the roster is that many: who has not replied waits, then is
/// silent (a row of its own), and replies past it are unexpected. Without, the roster is what replied. A
/// reply that `where` does not match is empty; one with the headers of a NATS service's error, or with a
/// status, is an error. Columns: device (the key), outcome, reply_ms, error, late; the members of a JSON
/// object under their joined names, bounded as rows of the fleet are ("device" and the other four become
/// "field.<name>"); any other reply as the column "reply": text as it is, bytes that are not UTF-8 as U+FFFD,
/// and what holds control characters (but tab, line ends and escape) as "0x" and hex. Texts are cut at 16
/// KiB. Ends with a problem at 1,000,000 replies or 512 MiB of them.
///
/// askSilentAgain() is refused ("query.unaddressed"): the question would reach those who replied as well.
class SubjectQuery final : public GatheredRun {
public:
    /// `onProgress` is called on a NATS or timer thread, at most once until the next drain(): wake up and
    /// drain. Errors: "query.subject" (cannot be asked on), "query.count", "query.quiet", "query.deadline",
    /// "nats.disconnected", "nats.too-large", ...
    static Result<std::unique_ptr<SubjectQuery>> start(std::shared_ptr<nats::Connection> connection,
                                                       SubjectQuestion question,
                                                       std::function<void()> onProgress = {});
    ~SubjectQuery() override;
    Status askSilentAgain() override;

private:
    struct Private;
    explicit SubjectQuery(std::unique_ptr<Private> p);
    Private *const d;
};

} // namespace muster::query
