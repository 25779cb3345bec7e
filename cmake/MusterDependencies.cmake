# SPDX-License-Identifier: GPL-3.0-or-later
# Everything that Muster is built from and does not write itself; the README gives the reason for each.
include(FeatureSummary)

find_package(Threads REQUIRED)

find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Network Qml Quick QuickControls2 Svg LinguistTools)
set_package_properties(Qt6 PROPERTIES TYPE REQUIRED PURPOSE "The dashboard: packages qt6-base-dev qt6-declarative-dev qt6-svg-dev qt6-tools-dev")
if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test QuickTest)
endif()

find_package(simdjson REQUIRED)
set_package_properties(simdjson PROPERTIES TYPE REQUIRED PURPOSE "Reading what devices send: package libsimdjson-dev")

find_package(SQLite3 REQUIRED)
set_package_properties(SQLite3 PROPERTIES TYPE REQUIRED PURPOSE "What is kept on this computer: package libsqlite3-dev")

# Debian's CMake package of nats.c names a static library that is not shipped; its pkg-config file is right.
find_package(PkgConfig REQUIRED)
pkg_check_modules(NATS REQUIRED IMPORTED_TARGET libnats)
