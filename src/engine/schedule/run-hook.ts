/** Runs one hook: a command, with what it may want to know in its environment, or a POST. */

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { safePrint } from '../../core/safe-print.ts';
import { checkHook } from '../../core/schedule/hook.ts';
import type { HookName } from '../../core/schedule/hook-names.ts';

/** What a hook is told: as `FIRN_…` in the environment, never as part of a command; as headers of a POST. */
export interface HookFacts {
	event: HookName;
	job: string;
	/** A sentence. */
	message: string;
	/** Further ones, by name in lower case. */
	more: Record<string, string | number>;
}

const OUTPUT_KEPT = 4096;
const KILL_MS = 5000;
const POST_MS = 30_000;
/** A network that has just come back needs a moment. */
const POST_PAUSES = [1000, 5000];
const STOPPED = 'was ended, as the run was stopped';
/** What a hook has no business with. */
const SECRET = /PASSPHRASE|^AWS_|^CREDENTIALS_DIRECTORY$/;

/** What came of a hook. */
export interface HookResult {
	/** The end of what it printed, safe to print. */
	said: string;
	/** Why it failed: its exit code, the answer it got, or that it took longer than it may. */
	failure?: string;
}

/** @param timeout in ms @param stop ends it early */
export async function runHook(
	text: string,
	facts: HookFacts,
	timeout: number,
	env: NodeJS.ProcessEnv,
	stop?: AbortSignal,
): Promise<HookResult> {
	const hook = checkHook(text);
	if (hook.kind === 'command') return runCommand(hook.command, facts, timeout, env, stop);
	return post(hook.url, facts, Math.min(timeout, POST_MS), stop);
}

function runCommand(
	command: string,
	facts: HookFacts,
	timeout: number,
	env: NodeJS.ProcessEnv,
	stop?: AbortSignal,
): Promise<HookResult> {
	return new Promise((resolve) => {
		// A group of its own, so that all it has started can be ended with it.
		const shell = spawn('/bin/sh', ['-c', command], {
			cwd: '/',
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...withoutSecrets(env), ...environment(facts) },
		});
		let output = '';
		const keep = (data: Buffer) => {
			output = `${output}${data}`.slice(-OUTPUT_KEPT);
		};
		shell.stdout.on('data', keep);
		shell.stderr.on('data', keep);
		let ended = '';
		const endEarly = (why: string) => {
			if (ended !== '' || shell.pid === undefined) return;
			ended = why;
			endGroup(shell.pid, 'SIGTERM');
			setTimeout(() => endGroup(shell.pid!, 'SIGKILL'), KILL_MS).unref();
		};
		const timer = setTimeout(() => endEarly(`took longer than ${timeout / 1000} seconds and was ended`), timeout);
		const onStop = () => endEarly(STOPPED);
		stop?.addEventListener('abort', onStop);
		const end = (failure: string | undefined) => {
			clearTimeout(timer);
			stop?.removeEventListener('abort', onStop);
			// What it has left in the background may hold them open for ever.
			shell.stdout.destroy();
			shell.stderr.destroy();
			resolve({ said: safeLines(output), ...(failure === undefined ? {} : { failure }) });
		};
		shell.on('error', (error) => end(`could not be run: ${error.message}`));
		shell.on('exit', (code, signal) =>
			setImmediate(() => {
				if (ended !== '') end(ended);
				else if (code === 0) end(undefined);
				else end(code === null ? `was ended by ${signal}` : `ended with exit code ${code}`);
			}),
		);
	});
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch {
		// It has ended by itself.
	}
}

async function post(url: URL, facts: HookFacts, timeout: number, stop?: AbortSignal): Promise<HookResult> {
	let failure = '';
	const signals = stop ? [stop] : [];
	for (const pause of [...POST_PAUSES, undefined]) {
		try {
			const answer = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'text/plain; charset=utf-8', ...headers(facts) },
				body: facts.message,
				signal: AbortSignal.any([AbortSignal.timeout(timeout), ...signals]),
			});
			await answer.body?.cancel();
			if (answer.ok) return { said: '' };
			failure = `was answered with HTTP ${answer.status}`;
		} catch (error) {
			const cause = (error as Error).cause;
			failure = `did not reach ${url.host}: ${cause instanceof Error ? cause.message : (error as Error).message}`;
		}
		if (pause !== undefined) await sleep(pause, undefined, { signal: stop }).catch(() => {});
		if (stop?.aborted) return { said: '', failure: STOPPED };
	}
	return { said: '', failure };
}

function environment({ event, job, message, more }: HookFacts): Record<string, string> {
	const facts = Object.entries({ event, job, message, ...more });
	return Object.fromEntries(facts.map(([name, value]) => [`FIRN_${name.toUpperCase()}`, safePrint(String(value))]));
}

/** `Title` is what ntfy shows above the message. */
function headers({ event, job, more }: HookFacts): Record<string, string> {
	const facts = Object.entries({ event, job, ...more }).map(([name, value]) => [
		`X-Firn-${name.replaceAll('_', '-')}`,
		ascii(String(value)),
	]);
	return { Title: `Firn: ${job}`, ...Object.fromEntries(facts) };
}

const ascii = (text: string): string => text.replace(/[^ -~]/g, '?');

function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
}

function safeLines(output: string): string {
	return output.trimEnd().split('\n').map(safePrint).join('\n');
}
