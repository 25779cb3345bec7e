// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

Rectangle {
    implicitHeight: 1
    implicitWidth: 1
    color: Theme.border
}
