/**
 * @module
 * A key written as a JWK (RFC 7517), private members included; its `kid` names it.
 */
import { readJwk } from '../../jose/jwk.ts';
import { mistakenJwk } from '../mistaken-key.ts';
import { fromJwk } from './key-text.ts';
import type { KeyRequest, SourceReading, SpecOf } from './source.ts';

export function readJwkSource({ text }: SpecOf<'jwk'>, { use }: KeyRequest): SourceReading {
  const reading = readJwk(text);
  return reading.ok ? fromJwk(reading.value, use) : { keys: [], findings: [mistakenJwk(text) ?? reading.finding] };
}
