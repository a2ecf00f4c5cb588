/**
 * The plain note in a destination: how to get everything back with stock tools, and which identity each job needs. Of
 * recipients it has only the beginning: that tells a person which identity to look for, and nobody who can merely write
 * to the store learns whom to encrypt for, so made-up archives and manifests do not open.
 */

/** Characters of a recipient that the note shows: `age1` and 60 bits. */
const SHOWN = 16;
const PLAIN = 'not encrypted';
const LINE = /^ {4}([a-z2-9]{10}) {2}(.+)$/;
const BEGINNING = /^age1[a-z0-9]{12}$/;

/** Beginnings of each job's recipients, by the id of the job; none where it does not encrypt. */
export type NotedJobs = Map<string, string[]>;

/** What the note shows of recipients. */
export function beginningsOf(recipients: readonly string[]): string[] {
	return recipients.map((recipient) => recipient.slice(0, SHOWN));
}

/** The whole text. */
export function recoverNote(jobs: NotedJobs): string {
	const lines = [...jobs]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([job, recipients]) => `    ${job}  ${recipients.length === 0 ? PLAIN : recipients.join(' ')}\n`);
	return `${NOTE}${lines.join('')}`;
}

/** The jobs that a note names. Whatever else it says is passed over: anybody may have written it. */
export function parseRecoverNote(text: string): NotedJobs {
	const jobs: NotedJobs = new Map();
	for (const line of text.split('\n')) {
		const [, job, rest] = LINE.exec(line) ?? [];
		if (job === undefined || rest === undefined) continue;
		const recipients = rest === PLAIN ? [] : rest.split(' ');
		if (recipients.every((recipient) => BEGINNING.test(recipient))) jobs.set(job, recipients);
	}
	return jobs;
}

const NOTE = `HOW TO GET YOUR FILES BACK WITHOUT FIRN

The archives below this place are standard TAR files, some of them compressed and
encrypted. Nothing but the stock tools age, zstd (or gzip) and tar is needed, and
the identity (a line that begins with AGE-SECRET-KEY-1) for encrypted ones.

    <job>/<run>/000001.tar.zst.age     an archive
    <job>/<run>/000001.idx.age         what it holds (age -d ... | zstd -d prints it)
    <job>/<run>/manifest.age           what the run consists of

The ending tells what to undo, from right to left:

    .tar            tar -xpf 000001.tar
    .tar.zst        zstd -d < 000001.tar.zst | tar -xp
    .tar.gz         gzip -d < 000001.tar.gz | tar -xp
    .tar.age        age -d -i identity.txt 000001.tar.age | tar -xp
    .tar.zst.age    age -d -i identity.txt 000001.tar.zst.age | zstd -d | tar -xp
    .tar.gz.age     age -d -i identity.txt 000001.tar.gz.age | gzip -d | tar -xp

The names of the runs sort by time. Unpack all archives of all runs of a job in the
order of their names, into an empty folder: later ones hold what changed later.
Archives in a Glacier storage class have to be restored (thawed) first.

With Firn: firn recover THIS-PLACE --identity identity.txt

The jobs here, and how the recipients of the identities that open them begin
(age-keygen -y identity.txt prints the recipient of an identity):

`;
