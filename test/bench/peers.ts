/** The programs that Firn is compared with, as people would use them; those that are not installed are left out. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Competitor } from './contest.ts';
import { has, shell } from './measure.ts';

/** @param root a folder for their repositories; `endpoint`: of the S3 sink */
export function peers(root: string, endpoint: string) {
	const out = join(root, 'peer');
	const repo = join(root, 'repo');
	const key = join(root, 'key.txt');
	const clean = () => {
		for (const path of [out, repo]) rmSync(path, { recursive: true, force: true });
	};
	const prepare = has('age-keygen') ? `[ -f ${key} ] || age-keygen -o ${key} 2>/dev/null;` : '';
	const age = `age -r $(age-keygen -y ${key})`;
	const restic = { RESTIC_PASSWORD: 'bench', RESTIC_REPOSITORY: repo, RESTIC_CACHE_DIR: join(root, 'cache') };
	// rclone 1.60 cannot take a CA bundle from the environment.
	const s3 = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_CA_BUNDLE: undefined };
	const remote = `:s3,provider=Other,env_auth,endpoint='${endpoint}',force_path_style:bucket/peer`;
	const where = (programs: string[], competitor: Competitor): Competitor[] => (programs.every(has) ? [competitor] : []);

	return {
		toS3: (data: string): Competitor[] =>
			where(
				['tar', 'age', 'rclone'],
				[
					'tar | age | rclone rcat',
					() => shell(`${prepare} tar cf - ${data} | ${age} | rclone rcat "${remote}" --s3-no-check-bucket`, s3),
				],
			),
		toFolder: (data: string): Competitor[] => [
			...where(
				['tar', 'age'],
				[
					'tar | age > file',
					async () => {
						clean();
						return shell(`${prepare} tar cf - ${data} | ${age} > ${out}`);
					},
				],
			),
			...where(
				['restic'],
				[
					'restic backup',
					async () => {
						clean();
						await shell('restic init', restic);
						return shell(`restic backup ${data}`, restic);
					},
				],
			),
			...where(['tar'], ['tar > file', () => shell(`tar cf ${out} ${data}`)]),
		],
		unchanged: (data: string): Competitor[] => [
			...where(['find'], ['find -printf', () => shell(`find ${data} -printf '%p %s %T@ %C@ %i\\n' > /dev/null`)]),
			...where(
				['tar'],
				[
					'tar -g (after a first one)',
					async () => {
						await shell(`rm -f ${out}.snar; tar -g ${out}.snar -cf /dev/null ${data}`);
						return shell(`tar -g ${out}.snar -cf /dev/null ${data}`);
					},
				],
			),
		],
		restoreAll: (data: string, target: string): Competitor[] =>
			where(
				['tar', 'age'],
				[
					'age -d | tar x',
					async () => {
						clean();
						await shell(`${prepare} tar cf - ${data} | ${age} > ${out}; mkdir -p ${target}`);
						const figures = await shell(`age -d -i ${key} ${out} | tar x -C ${target}`);
						rmSync(target, { recursive: true, force: true });
						return figures;
					},
				],
			),
		restoreOne: (file: string, target: string): Competitor[] =>
			where(
				['tar', 'age'],
				[
					'age -d | tar x FILE',
					async () => {
						await shell(`mkdir -p ${target}`);
						return shell(`age -d -i ${key} ${out} | tar x -C ${target} ${file.slice(1)}`);
					},
				],
			),
	};
}
