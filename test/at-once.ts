/**
 * @module
 * For tests whose signers answer at once: what ships, without a `Later` in its types.
 */
import assert from 'node:assert/strict';
import type { Snapshot } from '../src/configuration/snapshot.ts';
import { makeDecide, type Sources } from '../src/decision/decide.ts';
import type { Decision } from '../src/decision/decision.ts';
import { Later } from '../src/diagnostics/later.ts';
import type { IncomingRequest } from '../src/request/incoming-request.ts';

export function atOnce<T>(value: T | Later<T>): T {
  assert.ok(!(value instanceof Later), 'it arrives later');
  return value;
}

/** The decisions of a snapshot, as they are made in production. */
export function decideAtOnce(snapshot: Snapshot, sources: Sources): (request: IncomingRequest) => Decision {
  const decide = makeDecide(snapshot, sources);
  return (request) => atOnce(decide(request));
}
