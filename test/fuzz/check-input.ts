/**
 * @module
 * Runs one input through its target: no error but those that are answers, no more time and output than the target
 * allows, and nothing added to what all objects inherit from.
 */
import { cpuTimeOf } from '../search/cpu-time.ts';
import { type FuzzInput, type FuzzTarget, usualMilliseconds } from './target.ts';

/** What an input does that it must not. */
export class FuzzFinding extends Error {
  override readonly name = 'FuzzFinding';
}

/**
 * @param slowness how many times slower than usual the code is, because it is instrumented
 * @returns a promise if the target is asynchronous
 * @throws FuzzFinding
 */
export function checkInput(target: FuzzTarget, bytes: Buffer, slowness = 1): void | Promise<void> {
  const input: FuzzInput = { bytes, text: utf8.decode(bytes) };
  const { milliseconds, result } = cpuTimeOf(() => outputOf(target, input));
  const allowed = (target.maxMilliseconds ?? usualMilliseconds) * slowness;
  if (milliseconds > allowed) throw new FuzzFinding(`The input took ${milliseconds.toFixed(0)} ms of CPU time.`);
  requireSoundPrototypes();
  if (result instanceof Promise) return result.then(requireSoundPrototypes, asFinding);
  const most = target.maxOutput?.(bytes.length) ?? Number.POSITIVE_INFINITY;
  if (result !== undefined && result > most) {
    throw new FuzzFinding(`${result} characters came of ${bytes.length} bytes; ${most} are allowed.`);
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function outputOf(target: FuzzTarget, input: FuzzInput): number | undefined | Promise<undefined> {
  try {
    return target.run(input);
  } catch (error) {
    if (target.refusals?.some((refusal) => error instanceof refusal)) return undefined;
    return asFinding(error);
  }
}

function asFinding(error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  throw new FuzzFinding(text, { cause: error });
}

const prototypes = [
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  RegExp,
  Map,
  Set,
  Error,
  Promise,
  Buffer,
  Uint8Array,
].map(({ prototype }): object => prototype);

function membersOf(object: object): readonly (readonly [key: PropertyKey, value: unknown])[] {
  return Reflect.ownKeys(object).map((key) => [key, memberOf(object, key)] as const);
}

/** The value, or the getter: reading a getter of a prototype throws. */
function memberOf(object: object, key: PropertyKey): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(object, key);
  return descriptor?.get ?? descriptor?.value;
}

const sound = prototypes.map((prototype) => ({ prototype, members: membersOf(prototype) }));

function requireSoundPrototypes(): void {
  for (const { prototype, members } of sound) {
    const isSame =
      Reflect.ownKeys(prototype).length === members.length &&
      members.every(([key, value]) => Object.is(memberOf(prototype, key), value));
    if (!isSame) throw new FuzzFinding('The input changed a prototype that all objects share.');
  }
}
