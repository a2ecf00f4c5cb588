/** A thread that restores units. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFirnError } from '../core/errors.ts';
import { type FromLaneThread, type LaneSpec, OwnLane, type ToLaneThread } from './lane.ts';

const port = parentPort!;
const say = (message: FromLaneThread) => port.postMessage(message);
const lane = new OwnLane(workerData as LaneSpec, (event) => say({ type: 'event', event }));

port.on('message', async (message: ToLaneThread) => {
	if (message.type === 'stop') {
		lane.stop();
	} else if (message.type === 'close') {
		await lane.close();
		port.close();
	} else {
		const error = await lane.run(message.unit, message.archive).then(
			() => undefined,
			(thrown: unknown) => toFirnError(thrown).toPlain(),
		);
		say({ type: 'done', id: message.id, ...(error ? { error } : {}) });
	}
});
