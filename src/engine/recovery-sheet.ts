/** The page that opens the backups when this machine is gone. Pure. */

import { localDay } from '../core/local-time.ts';
import { safePrint } from '../core/safe-print.ts';
import { shellWord } from '../core/shell-word.ts';
import type { DestinationConfig } from '../destinations/destination.ts';

export interface SheetKey {
	recipient: string;
	identity: string;
	name: string | null;
	since: string | null;
}

export interface SheetJob {
	name: string;
	id: string;
	sources: string[];
	destination: Pick<DestinationConfig, 'url' | 'endpoint' | 'region' | 'profile' | 'credentials'>;
	/** By number of the key on the sheet, from 1. */
	keys: number[];
}

/** Sources of a job that are named. */
const SOURCES = 5;

/** The sheet as text for a printer: no tabs, nothing but what it needs. */
export function recoverySheet(keys: SheetKey[], jobs: SheetJob[], date: Date): string {
	return `FIRN RECOVERY SHEET, ${localDay(date.getTime())}

Keep this page where neither fire nor thief gets at it together with your machine.
Whoever has it can read the backups; without it, or another copy of the key, nobody can.

${keys.map(keyText).join('\n')}
WHERE THE BACKUPS ARE

${jobs.length === 0 ? '  No job writes to this key yet. Print this page again when one does.\n' : jobs.map(jobText).join('\n')}
HOW TO GET THE FILES BACK WITHOUT FIRN

  You need the tools age, zstd and tar, which every system has packages for.

  1. Write the key, the line that begins with AGE-SECRET-KEY-1, into a file identity.txt.
  2. Go to an empty folder on a disk with enough space. Enter what stands above for the job
     ("get" and "open"), then these lines:

${SCRIPT}
  The files are then in the folder files. Archives in a Glacier storage class have to be
  restored (thawed) in the store first. With Firn nothing but this is needed:

     firn recover PLACE --identity identity.txt
     firn restore JOB --target FOLDER
`;
}

function keyText({ recipient, identity, name, since }: SheetKey, at: number): string {
	const called = [
		...(name === null ? [] : [name]),
		...(since === null ? [] : [`of ${localDay(Date.parse(since))}`]),
	].join(', ');
	return `KEY ${at + 1}${called === '' ? '' : ` (${called})`}\n\n  ${identity}\n\n  recipient ${recipient}\n`;
}

function jobText({ name, id, sources, destination, keys }: SheetJob): string {
	const more = sources.length > SOURCES ? `, and ${sources.length - SOURCES} more` : '';
	const { url, endpoint, region } = destination;
	const where = [
		safePrint(url),
		...(endpoint === undefined ? [] : [`at ${safePrint(endpoint)}`]),
		...(region === undefined ? [] : [`region ${safePrint(region)}`]),
	];
	return `  Job ${name}, opened by key ${keys.join(' or ')}
    holds  ${sources.slice(0, SOURCES).map(safePrint).join(', ')}${more}
    is in  ${where.join(', ')}, folder ${id}
${getLines(id, destination)}
`;
}

/** How the archives come within reach, as lines for sh. */
function getLines(id: string, { url, endpoint, region, profile, credentials }: SheetJob['destination']): string {
	if (!url.startsWith('s3://')) return `    open   job=${shellWord(`${url}/${id}`)}`;
	const options = [
		...(endpoint === undefined ? [] : ['--endpoint-url', shellWord(endpoint)]),
		...(region === undefined ? [] : ['--region', shellWord(region)]),
	];
	const account = credentials ? `, here ${credentials}` : profile ? `, here the profile ${safePrint(profile)}` : '';
	const get = ['aws s3 cp --recursive', ...options, shellWord(`${url}/${id}/`), `${id}/`];
	return `    needs  access keys of the S3 account${account}\n    get    ${get.join(' ')}\n    open   job=${id}`;
}

/** Runs with every sh; the names of runs and archives sort by time, and later ones hold what changed later. */
const SCRIPT = `     mkdir files
     export LC_ALL=C
     for archive in "$job"/*/*.tar*; do
       case "$archive" in
         *.tar.zst.age) age -d -i identity.txt "$archive" | zstd -d | tar -xpf - -C files ;;
         *.tar.gz.age) age -d -i identity.txt "$archive" | gzip -d | tar -xpf - -C files ;;
         *.tar.age) age -d -i identity.txt "$archive" | tar -xpf - -C files ;;
         *.tar.zst) zstd -dc "$archive" | tar -xpf - -C files ;;
         *.tar.gz) gzip -dc "$archive" | tar -xpf - -C files ;;
         *.tar) tar -xpf "$archive" -C files ;;
       esac
     done
`;
