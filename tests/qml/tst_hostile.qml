// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster
import MusterTest

// Devices may call themselves anything. Nothing of it may crash the window, load anything, or run as markup.
Item {
    id: root

    width: 1440
    height: 900

    DevicesPage {
        id: devices

        anchors.fill: parent
        visible: false
    }
    QueryPage {
        id: query

        anchors.fill: parent
        visible: false
    }
    ConnectPage {
        id: connect

        anchors.fill: parent
        visible: false
    }
    Toast {
        id: toast
    }
    ConfirmDialog {
        id: dialog
    }
    PickPopup {
        id: picker
    }
    Column {
        id: controls

        visible: false
    }

    TestCase {
        name: "Hostile"
        when: windowShown

        function show(page: Item) {
            for (const other of [devices, query, connect, controls])
                other.visible = other === page
        }

        // A real request needs some turns of the loop to be made.
        function letLoad() {
            for (let i = 0; i < 10; ++i)
                wait(10)
        }

        function cleanup() {
            show(null)
            compare(Fixtures.requests, 0)
        }

        function test_devices() {
            show(devices)
            Fixtures.fillHostile(Fleet.devices)
            tryVerify(() => Fleet.devices.rowShown > 0)
            letLoad()
            Fleet.devices.groupBy = ["site", "fw"]
            letLoad()
            Fleet.devices.groupBy = []
            for (const text of Fixtures.hostileTexts())
                devices.showDevice(text)
            letLoad()
        }

        function test_results() {
            show(query)
            Fixtures.fillHostile(Query.live.table)
            letLoad()
            for (const text of Fixtures.hostileTexts()) {
                Query.composer.addSelect(text)
                Query.composer.addGroupBy(text)
                Query.composer.addAggregate("avg " + text)
                Query.composer.addScope("site", text)
                Query.composer.where = text
            }
            letLoad()
        }

        function test_connect() {
            show(connect)
            for (const text of Fixtures.hostileTexts()) {
                Connection.setField("name", text)
                Connection.setField("servers", text)
                Connection.setField("credsFile", text)
            }
            letLoad()
            Connection.newProfile()
        }

        function test_everyControl_data(): var {
            return ["MButton", "Chip", "MCheck", "MRadio", "PlainLabel", "MonoLabel", "Tag", "Banner", "SectionTitle", "EmptyState", "NavItem", "KeyTag", "MTextField"].map(type => ({
                        tag: type
                    }))
        }

        function test_everyControl(data) {
            show(controls)
            const item = createTemporaryQmlObject("import Muster; " + data.tag + " { visible: true }", controls)
            for (const text of Fixtures.hostileTexts()) {
                item.text = text
                if (item.title !== undefined)
                    item.title = text
                wait(0)
            }
            letLoad()
        }

        function test_lists() {
            show(controls)
            const texts = Fixtures.hostileTexts()
            const items = texts.map(text => ({
                        value: text,
                        text: text,
                        count: 1
                    }))
            const segmented = createTemporaryQmlObject("import Muster; Segmented {}", controls)
            segmented.items = items
            const tabs = createTemporaryQmlObject("import Muster; MTabs {}", controls)
            tabs.items = items
            const select = createTemporaryQmlObject("import Muster; MSelect {}", controls)
            select.model = items
            select.popup.open()
            picker.openWith(texts[0], texts, true)
            letLoad()
            select.popup.close()
            picker.close()
        }

        function test_messages() {
            for (const text of Fixtures.hostileTexts()) {
                toast.show(text, true)
                dialog.title = text
                dialog.text = text
                dialog.details = text
            }
            dialog.open()
            letLoad()
            dialog.close()
            toast.close()
        }
    }
}
