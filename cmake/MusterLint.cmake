# SPDX-License-Identifier: GPL-3.0-or-later
# `lint` fails on any finding of clang-tidy (our C++) or qmllint (our QML). all_qmllint comes with Qt's QML modules.

find_program(RUN_CLANG_TIDY NAMES run-clang-tidy run-clang-tidy-19 run-clang-tidy-14)
if(RUN_CLANG_TIDY)
    # Anchored at the folders of ours, so that what moc, rcc and the QML compiler write is left out. clang does not
    # know every warning that gcc has.
    set(clang_tidy_command "${RUN_CLANG_TIDY}" -quiet -p "${CMAKE_BINARY_DIR}"
        -extra-arg=-Wno-unknown-warning-option "^${PROJECT_SOURCE_DIR}/(app|models|qml|tests)/.*[.]cpp")
else()
    set(clang_tidy_command "${CMAKE_COMMAND}" -E echo "clang-tidy is not installed: apt-get install clang-tidy"
        COMMAND "${CMAKE_COMMAND}" -E false)
endif()
add_custom_target(clang-tidy
    COMMAND ${clang_tidy_command}
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    COMMENT "clang-tidy over every source of ours"
    USES_TERMINAL VERBATIM)

add_custom_target(lint)
add_dependencies(lint clang-tidy)
if(TARGET all_qmllint)
    add_dependencies(lint all_qmllint)
endif()

find_program(GIT_PROGRAM git)
if(BUILD_TESTING AND GIT_PROGRAM AND EXISTS "${PROJECT_SOURCE_DIR}/.git")
    add_test(NAME license_headers COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${PROJECT_SOURCE_DIR}" -D "GIT=${GIT_PROGRAM}"
        -P "${PROJECT_SOURCE_DIR}/cmake/CheckLicences.cmake")
endif()
