# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -D FOLDER=... -D NPM=... -P install_client.cmake: the npm packages of FOLDER/package-lock.json, unless they are there.
set(installed "${FOLDER}/node_modules/.package-lock.json")
if(EXISTS "${installed}" AND NOT "${FOLDER}/package-lock.json" IS_NEWER_THAN "${installed}")
    message(STATUS "The NATS client for JavaScript is there already")
    return()
endif()
execute_process(COMMAND "${NPM}" ci --ignore-scripts --no-audit --no-fund --loglevel=error
    WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "npm ci failed in ${FOLDER}: the official NATS client for JavaScript could not be fetched")
endif()
