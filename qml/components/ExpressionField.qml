// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import Muster

// The filter language in one line: coloured as it is typed, the error under its character, completions below.
// Tab completes, Ctrl+Enter runs, Enter commits, Esc closes the completions, then clears when `clearable`.
FocusScope {
    id: root

    property alias text: edit.text
    property string label
    property string placeholder
    property string iconName
    property bool clearable: false
    property var error: ({}) ///< {} or {column, length, message, expected}; column counts from 0
    property string doubt ///< what may be a mistake, and does not keep from going on
    property string validText ///< shown at the end while there is no error
    property int fieldHeight: Theme.expressionHeight

    property real messageWidth: width ///< room for the line below, which may be longer than the field

    /// What is half typed is not called wrong yet, and does not move the page.
    readonly property bool isSettled: !typing.running && !completions.visible
    readonly property bool isWrong: (error.message ?? "") !== ""
    readonly property bool hasError: isWrong && isSettled
    readonly property bool hasDoubt: doubt !== "" && !isWrong && isSettled && edit.length > 0
    readonly property string errorText: !isWrong ? "" : (error.expected ?? "") === "" ? error.message : qsTr("%1; expected %2").arg(error.message).arg(error.expected)
    readonly property string messageText: hasError ? qsTr("Column %1: %2").arg((error.column ?? 0) + 1).arg(errorText) : hasDoubt ? doubt : ""
    readonly property alias completing: completions.visible

    signal edited(string text)
    signal committed
    signal runRequested
    signal completionsWanted(string text, int cursor) ///< to be answered by showCompletions

    implicitHeight: fieldHeight + (message.visible ? message.height + 4 : 0)
    implicitWidth: 300

    /// The language counts characters; the editor counts an emoji as two.
    function placeOf(character: int): int {
        let place = 0
        for (const c of edit.text) {
            if (character-- <= 0)
                break
            place += c.length
        }
        return place
    }

    function setText(text: string) {
        if (edit.text === text)
            return
        edit.text = text
        edit.cursorPosition = edit.length // who types goes on there
    }

    /// [{text, insert, from, kind}]
    function showCompletions(items: var) {
        completions.items = edit.activeFocus ? items : []
        completions.current = 0
        completions.from = completions.items.length > 0 ? Math.min(completions.items[0].from ?? edit.cursorPosition, edit.length) : 0
        completions.visible = completions.items.length > 0
    }

    function accept(index: int) {
        const item = completions.items[index]
        completions.visible = false
        if (!item)
            return
        const from = Math.max(0, Math.min(item.from ?? edit.cursorPosition, edit.cursorPosition))
        edit.remove(from, edit.cursorPosition)
        edit.insert(from, item.insert ?? item.text)
        edit.cursorPosition = from + (item.insert ?? item.text).length
        edited(edit.text)
        offer.restart()
    }

    Timer {
        id: typing

        interval: 700
    }
    Timer {
        id: offer

        interval: 0
        onTriggered: if (edit.activeFocus)
            root.completionsWanted(edit.text, edit.cursorPosition)
    }
    Rectangle {
        id: frame

        width: parent.width
        height: root.fieldHeight
        radius: Theme.radius
        color: Theme.input
        border.color: root.hasError ? Theme.err : root.hasDoubt ? Theme.warn : edit.activeFocus ? Theme.accent : Theme.border2

        Icon {
            id: lead

            visible: root.iconName !== ""
            anchors.left: parent.left
            anchors.leftMargin: 8
            anchors.verticalCenter: parent.verticalCenter
            name: root.iconName
        }
        Flickable {
            id: flick

            anchors.left: lead.visible ? lead.right : parent.left
            anchors.leftMargin: lead.visible ? 7 : 9
            anchors.right: tail.left
            anchors.rightMargin: 8
            height: parent.height
            contentWidth: Math.max(width, edit.contentWidth + 4)
            clip: true
            interactive: false
            boundsBehavior: Flickable.StopAtBounds

            TextEdit {
                id: edit

                objectName: root.objectName === "" ? "" : root.objectName + "Edit"
                height: flick.height
                width: flick.contentWidth
                focus: true
                activeFocusOnTab: true
                textFormat: TextEdit.PlainText
                wrapMode: TextEdit.NoWrap
                verticalAlignment: TextEdit.AlignVCenter
                horizontalAlignment: TextEdit.AlignLeft
                color: Theme.t1
                selectionColor: Theme.fill
                selectedTextColor: Theme.fillText
                selectByMouse: true
                font.family: Theme.mono
                font.pixelSize: root.fieldHeight >= Theme.expressionHeight ? Theme.textSize : Theme.bodySize
                font.kerning: false
                font.preferShaping: false
                Accessible.role: Accessible.EditableText
                Accessible.name: root.label
                Accessible.description: root.isWrong ? root.errorText : root.doubt
                LayoutMirroring.enabled: false

                property bool cleaning: false
                property string known ///< new colours are told of as a change of the text, too

                onTextChanged: {
                    if (cleaning || text === known)
                        return
                    if (/[\r\n\u2028\u2029]/.test(text)) {
                        cleaning = true
                        const at = cursorPosition
                        text = text.replace(/[\r\n\u2028\u2029]+/g, " ")
                        cursorPosition = Math.min(at, text.length)
                        cleaning = false
                    }
                    known = text
                    if (activeFocus) {
                        typing.restart()
                        root.edited(text)
                        offer.restart()
                    }
                }
                onActiveFocusChanged: if (!activeFocus) {
                    typing.stop()
                    completions.visible = false
                    root.committed()
                }
                onCursorRectangleChanged: {
                    if (cursorRectangle.x < flick.contentX)
                        flick.contentX = Math.max(0, cursorRectangle.x - 8)
                    else if (cursorRectangle.x > flick.contentX + flick.width - 8)
                        flick.contentX = cursorRectangle.x - flick.width + 8
                }
                // The page's shortcut would run without a word to the completions.
                Keys.onShortcutOverride: event => event.accepted = (event.key === Qt.Key_Return || event.key === Qt.Key_Enter) && (event.modifiers & Qt.ControlModifier) !== 0
                Keys.onPressed: event => {
                    const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter
                    if (enter && (event.modifiers & Qt.ControlModifier)) {
                        offer.stop()
                        completions.visible = false
                        root.committed()
                        root.runRequested()
                    } else if (completions.visible && (event.key === Qt.Key_Tab || (enter && completions.moved))) {
                        root.accept(completions.current)
                    } else if (completions.visible && (event.key === Qt.Key_Down || event.key === Qt.Key_Up)) {
                        completions.move(event.key === Qt.Key_Down ? 1 : -1)
                    } else if (event.key === Qt.Key_Escape && completions.visible) {
                        completions.visible = false
                    } else if (event.key === Qt.Key_Escape && root.clearable && text !== "") {
                        root.clear()
                    } else if (enter) {
                        completions.visible = false
                        root.committed()
                    } else if (event.key === Qt.Key_Tab || event.key === Qt.Key_Backtab) { // a TextEdit would type it
                        const forward = event.key === Qt.Key_Tab
                        nextItemInFocusChain(forward).forceActiveFocus(forward ? Qt.TabFocusReason : Qt.BacktabFocusReason)
                    } else if (event.key === Qt.Key_Space && (event.modifiers & Qt.ControlModifier)) {
                        offer.restart()
                    } else {
                        event.accepted = false
                        return
                    }
                    event.accepted = true
                }

                ExpressionHighlighter {
                    target: edit.textDocument
                    keyword: Theme.keyword
                    string: Theme.string
                    number: Theme.number
                    sign: Theme.t2
                }
                Rectangle {
                    readonly property int column: root.error.column ?? 0
                    readonly property rect from: edit.length >= 0 && root.hasError ? edit.positionToRectangle(root.placeOf(column)) : Qt.rect(0, 0, 0, 0)
                    readonly property rect to: edit.length >= 0 && root.hasError ? edit.positionToRectangle(root.placeOf(column + Math.max(1, root.error.length ?? 1))) : Qt.rect(0, 0, 0, 0)

                    objectName: "errorMark"
                    visible: root.hasError
                    x: from.x
                    y: from.y + from.height
                    width: Math.max(7, to.x - from.x)
                    height: 2
                    color: Theme.err
                }
            }
        }
        PlainLabel {
            visible: edit.length === 0 && edit.preeditText === ""
            anchors.fill: flick
            text: root.placeholder
            color: Theme.t3
            font.pixelSize: edit.font.pixelSize
            Accessible.ignored: true
        }
        Row {
            id: tail

            anchors.right: parent.right
            anchors.rightMargin: 8
            height: parent.height
            spacing: 8

            Row {
                visible: !root.isWrong && root.doubt === "" && root.validText !== "" && edit.length > 0
                height: parent.height
                spacing: 7

                StatusShape {
                    anchors.verticalCenter: parent.verticalCenter
                    shape: "in_sync"
                }
                PlainLabel {
                    anchors.verticalCenter: parent.verticalCenter
                    text: root.validText
                    color: Theme.ok
                }
            }
            MButton {
                visible: root.clearable && edit.length > 0
                anchors.verticalCenter: parent.verticalCenter
                kind: "ghost"
                small: true
                height: 20
                leftPadding: 2
                rightPadding: 2
                iconName: "close"
                tip: qsTr("Clear the filter")
                focusPolicy: Qt.NoFocus
                onClicked: root.clear()
            }
        }
    }
    Item {
        id: message

        visible: root.messageText !== ""
        anchors.top: frame.bottom
        anchors.topMargin: 2
        anchors.left: parent.left
        width: root.messageWidth
        height: messageLabel.height
        Accessible.role: Accessible.AlertMessage
        Accessible.name: root.messageText

        StatusShape {
            id: messageShape

            anchors.left: parent.left
            y: 2
            shape: root.hasError ? "error" : "silent"
        }
        PlainLabel {
            id: messageLabel

            objectName: "message"
            anchors.left: messageShape.right
            anchors.leftMargin: 6
            width: Math.min(implicitWidth, message.width - messageShape.width - 6)
            text: root.messageText
            color: root.hasError ? Theme.err : Theme.warn
            font.pixelSize: Theme.captionSize
            lineHeight: 16
            lineHeightMode: Text.FixedHeight
            wrapMode: Text.Wrap
            elide: Text.ElideNone
            Accessible.ignored: true
        }
    }
    T.Popup {
        id: completions

        property var items: []
        property int current: 0
        property int from: 0 ///< where what they complete begins
        property bool moved: false

        function move(by: int) {
            current = (current + by + items.length) % items.length
            moved = true
        }

        x: Math.max(0, Math.min(flick.x + (visible ? edit.positionToRectangle(from).x : 0) - flick.contentX - 9, root.width - width))
        y: root.fieldHeight + 2
        width: 260
        implicitHeight: Math.min(list.contentHeight, 8 * Theme.smallHeight) + 2
        padding: 1
        focus: false
        closePolicy: T.Popup.CloseOnPressOutside
        onVisibleChanged: moved = false

        contentItem: ListView {
            id: list

            clip: true
            model: completions.items
            currentIndex: completions.current
            boundsBehavior: Flickable.StopAtBounds

            delegate: Rectangle {
                id: row

                required property int index
                required property var modelData

                width: list.width
                height: Theme.smallHeight
                color: index === completions.current ? Theme.select : area.containsMouse ? Theme.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: modelData.text

                MonoLabel {
                    anchors.left: parent.left
                    anchors.leftMargin: 8
                    anchors.right: kindLabel.left
                    height: parent.height
                    text: row.modelData.text
                    Accessible.ignored: true
                }
                PlainLabel {
                    id: kindLabel

                    anchors.right: parent.right
                    anchors.rightMargin: 8
                    height: parent.height
                    text: row.modelData.kind ?? ""
                    color: Theme.t3
                    font.pixelSize: Theme.captionSize
                    Accessible.ignored: true
                }
                MouseArea {
                    id: area

                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: root.accept(row.index)
                }
            }
        }
        background: Rectangle {
            color: Theme.raised
            border.color: Theme.border2
            radius: Theme.radius
        }
    }

    // Nobody types: nothing is offered.
    function clear() {
        edit.clear()
        typing.stop()
        offer.stop()
        edited("")
        committed()
    }
}
