import { expect, it } from 'vitest';
import { refuseShared } from '../../../src/backup/mirror/shared-places.ts';
import type { Job } from '../../../src/config/job.ts';

let made = 0;
function job(url: string, source: string, more: Partial<Job> & { endpoint?: string } = {}): Job {
	made += 1;
	const { endpoint, ...rest } = more;
	const destination = { url, ...(endpoint ? { endpoint } : {}) };
	return {
		id: `job${made}`,
		name: `${made}`,
		sources: [source],
		destination,
		layout: 'mirror',
		encrypt: false,
		...rest,
	} as Job;
}

function isRefused(a: Job, b: Job): boolean {
	const refused = [() => refuseShared(a, [a, b], String), () => refuseShared(b, [a, b], String)].map((check) => {
		try {
			check();
			return false;
		} catch (error) {
			expect(error).toMatchObject({ code: 'MIRROR_PLACE_TAKEN', kind: 'usage' });
			return true;
		}
	});
	expect(refused[0]).toBe(refused[1]);
	return refused[0]!;
}

it.each<[string, boolean, Job, Job]>([
	['two sources of one name', true, job('s3://b/m', '/a/photos'), job('s3://b/m', '/b/photos')],
	['two sources of one name in a folder', true, job('/nas', '/a/photos'), job('/nas', '/b/photos')],
	['a mirror inside another', true, job('/nas', '/a/photos'), job('/nas/photos', '/b/x')],
	['archives inside a mirror', true, job('s3://b/m', '/a/photos'), job('s3://b/m/photos', '/b', { layout: 'archive' })],
	['one source, once encrypted', true, job('/nas', '/a/photos'), job('/nas', '/a/photos', { encrypt: true })],
	['one source twice', false, job('/nas', '/a/photos'), job('/nas', '/a/photos', { excludes: ['x'] })],
	['other names', false, job('s3://b/m', '/a/photos'), job('s3://b/m', '/b/photo')],
	['archives beside a mirror', false, job('s3://b/m', '/a/photos'), job('s3://b/m', '/b', { layout: 'archive' })],
	['another store', false, job('s3://b/m', '/a/x'), job('s3://b/m', '/b/x', { endpoint: 'http://minio' })],
	['no mirror', false, job('/nas', '/a', { layout: 'archive' }), job('/nas', '/a', { layout: 'archive' })],
])('%s: refused %s', (_what, refused, a, b) => {
	expect(isRefused(a, b)).toBe(refused);
});

it('a link on the way hides nothing', () => {
	const [a, b] = [job('/nas', '/a/photos'), job('/mnt/link', '/b/photos')];
	const real = (path: string) => path.replace('/mnt/link', '/nas');
	expect(() => refuseShared(a, [b], real)).toThrow('would both write below /nas/photos');
});
