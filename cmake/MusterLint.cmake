# SPDX-License-Identifier: GPL-3.0-or-later
# `lint` fails on any finding of clang-tidy or qmllint. all_qmllint comes with Qt.

find_program(RUN_CLANG_TIDY NAMES run-clang-tidy run-clang-tidy-14)
if(RUN_CLANG_TIDY)
    add_custom_target(clang-tidy
        COMMAND "${RUN_CLANG_TIDY}" -quiet -p "${CMAKE_BINARY_DIR}" "${PROJECT_SOURCE_DIR}/(app|models|qml|tests)/.*\\.cpp$$"
        COMMENT "clang-tidy over every source of ours"
        USES_TERMINAL VERBATIM)
    add_custom_target(lint)
    add_dependencies(lint clang-tidy)
    if(TARGET all_qmllint)
        add_dependencies(lint all_qmllint)
    endif()
endif()
