// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Muster

// The edge between a page and the pane on its right, whose width is `value`: dragged by pointer, moved by Left, Right,
// Home and End, a slider to assistive technology. The width is remembered; a double click brings back the usual one.
Rectangle {
    id: root

    required property string label
    required property string rememberedAs
    required property int usualValue
    required property int minimumValue
    required property int maximumValue
    readonly property int stepSize: 10
    property int value: within(Number(UiSettings.value(rememberedAs, usualValue)))

    readonly property int leftwards: LayoutMirroring.enabled ? -1 : 1 ///< what a step to the left adds

    function within(width: real): int {
        return Math.max(minimumValue, Math.min(maximumValue, width))
    }

    function moveTo(width: real) {
        value = within(width)
        remember()
    }

    function remember() {
        UiSettings.setValue(rememberedAs, value)
    }

    width: 1
    z: 1
    color: Theme.border
    activeFocusOnTab: true
    Accessible.role: Accessible.Slider
    Accessible.name: label
    Accessible.focusable: true
    Accessible.onIncreaseAction: moveTo(value + stepSize)
    Accessible.onDecreaseAction: moveTo(value - stepSize)
    Keys.onLeftPressed: moveTo(value + leftwards * stepSize)
    Keys.onRightPressed: moveTo(value - leftwards * stepSize)
    Keys.onPressed: event => {
        if (event.key !== Qt.Key_Home && event.key !== Qt.Key_End)
            return
        moveTo((event.key === Qt.Key_Home) === (leftwards > 0) ? maximumValue : minimumValue)
        event.accepted = true
    }

    Rectangle {
        objectName: "dividerFocus"
        anchors.centerIn: parent
        width: 5
        height: parent.height
        visible: root.activeFocus
        color: Theme.accent
    }
    MouseArea {
        property real startX
        property int startValue

        anchors.fill: parent
        anchors.leftMargin: -4
        anchors.rightMargin: -3
        cursorShape: Qt.SplitHCursor
        preventStealing: true
        onPressed: mouse => {
            startX = mapToItem(null, mouse.x, 0).x
            startValue = root.value
        }
        onPositionChanged: mouse => root.value = root.within(startValue + root.leftwards * (startX - mapToItem(null, mouse.x, 0).x))
        onReleased: root.remember()
        onDoubleClicked: root.moveTo(root.usualValue)
    }
}
