# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -D FOLDER=... -D GIT=... -P CheckLicences.cmake: every source in git names its licence.
execute_process(
    COMMAND "${GIT}" -c "safe.directory=${FOLDER}" -C "${FOLDER}" grep -L "SPDX-License-Identifier: GPL-3.0-or-later" --
        *.cpp *.h *.qml *.js *.mjs *.py *.sh *.cmake *.sql CMakeLists.txt installer/run installer/test .ci/run
    OUTPUT_VARIABLE without RESULT_VARIABLE result ERROR_VARIABLE problem OUTPUT_STRIP_TRAILING_WHITESPACE)
if(without)
    message(FATAL_ERROR "these sources have no line \"SPDX-License-Identifier: GPL-3.0-or-later\":\n${without}")
elseif(result GREATER 1)
    message(FATAL_ERROR "git could not look through the sources of ${FOLDER}: ${problem}")
endif()
