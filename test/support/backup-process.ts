/**
 * Runs one backup as the engine does, in a process that a test can kill: `node backup-process.ts SPEC.json`. Prints an
 * `{"event":…}` line for each event and ends with the summary.
 */

import { readFileSync, writeSync } from 'node:fs';
import type { BackupSpec } from '../../src/backup/spec.ts';
import { startBackup } from '../../src/backup/start-backup.ts';

const spec = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as BackupSpec;
const print = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);
const handle = startBackup(spec, { progress: () => {}, event: print });
print({ event: 'summary', ...(await handle.done) });
