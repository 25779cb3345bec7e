-- SPDX-License-Identifier: GPL-3.0-or-later
-- Times are microseconds since 1970 in UTC. `question` is a composition's JSON (models/query/composition.h).

CREATE TABLE saved_queries (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    question TEXT NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

-- The shared queries of each fleet, as they were when the link to it was last up.
CREATE TABLE fleets (
    fleet TEXT PRIMARY KEY,
    as_of INTEGER NOT NULL
) STRICT;
CREATE TABLE shared_queries (
    fleet TEXT NOT NULL REFERENCES fleets ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    question TEXT NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (fleet, id)
) STRICT;

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    fleet TEXT NOT NULL,
    name TEXT NOT NULL,
    question TEXT NOT NULL,
    tally TEXT NOT NULL,
    seconds REAL NOT NULL,
    cancelled INTEGER NOT NULL,
    problem TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    columns TEXT NOT NULL
) STRICT;
CREATE INDEX runs_at ON runs (at);

-- Results, in pages as models/table/page.h makes them.
CREATE TABLE run_pages (
    run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    page INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (run, page)
) STRICT;
