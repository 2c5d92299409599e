/**
 * @module
 * A request that cannot be made as it is written.
 */
import type { YamlPath } from '../documents/yaml-places.ts';

export class TrialError extends Error {
  override readonly name = 'TrialError';
  /** Where it is written, from the request's own place. */
  readonly path: YamlPath;
  readonly suggestion: string | undefined;

  constructor(path: YamlPath, message: string, suggestion?: string) {
    super(message);
    this.path = path;
    this.suggestion = suggestion;
  }
}
