import { credentialEnvironment } from '../client/environment.ts';
import type { DestinationTest, TestStep } from '../core/destination-test.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Params } from '../protocol/contract.ts';
import type { Context } from './context.ts';
import type { Output, Style } from './output.ts';

export interface TestOptions {
	to?: string;
	storageClass?: string;
	endpoint?: string;
	region?: string;
	profile?: string;
	credentials?: string;
	pathStyle?: boolean;
}

/** `firn test [JOB]`: what can be done at a destination; 1 when backups cannot be made at one of them. */
export async function test(context: Context, [job]: string[], options: TestOptions): Promise<number> {
	const { out } = context;
	return context.ask(async (engine) => {
		const base = { ...options, cwd: process.cwd(), env: credentialEnvironment() };
		let wanted: Params<'testDestination'>[] = [job === undefined ? base : { ...base, job }];
		if (job === undefined && options.to === undefined) {
			const { jobs } = await engine.call('jobs', {});
			if (jobs.length === 0) {
				throw usageError(
					'NO_DESTINATION',
					'There is no job whose destination could be tested.',
					'Give --to DESTINATION.',
				);
			}
			wanted = jobs.map(({ name }) => ({ ...base, job: name }));
		}
		let code: number = EXIT.ok;
		for (const params of wanted) {
			const found = await engine.call('testDestination', params);
			out.record({ event: 'test', ...(params.job === undefined ? {} : { job: params.job }), ...found });
			print(out, found, params.job);
			if (found.verdict === 'failed') code = EXIT.failed;
		}
		return code;
	});
}

const MARKS: Record<TestStep['status'], [word: string, style: Style]> = {
	ok: ['ok', 'green'],
	denied: ['denied', 'yellow'],
	failed: ['failed', 'red'],
	absent: ['absent', 'yellow'],
	skipped: ['-', 'dim'],
};

function print(out: Output, found: DestinationTest, job: string | undefined): void {
	const { url, where, summary, steps, notes, left } = found;
	const of = job === undefined ? '' : `${job}: `;
	out.result(out.style('bold', safePrint(where === url ? `${of}${url}` : `${of}${url} at ${where}`)));
	for (const step of steps) {
		const [word, style] = MARKS[step.status];
		const name = (step.right ?? step.name).padEnd(26);
		const time = `${step.ms} ms`.padStart(8);
		out.result(`  ${out.style(style, word.padEnd(7))} ${name} ${time}  ${safePrint(step.detail)}`);
		for (const more of [step.cost, step.guidance]) if (more) out.result(`${' '.repeat(47)}${safePrint(more)}`);
	}
	for (const note of notes) out.result(`  ${out.style('yellow', 'note')}    ${safePrint(note)}`);
	for (const trace of left) out.result(`  ${out.style('yellow', 'left')}    ${safePrint(trace)}`);
	out.result(safePrint(summary));
}
