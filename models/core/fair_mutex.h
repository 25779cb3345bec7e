// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>

namespace muster {

/// A mutex for a thread that hardly ever lets go of it and others who want it now and then: who waits is
/// next, however soon the busy thread comes back.
class FairMutex {
public:
    void lock()
    {
        const std::lock_guard door(m_door);
        m_room.lock();
    }
    void unlock() { m_room.unlock(); }

private:
    std::mutex m_door; ///< held by the one that is next
    std::mutex m_room;
};

} // namespace muster
