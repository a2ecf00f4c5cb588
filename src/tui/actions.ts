/** Everything that can happen in the app. State changes by these alone. */

import type { Pace } from '../core/pace.ts';
import type { TaskEvent, TaskProgress, TaskState, TaskSummary } from '../core/task.ts';
import type { JobView, TaskView } from '../protocol/contract.ts';
import type { ArchiveAction } from './screens/archive/state.ts';
import type { DecryptAction } from './screens/decrypt/state.ts';
import type { EditAction } from './screens/jobs/edit/form.ts';
import type { HistoryAction } from './screens/jobs/history/state.ts';
import type { RecoverAction } from './screens/jobs/recover/state.ts';
import type { JobsAction } from './screens/jobs/state.ts';
import type { WizardAction } from './screens/jobs/wizard/state.ts';
import type { LogAction } from './screens/log/state.ts';
import type { RestoreAction } from './screens/restore/state.ts';
import type { SettingsAction } from './screens/settings/state.ts';
import type { SourcesAction } from './screens/sources/state.ts';
import type { SignInAction } from './sign-in/state.ts';
import type { EngineState, Flash, Modal, ScreenId } from './state.ts';
import type { Key } from './terminal/key-decoder.ts';

export type Action =
	/** From a key or the palette; goes to the active screen. */
	| { type: 'command'; id: string }
	/** A key while a text field of the active screen has them. */
	| { type: 'field'; key: Key }
	/** Goes to the active screen. */
	| { type: 'paste'; text: string }
	| { type: 'open'; screen: ScreenId; arg?: unknown }
	| { type: 'tick'; now: number }
	| { type: 'resize'; columns: number; rows: number }
	| { type: 'engine'; engine: EngineState }
	| { type: 'jobs'; jobs: JobView[] }
	| { type: 'job'; name: string }
	| { type: 'tasks'; tasks: TaskView[]; at: number }
	| { type: 'progress'; task: string; progress: TaskProgress; state: TaskState; at: number }
	/** How fast it went before this client came. */
	| { type: 'followed'; task: string; pace: Pace }
	| { type: 'event'; task: string; event: TaskEvent; at: number }
	| { type: 'done'; task: string; summary: TaskSummary; at: number }
	| { type: 'flash'; flash: Flash | undefined }
	| { type: 'modal'; modal: Modal | undefined }
	/** The answer to a modal. */
	| { type: 'reply'; tag: string; value: string }
	| { type: 'look'; theme?: 'auto' | '16' | 'mono' | 'contrast'; glyphs?: 'auto' | 'unicode' | 'ascii' }
	| JobsAction
	| ArchiveAction
	| WizardAction
	| RecoverAction
	| EditAction
	| HistoryAction
	| SourcesAction
	| SettingsAction
	| RestoreAction
	| DecryptAction
	| SignInAction
	| LogAction;
