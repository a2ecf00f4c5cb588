import { createInterface } from 'node:readline/promises';
import { expect, test, vi } from 'vitest';
import { askYes } from '../../src/commands/ask-yes.ts';

vi.mock('node:readline/promises', () => ({ createInterface: vi.fn() }));

test('ctrl-c at a question about costs is a no, not a fault', async () => {
	const question = vi.fn().mockRejectedValueOnce(Object.assign(new Error('Aborted'), { name: 'AbortError' }));
	vi.mocked(createInterface).mockReturnValue({ question, close: () => {} } as never);
	expect(await askYes('Go on? ')).toBe(false);
	question.mockResolvedValueOnce(' Yes ');
	expect(await askYes('Go on? ')).toBe(true);
	question.mockRejectedValueOnce(new Error('other'));
	await expect(askYes('Go on? ')).rejects.toThrow('other');
});
