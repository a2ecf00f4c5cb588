import { expect, test } from 'vitest';
import { Sessions, WEEK_MS } from '../../support/drive-emulator/sessions.ts';

const file = { fileId: 'f', name: 'a.tar', parents: ['root'] };
const CHUNK = Buffer.alloc(256 * 1024, 1);

test('a session tells what it has, and ends with the last byte', () => {
	const sessions = new Sessions(() => 0);
	const id = sessions.begin(file);
	expect(sessions.put(id, 'bytes */262145', Buffer.alloc(0))).toEqual({ status: 308 });
	expect(sessions.put(id, 'bytes 0-262143/262145', CHUNK)).toEqual({ status: 308, range: 'bytes=0-262143' });
	expect(sessions.put(id, 'bytes 0-262143/262145', CHUNK)).toEqual({ status: 400 });
	expect(sessions.put(id, 'bytes 262144-262144/262145', Buffer.from('x'))).toMatchObject({ status: 200 });
	expect(sessions.put(id, 'bytes */262145', Buffer.alloc(0))).toEqual({ status: 404 });
});

test('a chunk that is no multiple of 256 KiB is refused before the last', () => {
	const sessions = new Sessions(() => 0);
	expect(sessions.put(sessions.begin(file), 'bytes 0-2/10', Buffer.from('abc'))).toEqual({ status: 400 });
});

test('a session is gone after a week', () => {
	let now = 0;
	const sessions = new Sessions(() => now);
	const id = sessions.begin(file);
	now = WEEK_MS;
	expect(sessions.put(id, 'bytes */10', Buffer.alloc(0))).toEqual({ status: 404 });
});
