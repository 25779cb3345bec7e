// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connection/connection_models.h"
#include "connection/profile.h"

#include <QStringList>

#include <atomic>
#include <functional>

namespace muster::connection {

/// The steps of "Test", in order; the row of each in TestStepModel.
enum class CheckStep { Reach, Tls, SignIn, JetStream, Streams, Queries };
constexpr int checkStepCount = 6;

/// All steps, none of them begun.
QList<TestStepModel::Step> pendingSteps();

struct CheckOutcome {
    bool canConnect = false;    ///< signed in: the dashboard would show at least what is live
    QStringList missingStreams; ///< that prepareFleet would create
    bool jetStream = false;
};

/// Tries a profile step by step and says what each found; a step that fails names the remedy, and the steps
/// that depend on it are skipped. Blocks for as long as the network does (each wait is bounded); any thread
/// but the GUI's. `report` is called on the same thread.
CheckOutcome check(const Profile &profile, const std::function<void(CheckStep, TestStepModel::Step)> &report,
                   const std::atomic<bool> &cancelled);

} // namespace muster::connection
