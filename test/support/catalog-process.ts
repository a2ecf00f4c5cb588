/** Runs one piece of work on a catalog in a process that a test can kill: `node catalog-process.ts SPEC.json`. */

import { readFileSync, writeSync } from 'node:fs';
import type { CatalogSpec } from '../../src/catalog/spec.ts';
import { startCatalog } from '../../src/catalog/start-catalog.ts';

const spec = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as CatalogSpec;
const handle = startCatalog(spec, { progress: () => {}, event: () => {} });
writeSync(1, JSON.stringify(await handle.done));
