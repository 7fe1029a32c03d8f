/** Why files cannot be opened, read or written, in words. */

/** The code of a system error (EPIPE, ENOSPC), or null. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

const REASONS: Record<string, string> = {
  ENOENT: "the directory is missing",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  ENXIO: "nothing is there to take it",
  EIO: "the disk or share that it lies on failed",
  EDQUOT: "the quota is used up",
  EFBIG: "the file system holds no file as large",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/** Why a file could not be opened or written, in words. */
export function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code !== null && code in REASONS) return REASONS[code];
  return error instanceof Error ? error.message : String(error);
}

/** Why a file could not be read: there it is the file itself that is missing. */
export function readReasonOf(error: unknown): string {
  return errorCode(error) === "ENOENT" ? "the file is missing" : reasonOf(error);
}
