import type { Reporter, TestCase } from 'vitest/node';

/** Names the tests that passed only when they were tried again: a race in them, or in what they test. */
export class TellFlaky implements Reporter {
	readonly #found: string[] = [];

	onTestCaseResult(test: TestCase): void {
		if (test.diagnostic()?.flaky) this.#found.push(`${test.module.relativeModuleId} > ${test.fullName}`);
	}

	onTestRunEnd(): void {
		if (this.#found.length > 0) console.error(`Passed only when tried again:\n\t${this.#found.join('\n\t')}`);
	}
}
