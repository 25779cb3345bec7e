// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/messages.h"
#include "core/result.h"
#include "core/subjects.h"
#include "nats/connection.h"
#include "query/composition.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::store {
enum class OnDamage;
}

namespace muster::query {

/// A question with a name, on this computer or in the account's bucket `queries`.
struct SavedQuery {
    std::string id;   ///< ULID
    std::string name; ///< 1 to 80 characters, see cleanName()
    Composition composition;
    bool shared = false;
    std::string by;             ///< who wrote it last; may be empty
    UtcTime at;                 ///< when it was written last
    std::uint64_t revision = 0; ///< of this text of it; 0: not written yet

    bool operator==(const SavedQuery &) const = default;
};

/// What became of a write or a removal.
struct Written {
    SavedQuery query;      ///< as it now stands; on conflict theirs, with an empty id when they removed it
    bool conflict = false; ///< somebody else had changed it: nothing was written
};

/// `name` without blanks around it. "query.name" when that has not 1 to 80 characters, or control characters.
Result<std::string> cleanName(std::string_view name);

/// The query of this name (or id): as written, else without regard to case. "query.unknown",
/// "query.ambiguous" with a list of them in its message.
Result<SavedQuery> findByName(const std::vector<SavedQuery> &queries, std::string_view name);

/// Saved queries in the database file: those of this computer, and a copy of the shared ones as they were
/// when the link was last up. Any thread, one call at a time; blocks.
class LocalQueries {
public:
    static Result<std::unique_ptr<LocalQueries>> open(const std::string &file);
    static Result<std::unique_ptr<LocalQueries>> open(const std::string &file, store::OnDamage onDamage);
    ~LocalQueries();

    Result<std::vector<SavedQuery>> list(); ///< of this computer, by name
    /// Compare and set on `revision`, since another Muster may use the same file.
    Result<Written> put(SavedQuery query);
    Result<Written> remove(const std::string &id, std::uint64_t revision);

    struct Copy {
        std::vector<SavedQuery> queries;
        UtcTime asOf;
    };
    /// `fleet` as fleetKey() says it; empty for the fleet that was followed last. Nothing when there is no
    /// copy.
    Result<std::optional<Copy>> copyOfShared(const std::string &fleet);
    Status keepCopyOfShared(const std::string &fleet, const Copy &copy);

    /// What opening had to do about a damaged file, for people; empty when nothing.
    const std::string &notice() const;
    /// Whether another program wrote to the file since the last call.
    bool changedByOthers();

private:
    LocalQueries();
    struct Private;
    std::unique_ptr<Private> d;
};

/// What tells one fleet's shared queries from another's: servers, account, root and domain.
std::string fleetKey(const nats::Connection &connection, const Subjects &subjects, const std::string &domain);

/// The account's shared queries, followed live: what colleagues write appears by itself. Entries that are no
/// saved query are left out and counted. Any thread; what writes blocks.
class SharedQueries {
public:
    /// `onChanged` on a thread of NATS, never after the destructor. "query.not-prepared" when the account has
    /// no bucket for them.
    static Result<std::unique_ptr<SharedQueries>> follow(std::shared_ptr<nats::Connection> connection,
                                                         const Subjects &subjects, const std::string &domain,
                                                         std::function<void()> onChanged = {});
    ~SharedQueries(); ///< blocks while a handler runs

    bool waitRead(int milliseconds); ///< until all that was stored at the start has been read
    bool isRead() const;
    std::vector<SavedQuery> list() const; ///< in no order
    std::int64_t skipped() const;         ///< entries that are no saved query

    /// Compare and set on `revision`; an empty id makes a new one. "query.too-large" past the server's limit.
    Result<Written> put(SavedQuery query);
    Result<Written> remove(const std::string &id, std::uint64_t revision);

private:
    SharedQueries();
    struct Private;
    std::unique_ptr<Private> d;
};

/// A saved query by name or id, for programs without a window: of this computer (`file`; empty: none) and of
/// the account (`connection`; may be null). An account that is not prepared has none. The file is only read.
Result<SavedQuery> findSaved(const std::string &file, const std::shared_ptr<nats::Connection> &connection,
                             const Subjects &subjects, const std::string &domain, std::string_view name);

} // namespace muster::query
