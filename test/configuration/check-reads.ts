/**
 * @module
 * Checks that what a configuration says it reads of Envoy is all that it reads, and no more.
 *
 * All: a request with nothing else gets the same answer as one with everything. No more: while requests are decided,
 * everything is asked for; and if a policy needs the caller, a request without what its sources read gets another
 * answer.
 */
import { loadEnvoyNeeds } from '../../src/configuration/envoy-needs.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { sourceReads } from '../../src/identity/source-reads.ts';
import type { EnvoyReads } from '../../src/request/envoy-reads.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import type { ObjectView } from '../../src/request/object-view.ts';
import { decideAtOnce } from '../at-once.ts';
import { Finding } from '../search/search.ts';
import { memoryFiles, seenRequest } from './memory-files.ts';
import { type FullRequest, fullRequests } from './reading-configurations.ts';

export type Files = Readonly<Record<string, string>>;

/** The files of a finding, without keys. */
export function described(files: Files): string {
  return Object.entries(files)
    .filter(([name]) => !/\.(?:pem|key|jwk|hex|txt)$/.test(name))
    .map(([name, text]) => `${name}: ${text}`)
    .join('\n');
}

/** The commands that write the Envoy part know the same without any key. @throws Finding */
export function checkWithoutKeys(files: Files, { reads }: Snapshot): void {
  const isPart = (name: string): boolean => name === 'mintproc.yaml' || /^p\d$|^policy\./.test(name);
  const without = Object.fromEntries(Object.entries(files).filter(([name]) => isPart(name)));
  const { needs, problems } = loadEnvoyNeeds('mintproc.yaml', memoryFiles(without));
  if (JSON.stringify(namesOf(needs?.reads)) === JSON.stringify(namesOf(reads))) return;
  const said = problems.map(({ message }) => message).join('\n');
  throw new Finding(
    `${described(files)}\nwithout keys ${JSON.stringify(namesOf(needs?.reads))}, with them ${JSON.stringify(namesOf(reads))}\n${said}`,
  );
}

function namesOf(reads: EnvoyReads | undefined): unknown {
  return reads && [[...reads.attributes.keys()].sort(), [...reads.namespaces.keys()].sort()];
}

export function checkAll(files: Files, snapshot: Snapshot): void {
  const { attributes, namespaces } = snapshot.reads;
  for (const request of requests) {
    const restricted = {
      headers: request.headers,
      attributes: only(request.attributes, (name) => attributes.has(name)),
      metadata: only(request.metadata, (name) => namespaces.has(name)),
    };
    const [whole, rest] = [answer(snapshot, seenRequest(request)), answer(snapshot, seenRequest(restricted))];
    if (whole === rest) continue;
    throw new Finding(
      `${described(files)}\n${JSON.stringify(request)}\nreads ${JSON.stringify(namesOf(snapshot.reads))}\nwith all ${whole}\nwith these ${rest}`,
    );
  }
}

export function checkNoMore(files: Files, snapshot: Snapshot): void {
  const asked = new Set<string>();
  for (const request of requests) answer(snapshot, recording(seenRequest(request), asked));
  const ofCaller = namesOfCaller(snapshot);
  const { attributes, namespaces } = snapshot.reads;
  const direct = [...attributes.keys(), ...namespaces.keys()].filter((name) => !ofCaller.has(name));
  const unasked = direct.filter((name) => !asked.has(name));
  if (unasked.length > 0) throw new Finding(`${described(files)}\nnever asked for: ${unasked.join(', ')}`);
  checkCaller(files, snapshot, ofCaller);
}

function namesOfCaller({ settings }: Snapshot): ReadonlySet<string> {
  return new Set(Object.values(sourceReads(settings.authentication)).flat());
}

/** If all of what the sources read is said to be read, some request must depend on it. */
function checkCaller(files: Files, snapshot: Snapshot, ofCaller: ReadonlySet<string>): void {
  const { authentication } = snapshot.settings;
  const { attributes, namespaces } = snapshot.reads;
  const isSaid = ofCaller.size > 0 && [...ofCaller].every((name) => attributes.has(name) || namespaces.has(name));
  // A certificate does not have the claims of a token.
  if (!isSaid || !authentication.sources.some(({ from }) => from !== 'headers' && from !== 'certificate')) return;
  const depends = requests.some((request) => {
    const without = {
      ...request,
      attributes: only(request.attributes, (name) => !ofCaller.has(name)),
      metadata: only(request.metadata, (name) => !ofCaller.has(name)),
    };
    return answer(snapshot, seenRequest(request)) !== answer(snapshot, seenRequest(without));
  });
  if (!depends) throw new Finding(`${described(files)}\nno request depends on the caller`);
}

const requests: readonly FullRequest[] = [0, 1].flatMap(fullRequests);

function only<T>(from: Readonly<Record<string, T>>, isKept: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => isKept(name)));
}

/** What a request gets, without what differs each time: a random signature, and everything that is encrypted. */
function answer(snapshot: Snapshot, request: IncomingRequest): string {
  let id = 0;
  const randomId = (): string => `00000000-0000-4000-8000-${String(id++).padStart(12, '0')}`;
  const decision = decideAtOnce(snapshot, { clock: () => 1_700_000_000_500, randomId })(request);
  return JSON.stringify({ ...decision, mints: [], set: decision.kind === 'forward' ? comparable(decision) : [] });
}

function comparable({ set }: Extract<Decision, { kind: 'forward' }>): unknown {
  return set.map(([name, value]) => {
    const parts = value.split('.');
    return [name, parts.length === 3 ? parts.slice(0, 2).map((part) => Buffer.from(part, 'base64url').toString()) : []];
  });
}

/** The request, which notes the names of what is asked for. */
function recording(request: IncomingRequest, asked: Set<string>): IncomingRequest {
  const { attributes, metadata } = request;
  const note = (name: string): string => {
    asked.add(name);
    return name;
  };
  const noted: ObjectView = {
    isEmpty: metadata.isEmpty,
    names: () => metadata.names(),
    get: (name) => metadata.get(note(name)),
    view: (name) => metadata.view(note(name)),
    whole: () => metadata.whole(),
  };
  return { ...request, attributes: { get: (name) => attributes.get(note(name)) }, metadata: noted };
}
