/** A thread that does nothing but SHA-256, for big-hash.ts. */

import { createHash } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { BEGIN, DIGEST, HashRing } from './ring.ts';

let hash = createHash('sha256');

new HashRing(workerData as SharedArrayBuffer).serve((piece) => {
	if (piece === BEGIN) hash = createHash('sha256');
	else if (piece === DIGEST) return hash.digest();
	else hash.update(piece);
	return undefined;
});
