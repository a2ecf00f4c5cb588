/** The engine inside the asking process, through the same contract: for what must work without a background process. */

import type { Paths } from '../config/paths.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Method } from '../protocol/contract.ts';
import { requestSchemas } from '../protocol/requests.ts';
import { Engine } from './engine.ts';
import { type Log, openLog } from './log.ts';

/** A channel to an engine of its own, which lives as long as the channel. */
export function hostEngine(paths: Paths, version: string): Channel {
	const engine = new Engine({ paths, version, onChange: () => {}, onStop: () => {}, log: logTo(paths.logDir) });
	return {
		async call(method, params) {
			if (method === 'follow') throw new Error('follow() is for that');
			const checked = requestSchemas[method as keyof typeof requestSchemas].parse(params) as never;
			return engine.handlers[method as Exclude<Method, 'follow'>](checked) as never;
		},
		async follow(task, follower) {
			const { unfollow: _unfollow, ...now } = engine.follow(task, {
				progress: (view) => view.progress && follower.progress(view.progress, view.state),
				event: (_task, event) => follower.event(event),
				done: (_task, summary) => follower.done(summary),
			});
			return now;
		},
		close: () => void engine.close(),
	};
}

/** The log of the home, opened by the first line: who only looks leaves nothing behind. */
function logTo(folder: string): Log {
	let log: Log | undefined;
	return (...line) => {
		try {
			log ??= openLog(folder);
			log(...line);
		} catch {
			// A home that cannot be written to keeps no log; what was asked for is done all the same.
		}
	};
}
