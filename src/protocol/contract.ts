/**
 * The contract between the engine and its clients: what can be asked, what comes back, what is told unasked. Clients
 * know nothing else of the engine. Each subject has a file in requests/, with its requests, their results and the views
 * that these are made of; the handlers of the same subject are in engine/handlers/.
 */

import type { PlainError } from '../core/errors.ts';
import type { TaskProgress, TaskState, TaskSummary, TimedEvent } from '../core/task.ts';
import type { EngineResults } from './requests/engine.ts';
import type { GdriveResults } from './requests/gdrive.ts';
import type { HistoryResults } from './requests/history.ts';
import type { JobsResults } from './requests/jobs.ts';
import type { KeysResults } from './requests/keys.ts';
import type { RecoverResults } from './requests/recover.ts';
import type { RestoresResults } from './requests/restores.ts';
import type { RunsResults } from './requests/runs.ts';
import type { SecretsResults } from './requests/secrets.ts';
import type { SelectionResults } from './requests/selection.ts';
import type { SettingsResults } from './requests/settings.ts';
import type { SnapshotsResults } from './requests/snapshots.ts';
import type { StoredResults } from './requests/stored.ts';
import type { Requests } from './requests.ts';

export type { GdriveAccountView, GdriveSignInView } from './requests/gdrive.ts';
export type { FirstSteps, JobView, Overview, ScheduleView } from './requests/jobs.ts';
export type { KeyNeed, KeyView } from './requests/keys.ts';
export type { Page } from './requests/parts.ts';
export type { ThawView } from './requests/restores.ts';
export type { TaskView } from './requests/runs.ts';
export type { SecretPlaceView } from './requests/secrets.ts';
export type { DestinationView } from './requests/settings.ts';

/** Rises with every change that an older side would misunderstand. */
export const PROTOCOL = 2;

/** Results by method; parameters are in requests.ts. */
export interface Results
	extends EngineResults,
		RunsResults,
		HistoryResults,
		JobsResults,
		SelectionResults,
		SnapshotsResults,
		RestoresResults,
		RecoverResults,
		StoredResults,
		KeysResults,
		SecretsResults,
		GdriveResults,
		SettingsResults {}

export type Method = keyof Results;
export type Params<M extends Method> = Requests[M];

export interface RequestMessage<M extends Method = Method> {
	id: number;
	method: M;
	params: Params<M>;
}

export type ServerMessage =
	| { id: number; result: unknown }
	| { id: number; error: PlainError }
	/** Of a task that this client follows. Progress is conflated: only the newest is sent. */
	| { task: string; progress: TaskProgress; state: TaskState }
	| { task: string; event: TimedEvent }
	| { task: string; done: TaskSummary };
