# SPDX-License-Identifier: GPL-3.0-or-later

# muster_library(<name> SOURCES ... [LINK ...] [PRIVATE_LINK ...] [QT])
# A folder under models/: one static library, headers included as "<folder>/<header>". QT switches moc on.
function(muster_library name)
    cmake_parse_arguments(ARG "QT" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}/models")
    target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE muster_warnings ${ARG_PRIVATE_LINK})
    if(ARG_QT)
        set_target_properties(${name} PROPERTIES AUTOMOC ON)
        target_compile_definitions(${name} PUBLIC QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS)
        # QML sees these types through QML_FOREIGN in qml/types, which needs their meta-object data.
        qt_extract_metatypes(${name})
    endif()
endfunction()

# muster_program(<name> SOURCES ... LINK ...)
function(muster_program name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_LINK} muster_warnings)
    install(TARGETS ${name} RUNTIME)
endfunction()

# muster_test(<name> SOURCES ... LINK ... [LABELS ...] [TIMEOUT seconds])
# One QtTest executable; the test's name is the executable's. Runs offscreen with a fixed locale and time zone.
function(muster_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests/bin")
    target_compile_definitions(${name} PRIVATE QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS)
    target_link_libraries(${name} PRIVATE ${ARG_LINK} Qt6::Test muster_warnings)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${ARG_TIMEOUT}
        LABELS "${ARG_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_QUICK_BACKEND=software;LC_ALL=C.UTF-8;TZ=UTC;MUSTER_BIN_DIR=${CMAKE_BINARY_DIR}/bin;TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp:die_after_fork=0;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0")
endfunction()
