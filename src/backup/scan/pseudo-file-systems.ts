/**
 * File systems that hold no data but views of the kernel or of other files (/proc, /sys, a desktop's gvfs): reading them
 * is useless, endless or has effects. tmpfs, overlay and FUSE in general hold data and are not among them.
 */

import { readFileSync, statfsSync } from 'node:fs';
import { parseMountinfo } from '../../core/mountinfo.ts';
import { fsPath } from '../../core/path-bytes.ts';

/** Type as in /proc/self/mountinfo to the magic number of statfs(2); undefined where there is none of its own. */
const PSEUDO = new Map<string, number | undefined>([
	['proc', 0x9fa0],
	['sysfs', 0x62656572],
	// Answers statfs as tmpfs does.
	['devtmpfs', undefined],
	['devpts', 0x1cd1],
	['cgroup', 0x27e0eb],
	['cgroup2', 0x63677270],
	['cpuset', undefined],
	['debugfs', 0x64626720],
	['tracefs', 0x74726163],
	['securityfs', 0x73636673],
	['selinuxfs', 0xf97cff8c],
	['smackfs', 0x43415d53],
	['bpf', 0xcafe4a11],
	['pstore', 0x6165676c],
	['configfs', 0x62656570],
	['fusectl', 0x65735543],
	['mqueue', 0x19800202],
	['hugetlbfs', 0x958458f6],
	['autofs', 0x187],
	['rpc_pipefs', 0x67596969],
	['nfsd', 0x6e667364],
	['nsfs', 0x6e736673],
	['binfmt_misc', 0x42494e4d],
	['efivarfs', 0xde5e81e4],
	['resctrl', 0x7655821],
	['xenfs', 0xabba1974],
	// Views of files that are elsewhere, private to a desktop session: even root gets EACCES.
	['fuse.gvfsd-fuse', undefined],
	['fuse.portal', undefined],
	['fuse.lxcfs', undefined],
]);
const MAGIC = new Set(PSEUDO.values());

/**
 * Knows which devices are pseudo file systems. It goes by `st_dev`, so bind mounts and mounts stacked on one mount point
 * are told apart; a device that is new (mounted meanwhile) makes it read the table again.
 */
export class PseudoFileSystems {
	readonly #mountinfo: string;
	readonly #devices = new Map<bigint, boolean>();
	#points = new Set<string>();
	#hasTable = false;

	constructor(mountinfo = '/proc/self/mountinfo') {
		this.#mountinfo = mountinfo;
		this.#load();
	}

	/** Whether the object at `path` (in the archive), which lies on device `dev`, belongs to a pseudo file system. */
	has(dev: bigint, path: string): boolean {
		let known = this.#devices.get(dev);
		if (known !== undefined) return known;
		if (this.#hasTable) this.#load();
		// Devices that no table lists are parts of a real file system, such as btrfs subvolumes.
		known = this.#devices.get(dev) ?? (!this.#hasTable && hasPseudoMagic(path));
		this.#devices.set(dev, known);
		return known;
	}

	/** Whether `path` (in the archive) is where one is mounted: for mount points that refuse even lstat. */
	isMountPoint(path: string): boolean {
		return this.#points.has(`/${path}`);
	}

	#load(): void {
		let bytes: Buffer;
		try {
			bytes = readFileSync(this.#mountinfo);
		} catch {
			// Not Linux, or a chroot without /proc: statfs has to do.
			this.#hasTable = false;
			return;
		}
		this.#hasTable = true;
		this.#points = new Set();
		for (const { dev, point, type } of parseMountinfo(bytes)) {
			const pseudo = PSEUDO.has(type);
			this.#devices.set(dev, pseudo);
			if (pseudo) this.#points.add(point);
		}
	}
}

function hasPseudoMagic(path: string): boolean {
	try {
		return MAGIC.has(statfsSync(fsPath(`/${path}`)).type >>> 0);
	} catch {
		// What cannot be asked is entered, and reading it will tell.
		return false;
	}
}
