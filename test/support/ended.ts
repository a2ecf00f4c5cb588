import type { TaskSummary } from '../../src/core/task.ts';
import type { Channel } from '../../src/protocol/channel.ts';

/** How a task of an engine ended. */
export function ended(engine: Channel, task: string): Promise<TaskSummary> {
	return new Promise((resolve, reject) => {
		const listener = { progress: () => {}, event: () => {}, done: resolve };
		engine.follow(task, listener).then(({ task: now }) => now.summary && resolve(now.summary), reject);
	});
}
