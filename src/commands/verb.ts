/** What a verb of the command line is made of. */

import type { Command } from 'commander';
import type { Context } from './context.ts';

/** Does what a verb says; gives the exit code. */
export type Action<Options> = (context: Context, args: string[], options: Options) => Promise<number>;

/** Adds a verb below `parent`, or at the top; its code is loaded only when it runs. */
export type Verb = <Options>(
	usage: string,
	description: string,
	load: () => Promise<Action<Options>>,
	parent?: Command,
) => Command;
