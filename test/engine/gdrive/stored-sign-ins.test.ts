import { expect, test } from 'vitest';
import { StoredSignIns, type StoredSignInsOptions } from '../../../src/engine/gdrive/stored-sign-ins.ts';

test('what is kept damaged can be forgotten, and is not repeated', async () => {
	const kept = new Map([['gdrive/gdrive', '{"refreshToken":"SECRET"']]);
	const secrets = {
		names: () => [...kept.keys()],
		secret: async (name: string) => kept.get(name),
		forget: async (name: string) => void kept.delete(name),
	};
	const rest = { config: { jobs: () => [] }, tasks: {}, stateDir: '/nonexistent', log: () => {} };
	const signIns = new StoredSignIns({ secrets, ...rest } as unknown as StoredSignInsOptions);
	await expect(signIns.account({ name: 'gdrive' })).rejects.toMatchObject({
		code: 'CREDENTIALS_DAMAGED',
		message: expect.not.stringContaining('SECRET'),
	});
	const out = await signIns.signOut({ name: 'gdrive' });
	expect(out).toMatchObject({ revoked: false, problem: { code: 'CREDENTIALS_DAMAGED' } });
	await expect(signIns.signOut({ name: 'gdrive' })).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
});
