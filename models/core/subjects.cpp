// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/subjects.h"

#include "core/device_id.h"

namespace muster {

Result<Subjects> Subjects::withRoot(std::string_view root)
{
    constexpr std::size_t maxRootBytes = 128;
    if (root.size() > maxRootBytes)
        return Error{"core.root", "the subject root has " + std::to_string(root.size()) + " bytes",
                     "Use at most 128."};
    for (std::string_view rest = root;;) {
        const std::size_t dot = rest.find('.');
        const std::string_view token = rest.substr(0, dot);
        if (!isToken(token))
            return notAToken("part of the subject root", token);
        if (dot == std::string_view::npos)
            break;
        rest.remove_prefix(dot + 1);
    }
    if (root.starts_with("_INBOX"))
        return Error{"core.root", "the subject root begins with _INBOX, where NATS keeps its replies",
                     "Choose another root; \"fleet\" is usual."};
    Subjects subjects;
    subjects.m_root = std::string(root);
    return subjects;
}

std::string Subjects::queryGroup(std::string_view group, std::string_view region) const
{
    std::string subject = queryGroup(group);
    if (!region.empty()) {
        subject += '.';
        subject += region;
    }
    return subject;
}

std::string_view Subjects::lastToken(std::string_view subject)
{
    const std::size_t dot = subject.rfind('.');
    return dot == std::string_view::npos ? subject : subject.substr(dot + 1);
}

std::string Subjects::join(std::string_view kind, std::string_view tail) const
{
    std::string subject;
    subject.reserve(m_root.size() + kind.size() + tail.size() + 2);
    subject += m_root;
    subject += '.';
    subject += kind;
    subject += '.';
    subject += tail;
    return subject;
}

} // namespace muster
