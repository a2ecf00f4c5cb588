/** The README is true: what it lists is what the program has. */

import { expect, test } from 'vitest';
import { keyList, keyListInReadme, writeKeyList } from './support/key-list.ts';

test('the list of keys is that of the key table (npm run keys writes it)', () => {
	if (process.env.UPDATE_KEYS) writeKeyList();
	expect(keyListInReadme()).toBe(keyList());
});
