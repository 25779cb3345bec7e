// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick.Dialogs
import Muster

// The desktop's dialog for a file that is there. By its file's name: QtQuick.Dialogs takes its time to load.
FileDialog {
    objectName: "filePicker"

    signal chosen(path: string)

    onAccepted: chosen(UiSettings.filePath(selectedFile))
}
