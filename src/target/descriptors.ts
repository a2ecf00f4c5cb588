import { existsSync } from 'node:fs';

/** O_PATH, which node:fs does not name: the thing itself, without any right to read it. */
export const O_PATH = 0o10000000;

/** Whether what a descriptor stands for can be named: `/proc/self/fd/N`. */
export const hasProc: boolean = process.platform === 'linux' && existsSync('/proc/self/fd');
