/** The code of the refusal that 750 GB were sent since yesterday; in a file of its own, for it is asked for everywhere. */
export const DRIVE_DAILY_LIMIT = 'DRIVE_DAILY_LIMIT';
