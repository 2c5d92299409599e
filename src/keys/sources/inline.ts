/**
 * @module
 * A key whose text stands in the configuration or the policy itself: for trying out, and for policies that came with one.
 */
import { readKeyText } from './key-text.ts';
import type { KeyRequest, SourceReading, SpecOf } from './source.ts';

export function readInline({ text }: SpecOf<'inline'>, request: KeyRequest): SourceReading {
  return readKeyText(text, 'policy', request);
}
