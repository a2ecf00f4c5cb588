import type { TaskProgress, TaskState, TaskSummary, TimedEvent } from '../core/task.ts';
import type { Method, Params, Results } from './contract.ts';

/** What a client wants to hear of a task. */
export interface TaskListener {
	progress(progress: TaskProgress, state: TaskState): void;
	event(event: TimedEvent): void;
	done(summary: TaskSummary): void;
}

/** The way to an engine: over its socket, or to one in the same process. */
export interface Channel {
	/** @throws FirnError what the engine answers, or ENGINE_LOST */
	call<M extends Method>(method: M, params: Params<M>): Promise<Results[M]>;
	/** Follows a task until it has ended: what it is now, then what the listener is told. */
	follow(task: string, listener: TaskListener): Promise<Results['follow']>;
	close(): void;
}
