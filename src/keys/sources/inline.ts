/**
 * @module
 * A key whose text is in the configuration or the policy itself: for trials, and for policies that contain their
 * key.
 */
import { readKeyText } from './key-text.ts';
import type { KeyRequest, SourceReading, SpecOf } from './source.ts';

export function readInline({ text }: SpecOf<'inline'>, request: KeyRequest): SourceReading {
  return readKeyText(text, 'policy', request);
}
