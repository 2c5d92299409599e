/**
 * @module
 * Whether a path is an executable file.
 */
import { accessSync, constants, statSync } from 'node:fs';

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // absent or not allowed: both mean "not this one"
  }
}
