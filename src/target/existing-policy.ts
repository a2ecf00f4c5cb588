/**
 * What happens to a file that is there already and is not what would be restored. `keep`: it stays and is reported as
 * skipped. `newer`: it is replaced if the restored one has a later modification time. Files that are right stay anyway.
 */
export type ExistingPolicy = 'keep' | 'overwrite' | 'newer';
