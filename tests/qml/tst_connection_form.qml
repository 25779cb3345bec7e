// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Muster

Item {
    id: root

    width: 800
    height: 800

    Component {
        id: forms

        ConnectionForm {
            width: 600
        }
    }

    TestCase {
        name: "ConnectionForm"
        when: windowShown

        function test_aChosenFileFillsItsField() {
            Connection.newProfile()
            const form = createTemporaryObject(forms, root)
            form.browse("caFile", "CA file")
            const picker = findChild(form, "filePicker")
            verify(picker)
            compare(picker.title, "CA file")
            const file = Qt.resolvedUrl("tst_connection_form.qml").toString() // one that is there
            picker.selectedFile = file
            picker.accepted()
            compare("file://" + Connection.form.caFile, file)
            picker.close()
            tryVerify(() => findChild(form, "filePicker") === null)
        }
    }
}
