// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// Numbers, ids, subjects and times. Without shaping, "!=" and "->" stay two characters.
PlainLabel {
    font.family: Theme.mono
    font.kerning: false
    font.preferShaping: false
}
