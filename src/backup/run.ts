/**
 * One backup run, from the first folder scanned to the manifest. Scanning, comparing and book-keeping happen here, in
 * short slices between the messages of the pack threads; everything that takes CPU or network per byte is theirs.
 *
 * An interrupted run goes on with its open archives first and then scans again: what it has stored already is
 * unchanged by then, and what changed meanwhile is noticed.
 */

import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { FirnError, toFirnError, usageError } from '../core/errors.ts';
import { newRunId } from '../core/ids.ts';
import { archiveKey } from '../core/object-names.ts';
import type { BackupProgress, FileProblem, TaskReporter, TaskSummary } from '../core/task.ts';
import type { Destination } from '../destinations/destination.ts';
import { openDestination } from '../destinations/open-destination.ts';
import { createRateLimit } from '../destinations/with-rate-limit.ts';
import { withRetry } from '../destinations/with-retry.ts';
import { createRunKey, deleteRunKey, readRunKey } from '../secrets/run-key.ts';
import { ArchiveStore, type OpenArchive } from '../state/archive-store.ts';
import { EntryStore } from '../state/entry-store.ts';
import { openState } from '../state/open-state.ts';
import { type RunRow, RunStore } from '../state/run-store.ts';
import { Transaction } from '../state/transaction.ts';
import { archiveFileKey, newArchiveHeader } from './archive-key.ts';
import { writeManifest, writeRecoverNote, writeSidecar } from './finish.ts';
import { judge } from './interrupted.ts';
import { Ledger } from './ledger.ts';
import type { FromPackThread, OpenArchiveMessage } from './pack/messages.ts';
import { PackPool } from './pack/pack-pool.ts';
import { ArchivePlanner, type Slot } from './plan/archive-planner.ts';
import { decodeBatch, entryPath, type PlannedEntry } from './plan/batch-codec.ts';
import { Batcher } from './plan/batcher.ts';
import { Comparer } from './plan/compare.ts';
import { HardLinks } from './plan/hard-links.ts';
import { lookAgain } from './plan/look-again.ts';
import { partSizeFor } from './plan/part-size.ts';
import { scan } from './scan/scan.ts';
import type { BackupSpec } from './spec.ts';
