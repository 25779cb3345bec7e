-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which round of a watch a run is, from 1; 0: of none, or not known.
ALTER TABLE runs ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
