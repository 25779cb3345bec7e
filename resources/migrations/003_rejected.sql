-- SPDX-License-Identifier: GPL-3.0-or-later
-- The latest messages of a run that were no answer, [[reason, detail, at], ...], newest last; empty: not known.
-- They go with its results.
ALTER TABLE runs ADD COLUMN rejected TEXT NOT NULL DEFAULT '';
