/** Milliseconds of CPU that this process has used: unlike a clock they tell nothing of what else the machine does. */
export function cpuMs(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}
