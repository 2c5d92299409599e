/**
 * @module
 * The tests that an import writes: they have the form of a test file, and an example request takes the route that its
 * test names, whose policy is for it.
 */
import { parse } from 'yaml';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { fillIn } from '../../src/dialects/exported.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { type TestCase, testFileSchema } from '../../src/trial/cases/test-schema.ts';
import { incomingOf } from '../../src/trial/incoming.ts';
import { traceRoutes } from '../../src/trial/route-trace.ts';
import { Finding } from '../search/search.ts';
import type { LoadedImport } from './load-import.ts';

/** @throws Finding if one does not have the form */
export function checkTestForms({ tests }: LoadedImport): void {
  for (const text of tests) readTest(text);
}

/** @returns how many of them have a request @throws Finding if one is for another route or policy */
export function checkTokenTests(loaded: LoadedImport): number {
  return loaded.tests.map(readTest).filter((one) => checkTest(one, loaded)).length;
}

/** The only case of a test file. */
function readTest(text: string): TestCase {
  const { data, error } = testFileSchema.safeParse(parse(text));
  const [one, ...others] = data?.cases ?? [];
  if (one === undefined || others.length > 0) throw new Finding(`${error?.message}\n${text}`);
  return one;
}

/** @returns whether it has a request */
function checkTest(one: TestCase, { routes, snapshot, text, tests }: LoadedImport): boolean {
  const { expect, request } = one;
  const named = routes.findIndex(({ entry }) => entry.name === expect.route);
  if (routes[named]?.entry.policies?.includes(expect.policy ?? '') !== true) {
    throw new Finding(`The route ${expect.route} does not run ${expect.policy}:\n${text}`);
  }
  if (request.method.startsWith(fillIn)) return false;
  const incoming = incomingOf({ ...one, caller: undefined }, { sources: [] });
  const matches = routes.map(({ entry }) => entry.match);
  const taken = traceRoutes(matches, incoming).at(-1);
  const isTaken = taken?.index === named && taken.unmet.length === 0 && taken.unclear === undefined;
  if (isTaken && isFor(snapshot, expect.policy ?? '', incoming)) return true;
  const shown = `${tests.join('\n')}\n${text}`;
  throw new Finding(`The request takes route ${(taken?.index ?? 0) + 1}, or its policy is not for it:\n${shown}`);
}

/** Whether the policy's own rules take the request, as all servers interpret it. */
function isFor(snapshot: LoadedImport['snapshot'], policy: string, { headers }: IncomingRequest): boolean {
  try {
    return snapshot?.policies.get(policy)?.isFor?.(headers) !== false;
  } catch (error) {
    if (error instanceof MintError) return false;
    throw error;
  }
}
